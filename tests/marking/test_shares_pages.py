"""The pages of plans and of second looks; and that blind marking shows nobody."""

import re
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.grading.models import Submission
from app.kernel.database import db
from app.learning import operations as learning
from app.learning.rules import StaffRole
from app.marking.models import Settlement
from app.marking.operations.seconds import record
from app.marking.queries import shares as queries
from app.marking.queries import shares_progress as reading
from app.marking.queries import tallies_of
from app.marking.rules import Ref
from app.marking.rules.sharing import Sharing
from app.quizzes import operations as quizzes
from tests.cast import SOURCE
from tests.grading.helpers import grade_with, hand_in, result
from tests.marking.people import ITEM, PART, more_students, plan_with, works_in
from tests.quizzes.quizzing import ESSAY, answer, begin, place_quiz, quiz_document


def address(cast, rest="/plan", item="lab/squares"):
    return f"/teaching/{cast.code}/marking/{item}{rest}"


def ids(cast, *handles):
    with cast.app.app_context():
        return [str(cast.person(handle).id) for handle in handles]


@pytest.fixture
def six(enrolled):
    with enrolled.app.app_context():
        works_in(enrolled, *more_students(enrolled, 6))
    return enrolled


def typed(cast, **changes):
    lin, ping = ids(cast, "lin", "ping")
    weights = {f"weight:{lin}": "1", f"weight:{ping}": "1"}
    return {"number": "0", "sharing": "random", **weights, "act": "save"} | changes


class TestThePlansPage:
    def test_shows_first_how_works_would_be_shared(self, six):
        page = six.browser("lin").post(address(six), data=typed(six, act="preview")).text
        assert re.search(r"林雅文 3, 張書萍 3|張書萍 3, 林雅文 3", page)
        with six.app.app_context():
            assert queries.plan(six.section(), ITEM).number == 0

    def test_is_saved_and_shows_how_far_everybody_is(self, six):
        browser = six.browser("lin")
        done = browser.post(address(six), data=typed(six, seconds="50", threshold="12.5"))
        assert done.status_code == 303
        page = browser.get(address(six)).text
        assert "By lot, evenly" in page and "Version 1" in page
        with six.app.app_context():
            plan = queries.plan(six.section(), ITEM)
            assert plan.seconds_percent == 50 and plan.threshold == Decimal("12.5")

    def test_says_what_cannot_be_used(self, six):
        refused = six.browser("lin").post(
            address(six), data={"number": "0", "sharing": "lists", "act": "save"}
        )
        assert refused.status_code == 422 and "Choose who marks." in refused.text

    def test_another_version_meanwhile_is_not_overwritten(self, six):
        browser = six.browser("lin")
        browser.post(address(six), data=typed(six))
        refused = browser.post(address(six), data=typed(six))
        assert refused.status_code == 422 and "meanwhile" in refused.text

    def test_assistants_read_it_and_change_nothing(self, six):
        browser = six.browser("ping")
        page = browser.get(address(six)).text
        assert "Who marks what" in page and "Save the plan" not in page
        assert browser.post(address(six), data=typed(six)).status_code == 404
        assert browser.post(address(six, "/plan/list"), data={"list": ""}).status_code == 404

    @pytest.mark.parametrize("handle", ["wang", "mei", "jia-office", "fang"])
    @pytest.mark.parametrize("rest", ["/plan", "/second-look"])
    def test_is_nobody_elses(self, six, handle, rest):
        assert six.browser(handle).get(address(six, rest)).status_code in (403, 404)

    def test_an_assistant_of_another_section_sees_nothing(self, six):
        with six.app.app_context():
            learning.appoint(
                six.person("ping"), six.section("jiayang"), StaffRole.TEACHING_ASSISTANT
            )
            section = six.section()
            place = next(p for p in section.staff if p.person.handle == "ping")
            learning.dismiss(six.person("lin"), section, place)
        browser = six.browser("ping")
        target = ids(six, "ping")[0]
        for rest in ("/plan", "/second-look"):
            assert browser.get(address(six, rest)).status_code == 404
        over = browser.post(
            address(six, "/plan/handing-over"), data={"source": "", "target": target}
        )
        assert over.status_code == 404

    def test_works_are_taken_over_and_handed_over(self, six):
        with six.app.app_context():
            plan_with(six, "lin", "ping", sharing=Sharing.LISTS)
        lin, ping = ids(six, "lin", "ping")
        page = six.browser("ping").get(address(six)).text
        assert "6 works are nobody’s." in page and "Hand works over" not in page
        over = address(six, "/plan/handing-over")
        six.browser("ping").post(over, data={"source": "", "target": ping})
        six.browser("ping").post(over, data={"source": ping, "target": lin})
        six.browser("lin").post(over, data={"source": ping, "target": lin, "most": "2"})
        with six.app.app_context():
            rows = reading.progress(six.section(), ITEM, queries.plan(six.section(), ITEM))
            assert {row.person.handle: row.waiting for row in rows if row.person} == {
                "lin": 2,
                "ping": 4,
            }

    def test_a_list_names_students_by_number_or_mail(self, six):
        with six.app.app_context():
            plan_with(six, "lin", "ping", sharing=Sharing.LISTS)
            mail = six.person("ping").email
        lines = f"NSTUDENT0,{mail}\nstudent-1@rongnan.example;{mail}\nnobody,{mail}\n"
        page = (
            six.browser("lin")
            .post(address(six, "/plan/list"), data={"list": lines}, follow_redirects=True)
            .text
        )
        assert "2 works moved." in page and "name nobody of this section: 3." in page

    def test_costs_the_same_for_many(self, six, count_queries):
        with six.app.app_context():
            plan_with(six, "lin", "ping", seconds_percent=50)
        browser = six.browser("lin")
        browser.get(address(six))
        with count_queries() as few:
            browser.get(address(six))
        with six.app.app_context():
            works_in(six, *more_students(six, 6, "late"))
        with count_queries() as many:
            browser.get(address(six))
        assert len(few) == len(many)


