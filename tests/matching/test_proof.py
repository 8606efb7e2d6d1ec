"""The proof file, and a checker that knows nothing of who made it."""

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kernel import i18n
from app.matching import (
    Applicant,
    MatchingError,
    Project,
    Round,
    Supervisor,
    draw,
    match,
    proof,
    seed_hash,
    stability,
)
from app.matching import commands as matching_commands
from app.matching.checker import MAX_BYTES, Claim, Refused, read, verify
from tests.matching.worlds import SEED, large, rounds

SMALL = Round(
    "r1",
    (
        Applicant("a1", ("p1", "p2")),
        Applicant("a2", ("p1",), missing={"p1": ("vision",)}),
        Applicant("a3", ("p1", "p2")),
    ),
    (
        Project("p1", 1, supervisor="s1", ranking=(("a1", "a3"), ("a2",))),
        Project("p2", 1, 1, supervisor="s1", ranking=(("a3", "a1"),)),
    ),
    (Supervisor("s1", 2),),
)


def small() -> dict[str, Any]:
    return json.loads(proof(match(SMALL, SEED), SEED))


def said(document: Any) -> bytes:
    return json.dumps(document).encode()


def failures(claim: Claim) -> list[str]:
    return [fact.message.split()[0] for fact in verify(claim).facts if not fact.holds]


class TestAProof:
    @settings(max_examples=200, deadline=None)
    @given(rounds(minimums=True))
    def test_holds_for_every_matching(self, round_: Round) -> None:
        report = verify(read(proof(match(round_, SEED), SEED).encode()))
        assert [fact.message for fact in report.facts if not fact.holds] == []
        assert report.blocking_pairs == ()

    def test_holds_for_two_thousand_without_a_blocking_pair(self) -> None:
        matching = match(large(2000, 100, minimum=12), SEED)
        report = verify(read(proof(matching, SEED).encode()), seed_hash(SEED))
        assert report.holds
        assert report.blocking_pairs == ()
        assert matching.closed

    @settings(max_examples=300, deadline=None)
    @given(rounds(), st.data())
    def test_counts_the_pairs_of_any_other_result_as_the_library_does(
        self, round_: Round, data: st.DataObject
    ) -> None:
        matching = match(round_, SEED)
        document = json.loads(proof(matching, SEED))
        other = {a.id: data.draw(st.sampled_from((None, *a.choices))) for a in round_.applicants}
        document["result"]["assigned"] = other
        report = verify(read(said(document)))
        assert list(report.blocking_pairs) == stability(replace(matching, assigned=other))
        assert report.holds == (other == matching.assigned)

    def test_names_nobody_and_tells_no_skill(self) -> None:
        named = replace(
            SMALL,
            applicants=tuple(replace(a, members=(f"person-{a.id}",)) for a in SMALL.applicants),
        )
        text = proof(match(named, SEED), SEED)
        assert "person" not in text and "vision" not in text
        assert json.loads(text)["round"]["applicants"]["a2"]["not_eligible"] == ["p1"]

    def test_is_canonical_so_that_a_shell_can_check_it(self) -> None:
        document = small()
        text = proof(match(SMALL, SEED), SEED)
        assert text == json.dumps(document, sort_keys=True, separators=(",", ":")) + "\n"
        lottery = document["lottery"]
        assert lottery["seed_hash"] == hashlib.sha256(SEED.encode()).hexdigest()
        round_ = json.dumps(document["round"], sort_keys=True, separators=(",", ":"))
        assert lottery["digest"] == hashlib.sha256(round_.encode()).hexdigest()
        numbers = {
            a: hashlib.sha256(f"{SEED}:{lottery['digest']}:{a}".encode()).hexdigest()
            for a in ("a1", "a2", "a3")
        }
        places = draw(SMALL, SEED).applicants
        assert sorted(numbers, key=lambda a: numbers[a]) == sorted(places, key=lambda a: places[a])

    def test_is_not_made_with_another_seed(self) -> None:
        with pytest.raises(MatchingError):
            proof(match(SMALL, SEED), "0" * 64)


