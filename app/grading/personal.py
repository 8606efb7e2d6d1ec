"""What this room keeps of people, and what becomes of it (see ``kernel.personal``).

Work of one person goes with her, with all that others wrote about it. Work of a team stays with
the team; what goes is that it was hers.
"""

from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Fate, Table, also_hers, declare, impersonal
from app.learning.personal import not_held

OF_HERS = (("submission_id", "submissions"),)
OTHERS = (
    "EXISTS (SELECT 1 FROM submission_people o WHERE o.submission_id = {id}"
    " AND o.person_id <> :person)"
)
KNOWN = (
    "EXISTS (SELECT 1 FROM submissions known WHERE known.id = {id} AND "
    + not_held("known.section_id", "'lab:' || known.lab_slug")
    + ")"
)
BY_ATTEMPT = "(SELECT submission_id FROM attempts WHERE id = {id})"
KNOWN_NOTEBOOK = KNOWN.format(
    id="(SELECT a.submission_id FROM attempts a WHERE a.id = notebook_scores.attempt_id)"
)
KNOWN_CELL = KNOWN.format(
    id="(SELECT a.submission_id FROM attempts a JOIN notebook_scores n ON n.attempt_id = a.id"
    " WHERE n.id = cell_scores.notebook_score_id)"
)

declare(
    "grading",
    Table(name="hand_in_rules", by=("made_by_id",)),
    Table(
        name="submissions",
        title=_l("Work that you handed in"),
        whose=("person_id",),
        only="NOT " + OTHERS.format(id="submissions.id"),
    ),
    Table(
        name="submission_people",
        title=_l("Whose work it is"),
        whose=("person_id",),
        via=OF_HERS,
    ),
    Table(
        name="submission_files",
        title=_l("Files of your work"),
        via=OF_HERS,
        files=(("blob", "path"),),
    ),
    Table(
        name="ai_declarations",
        title=_l("What you declared about AI tools"),
        fate=Fate.DELETE,
        whose=("person_id",),
        via=OF_HERS,
    ),
    Table(
        name="attempts",
        title=_l("How your work was graded"),
        via=OF_HERS,
        secret=("claim", "reason_params"),
        shown=KNOWN.format(id="attempts.submission_id"),
    ),
    Table(
        name="notebook_scores",
        title=_l("Points of your notebooks"),
        via=(("attempt_id", "attempts"),),
        # The executed notebook holds the hidden tests.
        secret=("executed_blob", "reason_params"),
        files=(("feedback_blob", "name"), ("executed_blob", None)),
        shown=KNOWN_NOTEBOOK,
    ),
    Table(
        name="cell_scores",
        title=_l("Points of each cell"),
        via=(("notebook_score_id", "notebook_scores"),),
        secret=("staff_message", "params"),
        shown=KNOWN_CELL,
    ),
    Table(
        name="manual_scores",
        title=_l("Points and comments of your teachers"),
        via=OF_HERS,
        by=("graded_by_id",),
        shown=KNOWN.format(id="manual_scores.submission_id"),
    ),
    Table(
        name="annotations",
        title=_l("Notes beside your work"),
        via=OF_HERS,
        by=("by_id", "removed_by_id"),
        shown="annotations.removed_by_id IS NULL AND "
        + KNOWN.format(id="annotations.submission_id"),
    ),
    Table(
        name="feedback_files",
        title=_l("Files that your teachers gave back"),
        via=OF_HERS,
        by=("given_by_id",),
        files=(("blob", "name"),),
        shown=KNOWN.format(id="feedback_files.submission_id"),
    ),
    Table(
        name="tamper_cases",
        title=_l("Work whose score was withheld, and your answer"),
        via=(("attempt_id", "attempts"),),
        by=("decided_by_id",),
    ),
)
impersonal("grading", "worker_reports")
also_hers(
    "rubric_judgements",
    "submissions",
    "position(submissions.id::text in rubric_judgements.subject) > 0",
)
