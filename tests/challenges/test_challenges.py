"""Challenges: who may hand in how often, leaderboards that are settled."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.challenges import operations, queries
from app.challenges.rules import EntryState, ShownAs, ranked
from app.kernel import clock
from app.learning import operations as learning
from tests.challenges.field import hand_in, make, off_by, table


class TestAttempts:
    def test_are_counted_by_the_day_in_taipei(self, enrolled, in_app, frozen):
        with in_app():
            challenge = make(enrolled, attempts_per_day=1)
            midnight = (clock.now().astimezone(clock.TAIPEI) + timedelta(days=1)).replace(
                hour=0, minute=0, second=0, microsecond=0
            )
            with frozen(midnight - timedelta(seconds=1)):
                hand_in(enrolled, "mei", challenge, off_by(1), score=False)
                with pytest.raises(operations.NoneLeft):
                    hand_in(enrolled, "mei", challenge, off_by(2), score=False)
            with frozen(midnight):
                hand_in(enrolled, "mei", challenge, off_by(2), score=False)

    def test_few_wait_at_once(self, enrolled, in_app):
        with in_app():
            challenge = make(enrolled, attempts_per_day=10)
            for _ in range(3):
                hand_in(enrolled, "mei", challenge, off_by(1), score=False)
            with pytest.raises(operations.TooManyWaiting):
                hand_in(enrolled, "mei", challenge, off_by(1), score=False)
            hand_in(enrolled, "hao", challenge, off_by(1), score=False)

    @pytest.mark.parametrize(
        ("name", "content"),
        [("p.csv", b""), ("p.exe", b"x"), ("n.ipynb", b"{}"), ("p.csv", b"x" * (8 * 2**20 + 1))],
    )
    def test_what_is_no_file_of_predictions_is_not_taken(self, enrolled, in_app, name, content):
        with in_app(), pytest.raises(operations.BadFile):
            hand_in(enrolled, "mei", make(enrolled), content, name)

    def test_nothing_before_the_opening_and_after_the_end(self, enrolled, in_app, frozen):
        with in_app():
            challenge = make(enrolled)
            with (
                frozen(challenge.opens_at - timedelta(seconds=1)),
                pytest.raises(operations.NotOpen),
            ):
                hand_in(enrolled, "mei", challenge, off_by(1))
            with frozen(challenge.ends_at), pytest.raises(operations.ChallengeOver):
                hand_in(enrolled, "mei", challenge, off_by(1))

    def test_what_is_late_is_scored_and_not_ranked_where_the_author_allows_it(
        self, enrolled, in_app, frozen
    ):
        with in_app():
            challenge = make(enrolled, takes_late=True)
            with frozen(challenge.ends_at + timedelta(hours=1)):
                entry = hand_in(enrolled, "mei", challenge, off_by(0))
                assert (entry.is_late, entry.state) == (True, EntryState.SCORED)
                assert queries.board(enrolled.person("mei"), challenge, final=True).rows == []


class TestLeaderboard:
    def names(self, cast, challenge, final=False, who="mei"):
        board = queries.board(cast.person(who), challenge, final=final)
        return [(row.rank, row.name) for row in board.rows]

    def test_people_are_called_as_they_chose_and_the_staff_is_not_there(self, enrolled, in_app):
        with in_app():
            challenge = make(enrolled)
            hand_in(enrolled, "mei", challenge, off_by(2))
            hand_in(enrolled, "hao", challenge, off_by(1))
            hand_in(enrolled, "lin", challenge, off_by(0))
            operations.show_as(enrolled.person("hao"), challenge, ShownAs.HANDLE)
            assert [name for _rank, name in self.names(enrolled, challenge)] == ["@hao", "參加者 1"]

    def test_each_stands_with_what_was_best_in_public_in_the_end_too(self, enrolled, in_app):
        """Whoever is lucky on the part kept back cannot pick that entry."""
        with in_app():
            challenge = make(enrolled, attempts_per_day=9)
            public = self.public_ids(enrolled, challenge)
            lucky = {f"r{n}": n + (9 if f"r{n}" in public else 0) for n in range(10)}
            hand_in(enrolled, "mei", challenge, table(lucky))
            hand_in(enrolled, "mei", challenge, off_by(1))
            hand_in(enrolled, "hao", challenge, off_by(0.5))
            board = queries.board(enrolled.person("mei"), challenge, final=True)
            assert [(row.private, row.is_mine) for row in board.rows] == [(0.5, False), (1.0, True)]

    def public_ids(self, cast, challenge):
        import hashlib

        seed = challenge.evaluation.seed
        order = sorted(
            (f"r{n}" for n in range(10)),
            key=lambda name: hashlib.sha256(f"{seed}:{name}".encode()).digest(),
        )
        return set(order[:3])

    def test_a_team_hands_in_together(self, enrolled, in_app):
        with in_app():
            lin, section = enrolled.person("lin"), enrolled.section()
            made = learning.make_group_set(lin, section, "Tables", ["Bamboo"])
            (group,) = made.groups
            mates = [enrolled.person(who).id for who in ("mei", "hao")]
            learning.place_in_groups(lin, section, made, dict.fromkeys(mates, group.id))
            challenge = make(enrolled, group_set=made)
            hand_in(enrolled, "mei", challenge, off_by(2))
            hand_in(enrolled, "hao", challenge, off_by(1))
            board = queries.board(enrolled.person("hao"), challenge, final=False)
            (row,) = board.rows
            assert (row.name, row.public, row.entry_count, row.is_mine) == ("Bamboo", 1.0, 2, True)
            assert queries.attempts(challenge, group.id).left == 1
            assert queries.my_entries(enrolled.person("mei"), challenge).total == 2

    def test_asks_as_much_for_many_as_for_one(self, enrolled, in_app, count_queries):
        with in_app():
            challenge = make(enrolled, attempts_per_day=9)
            code, slug = enrolled.code, challenge.slug
            hand_in(enrolled, "mei", challenge, off_by(2))
        pages = [
            f"/learn/{code}/challenges/{slug}/leaderboard",
            f"/learn/{code}/challenges/{slug}",
            f"/learn/{code}/challenges",
        ]
        browser = enrolled.browser("mei")
        before = []
        for page in pages:
            browser.get(page)
            with count_queries() as seen:
                browser.get(page)
            before.append(len(seen))
        with in_app():
            _view, challenge = queries.challenge_for(enrolled.person("mei"), code, slug)
            hand_in(enrolled, "hao", challenge, off_by(1))
            hand_in(enrolled, "mei", challenge, off_by(3))
            make(enrolled, slug="another")
        for page, few in zip(pages, before, strict=True):
            with count_queries() as seen:
                browser.get(page)
            assert len(seen) == few, page

    @given(
        st.lists(
            st.tuples(st.sampled_from([0.1, 0.1 + 1e-15, 0.5, 2.0]), st.integers(0, 5)), max_size=8
        ),
        st.booleans(),
    )
    def test_is_the_same_in_whatever_order_it_is_read(self, given_scores, higher):
        rows = [
            (score, clock.now() + timedelta(minutes=minute), f"{number:03}")
            for number, (score, minute) in enumerate(given_scores)
        ]
        rows = [(score, rows[0][1] + timedelta(minutes=n), key) for n, (score, _, key) in
                enumerate(rows)]  # fmt: skip
        forward = [(place.rank, rows[place.position][2]) for place in ranked(rows, higher=higher)]
        back = rows[::-1]
        assert forward == [
            (place.rank, back[place.position][2]) for place in ranked(back, higher=higher)
        ]
        scores = [float(f"{rows[int(key)][0]:.12g}") for _rank, key in forward]
        assert scores == sorted(scores, reverse=higher)
        for (rank, _), (next_rank, _), one, two in zip(
            forward, forward[1:], scores, scores[1:], strict=False
        ):
            assert (rank == next_rank) == (one == two)
