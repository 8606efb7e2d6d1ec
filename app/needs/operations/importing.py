"""Lists of pain points from a file: all of it or nothing, with what is wrong by line."""

import csv
import io
import unicodedata
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import Organisation, Person
from app.accounts.rules import OrganisationKind, Standing
from app.kernel import audit, clock
from app.kernel.counties import county_from
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import LOCALES, speaking
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.ids import new_id
from app.kernel.industries import INDUSTRIES
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation
from app.needs import policies, rules
from app.needs.models import Interview, PainPoint
from app.needs.operations.interviews import record_interview
from app.needs.operations.pain_points import add_pain_point, correct_pain_point
from app.needs.operations.words import InterviewWords, PainWords
from app.needs.rules import COLUMNS, Measure

__all__ = ["Imported", "LineProblem", "LinesWrong", "NotAList", "import_list"]

MOST_BYTES = 2 * 2**20
MOST_LINES = 1000
RISKY = ("=", "+", "-", "@", "\t", "\r")
LETTERS = {
    "company": rules.SHORT_LETTERS,
    "contact": rules.SHORT_LETTERS,
    "place": 200,
    "title_zh": rules.TITLE_LETTERS,
    "title_en": rules.TITLE_LETTERS,
    "step": rules.SHORT_LETTERS,
    "unit": 40,
}


@dataclass(frozen=True)
class LineProblem:
    """What is wrong with one line of the file; the line with the names of columns is line 1."""

    line: int
    message: str


@dataclass(frozen=True)
class Imported:
    added: int
    corrected: int
    unchanged: int
    interviews: int


class NotAList(Refused):
    """The file as a whole cannot be read; the message says why."""


class LinesWrong(Refused):
    """Some lines are wrong and nothing was taken in; ``problems`` says which."""

    message = _l("Nothing was taken in. Correct these lines and send the file again.")

    def __init__(self, problems: Sequence[LineProblem]) -> None:
        self.problems = problems
        super().__init__()


class _Wrong(ValueError):
    pass


@operation
def import_list(
    actor: Person, content: bytes, *, recorded_for: uuid.UUID | None = None
) -> Imported:
    """Take in a CSV file with the columns ``rules.COLUMNS``, as the export writes it.

    A line with a number corrects that pain point; one without makes a new one. Lines of the same
    company, day, place and contact are one interview. Raises NotAList, LinesWrong.
    """
    lines = _lines(content)
    taking = _Taking(actor, recorded_for)
    problems: list[LineProblem] = []
    for number, line in lines:
        try:
            taking.take(line)
        except _Wrong as error:
            problems.append(LineProblem(number, str(error)))
        except Refused as error:
            problems.append(LineProblem(number, str(error.message)))
    if problems:
        raise LinesWrong(problems)
    done = Imported(taking.added, taking.corrected, taking.unchanged, len(taking.interviews))
    audit.record(
        actor.id, "needs.import", "file", new_id(), added=done.added, corrected=done.corrected
    )
    return done


