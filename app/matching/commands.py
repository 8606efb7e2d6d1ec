"""``banyan matching verify``: what a participant types to check a result. Needs no site."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import BinaryIO

import click

from app.matching import checker

__all__ = ["commands"]

Say = Callable[..., str]
Speaking = Callable[[str], AbstractContextManager[None]]
LANGUAGES = ("zh-Hant-TW", "en")
_SHOWN_PAIRS = 10


def _l(message: str) -> str:
    return message


def commands(say: Say, speaking: Speaking) -> tuple[click.Command, ...]:
    """The commands. ``say`` translates into the language in which ``speaking`` speaks."""

    @click.group("matching")
    def group() -> None:
        """Matchings of applicants and projects."""

    @group.command("verify")
    @click.argument("file", type=click.File("rb"))
    @click.option(
        "--seed-hash",
        metavar="HASH",
        help="The hash of the seed as it was published before the ranking opened.",
    )
    @click.option("--applicant", metavar="ID", help="Also say what this applicant received.")
    @click.option(
        "--language", type=click.Choice(LANGUAGES), help="Only this language; by default both."
    )
    def verify(
        file: BinaryIO, seed_hash: str | None, applicant: str | None, language: str | None
    ) -> None:
        """Check the proof FILE of a matching round; - is standard input.

        Reads nothing but the file and computes everything again: the lottery, the pairs that would
        rather have each other, and the matching. Ends with 0 if everything holds, with 1 if
        something does not, with 2 if the file is not a proof.
        """
        languages = LANGUAGES if language is None else (language,)
        try:
            claim = checker.read(file.read(checker.MAX_BYTES + 1))
        except checker.Refused as refused:
            for spoken in languages:
                with speaking(spoken):
                    click.echo(f"banyan: {say(refused.message, **refused.params)}", err=True)
            sys.exit(2)
        if applicant is not None and applicant not in claim.assigned:
            for spoken in languages:
                with speaking(spoken):
                    click.echo(f"banyan: {say(_l('No applicant has this id.'))}", err=True)
            sys.exit(2)
        report = checker.verify(claim, seed_hash)
        for number, spoken in enumerate(languages):
            if number:
                click.echo()
            with speaking(spoken):
                for line in _lines(say, claim, report, applicant):
                    click.echo(line)
        sys.exit(0 if report.holds else 1)

    return (group,)


def _lines(
    say: Say, claim: checker.Claim, report: checker.Report, applicant: str | None
) -> Iterator[str]:
    yield say(
        _l("Round %(id)s: %(applicants)s applicants, %(projects)s projects, %(closed)s closed."),
        id=claim.round["id"],
        applicants=len(claim.assigned),
        projects=len(claim.round["projects"]),
        closed=len(claim.closed),
    )
    good, bad = say(_l("true ")), say(_l("FALSE"))
    for fact in report.facts:
        yield f"  {good if fact.holds else bad}  {say(fact.message, **fact.params)}"
    for name, project in report.blocking_pairs[:_SHOWN_PAIRS]:
        yield f"         {name} – {project}"
    if len(report.blocking_pairs) > _SHOWN_PAIRS:
        yield "         …"
    if applicant is not None:
        yield _received(say, claim, applicant)
    if report.holds:
        yield say(_l("The proof holds: the result follows from the rankings and the lottery."))
    else:
        yield say(_l("The proof does NOT hold."))


def _received(say: Say, claim: checker.Claim, applicant: str) -> str:
    received = claim.assigned[applicant]
    choices: Sequence[str] = claim.round["applicants"][applicant]["choices"]
    if received not in choices:
        return say(_l("%(applicant)s received none of %(count)s choices."), applicant=applicant,
                   count=len(choices))  # fmt: skip
    return say(
        _l("%(applicant)s received %(project)s, choice %(number)s of %(count)s."),
        applicant=applicant,
        project=received,
        number=choices.index(received) + 1,
        count=len(choices),
    )