class TestSecondLook:
    @pytest.fixture
    def apart(self, enrolled):
        with enrolled.app.app_context():
            works_in(enrolled, "mei")
            plan_with(enrolled, "lin", "ping", seconds_percent=100)
        return enrolled

    def work(self, cast):
        with cast.app.app_context():
            return str(db.session.scalars(select(Submission.id)).one())

    def give(self, cast, handle, points, comment):
        work = self.work(cast)
        return cast.browser(handle).post(
            address(cast, f"/{work}"),
            data={"p0.part": PART, "p0.points": points, "p0.comment": comment},
            headers={"X-Desk": "1"},
        )

    def test_the_desk_keeps_two_apart_until_both_have_given(self, apart):
        work = self.work(apart)
        said = self.give(apart, "lin", "2", "Praise of the first")
        assert said.status_code == 200 and "both graders" in said.json["saved"]
        page = apart.browser("ping").get(address(apart, f"/{work}")).text
        assert "Praise of the first" not in page and "2 / 2" not in page
        assert "Praise of the first" in apart.browser("lin").get(address(apart, f"/{work}")).text
        mine = apart.browser("lin").get(address(apart, "")).text
        assert "0 wait" in mine, "what she has given waits for the other"
        assert "1 wait" in apart.browser("ping").get(address(apart, "")).text
        assert "Praise" not in apart.browser("ping").get(address(apart, "/second-look")).text
        student = apart.browser("mei").get(f"/submissions/{work}").text
        assert "Praise of the first" not in student

    def test_both_stand_side_by_side_and_a_word_settles_it(self, apart):
        self.give(apart, "lin", "2", "Praise of the first")
        self.give(apart, "ping", "0", "Blame of the second")
        page = apart.browser("ping").get(address(apart, "/second-look")).text
        assert "Praise of the first" in page and "Blame of the second" in page
        assert "-100.0 % of the points" in page or "100.0 % of the points" in page
        settle = address(apart, f"/second-look/{self.work(apart)}")
        told = apart.browser("ping").post(
            settle, data={"part": PART, "points": "1", "word": "Half"}, follow_redirects=True
        )
        assert "Kept." in told.text
        told = apart.browser("lin").post(
            settle, data={"part": PART, "points": "1", "word": "Yes"}, follow_redirects=True
        )
        assert "Settled: these points count now." in told.text and "Both agreed" in told.text
        with apart.app.app_context():
            assert db.session.scalars(select(Settlement)).one().points == 1
        page = apart.browser("mei").get(f"/submissions/{self.work(apart)}").text
        assert "Praise of the first" in page

    def test_the_old_road_is_closed_meanwhile(self, apart):
        told = apart.browser("lin").post(
            f"/submissions/{self.work(apart)}/scores",
            data={"notebook": "squares", "grade_id": "why", "score": "2", "comment": ""},
            follow_redirects=True,
        )
        assert "Two people mark this apart" in told.text


