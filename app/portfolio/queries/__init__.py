"""Reads: her own pages, pages as others reach them, and what she may show."""

from app.portfolio.queries.facts import Facts, facts_of
from app.portfolio.queries.pages import (
    Reached,
    companies,
    my_block,
    my_file,
    my_files,
    my_page,
    my_pages,
    my_share,
    page_at,
    page_by_token,
    profile_of,
    public_pages_of,
    shown_to,
)
from app.portfolio.queries.showing import Item, Shown, ShownBlock, show, visible_file

__all__ = [
    "Facts", "Item", "Reached", "Shown", "ShownBlock", "companies", "facts_of", "my_block",
    "my_file", "my_files", "my_page", "my_pages", "my_share", "page_at", "page_by_token",
    "profile_of", "public_pages_of", "show", "shown_to", "visible_file",
]  # fmt: skip
