"""Groups of a section: by hand, by lot, from a list; who sees and who changes them."""

import io
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.kernel.database import db
from app.learning import operations, queries
from app.learning.models import GroupPlace
from app.learning.operations import GroupNamed, GroupNameTaken, TooManyGroups
from app.learning.rules.groups import Fate, GroupLine, fates, parse_groups, split
from tests.cast import Cast
from tests.learning.people import student


def tables(cast: Cast, *names: str, name: str = "Tables"):
    """A set with groups NAMES in the section that lin teaches."""
    made = operations.make_group_set(cast.person("lin"), cast.section(), name, names or ("A", "B"))
    return queries.group_set_in(cast.section(), made.id)


def who_is_where(cast: Cast, set_id) -> dict[str, str]:
    board = queries.group_set_in(cast.section(), set_id)
    names = {group.id: group.name for group in board.groups}
    return {
        row.person.handle: names[board.places[row.person_id]]
        for row in queries.roster(cast.section())
        if row.person_id in board.places
    }


class TestByLot:
    @given(st.sets(st.integers(0, 99)), st.lists(st.integers(0, 5), min_size=1, max_size=6))
    def test_everybody_is_in_one_group_and_sizes_grow_as_even_as_they_can(self, people, sizes):
        lots = split(people, sizes, "seed")
        assert set(lots) == people
        filled = Counter(lots.values())
        after = [size + filled[n] for n, size in enumerate(sizes)]
        grown = [size for n, size in enumerate(after) if filled[n]]
        assert not grown or max(grown) <= min(after) + 1

    @given(st.permutations(range(12)), st.text(max_size=5))
    def test_depends_on_people_and_seed_alone(self, order, seed):
        assert split(order, [0, 0, 0], seed) == split(range(12), [0, 0, 0], seed)

    def test_another_seed_divides_otherwise(self):
        assert len({tuple(split(range(12), [0, 0], str(n)).items()) for n in range(5)}) > 1

    def test_without_a_group_is_refused(self):
        with pytest.raises(ValueError, match="no group"):
            split([1], [], "seed")

    def test_fills_up_or_divides_anew(self, enrolled):
        with enrolled.app.app_context():
            board, lin = tables(enrolled), enrolled.person("lin")
            first, section = board.groups[0].id, enrolled.section()
            mei = enrolled.person("mei").id
            operations.place_in_groups(lin, section, board.set, {mei: first})
            operations.divide_by_lot(lin, section, board.set, seed="s", everybody=False)
            assert who_is_where(enrolled, board.set.id) == {"mei": "A", "hao": "B"}
            operations.divide_by_lot(lin, section, board.set, seed="s", everybody=True)
            once = who_is_where(enrolled, board.set.id)
            changed = operations.divide_by_lot(lin, section, board.set, seed="s", everybody=True)
            assert changed == 0 and who_is_where(enrolled, board.set.id) == once
            assert sorted(once.values()) == ["A", "B"]


class TestPlaces:
    def test_keep_who_was_where_before(self, enrolled):
        with enrolled.app.app_context():
            board, lin, section = tables(enrolled), enrolled.person("lin"), enrolled.section()
            mei = enrolled.person("mei").id
            for group in (board.groups[0].id, board.groups[1].id, None):
                operations.place_in_groups(lin, section, board.set, {mei: group})
            rows = db.session.scalars(select(GroupPlace).order_by(GroupPlace.since)).all()
            assert [row.group_id for row in rows] == [group.id for group in board.groups]
            assert all(row.until is not None for row in rows)

    def test_are_one_for_each_person_and_set_in_the_database_too(self, enrolled):
        with enrolled.app.app_context():
            board, mei = tables(enrolled), enrolled.person("mei").id
            for group in board.groups:
                db.session.add(GroupPlace(group_id=group.id, set_id=board.set.id, person_id=mei))
            with pytest.raises(IntegrityError, match="one_live_place_in_a_set"):
                db.session.flush()

    def test_are_for_who_takes_the_section_and_end_with_it(self, enrolled):
        with enrolled.app.app_context():
            board, lin, section = tables(enrolled), enrolled.person("lin"), enrolled.section()
            mei, stranger = enrolled.person("mei"), student("stranger")
            first = board.groups[0].id
            wanted = {mei.id: first, stranger.id: first}
            assert operations.place_in_groups(lin, section, board.set, wanted) == 1
            operations.withdraw(mei, section)
            operations.enrol(mei, section)
            assert who_is_where(enrolled, board.set.id) == {}

    def test_in_a_group_of_another_set_are_passed_over(self, enrolled):
        with enrolled.app.app_context():
            board, other = tables(enrolled), tables(enrolled, "C", name="Other")
            changed = operations.place_in_groups(
                enrolled.person("lin"),
                enrolled.section(),
                board.set,
                {enrolled.person("mei").id: other.groups[0].id},
            )
            assert changed == 0


