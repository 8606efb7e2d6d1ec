"""Writing needs: interviews, pain points, merges."""

from app.needs.operations.history import CorrectedMeanwhile
from app.needs.operations.importing import (
    Imported,
    LineProblem,
    LinesWrong,
    NotAList,
    import_list,
)
from app.needs.operations.interviews import (
    CompanyMissing,
    NotThatCompany,
    OutOfRange,
    adopt_interviews,
    correct_interview,
    record_interview,
    remove_interview,
    restore_interview,
)
from app.needs.operations.merging import (
    AlreadyMerged,
    NotMerged,
    StillTheHead,
    merge,
    undo_merge,
)
from app.needs.operations.pain_points import (
    add_pain_point,
    correct_pain_point,
    record_need,
    remove_pain_point,
    restore_pain_point,
)
from app.needs.operations.recordings import (
    NotAgreed,
    NotARecording,
    keep_recording,
    remove_recording,
)
from app.needs.operations.words import FigureWords, InterviewWords, PainWords

__all__ = [
    "AlreadyMerged", "CompanyMissing", "CorrectedMeanwhile", "FigureWords", "Imported",
    "InterviewWords", "LineProblem", "LinesWrong", "NotAList", "NotARecording", "NotAgreed",
    "NotMerged", "NotThatCompany", "OutOfRange", "PainWords", "StillTheHead", "add_pain_point",
    "adopt_interviews", "correct_interview", "correct_pain_point", "import_list", "keep_recording",
    "merge", "record_interview", "record_need", "remove_interview", "remove_pain_point",
    "remove_recording", "restore_interview", "restore_pain_point", "undo_merge",
]  # fmt: skip
