"""The way of a brief as one table: who may do what in which state, and where it leads."""

from app.briefs.rules.words import Act, Side, State

COMPANY = frozenset({Side.COMPANY})
REVIEWERS = frozenset({Side.INSTRUCTOR, Side.OFFICER})
REVIEWS = (Side.INSTRUCTOR, Side.OFFICER)
"""Whose approval publishing needs; each from another person."""

TRANSITIONS: dict[tuple[State, Act], tuple[frozenset[Side], State]] = {
    (State.DRAFT, Act.SUBMITTED): (COMPANY, State.SUBMITTED),
    (State.RETURNED, Act.SUBMITTED): (COMPANY, State.SUBMITTED),
    (State.SUBMITTED, Act.TAKEN_BACK): (COMPANY, State.DRAFT),
    (State.SUBMITTED, Act.APPROVED): (REVIEWERS, State.SUBMITTED),
    (State.SUBMITTED, Act.RETURNED): (REVIEWERS, State.RETURNED),
    (State.SUBMITTED, Act.PUBLISHED): (REVIEWERS, State.PUBLISHED),
    (State.PUBLISHED, Act.CHANGED): (COMPANY | REVIEWERS, State.PUBLISHED),
    (State.PUBLISHED, Act.CLOSED): (COMPANY | {Side.OFFICER}, State.CLOSED),
    (State.CLOSED, Act.REOPENED): (COMPANY, State.PUBLISHED),
    (State.DRAFT, Act.ARCHIVED): (COMPANY, State.ARCHIVED),
    (State.RETURNED, Act.ARCHIVED): (COMPANY, State.ARCHIVED),
    (State.CLOSED, Act.ARCHIVED): (COMPANY, State.ARCHIVED),
}
"""(state, act) → (the sides that may, the state afterwards). What is not here does not exist.

PUBLISHED follows by itself from the second approval."""

EDITABLE = frozenset({State.DRAFT, State.RETURNED})
"""In these the company writes. In review nothing moves; a published brief changes by proposal."""
READABLE = frozenset({State.PUBLISHED, State.CLOSED})
"""In these others than the company and the reviewers read it."""


def may(side: Side, state: State, act: Act) -> bool:
    """Whether SIDE may do ACT with a brief in STATE."""
    found = TRANSITIONS.get((state, act))
    return found is not None and side in found[0]


def after(state: State, act: Act) -> State:
    """Raises KeyError when nobody may do ACT in STATE."""
    return TRANSITIONS[state, act][1]
