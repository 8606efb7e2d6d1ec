"""Making a challenge, changing what it says, and how it is evaluated."""

import csv
import io
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.accounts.models import Person
from app.challenges.events import ChallengeCorrected
from app.challenges.models import Challenge, ChallengeEvaluation
from app.challenges.rules import (
    METRICS,
    MOST_ANSWERS_BYTES,
    MOST_PROGRAM_BYTES,
    OWN,
    ShownSkill,
)
from app.datasets import operations as datasets
from app.datasets import queries as data
from app.datasets.models import DataSet
from app.datasets.rules import NAME, Access
from app.kernel import audit, blobs, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.events import publish as tell
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation
from app.learning.models import GroupSet, Section


class BadSettings(Refused):
    """What was said of a challenge cannot hold."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a challenge says of itself. Texts in both languages."""

    title: LocalizedText
    summary: LocalizedText
    description: LocalizedText
    opens_at: datetime
    ends_at: datetime
    data: Sequence[str] = ()
    attempts_per_day: int = 5
    takes_notebooks: bool = True
    takes_late: bool = False
    group_set: GroupSet | None = None
    skills: Sequence[ShownSkill] = ()


@dataclass(frozen=True, kw_only=True)
class EvaluationSettings:
    """How entries are scored. ``answers`` is a CSV; None keeps those that hold."""

    metric: str
    id_column: str
    target_column: str
    answers: bytes | None = None
    program: bytes | None = None
    kind: str | None = None
    higher: bool | None = None
    """KIND and HIGHER are said for the author's own metric; the kept ones know."""
    public_share: float = 0.3
    seed: str | None = None


@operation
def create(
    person: Person | None,
    section: Section,
    slug: str,
    settings: Settings,
    evaluation: EvaluationSettings,
) -> Challenge:
    """A challenge that only the staff sees. PERSON None: the operator. Raises BadSettings."""
    if not NAME.fullmatch(slug) or len(slug) > 60:
        raise BadSettings(
            _l("An address is made of small letters, digits and single hyphens, at most 60.")
        )
    lock = func.hashtextextended(f"challenge:{section.id}:{slug}", 0)
    db.session.execute(select(func.pg_advisory_xact_lock(lock)))
    if db.session.scalar(
        select(Challenge.id).where(Challenge.section_id == section.id, Challenge.slug == slug)
    ):
        raise BadSettings(_l("There is a challenge at this address already. Choose another one."))
    challenge = Challenge(
        section_id=section.id,
        section=section,
        slug=slug,
        created_by_id=person.id if person else None,
        **_fields(section, settings),
    )
    db.session.add(challenge)
    db.session.flush()
    set_evaluation(person, challenge, evaluation)
    _record(person, "challenge.created", challenge)
    return challenge


@operation
def edit(person: Person, challenge: Challenge, settings: Settings) -> None:
    """Say something else from now on. Raises BadSettings.

    A challenge that is over keeps its dates: its ranking is final.
    """
    fields = _fields(challenge.section, settings)
    if challenge.settled_at is not None and settings.ends_at != challenge.ends_at:
        raise BadSettings(_l("This challenge is over and its ranking is final: its end stays."))
    shows_others = challenge.settled_at is not None and fields["skills"] != challenge.skills
    for name, value in fields.items():
        setattr(challenge, name, value)
    _record(person, "challenge.edited", challenge)
    if shows_others:
        db.session.flush()
        tell(ChallengeCorrected(challenge.id))


@operation
def publish(person: Person | None, challenge: Challenge) -> None:
    """Let students see it; they hand in from its opening on."""
    if challenge.published_at is None:
        challenge.published_at = clock.now()
        _record(person, "challenge.published", challenge)


@operation
def set_evaluation(
    person: Person | None, challenge: Challenge, wanted: EvaluationSettings
) -> ChallengeEvaluation:
    """The next version of the evaluation, or the one that holds when it says the same.

    What was scored before keeps its score until everything is scored again. The seed, and with it
    which answers count when, stays unless WANTED names another. Raises BadSettings.
    """
    db.session.scalars(
        select(Challenge.id).where(Challenge.id == challenge.id).with_for_update()
    ).all()
    last = challenge.evaluations[-1] if challenge.evaluations else None
    kind, higher = _metric(wanted, last)
    if wanted.answers is not None:
        _check_answers(wanted.answers, wanted, kind)
        answers = _keep_answers(person, challenge, wanted.answers)
    elif last is not None:
        answers = last.answers
        if (wanted.id_column, wanted.target_column) != (last.id_column, last.target_column):
            raise BadSettings(_l("Send the answers again when their columns change."))
    else:
        raise BadSettings(_l("Send the file of hidden answers."))
    program = wanted.program
    program_blob = blobs.put(program) if program else (last.program_blob if last else None)
    fields = {
        "answers_id": answers.id,
        "metric": wanted.metric,
        "program_blob": program_blob if wanted.metric == OWN else None,
        "kind": kind,
        "higher": higher,
        "id_column": wanted.id_column,
        "target_column": wanted.target_column,
        "public_share": wanted.public_share,
        "seed": wanted.seed or (last.seed if last else secrets.token_hex(16)),
    }
    if last is not None and all(getattr(last, name) == value for name, value in fields.items()):
        return last
    made = ChallengeEvaluation(
        challenge_id=challenge.id,
        number=last.number + 1 if last else 1,
        made_by_id=person.id if person else None,
        answers=answers,
        **{name: value for name, value in fields.items() if name != "answers_id"},
    )
    challenge.evaluations.append(made)
    db.session.flush()
    _record(person, "challenge.evaluation_set", challenge)
    return made