def _lines(content: bytes) -> list[tuple[int, dict[str, str]]]:
    if len(content) > MOST_BYTES:
        raise NotAList(_l("The file is larger than 2 MB."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("cp950")  # what spreadsheets in Taiwan save as “CSV”
        except UnicodeDecodeError:
            raise NotAList(_l("The file is no text in UTF-8.")) from None
    reader = csv.DictReader(io.StringIO(text.replace("\0", "")))
    try:
        names = [(name or "").strip().lower() for name in reader.fieldnames or []]
        missing = [name for name in ("measure", "county", "industry") if name not in names]
        if missing:
            raise NotAList(_l("These columns are missing: %(names)s", names=", ".join(missing)))
        reader.fieldnames = names
        found = [
            (reader.line_num, {name: _plain(line.get(name)) for name in COLUMNS}) for line in reader
        ]
    except csv.Error as error:
        raise NotAList(_l("This is no CSV file: %(why)s", why=str(error))) from None
    found = [(number, line) for number, line in found if any(line.values())]
    if not found:
        raise NotAList(_l("The file has no lines below its names of columns."))
    if len(found) > MOST_LINES:
        raise NotAList(_l("The file has more than %(most)s lines.", most=MOST_LINES))
    return found


def _plain(value: Any) -> str:
    """A cell as it was before an export made it harmless."""
    text = unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else ""
    return text[1:] if text.startswith("'") and text[1:].startswith(RISKY) else text


class _Taking:
    """One file on its way in. What it needs is asked for once, not by line."""

    def __init__(self, actor: Person, recorded_for: uuid.UUID | None) -> None:
        self.actor = actor
        self.recorded_for = recorded_for
        self.interviews: dict[tuple[str, ...], Interview] = {}
        self.added = self.corrected = self.unchanged = 0
        statement = select(Organisation).where(Organisation.kind == OrganisationKind.COMPANY)
        if not policies.steers(actor):
            statement = statement.where(Organisation.standing == Standing.APPROVED)
        self.companies: dict[str, uuid.UUID] = {}
        for row in db.session.scalars(statement):
            for name in (*row.name.values(), row.tax_id):
                if name:
                    self.companies.setdefault(name.casefold(), row.id)

    def take(self, line: Mapping[str, str]) -> None:
        for name, most in LETTERS.items():
            if len(line[name]) > most:
                raise _Wrong(_("%(column)s: at most %(most)s characters", column=name, most=most))
        industry = _one_of(line["industry"], INDUSTRIES, "industry")
        words = _pain(line, industry)
        if line["number"]:
            self._correct(line["number"].lstrip("#"), words)
            return
        add_pain_point(self.actor, self._interview(line, industry), words, key=new_id())
        self.added += 1

    def _correct(self, number: str, words: PainWords) -> None:
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            raise _Wrong(_("number: “%(value)s” is no number of a pain point", value=number))
        found = db.session.scalar(
            select(PainPoint)
            .join(PainPoint.interview)
            .where(
                PainPoint.number == int(number),
                PainPoint.removed_at.is_(None),
                Interview.removed_at.is_(None),
            )
            .options(joinedload(PainPoint.interview))
        )
        if found is None or not policies.can_see(self.actor, found.interview):
            raise _Wrong(_("number: there is no pain point #%(number)s", number=number))
        if correct_pain_point(self.actor, found, words, revision=found.revision):
            self.corrected += 1
        else:
            self.unchanged += 1

    def _interview(self, line: Mapping[str, str], industry: str) -> Interview:
        same = tuple(line[name] for name in ("company", "tax_id", "held_on", "place", "contact"))
        if same not in self.interviews:
            county = county_from(line["county"])
            if county is None:
                raise _Wrong(_("county: “%(value)s” is not known", value=line["county"]))
            known = self.companies.get(line["tax_id"].casefold()) or self.companies.get(
                line["company"].casefold()
            )
            self.interviews[same] = record_interview(
                self.actor,
                InterviewWords(
                    organisation_id=known,
                    company_name="" if known else line["company"],
                    tax_id=None if known else line["tax_id"] or None,
                    contact_name=line["contact"],
                    held_on=_day(line["held_on"]),
                    place=line["place"],
                    industry=industry,
                    county=county,
                    process=line["process"][: rules.TEXT_LETTERS],
                ),
                key=new_id(),
                recorded_for=self.recorded_for,
            )
        return self.interviews[same]


def _pain(line: Mapping[str, str], industry: str) -> PainWords:
    title = LocalizedText({"zh-Hant-TW": line["title_zh"], "en": line["title_en"]})
    told = LocalizedText({"zh-Hant-TW": line["description_zh"], "en": line["description_en"]})
    technologies = _several(line["technologies"], rules.TECHNOLOGIES, "technologies")
    return PainWords(
        title=title,
        description=told if told else None,
        process=line["step"],
        measure=Measure(_one_of(line["measure"], rules.MEASURE_NAMES, "measure")),
        now_value=_number(line["now"], "now"),
        target_value=_number(line["target"], "target"),
        unit=line["unit"],
        industries=_several(line["industries"], INDUSTRIES, "industries") or (industry,),
        technologies=technologies,
        company_count=_count(line["companies"], "companies") or 1,
        people_count=_count(line["people"], "people"),
    )


def _one_of(text: str, known: Mapping[Any, Any], column: str) -> str:
    """The key of KNOWN that TEXT is, or is called in either language."""
    wanted = text.casefold()
    for key, name in known.items():
        if wanted == str(key) or wanted in _names(name):
            return str(key)
    raise _Wrong(
        _(
            "%(column)s: “%(value)s” is none of %(known)s",
            column=column,
            value=text[:60],
            known=", ".join(str(key) for key in known),
        )
    )


def _names(name: Any) -> set[str]:
    """NAME in every language, whatever the reader's."""
    if isinstance(name, LocalizedText):
        return {text.casefold() for text in name.values()}
    found = set()
    for code in LOCALES:
        with speaking(code):
            found.add(str(name).casefold())
    return found


def _several(text: str, known: Mapping[Any, Any], column: str) -> tuple[str, ...]:
    parts = [part.strip() for part in text.replace("；", ";").split(";")]
    return tuple(dict.fromkeys(_one_of(part, known, column) for part in parts if part))


def _number(text: str, column: str) -> Decimal | None:
    plain = unicodedata.normalize("NFKC", text).replace(",", "").strip()
    if not plain:
        return None
    return _parsed(lambda: _decimal(plain), text, column, _("a number"))


def _decimal(text: str) -> Decimal:
    value = Decimal(text)
    if not value.is_finite() or abs(value) >= Decimal(10) ** 15:
        raise InvalidOperation
    return value.quantize(Decimal("0.001"))


def _count(text: str, column: str) -> int | None:
    plain = unicodedata.normalize("NFKC", text).replace(",", "").strip()
    if not plain:
        return None
    if not (plain.isascii() and plain.isdigit() and len(plain) < 8):
        raise _Wrong(_wrong(text, column, _("a count")))
    return int(plain)


def _day(text: str) -> date:
    if not text:
        return clock.now().astimezone(clock.TAIPEI).date()
    plain = unicodedata.normalize("NFKC", text).replace("/", "-").replace(".", "-")
    parts = plain.split("-")
    return _parsed(
        lambda: date(*(int(part) for part in parts)),
        text,
        "held_on",
        _("a day such as 2026-03-01"),
    )


def _parsed(read: Callable[[], Any], text: str, column: str, wanted: str) -> Any:
    try:
        return read()
    except (ValueError, TypeError, OverflowError, InvalidOperation):
        raise _Wrong(_wrong(text, column, wanted)) from None


def _wrong(text: str, column: str, wanted: str) -> str:
    return _(
        "%(column)s: “%(value)s” is not %(wanted)s", column=column, value=text[:60], wanted=wanted
    )
