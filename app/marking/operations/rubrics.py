"""Which rubric a part of an item is judged by."""

from app.accounts.models import Person
from app.kernel.transaction import operation
from app.learning.models import Section
from app.marking.rules import Ref, rubric_key
from app.rubrics import operations as rubrics
from app.rubrics.models import RubricVersion


@operation
def choose_rubric(
    person: Person, section: Section, item: Ref, part: str, version: RubricVersion | None
) -> None:
    """Judge PART of ITEM by VERSION from now on, or (None) by points alone; judgements stay.

    That PERSON may set it up is for the caller to know.
    """
    key = rubric_key(section.id, item.key, part)
    if version is None:
        rubrics.detach(person, key)
    else:
        rubrics.attach(person, key, version)