def _fields(section: Section, settings: Settings) -> dict[str, object]:
    if settings.ends_at <= settings.opens_at:
        raise BadSettings(_l("The end comes after the opening."))
    if not 1 <= settings.attempts_per_day <= 100:
        raise BadSettings(_l("Attempts a day are a number from 1 to 100."))
    if not all(one.is_possible for one in settings.skills):
        raise BadSettings(
            _l("A skill needs a score to reach, a level from 1, and a weight above 0, at most 1.")
        )
    group_set = settings.group_set
    if group_set is not None and (
        group_set.section_id != section.id or group_set.ended_at is not None
    ):
        raise BadSettings(_l("Choose groups of this section."))
    found = data.sets_named(settings.data)
    for address in settings.data:
        if address not in found or found[address].access is not Access.OPEN:
            raise BadSettings(
                _l("There is no open data set %(address)s. Write NAME/VERSION.", address=address)
            )
    return {
        "title": settings.title,
        "summary": settings.summary,
        "description": settings.description,
        "data": list(dict.fromkeys(settings.data)),
        "skills": [one.row for one in settings.skills],
        "attempts_per_day": settings.attempts_per_day,
        "takes_notebooks": settings.takes_notebooks,
        "takes_late": settings.takes_late,
        "group_set_id": group_set.id if group_set else None,
        "opens_at": settings.opens_at,
        "ends_at": settings.ends_at,
    }


def _metric(wanted: EvaluationSettings, last: ChallengeEvaluation | None) -> tuple[str, bool]:
    if not 0.05 <= wanted.public_share <= 0.95:
        raise BadSettings(_l("The public part is a share from 5 to 95 percent."))
    if not wanted.id_column or not wanted.target_column:
        raise BadSettings(_l("Name the columns of the answers."))
    if wanted.metric != OWN:
        if wanted.metric not in METRICS:
            raise BadSettings(_l("Choose a metric."))
        return METRICS[wanted.metric].kind, METRICS[wanted.metric].higher
    if wanted.program is None and not (last and last.program_blob):
        raise BadSettings(_l("Send the program of your own metric."))
    if wanted.program is not None:
        if len(wanted.program) > MOST_PROGRAM_BYTES:
            raise BadSettings(_l("A program may have at most 200 kB."))
        try:
            text = wanted.program.decode("utf-8")
            compile(text, "evaluator.py", "exec", dont_inherit=True)
        except (UnicodeDecodeError, SyntaxError, ValueError) as error:
            raise BadSettings(
                _l("The program is not valid Python: %(error)s", error=str(error)[:200])
            ) from error
        if "def score(" not in text:
            raise BadSettings(
                _l("The program has to define a function score(answers, predictions).")
            )
    return wanted.kind or "number", bool(wanted.higher)


def _check_answers(content: bytes, wanted: EvaluationSettings, kind: str) -> None:
    """What an author sees at once; the evaluator reads the file again with all its rules."""
    if len(content) > MOST_ANSWERS_BYTES:
        raise BadSettings(
            _l("Answers may have at most %(most)s MB.", most=MOST_ANSWERS_BYTES >> 20)
        )
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadSettings(_l("The answers are not a CSV file in UTF-8.")) from error
    if len(rows) < 2:
        raise BadSettings(_l("Answers need at least two rows."))
    seen: set[str] = set()
    for line, row in enumerate(rows, 2):
        name, value = row.get(wanted.id_column), row.get(wanted.target_column)
        if not name or not value or name in seen:
            raise BadSettings(
                _l(
                    "Row %(line)s of the answers needs one value in “%(id)s” that no other row has,"
                    " and one in “%(target)s”.",
                    line=line,
                    id=wanted.id_column,
                    target=wanted.target_column,
                )
            )
        seen.add(name)
        if kind != "label" and not _is_number(value):
            raise BadSettings(
                _l("Row %(line)s of the answers: “%(value)s” is not a number.", line=line,
                   value=value[:60])
            )  # fmt: skip


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _keep_answers(person: Person | None, challenge: Challenge, content: bytes) -> DataSet:
    name = f"answers-{challenge.id.hex[-16:]}"
    file = datasets.incoming("answers.csv", io.BytesIO(content))
    title = {
        "en": f"Answers of the challenge “{challenge.title.in_language('en')}”",
        "zh-Hant-TW": f"挑戰「{challenge.title.in_language('zh-Hant-TW')}」的答案",
    }
    with db.session.no_autoflush:
        newest = data.newest(name)
    # A colleague's answers are the next version of the same set; it stays with who made it.
    keeper = newest.kept_by if newest is not None else person
    return datasets.keep(
        keeper,
        datasets.Content(
            name=name,
            title=LocalizedText(title),
            licence="Not published",
            source=f"Challenge {challenge.slug}, section {challenge.section.code}",
            access=Access.HIDDEN,
            files=[file],
        ),
    )


def _record(person: Person | None, what: str, challenge: Challenge) -> None:
    audit.record(person.id if person else None, what, "challenge", challenge.id)
