"""Handing in: stored as it is, with the server's time and a receipt, and queued, at once."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from app.accounts.models import Person
from app.catalog.models import CourseItem
from app.grading import rules
from app.grading.events import SubmissionReceived
from app.grading.models import Attempt, Submission, SubmissionFile
from app.grading.operations.declaring import declare
from app.grading.operations.teams import begin, bind, tries_out
from app.grading.rules import Priority, Via
from app.kernel import audit, blobs, clock, live
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.jobs import defer
from app.kernel.transaction import operation
from app.labs.models import LabVersion
from app.learning.models import Section
from app.learning.operations.ai_use import DeclarationMissing
from app.learning.rules.ai_use import Declared

TICKET_PRIORITY = -10


class SectionClosed(Refused):
    message = _l("This section is closed: nothing can be handed in any more.")


class TimeOver(Refused):
    message = _l("The time for this lab is over: nothing can be handed in any more.")


class TooLarge(Refused):
    message = _l(
        "A submission may hold 20 MB in all. Leave out data files and clear large outputs; your "
        "work in the lab is kept."
    )


class TooMany(Refused):
    message = _l("A submission may hold 100 files. Leave out what is not needed.")


class BadPath(Refused):
    """A file's name cannot be used."""


class NoNotebook(Refused):
    """None of the lab's notebooks is there."""


class NotANotebook(Refused):
    """A file ends with .ipynb and is no notebook."""


@operation
def submit(
    person: Person,
    section: Section,
    item: CourseItem,
    files: Mapping[str, bytes],
    *,
    via: Via,
    declared: Declared | None = None,
) -> Submission:
    """Take a submission: nothing of it is lost once this returns.

    FILES maps relative paths to contents. Where the lab is handed in by teams, it is the work of
    everybody who is in PERSON's team now. A declaration of AI use that is asked for must be there
    when it comes from the site; from a lab it is given afterwards.

    Raises SectionClosed, TooLarge, TooMany, BadPath, NoNotebook, NotANotebook, NoTeam, NoneLeft,
    DeclarationMissing, BadDeclaration. That she may submit here is for the caller to know: the
    section was loaded through her.
    """
    version = item.lab_version
    if version is None:
        raise ValueError(f"{item.key} is not a lab")
    if section.closed_at is not None:
        raise SectionClosed
    files = _with_the_labs_names(version, files)
    _check(version, files)

    is_trial = tries_out(person, section)
    what = begin(person, section, item.slug, is_trial=is_trial)
    asks = what.rule is not None and what.rule.asks_declaration
    if asks and declared is None and via is Via.SITE:
        raise DeclarationMissing
    number = what.number
    now = clock.now()
    stored = {path: blobs.put(content) for path, content in files.items()}
    submission = Submission(
        section_id=section.id,
        person_id=person.id,
        lab_slug=item.slug,
        lab_version_id=version.id,
        number=number,
        submitted_at=now,
        receipt=rules.receipt(
            person_id=person.id,
            section=section.code,
            lab=item.slug,
            lab_digest=version.digest,
            number=number,
            submitted_at=now,
            files=stored,
        ),
        via=via,
        size=sum(map(len, files.values())),
        team_id=what.team.id if what.team else None,
        team_name=what.team.name if what.team else None,
        rule_id=what.rule.id if what.rule else None,
        is_trial=is_trial,
        files=[
            SubmissionFile(path=path, blob=blob, size=len(files[path]))
            for path, blob in stored.items()
        ],
        attempts=[Attempt(number=1, section_id=section.id, max_score=version.max_score)],
    )
    db.session.add(submission)
    db.session.flush()
    bind(submission, what.people)
    if asks and declared is not None:
        declare(person, submission, declared)
    queue_attempt(submission.attempts[0], priority=Priority.INTERACTIVE)
    audit.record(
        person.id, "submission.received", "submission", submission.id, receipt=submission.receipt
    )
    publish(SubmissionReceived(submission.id))
    tell_pages(submission)
    return submission


def queue_attempt(attempt: Attempt, *, priority: Priority) -> None:
    """Put ATTEMPT, which is new, in its line, with a ticket on the queue, in this transaction.

    A ticket grades whichever attempt is next by then (docs/decisions/0011).
    """
    attempt.priority = priority.value
    attempt.turn = db.session.scalars(
        select(func.count())
        .select_from(Attempt)
        .join(Submission)
        .where(
            Submission.section_id == attempt.section_id,
            Submission.person_id == attempt.submission.person_id,
            Attempt.state.in_(rules.LIVE),
            Attempt.id != attempt.id,
        )
    ).one()
    db.session.flush()
    add_ticket()


def add_ticket() -> None:
    """A job that grades one waiting attempt. Other jobs are short and never wait for gradings."""
    defer("grading.tasks.grade", priority=TICKET_PRIORITY)


def topic(section_id: object, person_id: object, lab_slug: str) -> str:
    """What open pages of one person's lab watch."""
    return f"lab:{section_id}:{person_id}:{lab_slug}"


def tell_pages(submission: Submission) -> None:
    """Open pages of everybody whose work SUBMISSION is fetch it again after the commit."""
    for row in submission.people:
        live.announce(topic(submission.section_id, row.person_id, submission.lab_slug))


def _with_the_labs_names(version: LabVersion, files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """A single notebook under another name (``lab (1).ipynb``) is taken for the lab's only one."""
    expected = [f"{name}.ipynb" for name in version.notebooks]
    notebooks = [path for path in files if path.endswith(".ipynb")]
    if len(expected) == 1 and len(notebooks) == 1 and notebooks[0] not in expected:
        return {
            (expected[0] if path == notebooks[0] else path): content
            for path, content in files.items()
        }
    return files


def _check(version: LabVersion, files: Mapping[str, bytes]) -> None:
    if sum(map(len, files.values())) > rules.MAX_SUBMISSION_BYTES:
        raise TooLarge
    if len(files) > rules.MAX_SUBMISSION_FILES:
        raise TooMany
    for path in files:
        if rules.path_problem(path) is not None:
            raise BadPath(_l("A file cannot be named “%(path)s”.", path=path[:80]))
    expected = {f"{name}.ipynb" for name in version.notebooks}
    if not expected & set(files):
        raise NoNotebook(
            _l(
                "The notebook of this lab is missing. Hand in the file named %(names)s.",
                names=", ".join(sorted(expected)),
            )
        )
    for path, content in files.items():
        if path in expected and not _is_notebook(content):
            raise NotANotebook(
                _l(
                    "%(path)s is not a notebook: it cannot be read as one. Open it in JupyterLab, "
                    "save it and hand it in again.",
                    path=path,
                )
            )


def _is_notebook(content: bytes) -> bool:
    """Whether CONTENT has a notebook's outline; its details are the engine's to judge."""
    try:
        document: Any = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return (
        isinstance(document, dict)
        and isinstance(document.get("nbformat"), int)
        and isinstance(document.get("cells", document.get("worksheets")), list)
    )
