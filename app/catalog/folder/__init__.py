"""Reads a `courses/` folder: clusters, courses, modules, lessons and labs as files.

    courses/CLUSTER/cluster.yaml
    courses/CLUSTER/COURSE/course.yaml
    courses/CLUSTER/COURSE/lessons/SLUG.zh-Hant-TW.md, SLUG.en.md, pictures/
    courses/CLUSTER/COURSE/files/NAME
    courses/CLUSTER/COURSE/quizzes/SLUG.yaml, questions/POOL.yaml
    courses/CLUSTER/COURSE/labs/SLUG/lab.yaml, source/NOTEBOOK.ipynb, source/data files

Pure reading: no database, no web. Every error is collected with its file and line; what could not
be read is left out of the result, so load it only when `errors` is empty. See docs/authoring.md.
"""

from app.catalog.folder.labs import ENVIRONMENTS, LIMITS
from app.catalog.folder.place import MAX_FILE_BYTES
from app.catalog.folder.reading import (
    INDUSTRIES,
    LEVELS,
    CourseReading,
    Reading,
    read_course,
    read_courses,
)
from app.catalog.folder_specs import (
    LANGUAGES,
    ClusterSpec,
    CourseSpec,
    DataSpec,
    FileSpec,
    FolderError,
    LabSpec,
    LessonSpec,
    LinkSpec,
    LocalText,
    ModuleSpec,
    PictureSpec,
    PoolSpec,
    QuizSpec,
    SkillSpec,
    digest,
)

__all__ = [
    "ENVIRONMENTS", "INDUSTRIES", "LANGUAGES", "LEVELS", "LIMITS", "MAX_FILE_BYTES", "ClusterSpec",
    "CourseReading", "CourseSpec", "DataSpec", "FileSpec", "FolderError", "LabSpec", "LessonSpec",
    "LinkSpec", "LocalText", "ModuleSpec", "PictureSpec", "PoolSpec", "QuizSpec", "Reading",
    "SkillSpec", "digest", "read_course", "read_courses",
]  # fmt: skip
