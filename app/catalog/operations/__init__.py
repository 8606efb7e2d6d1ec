"""Writing: courses, their drafts, reviews and versions."""

from app.catalog.operations.courses import (
    CoursePlan,
    LastEditor,
    SlugTaken,
    add_editor,
    create_course,
    remove_editor,
)
from app.catalog.operations.drafts import (
    Change,
    Conflict,
    PlaceGone,
    Saved,
    SourceMissing,
    begin_anew,
    open_draft,
    save_fields,
)
from app.catalog.operations.importing import ImportRefused, import_course, import_draft
from app.catalog.operations.outline import (
    ModuleNotEmpty,
    TooManyParts,
    add_part,
    move_part,
    remove_part,
    restore_part,
)
from app.catalog.operations.publishing import Loaded, load_clusters, publish_course
from app.catalog.operations.review import (
    DraftMoved,
    DraftUnfinished,
    NewerVersion,
    NothingSaid,
    NothingToPublish,
    comment,
    publish_draft,
    resolve,
    roll_back,
)
from app.catalog.operations.uploads import (
    ActivePicture,
    BadName,
    EmptyFile,
    NotAPicture,
    TooLarge,
    add_picture,
    add_to_lab,
    place_file,
    remove_from_lab,
    replace_file,
    set_course_picture,
)

__all__ = [
    "ActivePicture", "BadName", "Change", "Conflict", "CoursePlan", "DraftMoved", "DraftUnfinished",
    "EmptyFile", "ImportRefused", "LastEditor", "Loaded", "ModuleNotEmpty", "NewerVersion",
    "NotAPicture", "NothingSaid", "NothingToPublish", "PlaceGone", "Saved", "SlugTaken",
    "SourceMissing", "TooLarge", "TooManyParts", "add_editor", "add_part", "add_picture",
    "add_to_lab", "begin_anew", "comment", "create_course", "import_course", "import_draft",
    "load_clusters", "move_part", "open_draft", "place_file", "publish_course", "publish_draft",
    "remove_editor", "remove_from_lab", "remove_part", "replace_file", "resolve", "restore_part",
    "roll_back", "save_fields", "set_course_picture",
]  # fmt: skip
