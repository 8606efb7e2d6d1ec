"""What this room keeps of people, and what becomes of it (see ``kernel.personal``)."""

from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Report, Table, declare, report
from app.learning.personal import not_held
from app.quizzes.queries.exports import scores_told

OF_HERS = (("attempt_id", "quiz_attempts"),)

declare(
    "quizzes",
    Table(name="quiz_rules", by=("made_by_id",)),
    Table(
        name="quiz_attempts",
        title=_l("Your attempts at quizzes"),
        whose=("person_id",),
        by=("ended_by_id",),
        # Scores are in the report below, where she may know them.
        secret=("questions", "seed", "score"),
    ),
    Table(name="quiz_answers", title=_l("Your answers in quizzes"), via=OF_HERS),
    Table(
        name="quiz_files",
        title=_l("Files that you gave as answers"),
        via=OF_HERS,
        files=(("blob", "name"),),
    ),
    Table(
        name="quiz_marks",
        title=_l("Points of your answers"),
        via=OF_HERS,
        by=("by_id",),
        secret=("question",),
        shown="quiz_marks.superseded_at IS NULL AND EXISTS (SELECT 1 FROM quiz_attempts marked"
        " JOIN quiz_rules ruled ON ruled.id = marked.rule_id"
        " WHERE marked.id = quiz_marks.attempt_id AND marked.submitted_at IS NOT NULL AND "
        + not_held("marked.section_id", "'quiz:' || marked.slug")
        + ")",
    ),
    Table(
        name="quiz_declarations",
        title=_l("What you declared about AI tools in quizzes"),
        whose=("person_id",),
        via=OF_HERS,
    ),
    Table(
        name="quiz_accommodations",
        title=_l("More time or attempts in quizzes"),
        whose=("person_id",),
        by=("granted_by_id", "ended_by_id"),
    ),
)
report("quizzes", Report("scores", _l("Your scores in quizzes"), scores_told))
