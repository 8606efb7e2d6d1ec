"""What briefs are made of and how they move: pure functions."""

from app.briefs.rules.checking import Problem, below_minimum_words, check
from app.briefs.rules.pay import (
    MinimumWage,
    PayFault,
    is_sure_of,
    least_pay,
    minimum_wage,
    minimum_wages,
    pay_fault,
)
from app.briefs.rules.promising import promise, promise_digest, standard_versions
from app.briefs.rules.shape import (
    CHOICES,
    CONTENT,
    DAYS,
    MOST_MILESTONES,
    MOST_SKILLS,
    NUMBERS,
    ONE_DAY,
    SECRET,
    STEP_OF,
    TEXTS,
    Raw,
    Step,
    blank,
    changed_fields,
    day_of,
    digest_of,
    end_of,
    lines_of,
    text_of,
    weeks_of,
)
from app.briefs.rules.states import EDITABLE, READABLE, REVIEWS, TRANSITIONS, after, may
from app.briefs.rules.supply import Supply, Wanted, supply, told
from app.briefs.rules.templates import Template, begun, template_of, templates
from app.briefs.rules.words import (
    ACT_NAMES,
    AUDIENCE_NAMES,
    CLASS_NAMES,
    DATA_NAMES,
    KIND_NAMES,
    NDA_NAMES,
    OWNERSHIP_NAMES,
    PAY_NAMES,
    PLACE_NAMES,
    SIDE_NAMES,
    STATE_NAMES,
    TAKES_NAMES,
    Act,
    Audience,
    DataClass,
    Kind,
    LegalClass,
    Nda,
    Ownership,
    Pay,
    Place,
    Side,
    State,
    Takes,
)

__all__ = [
    "ACT_NAMES", "AUDIENCE_NAMES", "CHOICES", "CLASS_NAMES", "CONTENT", "DATA_NAMES", "DAYS",
    "EDITABLE", "KIND_NAMES", "MOST_MILESTONES", "MOST_SKILLS", "NDA_NAMES", "NUMBERS", "ONE_DAY",
    "OWNERSHIP_NAMES", "PAY_NAMES", "PLACE_NAMES", "READABLE", "REVIEWS", "SECRET", "SIDE_NAMES",
    "STATE_NAMES", "STEP_OF", "TAKES_NAMES", "TEXTS", "TRANSITIONS", "Act", "Audience",
    "DataClass", "Kind", "LegalClass", "MinimumWage", "Nda", "Ownership", "Pay", "PayFault",
    "Place", "Problem", "Raw", "Side", "State", "Step", "Supply", "Takes", "Template", "Wanted",
    "after", "begun", "below_minimum_words", "blank", "changed_fields", "check", "day_of",
    "digest_of", "end_of", "is_sure_of", "least_pay", "lines_of", "may", "minimum_wage",
    "minimum_wages", "pay_fault", "promise", "promise_digest", "standard_versions", "supply",
    "template_of", "templates", "text_of", "told", "weeks_of",
]  # fmt: skip
