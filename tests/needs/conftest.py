"""A shop, another one, an association, and who acts for them."""

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.accounts import queries as people
from app.accounts.operations.memberships import add_membership
from app.accounts.operations.organisations import create_organisation
from app.accounts.operations.registration import create_person
from app.accounts.rules import OrganisationKind, Proof, Role
from app.kernel import clock
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation
from app.needs import operations
from app.needs.models import Interview, PainPoint
from app.needs.operations import FigureWords, InterviewWords, PainWords
from app.needs.rules import Measure, RecordingConsent

HELD = date(2026, 3, 2)


def title(english: str, chinese: str = "") -> LocalizedText:
    return LocalizedText({"en": english, "zh-Hant-TW": chinese})


def about(**changes: Any) -> InterviewWords:
    fields: dict[str, Any] = {
        "company_name": "Lane Kitchen",
        "contact_name": "Boss Chen",
        "contact_email": "chen@lane.example",
        "held_on": HELD,
        "place": "Tainan",
        "industry": "smart-business-services",
        "county": "臺南市",
        "process": "Orders are guessed every afternoon.",
        "figures": (FigureWords("Orders a day", Decimal(240), "orders"),),
        "recording_consent": RecordingConsent.NOT_ASKED,
    }
    return InterviewWords(**(fields | changes))


def pain(name: str = "Food is thrown away every evening", **changes: Any) -> PainWords:
    fields: dict[str, Any] = {
        "title": title(name, "每天晚上都在丟食材"),
        "process": "ordering",
        "measure": Measure.WASTE,
        "now_value": Decimal(12),
        "target_value": Decimal(5),
        "unit": "kg a day",
        "industries": ("smart-business-services",),
        "technologies": ("forecasting",),
        "people_count": 4,
    }
    return PainWords(**(fields | changes))


@dataclass
class World:
    """Handles: ``shopkeeper`` of the company shop, ``rival`` of rival, ``guild`` of the guild."""

    cast: Any
    in_app: Any

    def person(self, handle: str) -> Any:
        return self.cast.person(handle)

    def organisation(self, slug: str) -> Any:
        found = people.organisation_by_slug(slug)
        assert found is not None
        return found

    def record(self, handle: str = "fang", *, for_slug: str = "", **changes: Any) -> Any:
        """An interview by HANDLE; answers its id."""
        with self.in_app():
            recorded_for = self.organisation(for_slug).id if for_slug else None
            made = operations.record_interview(
                self.person(handle), about(**changes), key=uuid.uuid4(), recorded_for=recorded_for
            )
            return made.id

    def hurt(self, interview_id: Any, handle: str = "fang", *words: Any, **changes: Any) -> Any:
        with self.in_app():
            interview = self._get(Interview, interview_id)
            made = operations.add_pain_point(
                self.person(handle), interview, pain(*words, **changes), key=uuid.uuid4()
            )
            return made.id

    def _get(self, model: Any, row_id: Any) -> Any:
        from app.kernel.database import db

        return db.session.get_one(model, row_id)

    def point(self, row_id: Any) -> PainPoint:
        found: PainPoint = self._get(PainPoint, row_id)
        return found

    def interview(self, row_id: Any) -> Interview:
        found: Interview = self._get(Interview, row_id)
        return found


@operation
def _make() -> None:
    for slug, kind, tax_id in (
        ("shop", OrganisationKind.COMPANY, "04595257"),
        ("rival", OrganisationKind.COMPANY, None),
        ("guild", OrganisationKind.ASSOCIATION, None),
    ):
        create_organisation(
            slug=slug,
            kind=kind,
            name=title(f"The {slug}", f"{slug}公司"),
            county="臺南市",
            tax_id=tax_id,
        )
    for handle, slug in (("shopkeeper", "shop"), ("rival-boss", "rival"), ("guild-head", "guild")):
        person = create_person(
            name=handle.title(), email=f"{handle}@{slug}.example", handle=handle,
            password_hash="x", is_demo=True,
        )  # fmt: skip
        assert person is not None
        person.email_verified_at = clock.now()
        organisation = people.organisation_by_slug(slug)
        assert organisation is not None
        add_membership(person, organisation.id, Role.OWNER, Proof.OPERATOR)


@pytest.fixture
def world(cast: Any, in_app: Any) -> World:
    with in_app():
        _make()
    return World(cast, in_app)