class TestNames:
    def test_are_one_in_a_section_because_conditions_ask_for_them(self, enrolled):
        with enrolled.app.app_context():
            tables(enrolled)
            with pytest.raises(GroupNameTaken):
                tables(enrolled, "B", name="Other")

    def test_that_a_condition_asks_for_stay(self, enrolled):
        with enrolled.app.app_context():
            board, lin, section = tables(enrolled), enrolled.person("lin"), enrolled.section()
            version = queries.section_for(lin, section.code).version
            operations.set_condition(lin, section.offering, version, "lesson:areas", {"group": "A"})
            first, second = board.groups
            with pytest.raises(GroupNamed):
                operations.rename_group(lin, section, first, "Z")
            with pytest.raises(GroupNamed):
                operations.end_group(lin, section, first)
            with pytest.raises(GroupNamed):
                operations.end_group_set(lin, section, board.set)
            operations.rename_group(lin, section, second, "Z")
            operations.end_group(lin, section, second)

    def test_are_not_without_end(self, enrolled):
        with enrolled.app.app_context(), pytest.raises(TooManyGroups):
            tables(enrolled, *(f"T{n}" for n in range(201)))


LIST = "學號,組別\nC11401001,甲\nC11401002,乙\nC11401001,乙\nX99999999,甲\n"


class TestLists:
    def test_are_read_in_utf_8_and_big5_with_either_header(self):
        for content in (LIST.encode(), LIST.encode("cp950"), b"email,group\nA@x.example,G\n"):
            lines, problem = parse_groups(content)
            assert problem is None and lines
        assert parse_groups(b"email;group\nA@x.example;G\n")[0] == [
            GroupLine(2, "a@x.example", "G")
        ]

    @pytest.mark.parametrize(
        "content", [b"", b"name,group\n", b"email\nx\n", b"\xff\x00\xff", b'email,group\n"x\0",1\n']
    )
    def test_that_cannot_be_read_say_why(self, content):
        lines, problem = parse_groups(content)
        assert lines == [] and str(problem)

    def test_say_what_each_line_does(self):
        lines = [
            GroupLine(2, "a", "One"), GroupLine(3, "b", "Two"), GroupLine(4, "c", "One"),
            GroupLine(5, "d", "One"), GroupLine(6, "a", "Two"), GroupLine(7, "e", ""),
            GroupLine(8, "f", "Taken"),
        ]  # fmt: skip
        known = {name: name for name in "abcef"}
        found = fates(lines, known, {"b": "One", "c": "One"}, {"Taken"})
        assert [row.fate for row in found] == [
            Fate.PLACED, Fate.MOVED, Fate.SAME, Fate.UNKNOWN, Fate.TWICE, Fate.BAD, Fate.ELSEWHERE,
        ]  # fmt: skip

    def test_change_nothing_before_they_are_applied(self, enrolled):
        with enrolled.app.app_context():
            set_id = tables(enrolled, "甲").set.id
        lin = enrolled.browser("lin")
        base = f"/teaching/{enrolled.code}/groups/{set_id}/list"
        page = lin.post(base, data={"file": (io.BytesIO(LIST.encode()), "groups.csv")})
        assert "Comes into the group" in page.text and "does not take this section" in page.text
        with enrolled.app.app_context():
            assert who_is_where(enrolled, set_id) == {}
        upload = page.text.split('name="upload" value="')[1].split('"')[0]
        assert enrolled.browser("ping").post(f"{base}/apply", data={"upload": upload})
        with enrolled.app.app_context():
            assert who_is_where(enrolled, set_id) == {}  # the upload was lin's
        lin.post(f"{base}/apply", data={"upload": upload})
        with enrolled.app.app_context():
            assert who_is_where(enrolled, set_id) == {"mei": "甲", "hao": "乙"}


