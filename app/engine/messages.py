"""Every sentence the engine can say: English gettext msgids, translated by the site.

Placeholders are ``%(name)s``; the values travel beside the msgid as ``params``.
"""

from __future__ import annotations

from typing import Final

# --- Why a notebook could not be graded to its end: reason code → msgid -----------------------
REASONS: Final[dict[str, str]] = {
    "missing-notebook": "The notebook %(name)s is not in this submission.",
    "not-a-notebook": "%(name)s is not a notebook. Save it in JupyterLab and submit it again.",
    "too-large": "%(name)s is larger than %(megabytes)s MB. Clear its outputs and submit it again.",
    "too-complex": "%(name)s has too many parts to be read safely. Clear its outputs and submit it"
    " again.",
    "too-new": "%(name)s was saved in a notebook format that is newer than this site reads"
    " (%(version)s).",
    "no-cells": "%(name)s has no cells.",
    "wrong-kernel": "%(name)s was written for %(language)s. This lab is graded with Python.",
    "bad-path": "A file name in this submission cannot be used: %(path)s",
    "too-many-files": "This submission has more than %(count)s files.",
    "files-too-large": "The files of this submission are larger than %(megabytes)s MB together.",
    "total-timeout": "The notebook did not finish within %(seconds)s seconds.",
    "cell-timeout": "A cell did not finish within %(seconds)s seconds and could not be stopped"
    " gently.",
    "cell-interrupted": "A cell did not finish within %(seconds)s seconds and was stopped.",
    "memory": "The notebook needed more than %(megabytes)s MB of memory.",
    "output": "The notebook printed more than it may (%(kilobytes)s kB).",
    "died": "The notebook's Python process ended before the last cell.",
    "start": "The notebook's Python process did not start. This is our fault: please try again.",
    "protocol": "The notebook's Python process stopped answering in the agreed form.",
    "tampered": "The checks around the tests did not hold, so the score is withheld. Your"
    " instructor will look at it, and you can answer.",
}

# --- What a notebook that makes predictions says -----------------------------------------------
NO_PREDICTIONS: Final = (
    "The notebook ran to its end and left no file %(name)s in its own folder. Write it there."
)
NO_PREDICTIONS_ERROR: Final = (
    "The notebook left no file %(name)s. The first cell that failed, by its number: %(error)s"
)
PREDICTIONS_TOO_LARGE: Final = "The predictions are larger than %(megabytes)s MB."

# --- What a cell's result says ----------------------------------------------------------------
HIDDEN_TEST_FAILED: Final = "A hidden test did not pass."
TEST_FAILED: Final = "%(error)s: %(text)s"
TEST_FAILED_NAME: Final = "This test ended with %(error)s."
TEST_WROTE_ERRORS: Final = "This test printed a warning or an error, which counts as not passed."
PARTIAL: Final = "Some of this test's checks passed."
CELL_TIMEOUT: Final = "This test did not finish within %(seconds)s seconds."
NOT_RUN: Final = "This test did not run, because the notebook was stopped before it."
MISSING_TEST: Final = (
    "This test is missing from your notebook, so a person has to look at it. Fetch the lab again"
    " to get it back."
)
MISSING_ANSWER: Final = "This answer is missing from your notebook, so a person has to look at it."
NO_ANSWER: Final = "You have not answered this question yet."
FOR_A_PERSON: Final = "A person will grade this answer."
SCORE_NOT_VALID: Final = "This test has a mistake of its own. Your instructor has been told."
WITHHELD: Final = "The score is withheld until a person has looked at it."
ODD_VALUE: Final = (
    "This test gives points as a number, and with your values it gave something else. A person"
    " will look at it."
)
NOT_GRADED: Final = "This cell could not be graded."

CANNOT_CROSS: Final = (
    "Your code gave this test a value of the type %(kind)s, which it cannot take. Give it plain"
    " values: numbers, texts, lists, tables, arrays."
)

# --- For the instructor only ------------------------------------------------------------------
STAFF_SCORE_ABOVE_MAX: Final = (
    "The test's last value is %(value)s, but the cell is worth %(points)s points. Change the test"
    " or its points and publish the lab again."
)
STAFF_NOT_FAILED: Final = "A check that must fail beside the tests did not fail as it should."
STAFF_NOT_THE_VALUE: Final = "A value that must arrive unchanged beside the tests did not."
STAFF_ODD_VALUE: Final = (
    "With the solution this test ends with a number of points; here it ended with %(value)s, for"
    " which nbgrader would give all points. Look at the answer and give the points yourself."
)
STAFF_SCORE_UNREADABLE: Final = "The test's last value could not be read as a score: %(detail)s"

