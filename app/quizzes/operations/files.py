"""Files that answers consist of."""

from dataclasses import dataclass

from app.kernel import blobs
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.quizzes import queries
from app.quizzes.models import QuizAttempt, QuizFile
from app.quizzes.operations.answers import AttemptOver, question_of, save_answer
from app.quizzes.operations.finishing import is_over_for, locked
from app.quizzes.rules.files import limits_of, plain_name


class FileRefused(Refused):
    """The file is too large, of another kind, or there are too many."""


@dataclass(frozen=True)
class Upload:
    name: str
    content: bytes


@operation
def add_files(attempt: QuizAttempt, question_id: str, uploads: list[Upload]) -> list[QuizFile]:
    """Add UPLOADS to the answer of a file question.

    Raises AttemptOver, FileRefused (nothing is added then), NotVisible.
    """
    found = locked(attempt.id)
    question = question_of(found, question_id)
    if is_over_for(found):
        raise AttemptOver
    if question["type"] != "file":
        raise FileRefused(_l("This question takes no file."))
    limits = limits_of(question)
    held = current_files(found, question_id)
    if len(held) + len(uploads) > limits.count:
        raise FileRefused(_l("At most %(count)s files: take one away first.", count=limits.count))
    made = []
    for upload in uploads:
        name = plain_name(upload.name)
        if not limits.allows(name):
            raise FileRefused(
                _l(
                    "“%(name)s” is not of a kind that is asked for: %(kinds)s.",
                    name=name,
                    kinds=", ".join(limits.endings),
                )
            )
        if not upload.content:
            raise FileRefused(_l("“%(name)s” is empty.", name=name))
        if len(upload.content) > limits.bytes_each:
            raise FileRefused(
                _l(
                    "“%(name)s” is larger than %(size)s MB.",
                    name=name,
                    size=limits.bytes_each // 1024**2,
                )
            )
        file = QuizFile(
            attempt_id=found.id,
            question_id=question_id,
            name=name,
            blob=blobs.put(upload.content),
            size=len(upload.content),
        )
        db.session.add(file)
        made.append(file)
    db.session.flush()
    _answer(found, question_id, [*held, *made])
    return made


@operation
def remove_file(attempt: QuizAttempt, file: QuizFile) -> None:
    """Take a file away from an answer. Raises AttemptOver."""
    found = locked(attempt.id)
    if is_over_for(found):
        raise AttemptOver
    rest = [row for row in current_files(found, file.question_id) if row.id != file.id]
    db.session.delete(file)
    db.session.flush()
    _answer(found, file.question_id, rest)


def current_files(attempt: QuizAttempt, question_id: str) -> list[QuizFile]:
    """The files that an answer consists of now, the oldest first."""
    return [row for row in queries.files_of(attempt) if row.question_id == question_id]


def _answer(attempt: QuizAttempt, question_id: str, files: list[QuizFile]) -> None:
    response = [{"name": row.name, "blob": row.blob, "size": row.size} for row in files]
    save_answer(attempt.id, question_id, response)