class TestBlind:
    """Nothing on a page of the desk says whose work it is."""

    @pytest.fixture
    def hidden(self, enrolled):
        with enrolled.app.app_context():
            files = {"squares.ipynb": SOURCE, "notes-林小梅-C11401001.txt": b"Some notes"}
            assert grade_with(hand_in(enrolled, "mei", files), result(4.0))
            works_in(enrolled, "hao")
            place_quiz(enrolled.section(), quiz_document(ESSAY))
            attempt = begin(enrolled, "mei")
            answer(attempt, "essay", "Because squares are areas.")
            quizzes.hand_in(enrolled.person("mei"), attempt)
            for item in (ITEM, "quiz:check"):
                plan_with(enrolled, "lin", "ping", item=item, blind=True, seconds_percent=100)
        return enrolled

    def told(self, cast):
        with cast.app.app_context():
            found = []
            for handle in ("mei", "hao"):
                person = cast.person(handle)
                number = next(m.student_number for m in person.memberships)
                found += [person.name, person.email, number, f"@{handle}", str(person.id)]
            return found

    def pages(self, cast, handle):
        """Every page of the desk for both items, found by following its own links."""
        browser, seen = cast.browser(handle), {}
        waiting = [address(cast, item=item, rest=rest) for item in ("lab/squares", "quiz/check")
                   for rest in ("", "?state=all", "/plan", "/second-look", "/next")]  # fmt: skip
        stem = f"/teaching/{cast.code}/marking/"
        while waiting:
            here = waiting.pop()
            if here in seen:
                continue
            answer = browser.get(here)
            seen[here] = answer
            where = answer.headers.get("Location", "")
            links = re.findall(r'(?:href|action|data-[a-z]+)="([^"#]+)', answer.text)
            waiting += [
                link.replace("&amp;", "&")
                for link in (where, *links)
                if link.startswith(stem) and "removal" not in link and len(seen) < 80
            ]
        return seen

    @pytest.mark.parametrize("handle", ["lin", "ping"])
    def test_no_name_mail_number_or_file_name(self, hidden, handle):
        with hidden.app.app_context():
            for work in db.session.scalars(select(Submission)):
                for grader, points in (("lin", 2), ("ping", 0)):
                    record(hidden.person(grader), work, PART, Decimal(points), "Well")
        seen = self.pages(hidden, handle)
        works = [
            here for here in seen if re.search(r"/marking/(lab|quiz)/[a-z]+/[0-9a-f-]{36}$", here)
        ]
        files = [here for here in seen if "/files/" in here]
        assert len(works) >= 3 and files, "the walk met works and files"
        secret = self.told(hidden)
        for here, page in seen.items():
            if page.status_code == 405:
                continue
            told = page.text + str(page.headers)
            assert [word for word in secret if word in told] == [], here

    def test_lifted_names_are_seen_again_and_who_lifted_it(self, hidden):
        with hidden.app.app_context():
            plan_with(hidden, "lin", "ping", seconds_percent=100, reason="Two were mixed up")
        browser = hidden.browser("ping")
        assert "林小梅" in browser.get(address(hidden, "?state=all")).text
        page = browser.get(address(hidden)).text
        assert "Names shown again: Two were mixed up" in page and "林雅文" in page


class TestTheDeskOfOneOfSeveral:
    def test_says_what_is_hers_and_what_is_everybodys(self, six):
        with six.app.app_context():
            plan_with(six, "lin", "ping")
            mine = queries.mine(six.person("ping"), six.section(), ITEM)
            work = next(iter(mine))
            record(six.person("ping"), db.session.get_one(Submission, work), PART, 1)
        assert len(mine) == 3
        page = six.browser("ping").get(f"/teaching/{six.code}/marking").text
        assert '<td class="number">2 of 5</td><td class="number">1 of 1</td>' in page
        page = six.browser("ping").get(address(six, "")).text
        assert "2 wait, 1 are done, 3 were handed in." in page
        assert "of the whole section 5 wait and 1 are done" in page

    def test_what_she_gave_as_one_of_two_waits_for_the_other(self, six):
        with six.app.app_context():
            plan_with(six, "lin", "ping", sharing=Sharing.ALL, seconds_percent=100)
            lin = six.person("lin")
            for work in db.session.scalars(select(Submission)).all():
                record(lin, work, PART, 1)
            ref = Ref.of(ITEM)
            for handle, waiting in (("lin", 0), ("ping", 6)):
                whole, hers = tallies_of(six.section(), six.person(handle))
                assert (whole[ref].waiting, hers[ref].waiting) == (6, waiting), handle

    def test_is_everybodys_where_nobody_shares_out(self, six):
        with six.app.app_context():
            assert tallies_of(six.section(), six.person("ping"))[1] == {}
            plan_with(six, "ping")
            # lin shares out and takes no part: everything is hers to see.
            assert tallies_of(six.section(), six.person("lin"))[1] == {}

    def test_takes_as_many_statements_whatever_is_shared(self, six, count_queries):
        with six.app.app_context():
            plan_with(six, "lin", "ping")
            section, ping = six.section(), six.person("ping")
            tallies_of(section, ping)  # the section, its staff and she are loaded now
            with count_queries() as counted:
                tallies_of(section, ping)
        assert len(counted) <= 5
