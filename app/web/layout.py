"""The frame of every page, with slots that rooms fill from their own side."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import ColumnElement, select

from app.kernel.database import db
from app.kernel.i18n import LazyText
from app.kernel.remembering import remembering


@dataclass(frozen=True)
class NavigationEntry:
    label: LazyText
    endpoint: str
    visible: Callable[[Any], bool]
    """Called with the current user (perhaps anonymous)."""
    order: int = 50
    menu: str = "main"
    """``main`` or ``account``."""
    under: tuple[str, ...] = ()
    """Other addresses below which its pages are, as ``/courses``."""


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


@dataclass(frozen=True)
class HomeSection:
    """What a room puts on people's first page."""

    provider: Callable[[Any], Iterable[TodoSection]]
    order: int
    present: Callable[[], ColumnElement[bool]] | None
    """Whether there is anything for the person ``person_id``; None: it is always provided."""


@dataclass(frozen=True)
class Part:
    """What a room puts on another room's page."""

    provider: Callable[..., Any]
    order: int


@dataclass
class Layout:
    navigation: list[NavigationEntry] = field(default_factory=list)
    home_sections: list[HomeSection] = field(default_factory=list)
    header_slots: list[tuple[Callable[[Any], Markup], bool]] = field(default_factory=list)
    banners: list[Callable[[Any], str]] = field(default_factory=list)
    places: dict[str, list[Part]] = field(default_factory=dict)
    public_home: Callable[[], dict[str, Any]] | None = None
    _addresses: dict[tuple[str, str], str] = field(default_factory=dict)

    def add_navigation(
        self,
        label: LazyText,
        endpoint: str,
        *,
        visible: Callable[[Any], bool] = lambda user: True,
        order: int = 50,
        menu: str = "main",
        under: tuple[str, ...] = (),
    ) -> None:
        """A link of a menu. Who is on its page, or on one below its address or below UNDER, sees
        that she is there; of several the one with the longest address."""
        self.navigation.append(NavigationEntry(label, endpoint, visible, order, menu, under))

    def add_home_section(
        self,
        provider: Callable[[Any], Iterable[TodoSection]],
        *,
        order: int = 50,
        present: Callable[[], ColumnElement[bool]] | None = None,
    ) -> None:
        """PROVIDER is called with the signed-in person and answers her sections.

        Most people have nothing of most things. PRESENT makes a condition on the parameter
        ``person_id``: all rooms' are asked in one statement, and PROVIDER is called where its own
        holds.
        """
        self.home_sections.append(HomeSection(provider, order, present))

    def add_header_slot(
        self, provider: Callable[[Any], Markup], *, for_everybody: bool = False
    ) -> None:
        """PROVIDER is called with the signed-in person and answers what stands in the header.

        FOR_EVERYBODY: also with an anonymous reader.
        """
        self.header_slots.append((provider, for_everybody))

    def add_part(self, place: str, provider: Callable[..., Any], *, order: int = 50) -> None:
        """PROVIDER answers what stands at PLACE of a lower room's page (markup, or nothing). It is
        called with what that page is about; see docs/architecture.md for the places."""
        self.places.setdefault(place, []).append(Part(provider, order))

    def parts(self, place: str, *about: Any) -> list[Any]:
        """What the rooms put at PLACE of a page ABOUT something, in their order."""
        parts = sorted(self.places.get(place, ()), key=lambda part: part.order)
        return [found for part in parts if (found := part.provider(*about))]

    def add_banner(self, provider: Callable[[Any], str]) -> None:
        """PROVIDER is called with the signed-in person on every page and answers what concerns
        everybody now, or nothing. It has to be quick."""
        self.banners.append(provider)

    def entries(self, menu: str) -> list[tuple[str, str, bool]]:
        """(label, address, is it where the reader is) of one menu, for the current user."""
        shown = [
            (entry, self._address(entry.endpoint))
            for entry in sorted(self.navigation, key=lambda entry: entry.order)
            if entry.menu == menu and entry.visible(current_user)
        ]
        nearest = max((_nearness(entry, url) for entry, url in shown), default=0)
        return [
            (str(entry.label), url, nearest > 0 and _nearness(entry, url) == nearest)
            for entry, url in shown
        ]

    def _address(self, endpoint: str) -> str:
        """Of a page without parameters; every page shows a dozen of them."""
        key = (request.script_root, endpoint)
        if key not in self._addresses:
            self._addresses[key] = url_for(endpoint)
        return self._addresses[key]

    def home(self, person: Any) -> list[TodoSection]:
        """Her first page. Providers ask for much the same, so each question is asked once."""
        sections = []
        absent = self._absent(person)
        with remembering():
            for number, row in sorted(enumerate(self.home_sections), key=lambda r: r[1].order):
                if number not in absent:
                    sections += [s for s in row.provider(person) if s.items or s.empty]
        return sections

    def _absent(self, person: Any) -> set[int]:
        """Which sections have nothing for her, by their place in the list; one statement."""
        conditional = [n for n, row in enumerate(self.home_sections) if row.present is not None]
        if not conditional:
            return set()
        row = db.session.execute(self._conditions, {"person_id": person.id}).one()
        return {
            number for number, is_present in zip(conditional, row, strict=True) if not is_present
        }

    @cached_property
    def _conditions(self) -> Any:
        asked = [row.present for row in self.home_sections if row.present is not None]
        return select(*(make().label(f"section_{n}") for n, make in enumerate(asked)))


def _nearness(entry: NavigationEntry, url: str) -> int:
    """How much of the address of this request is ENTRY's; 0 when it is elsewhere."""
    here = request.path
    return max(
        (len(stem) for stem in (url, *entry.under) if here == stem or here.startswith(f"{stem}/")),
        default=0,
    )


def layout() -> Layout:
    result: Layout = current_app.extensions["layout"]
    return result


def init_app(app: Flask) -> None:
    app.extensions["layout"] = Layout()
    app.jinja_env.globals["parts"] = lambda place, *about: layout().parts(place, *about)
    app.context_processor(_frame)


def _frame() -> dict[str, Any]:
    if g.get("database_is_down"):
        return {"navigation": [], "account_menu": []}  # nobody can be asked who is reading
    return {
        "navigation": layout().entries("main"),
        "account_menu": [(label, url) for label, url, _here in layout().entries("account")],
        "banners": [
            text
            for banner in layout().banners
            if current_user.is_authenticated and (text := banner(current_user))
        ],
        "header_slots": [
            slot(current_user)
            for slot, for_everybody in layout().header_slots
            if for_everybody or current_user.is_authenticated
        ],
    }