class TestThePages:
    def test_are_for_those_who_see_the_people_of_the_section(self, enrolled):
        address = f"/teaching/{enrolled.code}/groups"
        for handle in ("lin", "ping", "jia-office"):
            assert enrolled.browser(handle).get(address).status_code == 200, handle
        for handle in ("mei", "wang", "yun"):
            assert enrolled.browser(handle).get(address).status_code in (403, 404), handle
        with enrolled.app.app_context():
            board = tables(enrolled)
            set_id, group_id = board.set.id, board.groups[0].id
        wang = enrolled.browser("wang")
        for path in (
            f"{address}/{set_id}/places", f"{address}/{set_id}/lots", f"{address}/{set_id}/group",
            f"{address}/{set_id}/edit", f"{address}/{set_id}/list",
            f"/teaching/{enrolled.code}/group/{group_id}/edit",
        ):  # fmt: skip
            assert wang.post(path, data={"name": "x"}).status_code == 404, path

    def test_make_and_change_sets_and_groups(self, enrolled):
        lin, address = enrolled.browser("lin"), f"/teaching/{enrolled.code}/groups"
        lin.post(address, data={"name": "Table", "count": "2"})
        with enrolled.app.app_context():
            (board,) = queries.board_of(enrolled.section())
            assert [group.name for group in board.groups] == ["Table 1", "Table 2"]
            set_id, second = board.set.id, board.groups[1].id
        base = f"{address}/{set_id}"
        lin.post(f"{base}/group", data={"name": "  Third   one "})
        lin.post(f"/teaching/{enrolled.code}/group/{second}/edit", data={"name": "Second"})
        lin.post(f"{base}/edit", data={"name": "Benches"})
        page = lin.get(address).text
        assert "Third one" in page and "Second" in page and "Benches" in page
        lin.post(f"{base}/lots", data={"who": "everybody", "seed": "rain"})
        assert "“rain”" in lin.get(address).text
        lin.post(f"/teaching/{enrolled.code}/group/{second}/edit", data={"action": "end"})
        lin.post(f"{base}/edit", data={"action": "end"})
        assert "No groups yet" in lin.get(address).text

    def test_show_students_their_group_and_who_is_in_it(self, enrolled):
        with enrolled.app.app_context():
            board, section = tables(enrolled), enrolled.section()
            first = board.groups[0].id
            both = {enrolled.person(h).id: first for h in ("mei", "hao")}
            operations.place_in_groups(enrolled.person("lin"), section, board.set, both)
            hao = enrolled.person("hao").name
        text = enrolled.browser("mei").get(f"/learn/{enrolled.code}").text
        assert "Tables" in text and hao in text.split("Tables")[1]

    def test_need_the_same_number_of_statements_for_more_people(self, enrolled, count_queries):
        with enrolled.app.app_context():
            tables(enrolled)
        address, lin = f"/teaching/{enrolled.code}/groups", enrolled.browser("lin")
        lin.get(address)
        with count_queries() as few:
            lin.get(address)
        with enrolled.app.app_context():
            tables(enrolled, "C", "D", name="Other")
            section = enrolled.section()
            people = [student(f"extra-{number}") for number in range(5)]
            for person in people:
                operations.enrol(person, section)
            for board in queries.board_of(section):
                operations.divide_by_lot(
                    enrolled.person("lin"), section, board.set, seed="x", everybody=True
                )
        with count_queries() as many:
            lin.get(address)
        assert len(many) == len(few)
        students = f"/teaching/{enrolled.code}/students?sort=group&q=C"
        with count_queries() as listed:
            assert lin.get(students).status_code == 200
        assert len(listed) <= 20
