"""What is done with briefs, one verb each."""

from app.briefs.operations.changing import (
    ChangeWaits,
    DeadlineOver,
    NothingChanges,
    NotOfTheCompany,
    answer,
    archive,
    choose_mentors,
    close,
    link_challenge,
    propose,
    reopen,
    supervise,
)
from app.briefs.operations.finding import company_changed
from app.briefs.operations.looking_after import look_after, tell_reviewers_now
from app.briefs.operations.moving import NotNow
from app.briefs.operations.promising import NameNeeded, OtherWords, accept_promise
from app.briefs.operations.publishing import Unfinished, document_of, problems_of
from app.briefs.operations.reviewing import (
    AlreadyReviewed,
    CompanyNotApproved,
    ReadAgain,
    ReasonNeeded,
    approve,
    return_,
    submit,
    take_back,
)
from app.briefs.operations.writing import (
    EditedMeanwhile,
    TooManyDrafts,
    copy_brief,
    create_brief,
    save_draft,
)

__all__ = [
    "AlreadyReviewed", "ChangeWaits", "CompanyNotApproved", "DeadlineOver", "EditedMeanwhile",
    "NameNeeded", "NotNow", "NotOfTheCompany", "NothingChanges", "OtherWords", "ReadAgain",
    "ReasonNeeded", "TooManyDrafts", "Unfinished", "accept_promise", "answer", "approve", "archive",
    "choose_mentors", "close", "company_changed", "copy_brief", "create_brief", "document_of",
    "link_challenge", "look_after", "problems_of", "propose", "reopen", "return_", "save_draft",
    "submit", "supervise", "take_back", "tell_reviewers_now",
]  # fmt: skip
