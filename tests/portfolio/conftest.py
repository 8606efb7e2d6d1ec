"""A portfolio with something secret in every corner."""

import io
from dataclasses import dataclass
from typing import Any

import pytest
from PIL import Image

from app.accounts.models import Organisation
from app.accounts.rules import OrganisationKind
from app.kernel.localized import LocalizedText
from app.portfolio import operations, queries
from app.portfolio.operations import BlockWords, PageWords, ProfileWords
from app.portfolio.rules import Audience, BlockKind, Content, FileUse, Link, SeenBy


def both(english: str, chinese: str = "") -> LocalizedText:
    return LocalizedText({"en": english, "zh-Hant-TW": chinese or f"{english}（中）"})


def picture(colour: str = "green", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "JPEG", **options)
    return out.getvalue()


@dataclass
class Portfolio:
    """mei's page, with a marker for each of those who may see something of it."""

    cast: Any
    in_app: Any
    page_id: Any
    files: dict[str, str]
    """Ids of files: ``everybody``, ``companies``, ``nobody``, ``unused``."""

    MARKERS = ("MARK-everybody", "MARK-companies", "MARK-nobody")

    def page(self) -> Any:
        return queries.my_page(self.cast.person("mei"), self.page_id)

    def share(self, audience: Audience, **options: Any) -> str:
        """Show the page; its address."""
        with self.in_app():
            mei, page = self.cast.person("mei"), self.page()
            if audience is Audience.LINK:
                return f"/p/{operations.give_link(mei, page, **options).token}"
            if audience is Audience.PUBLIC:
                operations.publish(mei, page, **options)
            else:
                operations.show_to_company(
                    mei, page, company("rongguang"), consents_now=True, **options
                )
            return f"/portfolio/mei/{page.slug}"

    def take_back(self) -> None:
        with self.in_app():
            for share in self.page().shares:
                operations.end_share(self.cast.person("mei"), share)


def company(slug: str) -> Organisation:
    from app.accounts.queries import organisation_by_slug

    found = organisation_by_slug(slug)
    assert found is not None and found.kind is OrganisationKind.COMPANY
    return found


@pytest.fixture
def portfolio(enrolled, in_app):
    with in_app():
        mei = enrolled.person("mei")
        made = {
            who: operations.keep_file(mei, f"MARK-{who}.txt", f"FILE-{who}".encode())
            for who in ("everybody", "companies", "nobody", "unused")
        }
        face = operations.keep_file(mei, "face.jpg", picture())
        operations.change_profile(
            mei,
            ProfileWords(
                name=both("Mei Lin", "林小梅"),
                headline=both("Learning to see machines"),
                place=both("MARK-place"),
                email="MARK-mail@example.com",
                links=(Link("Code", "https://example.com/mei"),),
                picture=face,
            ),
        )
        page = operations.create_page(mei, PageWords(both("Hello there"), both("Opening words")))
        for who in SeenBy:
            operations.add_block(
                page,
                BlockKind.TEXT,
                BlockWords(
                    both(f"MARK-{who.value} heading"),
                    both(f"MARK-{who.value} body"),
                    Content(
                        links=(Link(f"MARK-{who.value} link", f"https://x.example/{who.value}"),),
                        files=(FileUse(str(made[who.value].id), f"MARK-{who.value} words"),),
                    ),
                    who,
                ),
            )
        ids = {who: str(file.id) for who, file in made.items()} | {"face": str(face.id)}
        page_id = page.id
    return Portfolio(enrolled, in_app, page_id, ids)
