"""Pages of needs: the thin road, what each sees, lists in and out."""

import csv
import io
import re

import pytest

from app.kernel.database import db
from app.needs import queries
from app.needs.models import Interview, PainPoint
from app.needs.queries import Asked

INTERVIEW = {
    "organisation": "",
    "company_name": "巷口小館",
    "contact_name": "陳老闆",
    "held_on": "2026-03-02",
    "place": "臺南市東區",
    "industry": "smart-business-services",
    "county": "臺南市",
    "work": "每天下午憑經驗叫貨",
    "recording_consent": "refused",
    "figures-0-label": "每天來客",
    "figures-0-value": "１,240",
    "figures-0-unit": "人",
    "recorded_for": "",
}
PAIN = {
    "title_zh": "叫貨不準",
    "title_en": "",
    "measure": "waste",
    "now_value": "12",
    "target_value": "5",
    "unit": "公斤/天",
    "people_count": "4",
    "technologies": "forecasting",
}


def key_in(page: str) -> str:
    found = re.search(r'name="key"[^>]*value="([0-9a-f-]{36})"', page)
    assert found is not None
    return found[1]


class TestTheThinRoad:
    def test_an_officer_records_what_hurts_and_corrects_it(self, world):
        browser = world.cast.browser("fang")
        key = key_in(browser.get("/needs/interviews/new").text)
        answer = browser.post("/needs/interviews/new", data=INTERVIEW | {"key": key})
        assert answer.status_code == 303, answer.text
        pain_page = answer.headers["Location"]
        again = browser.post("/needs/interviews/new", data=INTERVIEW | {"key": key})
        assert again.headers["Location"] == pain_page  # sent twice, recorded once
        key = key_in(browser.get(pain_page).text)
        answer = browser.post(pain_page, data=PAIN | {"key": key})
        assert answer.status_code == 303, answer.text
        page = browser.get(answer.headers["Location"])
        assert "叫貨不準" in page.text and "公斤/天" in page.text and "Waste" in page.text
        edit = f"{answer.headers['Location']}/edit"
        assert 'value="12"' in browser.get(edit).text
        changed = browser.post(edit, data=PAIN | {"now_value": "15", "revision": "1"})
        assert changed.status_code == 303
        page = browser.get(changed.headers["Location"]).text
        assert "<del>12</del>" in page and "<ins>15</ins>" in page
        stale = browser.post(edit, data=PAIN | {"now_value": "16", "revision": "1"})
        assert stale.status_code == 422 and 'value="16"' in stale.text
        listed = browser.get("/needs").text
        assert "叫貨不準" in listed and "巷口小館" in listed

    def test_a_shop_writes_down_its_need_on_one_page(self, world):
        browser = world.cast.browser("shopkeeper")
        page = browser.get("/needs/new").text
        shop = re.search(r'name="recorded_for" value="([^"]+)"', page)[1]
        answer = browser.post(
            "/needs/new",
            data=PAIN
            | {
                "key": key_in(page),
                "recorded_for": shop,
                "industry": "smart-business-services",
                "county": "臺南市",
            },
        )
        assert answer.status_code == 303, answer.text
        assert "叫貨不準" in browser.get("/needs").text
        assert "叫貨不準" not in world.cast.browser("rival-boss").get("/needs").text
        with world.in_app():
            (made,) = queries.pain_points_open_to(world.person("shopkeeper"))
            assert str(made.interview.organisation_id) == shop
            page = f"/needs/{made.id}"
        link = re.search(r'href="([^"]*)"[^>]*>.*?Make a brief of it', browser.get(page).text)
        begun = browser.get(link[1].replace("&amp;", "&"), follow_redirects=True)
        assert begun.status_code == 200 and "叫貨不準" in begun.text
        assert "Make a brief of it" not in world.cast.browser("fang").get(page).text

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("now_value", "a lot", "Write a number"),
            ("now_value", "1e400", "Write a number"),
            ("now_value", "NaN", "Write a number"),
            ("title_zh", "", "at least one language"),
            ("measure", "", "Please choose"),
            ("people_count", "-3", "People are counted from 0"),
        ],
    )
    def test_what_is_wrong_is_said_and_what_was_typed_stays(self, world, field, value, said):
        recorded = world.record()
        browser = world.cast.browser("fang")
        answer = browser.post(
            f"/needs/interviews/{recorded}/pain-points/new", data=PAIN | {field: value}
        )
        assert answer.status_code == 422
        assert said in answer.text and "公斤/天" in answer.text

    def test_a_number_without_a_name_is_said_as_a_sentence(self, world):
        answer = world.cast.browser("fang").post(
            "/needs/interviews/new", data=INTERVIEW | {"figures-0-label": ""}
        )
        assert answer.status_code == 422 and "Say what the number counts." in answer.text
        assert "Say what the number counts.</li>" in answer.text and "１,240" in answer.text


