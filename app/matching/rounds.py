"""What is matched: applicants, projects, supervisors. Checked when it is made, then immutable.

An applicant is one student or one team; a project takes students or teams, never both; quotas,
minimum sizes and limits count applicants. Ids are random, made for the round (lottery.new_id):
they enter the lottery and the proof, and say nothing about anybody.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from app.matching.errors import MatchingError

__all__ = ["ID", "Applicant", "Kind", "Project", "Ranking", "Round", "Supervisor"]

ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""Ids stand in files and on command lines: nothing in them needs quoting."""

Ranking = tuple[tuple[str, ...], ...]
"""Applicants, best first, those alike together: ties are for the lottery to break."""


class Kind(StrEnum):
    STUDENT = "student"
    TEAM = "team"


@dataclass(frozen=True)
class Applicant:
    id: str
    choices: tuple[str, ...]
    """Projects, the most wanted first; all are better to her than none."""
    kind: Kind = Kind.STUDENT
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of each choice for which she is not eligible: the skills that she has not shown."""
    members: tuple[str, ...] = ()
    """Who is in it, if the caller wants it checked that nobody is in two. Not in the proof."""


@dataclass(frozen=True)
class Project:
    id: str
    quota: int
    """How many applicants it takes at most."""
    minimum: int = 0
    """With fewer it does not take place."""
    takes: Kind = Kind.STUDENT
    supervisor: str | None = None
    ranking: Ranking | None = ()
    """Whom it would take. None: its supervisor ranks."""


@dataclass(frozen=True)
class Supervisor:
    id: str
    limit: int
    """How many applicants in all projects together."""
    ranking: Ranking | None = None
    """One list for all projects (SPA-S). None: each project has its own."""


@dataclass(frozen=True)
class Round:
    """Raises MatchingError unless every id is known, met once, and of the right kind."""

    id: str
    applicants: tuple[Applicant, ...]
    projects: tuple[Project, ...]
    supervisors: tuple[Supervisor, ...] = ()
    applicant: Mapping[str, Applicant] = field(init=False, repr=False, compare=False)
    """By their ids, as the two below."""
    project: Mapping[str, Project] = field(init=False, repr=False, compare=False)
    supervisor: Mapping[str, Supervisor] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "applicant", _by_id(self.applicants, "applicant"))
        object.__setattr__(self, "project", _by_id(self.projects, "project"))
        object.__setattr__(self, "supervisor", _by_id(self.supervisors, "supervisor"))
        _check_id(self.id)
        for applicant in self.applicants:
            self._check_applicant(applicant)
        _check_once(
            (member for a in self.applicants for member in a.members), "{} is in two applicants."
        )
        for supervisor in self.supervisors:
            _check_count(supervisor.limit, supervisor.id)
            self._check_ranking(supervisor.ranking or (), supervisor.id, None)
        for project in self.projects:
            self._check_project(project)

    def ranking_for(self, project: Project) -> Ranking:
        """The list that counts: the project's own, or its supervisor's."""
        if project.ranking is not None:
            return project.ranking
        assert project.supervisor is not None
        return self.supervisor[project.supervisor].ranking or ()

    def _check_applicant(self, applicant: Applicant) -> None:
        _check_once(applicant.choices, f"{applicant.id} chooses {{}} twice.")
        for choice in applicant.choices:
            project = self.project.get(choice)
            if project is None:
                raise MatchingError(f"{applicant.id} chooses {choice}, which is not in the round.")
            if project.takes is not applicant.kind:
                raise MatchingError(f"{applicant.id} is a {applicant.kind}; {choice} takes none.")
        if dangling := set(applicant.missing) - set(applicant.choices):
            raise MatchingError(f"{applicant.id} has not chosen {min(dangling)}.")

    def _check_project(self, project: Project) -> None:
        _check_count(project.quota, project.id)
        _check_count(project.minimum, project.id)
        if project.minimum > project.quota:
            raise MatchingError(f"{project.id} needs more than it may take.")
        ranks_all = None
        if project.supervisor is not None:
            if project.supervisor not in self.supervisor:
                raise MatchingError(f"{project.id} has a supervisor who is not in the round.")
            ranks_all = self.supervisor[project.supervisor].ranking
        if (project.ranking is None) != (ranks_all is not None):
            raise MatchingError(f"{project.id} needs one ranking: its own or its supervisor's.")
        self._check_ranking(project.ranking or (), project.id, project.takes)

    def _check_ranking(self, ranking: Ranking, where: str, takes: Kind | None) -> None:
        ranked = [applicant for tier in ranking for applicant in tier]
        _check_once(ranked, f"{where} ranks {{}} twice.")
        for name in ranked:
            applicant = self.applicant.get(name)
            if applicant is None:
                raise MatchingError(f"{where} ranks {name}, which is not in the round.")
            if takes is not None and applicant.kind is not takes:
                raise MatchingError(f"{where} ranks {name}, which is a {applicant.kind}.")
        if not all(ranking):
            raise MatchingError(f"{where} ranks nobody at some place.")


_Thing = TypeVar("_Thing", Applicant, Project, Supervisor)


def _by_id(things: Sequence[_Thing], kind: str) -> Mapping[str, _Thing]:
    for thing in things:
        _check_id(thing.id)
    _check_once((thing.id for thing in things), f"There are two of the {kind} {{}}.")
    return MappingProxyType({thing.id: thing for thing in things})


def _check_id(name: str) -> None:
    if not ID.fullmatch(name):
        raise MatchingError(f"{name!r} cannot be an id.")


def _check_once(names: Iterable[str], sentence: str) -> None:
    names = list(names)
    if len(set(names)) < len(names):
        raise MatchingError(sentence.format(Counter(names).most_common(1)[0][0]))


def _check_count(number: int, where: str) -> None:
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise MatchingError(f"{where} has a quota, minimum or limit that is no count.")
