"""What a company types, step by step, and what reviewers and readers answer."""

from app.briefs.forms.answering import (
    AnswerForm,
    CloseForm,
    NewBriefForm,
    PromiseForm,
    ProposalForm,
    VerdictForm,
)
from app.briefs.forms.steps import FORMS, NeedForm, PeopleForm, StepForm, TermsForm, WorkForm

__all__ = [
    "FORMS", "AnswerForm", "CloseForm", "NeedForm", "NewBriefForm", "PeopleForm", "PromiseForm",
    "ProposalForm", "StepForm", "TermsForm", "VerdictForm", "WorkForm",
]  # fmt: skip