PATHS = (
    "/needs", "/needs.csv", "/needs/interviews", "/needs/interviews.csv", "/needs/interviews/new",
    "/needs/new", "/needs/import", "/needs/template.csv", "/needs/duplicates",
)  # fmt: skip


class TestDoors:
    @pytest.mark.parametrize("handle", ["mei", "lin", "ping", "guo", "jia-office"])
    @pytest.mark.parametrize("path", PATHS)
    def test_needs_are_not_for(self, world, handle, path):
        assert world.cast.browser(handle).get(path).status_code == 403

    def test_another_companys_needs_do_not_exist(self, world):
        recorded = world.record("shopkeeper", for_slug="shop", recording_consent="given")
        point = world.hurt(recorded, "shopkeeper")
        shop, rival = world.cast.browser("shopkeeper"), world.cast.browser("rival-boss")
        for path in (
            f"/needs/interviews/{recorded}", f"/needs/interviews/{recorded}/edit",
            f"/needs/{point}", f"/needs/{point}/edit",
            f"/needs/interviews/{recorded}/pain-points/new",
        ):  # fmt: skip
            assert shop.get(path).status_code == 200, path
            assert rival.get(path).status_code == 404, path
        for path in (
            f"/needs/interviews/{recorded}/removal", f"/needs/interviews/{recorded}/restoration",
            f"/needs/interviews/{recorded}/recording", f"/needs/{point}/removal",
            f"/needs/interviews/{recorded}/recording/removal", f"/needs/{point}/restoration",
        ):  # fmt: skip
            assert rival.post(path).status_code == 404, path
        for path in (f"/needs/{point}/merge", f"/needs/{point}/merge/undoing"):
            assert shop.post(path, data={"into": str(point)}).status_code == 403, path

    def test_what_others_recorded_a_company_corrects_but_does_not_remove(self, world):
        with world.in_app():
            shop = world.organisation("shop").id
        recorded = world.record(organisation_id=shop, company_name="")
        browser = world.cast.browser("shopkeeper")
        assert (
            f"/needs/interviews/{recorded}/removal"
            not in browser.get(f"/needs/interviews/{recorded}").text
        )
        assert browser.post(f"/needs/interviews/{recorded}/removal").status_code == 404


