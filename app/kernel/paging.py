"""Lists page by page, counted from 1. A page that is too far is the last one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import func, select

from app.kernel.database import db

PAGE_SIZE = 50

T = TypeVar("T")


@dataclass(frozen=True)
class Listed(Generic[T]):
    """One page of a list."""

    rows: Sequence[T]
    total: int
    page: int
    size: int = PAGE_SIZE

    @property
    def pages(self) -> int:
        return page_count(self.total, self.size)


def page_count(total: int, size: int = PAGE_SIZE) -> int:
    """How many pages TOTAL rows are; an empty list is one page."""
    return max(1, -(-total // size))


def page_within(page: int, total: int, size: int = PAGE_SIZE) -> int:
    """PAGE, or the nearest one that there is."""
    return min(max(1, page), page_count(total, size))


def one_page(
    statement: Any,
    page: int | None,
    size: int = PAGE_SIZE,
    values: Mapping[str, Any] | None = None,
    count: Any = None,
) -> tuple[Any, int, int]:
    """STATEMENT for page PAGE (None: all rows), how many rows there are, and which page it is.

    VALUES of parameters that STATEMENT names are for counting; whoever executes it gives them too.
    COUNT counts the same rows with less work; without it STATEMENT's own are counted.
    """
    if count is None:
        count = select(func.count()).select_from(statement.order_by(None).subquery())
    total = db.session.scalar(count, values) or 0
    if page is None:
        return statement, total, 1
    page = page_within(page, total, size)
    return statement.limit(size).offset((page - 1) * size), total, page
