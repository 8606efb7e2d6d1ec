"""Writing: courses, their drafts, reviews and versions."""

from app.catalog.operations.clusters import (
    BadCluster,
    ClusterPlan,
    ClusterSlugTaken,
    EditedMeanwhile,
    NamedByRules,
    RulesBroken,
    RulesTooEarly,
    RulesUnchanged,
    create_cluster,
    edit_cluster,
    move_course,
    order_courses,
    set_rules,
)
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
from app.catalog.operations.importing import (
    AlreadyImported,
    ImportPlan,
    ImportRefused,
    finish_import,
    import_draft,
    look_at,
    look_into,
    prepare_import,
)
from app.catalog.operations.loading import Loaded, load_clusters
from app.catalog.operations.outline import (
    ModuleNotEmpty,
    TooManyParts,
    add_part,
    move_part,
    remove_part,
    restore_part,
)
from app.catalog.operations.publishing import publish_course
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
    "ActivePicture", "AlreadyImported", "BadCluster", "BadName", "Change", "ClusterPlan",
    "ClusterSlugTaken", "Conflict", "CoursePlan", "DraftMoved", "DraftUnfinished",
    "EditedMeanwhile", "EmptyFile", "ImportPlan", "ImportRefused", "LastEditor", "Loaded",
    "ModuleNotEmpty", "NamedByRules", "NewerVersion", "NotAPicture", "NothingSaid",
    "NothingToPublish", "PlaceGone", "RulesBroken", "RulesTooEarly", "RulesUnchanged", "Saved",
    "SlugTaken", "SourceMissing", "TooLarge", "TooManyParts", "add_editor", "add_part",
    "add_picture", "add_to_lab", "begin_anew", "comment", "create_cluster", "create_course",
    "edit_cluster", "finish_import", "import_draft", "load_clusters", "look_at", "look_into",
    "move_course", "move_part", "open_draft", "order_courses", "place_file", "prepare_import",
    "publish_course", "publish_draft", "remove_editor", "remove_from_lab", "remove_part",
    "replace_file", "resolve", "restore_part", "roll_back", "save_fields", "set_course_picture",
    "set_rules",
]  # fmt: skip