class TestLists:
    def test_are_narrowed_sorted_and_counted(self, world):
        world.hurt(world.record(county="高雄市", company_name="鋼廠"), "fang", "Parts by eye")
        world.hurt(world.record(), "fang", technologies=("vision",))
        browser = world.cast.browser("fang")

        def rows(query: str) -> int:
            return browser.get(f"/needs?{query}").text.count('<tr><td class="number">#')

        assert rows("") == 2
        assert rows("county=高雄市") == rows("technology=vision") == rows("q=鋼廠") == 1
        assert rows("q=Parts") == 1 and rows("measure=time") == 0
        assert "Nothing matches" in browser.get("/needs?q=unheard").text
        assert rows("sort=title&direction=asc") == rows("sort=number") == rows("page=99") == 2
        assert rows("q=%25") == 0  # a search for a per cent sign finds one

    def test_cost_the_same_however_long_they_are(self, world, count_queries):
        world.hurt(world.record())
        browser = world.cast.browser("fang")

        def cost(path: str) -> int:
            browser.get(path)
            with count_queries() as seen:
                assert browser.get(path).status_code == 200
            return len(seen)

        paths = ("/needs", "/needs/interviews", "/needs/duplicates")
        before = [cost(path) for path in paths]
        for _index in range(3):
            world.hurt(world.record())
        assert [cost(path) for path in paths] == before

    def test_go_out_and_come_back_as_they_were(self, world):
        world.hurt(world.record(company_name="=cmd()"), "fang", description=None)
        browser = world.cast.browser("fang")
        content = browser.get("/needs.csv").data
        (line,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
        assert line["company"] == "'=cmd()" and line["now"] == "12" and line["people"] == "4"
        answer = _import(browser, content)
        assert "1 as before." in answer.text and "0 corrected." in answer.text
        text = content.decode("utf-8-sig").replace(",12,5,", ",13,5,")
        assert "1 corrected." in _import(browser, text.encode()).text
        new = text.replace(line["number"], "", 1)
        assert "1 pain point added." in _import(browser, new.encode()).text
        with world.in_app():
            assert {row.company_name for row in db.session.query(Interview)} == {"=cmd()"}
            rows = queries.ranked(world.person("fang"), Asked()).rows
            assert [row.pain_point.now_value for row in rows] == [13, 13]


def _import(browser, content: bytes, name: str = "list.csv"):
    return browser.post(
        "/needs/import",
        data={"file": (io.BytesIO(content), name), "recorded_for": ""},
        follow_redirects=True,
    )


class TestTheImport:
    HEAD = "company,held_on,county,industry,title_zh,measure,now,technologies,number\n"
    GOOD = "小館,2026/3/1,台南市,智慧商業服務,丟食材,浪費,12,預測,\n"

    def test_takes_what_spreadsheets_write(self, world):
        browser = world.cast.browser("fang")
        answer = _import(browser, (self.HEAD + self.GOOD).encode("cp950"))
        assert "1 pain point added." in answer.text, answer.text
        with world.in_app():
            (made,) = db.session.query(PainPoint)
            assert made.interview.county == "臺南市" and made.technologies == ["forecasting"]

    def test_takes_all_or_nothing_and_says_what_is_wrong_by_line(self, world):
        bad = (
            "小館,2026-02-31,台南市,智慧商業服務,丟食材,浪費,12,預測,\n"
            "小館,2026-03-01,亞特蘭提斯,智慧商業服務,丟食材,浪費,12,預測,\n"
            "小館,2026-03-01,台南市,魔法,丟食材,浪費,12,預測,\n"
            "小館,2026-03-01,台南市,智慧商業服務,,浪費,12,預測,\n"
            "小館,2026-03-01,台南市,智慧商業服務,丟食材,氣味,12,預測,\n"
            "小館,2026-03-01,台南市,智慧商業服務,丟食材,浪費,很多,預測,\n"
            ",2026-03-01,台南市,智慧商業服務,丟食材,浪費,12,預測,\n"
            "小館,2026-03-01,台南市,智慧商業服務,丟食材,浪費,12,預測,99999\n"
        )
        browser = world.cast.browser("fang")
        answer = _import(browser, (self.HEAD + self.GOOD + bad).encode())
        assert answer.status_code == 422
        lines = re.findall(r'class="number">(\d+)</th><td>([^<]+)', answer.text)
        assert [int(line) for line, _said in lines] == list(range(3, 11)), lines
        for word, (_line, said) in zip(
            ("held_on", "county", "industry", "title", "measure", "now", "company", "number"),
            lines, strict=True,
        ):  # fmt: skip
            assert word in said.lower()
        with world.in_app():
            assert db.session.query(PainPoint).count() == db.session.query(Interview).count() == 0

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "columns are missing"),
            (b"\xff\xfe\x00\x81", "no text"),
            (b"measure,county,industry\n", "no lines"),
            (b"a,b\n1,2\n", "columns are missing: measure, county, industry"),
        ],
    )
    def test_says_what_a_file_is_not(self, world, content, said):
        answer = _import(world.cast.browser("fang"), content)
        assert answer.status_code == 422 and said in answer.text

    def test_of_a_company_stays_its_own(self, world):
        hers = world.hurt(world.record("rival-boss", for_slug="rival"), "rival-boss")
        with world.in_app():
            number = world.point(hers).number
            shop = world.organisation("shop").id
        line = f"小館,2026-03-01,台南市,智慧商業服務,搶來的,浪費,1,預測,{number}\n"
        answer = world.cast.browser("shopkeeper").post(
            "/needs/import",
            data={
                "file": (io.BytesIO((self.HEAD + line).encode()), "a.csv"),
                "recorded_for": str(shop),
            },
        )
        assert answer.status_code == 422 and "there is no pain point" in answer.text


def test_a_recording_is_served_as_a_file_to_those_who_may_read(world):
    recorded = world.record("shopkeeper", for_slug="shop", recording_consent="given")
    shop = world.cast.browser("shopkeeper")
    path = f"/needs/interviews/{recorded}/recording"
    assert shop.get(path).status_code == 404
    shop.post(path, data={"recording": (io.BytesIO(b"<script>"), "talk.mp3")})
    answer = shop.get(path)
    assert answer.data == b"<script>" and answer.mimetype == "audio/mpeg"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert world.cast.browser("rival-boss").get(path).status_code == 404
    assert world.cast.browser("fang").get(path).status_code == 200


def test_officers_merge_and_undo_on_the_page(world):
    one, two = (
        world.hurt(world.record(company_name="A")),
        world.hurt(world.record(company_name="B")),
    )
    browser = world.cast.browser("fang")
    assert f"/needs/{two}/merge" in browser.get("/needs/duplicates").text
    answer = browser.post(f"/needs/{two}/merge", data={"into": str(one)}, follow_redirects=True)
    assert "It counts as the same as another one." in answer.text
    page = browser.get(f"/needs/{one}").text
    assert "Counts with it" in page and ">2</span>" in page
    answer = browser.post(f"/needs/{two}/merge/undoing", follow_redirects=True)
    assert "stands for itself again" in answer.text
    for wrong in ("", "no-uuid", "019a0000-0000-7000-8000-000000000000"):
        assert browser.post(f"/needs/{two}/merge", data={"into": wrong}).status_code == 404
    assert browser.get(f"/needs/{two}/merge?q=A").status_code == 200