class TestAFalseProof:
    def test_with_another_seed_fails_twice(self) -> None:
        document = small()
        document["lottery"]["seed"] = "0" * 64
        assert "The" in failures(read(said(document)))
        assert not verify(read(said(document))).facts[0].holds

    def test_with_a_seed_and_hash_of_its_own_fails_by_the_published_hash(self) -> None:
        claim = read(proof(match(SMALL, "0" * 64), "0" * 64).encode())
        assert verify(claim).holds
        assert not verify(claim, seed_hash(SEED)).holds

    @pytest.mark.parametrize(
        "change",
        [
            lambda d: d["round"]["projects"]["p1"].update(quota=2),
            lambda d: d["round"]["applicants"]["a1"].update(choices=["p2", "p1"]),
            lambda d: d["round"]["supervisors"]["s1"].update(limit=3),
            lambda d: d["round"].update(id="r2"),
        ],
    )
    def test_of_a_round_that_was_changed_afterwards_fails(self, change: Any) -> None:
        document = small()
        change(document)
        digest = verify(read(said(document))).facts[1]
        assert "exactly these rankings" in digest.message
        assert not digest.holds

    @pytest.mark.parametrize(
        ("assigned", "fails"),
        [
            ({"a2": "p1"}, {"Everybody", "No"}),
            ({"a1": "p1", "a3": "p1"}, {"No"}),
            ({"a1": None, "a3": None}, {"Every", "Counted"}),
        ],
    )
    def test_of_a_result_that_breaks_a_rule_says_which(
        self, assigned: dict[str, Any], fails: set[str]
    ) -> None:
        document = small()
        document["result"]["assigned"].update(assigned)
        assert fails | {"Matched"} <= set(failures(read(said(document))))

    def test_that_hides_its_blocking_pairs_fails(self) -> None:
        document = small()
        document["result"]["assigned"].update(a1=None, a3=None)
        for stated in (0, 4):
            document["result"]["blocking_pairs"] = stated
            assert "Counted" in failures(read(said(document)))

    def test_that_closes_what_need_not_close_fails(self) -> None:
        document = small()
        document["result"]["closed"] = ["p2"]
        assert "Matched" in failures(read(said(document)))


def changed(path: str, value: Any) -> bytes:
    document = small()
    *way, last = path.split(".")
    place = document
    for key in way:
        place = place[key]
    place[last] = value
    return said(document)


HOSTILE = {
    "empty": b"",
    "not JSON": b"{",
    "an array": b"[]",
    "a string": b'"proof"',
    "binary": bytes(range(256)),
    "escapes": b'{"\\u0066ormat": 1}',
    "huge": b" " * (MAX_BYTES + 1),
    "deep": b"[" * 100_000,
    "deep objects": b'{"a":' * 50_000,
    "many values": b"[" + b"0," * 1_100_000 + b"0]",
    "a key twice": b'{"format":"banyan-matching-proof","format":"x"}',
    "a fraction": changed("version", 1.0),
    "another version": changed("version", 2),
    "a version that is true": changed("version", True),
    "infinity": said(small()).replace(b'"blocking_pairs": 0', b'"blocking_pairs": Infinity'),
    "a long number": said(small()).replace(b'"quota": 1', b'"quota": ' + b"9" * 5000),
    "a negative quota": changed("round.projects.p1.quota", -1),
    "a quota that is true": changed("round.projects.p1.quota", True),
    "another format": changed("format", "other"),
    "a key too many": changed("extra", 1),
    "lists for objects": changed("round.applicants", []),
    "a number for a list": changed("round.applicants.a1.choices", 3),
    "a list as an id": changed("round.applicants.a1.choices", [["p1"]]),
    "a dangling choice": changed("round.applicants.a1.choices", ["p9"]),
    "a choice twice": changed("round.applicants.a1.choices", ["p1", "p1"]),
    "ineligible for another": changed("round.applicants.a1.not_eligible", ["p9"]),
    "a dangling rank": changed("round.projects.p1.ranking", [["a9"]]),
    "a rank twice": changed("round.projects.p1.ranking", [["a1"], ["a1"]]),
    "an empty tier": changed("round.projects.p1.ranking", [[]]),
    "no ranking": changed("round.projects.p1.ranking", None),
    "two rankings": changed("round.supervisors.s1.ranking", [["a1"]]),
    "a dangling supervisor": changed("round.projects.p1.supervisor", "s9"),
    "another kind": changed("round.projects.p1.takes", "people"),
    "a kind that is a list": changed("round.projects.p1.takes", ["student"]),
    "an id with a command": changed("round.id", "\x1b[2J"),
    "an id that is long": changed("round.id", "a" * 65),
    "a result for a stranger": changed("result.assigned.a9", None),
    "a result at a stranger": changed("result.assigned.a1", "p9"),
    "a result that is a list": changed("result.assigned", ["a1"]),
    "a stranger closed": changed("result.closed", ["p9"]),
    "a seed of another form": changed("lottery.seed", "5E" * 32),
    "a seed that is a number": changed("lottery.seed", 5),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=list(HOSTILE))
