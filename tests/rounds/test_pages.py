"""A round as people meet it in a browser, without script."""

import re

from click.testing import CliRunner

from app.cli import main
from app.kernel.database import db
from app.rounds import operations, queries
from app.rounds.models import RoundResult
from app.rounds.operations import Plan
from app.rounds.rules import State
from tests.rounds.conftest import CODE, DAY, HOUR, both, windows


def get(stage, handle, page="", code=200):
    answer = stage.browser(handle).get(f"/rounds{page}")
    assert answer.status_code == code, answer.text[-2000:]
    return answer.text


def field(name, html):
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, name
    return found[1]


class TestFromTheDeskToTheResult:
    def test_everybody_goes_her_way(self, announced):
        assert announced.round.seed_hash in get(announced, "mei", f"/{CODE}")
        with announced.at(HOUR):
            operations.go_on(announced.round.id)
        with announced.at(2 * HOUR):
            mei = announced.browser("mei")
            assert "By myself" in mei.get(f"/rounds/{CODE}/mine").text
            entered = mei.post(f"/rounds/{CODE}/entry", data={"team": ""}, follow_redirects=True)
            revision = field("revision", entered.text)
            first, second = (str(p.id) for p in announced.projects)
            typed = {"revision": revision, f"place-{first}": "2", f"place-{second}": "1"}
            assert (
                "Saved."
                in mei.post(f"/rounds/{CODE}/choices", data=typed, follow_redirects=True).text
            )
            stale = mei.post(f"/rounds/{CODE}/choices", data=typed)
            assert (stale.status_code, "elsewhere" in stale.text) == (422, True)
            same = {f"place-{first}": "1", f"place-{second}": "1"}
            assert "same number" in mei.post(f"/rounds/{CODE}/choices", data=same).text

            yun = announced.browser("yun")
            address = f"/rounds/{CODE}/projects/{second}/ranking"
            page = yun.get(address).text
            ids = re.findall(r'name="place-([0-9a-f-]{36})"', page)
            assert len(ids) == 3
            places = {f"place-{one}": "1" for one in ids}
            saved = yun.post(
                address,
                data={"revision": field("revision", page), **places},
                headers={"X-Requested-With": "rounds"},
            )
            assert saved.json["revision"] == 1

            fang = announced.browser("fang")
            trial = fang.post(f"/rounds/{CODE}/trial").text
            assert "This is a trial, not the result." in trial
            assert db.session.query(RoundResult).count() == 0
        db.session.expire_all()
        announced.go_to(State.DRAWN)
        assert "not open" in get(announced, "mei", f"/{CODE}/mine")
        assert announced.browser("mei").get(f"/rounds/{CODE}/proof").status_code == 404
        with announced.at(DAY + HOUR):
            done = announced.browser("fang").post(
                f"/rounds/{CODE}/publication", follow_redirects=True
            )
            assert "Published." in done.text
        with announced.at(DAY + 2 * HOUR):
            result = get(announced, "mei", f"/{CODE}/mine")
            assert "Waits for an answer" in result
            done = announced.browser("mei").post(
                f"/rounds/{CODE}/answer",
                data={"offer": field("offer", result), "answer": "accept"},
                follow_redirects=True,
            )
            assert "The place is yours." in done.text
        proof = get(announced, "yan", f"/{CODE}/proof")
        assert announced.round.seed_hash in proof

    def test_the_file_is_fine_for_the_command(self, opened, tmp_path):
        with opened.at(2 * HOUR):
            opened.rank("mei", 0, 1)
            opened.list_of(0, "mei hao yan")
        opened.go_to(State.PUBLISHED)
        answer = opened.browser("hao").get(f"/rounds/{CODE}/proof.json")
        file = tmp_path / "proof.json"
        file.write_bytes(answer.data)
        command = ["matching", "verify", str(file), "--seed-hash", opened.round.seed_hash]
        command += ["--applicant", opened.entry("mei").key, "--language", "en"]
        done = CliRunner().invoke(main, command)
        assert done.exit_code == 0, done.output
        assert "choice 1 of 2" in done.output
        file.write_bytes(answer.data.replace(b'"closed":[]', b'"closed":["x"]'))
        assert CliRunner().invoke(main, command).exit_code != 0


EVERYBODY: frozenset[str] = frozenset()
PAGES = {
    "": EVERYBODY,
    "/mine": EVERYBODY,
    "/desk": {"fang"},
    "/projects": {"fang"},
    "/edit": {"fang"},
    "/dates": {"fang"},
}


def test_who_enters_which_page(announced):
    for handle in ("mei", "lin", "wang", "yun", "guo", "fang", "ting"):
        browser = announced.browser(handle)
        for page, allowed in PAGES.items():
            code = browser.get(f"/rounds/{CODE}{page}").status_code
            expected = {200} if allowed is EVERYBODY or handle in allowed else {403, 404}
            assert code in expected, (handle, page, code)


def test_only_the_companys_people_rank_for_it(opened):
    address = f"/{CODE}/projects/{opened.projects[0].id}/ranking"
    with opened.at(2 * HOUR):
        get(opened, "yun", address)
        for handle in ("mei", "lin", "fang", "ting", "guo"):
            get(opened, handle, address, 404)


def test_a_draft_is_nobody_elses(announced):
    made = operations.create(
        announced.person("fang"), Plan("secret", both("Draft"), both("x"), windows(announced.began))
    )
    assert made.state is State.DRAFT
    get(announced, "fang", "/secret")
    for handle in ("mei", "yun", "lin", "ting"):
        get(announced, handle, "/secret", 404)
        assert "secret" not in get(announced, handle)


def test_the_list_asks_the_same_however_many_there_are(announced, count_queries):
    browser = announced.browser("fang")
    browser.get("/rounds")
    with count_queries() as one:
        browser.get("/rounds")
    for number in range(5):
        operations.create(
            announced.person("fang"),
            Plan(f"more-{number}", both("More"), both("x"), windows(announced.began)),
        )
    browser.get("/rounds")
    with count_queries() as many:
        browser.get("/rounds")
    assert len(many) == len(one)


def test_the_desk_asks_the_same_however_many_take_part(opened, count_queries):
    browser = opened.browser("fang")
    with opened.at(2 * HOUR):
        opened.rank("mei", 0)
        browser.get(f"/rounds/{CODE}/desk")
        with count_queries() as one:
            browser.get(f"/rounds/{CODE}/desk")
        opened.rank("hao", 0)
        opened.rank("yan", 1)
        browser.get(f"/rounds/{CODE}/desk")
        with count_queries() as many:
            page = browser.get(f"/rounds/{CODE}/desk")
    assert len(many) == len(one)
    assert queries.counts_of(opened.round).applicants == 3
    assert page.text.count("Student yan") >= 1


def test_the_command_line_takes_the_steps_whose_date_has_come(opened):
    runner = CliRunner()
    assert CODE in runner.invoke(main, ["rounds", "status"]).output
    with opened.at(3 * DAY):
        done = runner.invoke(main, ["rounds", "run", CODE])
    assert done.exit_code == 0, done.output
    db.session.expire_all()
    assert opened.round.state is State.PUBLISHED
    again = runner.invoke(main, ["rounds", "run", "nowhere"])
    assert again.exit_code == 1