# --- Why a test is judged in the student's process --------------------------------------------
ROAD_MAGIC: Final = "It uses a notebook command (a line with % or !)."
ROAD_RUNS_TEXT: Final = "It uses %(name)s, which can run what a student wrote."
ROAD_LOOKS_INSIDE: Final = (
    "It uses %(name)s, which tells something only in the process of the student's code."
)
ROAD_SETTINGS: Final = "It uses %(name)s, which can change how the student's own code runs."
ROAD_BUILTIN: Final = "The lab's own cells give Python's name %(name)s another meaning."
ROAD_OPEN_HELPER: Final = "It uses %(name)s from a cell that students can change. Lock that cell."
ROAD_SOLUTION_IMPORT: Final = (
    "It uses %(name)s, which the solution imports. Import it in a locked cell or in the test."
)
ROAD_STAR: Final = "It uses %(name)s, which no cell names: it comes from an import * or a command."
ROAD_VALUE: Final = "It needs a value of the type %(kind)s, which cannot be copied."
ROAD_DIFFERS: Final = "Judged apart, the lab's own solution does not get the same score."
ROAD_STUB: Final = "Judged apart, the lab without a solution does not get the same score."
ROAD_UNSOLVED: Final = "The lab's own solution does not pass it, so nothing can be compared."

# --- Notes in the feedback --------------------------------------------------------------------
OUTPUT_WITHHELD: Final = "What this cell printed is not shown, because a hidden test ran before it."
OUTPUT_TRUNCATED: Final = "Only the first part of this output is shown."
OUTPUT_NOT_SHOWN: Final = "An output of a kind that cannot be shown here was left out."

# --- What can be wrong with a source notebook -------------------------------------------------
SOURCE_NOT_A_NOTEBOOK: Final = "This file is not a notebook."
SOURCE_NO_CELLS: Final = "This notebook has no cells."
SOURCE_TOO_NEW: Final = "This notebook's format is newer than this site reads."
SOURCE_TOO_LARGE: Final = "This notebook is too large."
SOURCE_NOT_PYTHON: Final = "Labs are graded with Python; this notebook is written for %(language)s."
SOURCE_SAME_NAME: Final = "Two notebooks of the lab have the same name: %(name)s"
SOURCE_BAD_NAME: Final = "A notebook's name is a plain file name: %(name)s"
SOURCE_DUPLICATE_ID: Final = "The grade id %(grade_id)s is used by more than one cell."
SOURCE_EMPTY_ID: Final = "This cell's grade id is empty."
SOURCE_NO_ID: Final = "This cell has no grade id."
SOURCE_NO_POINTS: Final = "This cell is graded but has no points."
SOURCE_MARKDOWN_GRADE: Final = (
    "This text cell is graded but is not an answer. Make it a manually graded answer."
)
SOURCE_MARKDOWN_SOLUTION: Final = (
    "This text cell is an answer but is not graded. Give it points or make it plain text."
)
SOURCE_RAW: Final = "A raw cell cannot be graded or locked. Make it a code or a text cell."
SOURCE_TASK_NOT_MARKDOWN: Final = "A task has to be a text cell."
SOURCE_METADATA_TOO_NEW: Final = "This cell was made with a newer nbgrader than this site has."
SOURCE_METADATA: Final = "This cell's nbgrader metadata is not valid."
SOURCE_HIDDEN_NESTED: Final = "A BEGIN HIDDEN TESTS line is inside another one."
SOURCE_HIDDEN_OPEN: Final = "A BEGIN HIDDEN TESTS line has no END HIDDEN TESTS line."
SOURCE_HIDDEN_PLACE: Final = "Hidden tests have to be in a cell marked as an autograder test."
SOURCE_SOLUTION_NESTED: Final = "A BEGIN SOLUTION line is inside another one."
SOURCE_SOLUTION_OPEN: Final = "A BEGIN SOLUTION line has no END SOLUTION line."
SOURCE_SOLUTION_PLACE: Final = "A solution has to be in a cell marked as an answer."
SOURCE_MARKS_NESTED: Final = "A BEGIN MARK SCHEME line is inside another one."
SOURCE_MARKS_OPEN: Final = "A BEGIN MARK SCHEME line has no END MARK SCHEME line."
SOURCE_MARKS_PLACE: Final = "A mark scheme has to be in a manually graded answer or a task."
SOURCE_AUTOTEST: Final = (
    "This cell has AUTOTEST lines. Let nbgrader fill them in first and use the result as source."
)
SOURCE_ENVIRONMENT: Final = (
    "The libraries of the environment %(environment)s are not installed here. Whoever runs this"
    " site can install them: %(command)s"
)
SOURCE_OTHER: Final = "nbgrader does not accept this cell."

# --- What a cell's outcome is called ----------------------------------------------------------
OUTCOME_PASSED: Final = "Passed"
OUTCOME_PARTIAL: Final = "Partly passed"
OUTCOME_FAILED: Final = "Not passed"
OUTCOME_ERROR: Final = "Could not be graded"
OUTCOME_TIMEOUT: Final = "Out of time"
OUTCOME_MANUAL: Final = "Waiting for a person"
OUTCOME_TAMPERED: Final = "Score withheld"
OUTCOME_MISSING: Final = "Missing"