def test_a_hostile_file_is_refused_with_a_sentence_in_both_languages(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        read(data)
    assert str(refused.value).endswith(".")
    assert "\x1b" not in str(refused.value)
    with i18n.speaking("zh-Hant-TW"):
        assert i18n.gettext(refused.value.message, **refused.value.params).endswith("。")


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_whatever_is_put_into_a_proof_is_judged_or_refused(data: st.DataObject) -> None:
    document = small()
    place: Any = document
    while isinstance(place, dict) and place:
        key = data.draw(st.sampled_from(sorted(place)))
        if not isinstance(place[key], dict) or data.draw(st.booleans()):
            place[key] = data.draw(
                st.one_of(
                    st.none(), st.booleans(), st.integers(-2, 5), st.sampled_from(["p1", "a1", ""]),
                    st.lists(st.sampled_from(["p1", "p2", "a1"]), max_size=3),
                    st.lists(st.lists(st.sampled_from(["a1", "a2"]), max_size=2), max_size=2),
                    st.just({}),
                )
            )  # fmt: skip
            break
        place = place[key]
    try:
        claim = read(said(document))
    except Refused:
        return
    assert verify(claim).holds == (document == small())


class TestTheCommand:
    def run(self, *arguments: str, data: bytes) -> Result:
        (group,) = matching_commands.commands(i18n.gettext, i18n.speaking)
        return CliRunner().invoke(group, ["verify", "-", *arguments], input=data)

    def test_says_in_both_languages_that_a_proof_holds(self) -> None:
        done = self.run("--applicant", "a2", "--seed-hash", seed_hash(SEED), data=said(small()))
        assert done.exit_code == 0
        assert "The proof holds" in done.output and "證明成立" in done.output
        assert "a2 received none of 1 choices." in done.output
        assert "that you were given before" in done.output

    def test_speaks_one_language_when_asked(self) -> None:
        done = self.run("--language", "zh-Hant-TW", data=said(small()))
        assert done.exit_code == 0
        assert "證明成立" in done.output and "proof" not in done.output

    def test_ends_with_1_for_a_proof_that_does_not_hold_and_shows_the_pairs(self) -> None:
        data = changed("result.assigned", {"a1": None, "a2": None, "a3": None})
        done = self.run("--language", "en", data=data)
        assert done.exit_code == 1
        assert "FALSE" in done.output and "NOT" in done.output
        assert "a1 – p1" in done.output

    def test_ends_with_1_for_another_published_hash(self) -> None:
        assert self.run("--seed-hash", "0" * 64, data=said(small())).exit_code == 1

    def test_ends_with_2_for_a_file_that_is_no_proof_or_an_unknown_applicant(self) -> None:
        done = self.run(data=b"{}")
        assert done.exit_code == 2
        assert "banyan:" in done.stderr and done.stdout == ""
        assert self.run("--applicant", "a9", data=said(small())).exit_code == 2
