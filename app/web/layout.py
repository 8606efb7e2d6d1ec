"""The frame of every page, with slots that rooms fill from their own side."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_login import current_user
from markupsafe import Markup

from app.kernel.i18n import LazyText


@dataclass(frozen=True)
class NavigationEntry:
    label: LazyText
    endpoint: str
    visible: Callable[[Any], bool]
    """Called with the current user (perhaps anonymous)."""
    order: int = 50
    menu: str = "main"
    """``main`` or ``account``."""


@dataclass(frozen=True)
class Todo:
    """One line of somebody's home: what waits, and where to go."""

    title: str
    url: str
    detail: str = ""
    due: Any = None
    action: str = ""
    status: str = ""


@dataclass(frozen=True)
class TodoSection:
    title: str
    items: list[Todo]
    empty: str = ""
    """What to say when ITEMS is empty; a section with neither is not shown."""


@dataclass
class Layout:
    navigation: list[NavigationEntry] = field(default_factory=list)
    home_sections: list[tuple[int, Callable[[Any], Iterable[TodoSection]]]] = field(
        default_factory=list
    )
    header_slots: list[Callable[[Any], Markup]] = field(default_factory=list)
    public_home: Callable[[], dict[str, Any]] | None = None

    def add_navigation(
        self,
        label: LazyText,
        endpoint: str,
        *,
        visible: Callable[[Any], bool] = lambda user: True,
        order: int = 50,
        menu: str = "main",
    ) -> None:
        self.navigation.append(NavigationEntry(label, endpoint, visible, order, menu))

    def add_home_section(
        self, provider: Callable[[Any], Iterable[TodoSection]], *, order: int = 50
    ) -> None:
        """PROVIDER is called with the signed-in person and answers her sections."""
        self.home_sections.append((order, provider))

    def add_header_slot(self, provider: Callable[[Any], Markup]) -> None:
        """PROVIDER is called with the signed-in person and answers what stands in the header."""
        self.header_slots.append(provider)

    def entries(self, menu: str) -> list[tuple[str, str, bool]]:
        """(label, address, is it where the reader is) of one menu, for the current user."""
        shown = sorted(self.navigation, key=lambda entry: entry.order)
        return [
            (str(entry.label), url_for(entry.endpoint), _is_current(entry.endpoint))
            for entry in shown
            if entry.menu == menu and entry.visible(current_user)
        ]

    def home(self, person: Any) -> list[TodoSection]:
        sections = []
        for _order, provider in sorted(self.home_sections, key=lambda row: row[0]):
            sections += [s for s in provider(person) if s.items or s.empty]
        return sections


def _is_current(endpoint: str) -> bool:
    here = request.endpoint or ""
    return here == endpoint or (
        endpoint.endswith(".index") and here.split(".")[0] == endpoint.split(".")[0]
    )


def layout() -> Layout:
    result: Layout = current_app.extensions["layout"]
    return result


def init_app(app: Flask) -> None:
    app.extensions["layout"] = Layout()
    app.context_processor(_frame)


def _frame() -> dict[str, Any]:
    if g.get("database_is_down"):
        return {"navigation": [], "account_menu": []}  # nobody can be asked who is reading
    return {
        "navigation": layout().entries("main"),
        "account_menu": [(label, url) for label, url, _here in layout().entries("account")],
        "header_slots": [slot(current_user) for slot in layout().header_slots]
        if current_user.is_authenticated
        else [],
    }
