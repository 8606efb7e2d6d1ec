"""Pages: finding, writing, trying and sharing rubrics, and comments to use again."""

import io
import json

import pytest
import yaml

from app.accounts.queries import organisation_by_slug
from app.kernel.localized import LocalizedText
from app.rubrics import forms, operations, queries, rules
from app.rubrics.rules import Visibility
from tests.rubrics.scales import criterion, raw


def fields(given, **more):
    """What a browser sends of the editor that holds GIVEN."""
    sent = {"scoring": given["scoring"], **_texts(given, "")}
    for number, row in enumerate(given["criteria"]):
        at = f"criteria.{number}."
        sent |= {f"{at}id": row["id"], f"{at}points": row["points"], f"{at}least": row["least"]}
        sent |= _texts(row, at) | ({f"{at}critical": "1"} if row["critical"] else {})
        for place, level in enumerate(row["levels"]):
            under = f"{at}levels.{place}."
            sent |= {f"{under}id": level["id"], f"{under}points": level["points"]}
            sent |= _texts(level, under)
    return sent | more


def _texts(part, at):
    return {
        f"{at}{name}.{code}": part[name].get(code, "")
        for name in ("title", "description")
        for code in ("zh-Hant-TW", "en")
    }


def begin(browser, **data):
    """A new rubric's address, without ``/edit``."""
    answer = browser.post("/rubrics", data=data)
    return answer.headers["Location"].removesuffix("/edit")


class TestWriting:
    def test_a_template_becomes_a_rubric_that_is_published(self, cast):
        lin = cast.browser("lin")
        assert "Notebook analysis" in lin.get("/rubrics/new").text
        assert "Leakage" in lin.get("/rubrics/starters/notebook-analysis").text.title()
        at = begin(lin, starter="notebook-analysis")
        given = rules.starter("notebook-analysis")
        sent = fields(given, revision="1", do="publish", note="First")
        assert lin.post(f"{at}/edit", data=sent).headers["Location"] == at
        page = lin.get(at).text
        assert "version 1" in page and "Data preparation and quality" in page
        assert "Notebook analysis" in lin.get("/rubrics").text

    def test_what_the_form_sends_is_what_it_was_given(self):
        given = raw("ranges", criterion("a", 5, 1, critical=True, least="2"), criterion("b"))
        assert forms.read_raw(fields(given)) == given

    def test_every_button_saves_what_was_typed(self, cast):
        lin = cast.browser("lin")
        at = begin(lin)
        sent = fields(raw(title={"en": "Typed"}), revision="1", do="up:style")
        answer = lin.post(f"{at}/edit", data=sent)
        assert answer.status_code == 302 and answer.headers["Location"].endswith("#part-style")
        page = lin.get(f"{at}/edit").text
        assert 'value="Typed"' in page
        assert page.index("part-style") < page.index("part-idea")
        assert "Undo the last change" in page
        sent = fields(raw(title={"en": "Typed"}), revision="2", do="undo")
        lin.post(f"{at}/edit", data=sent)
        page = lin.get(f"{at}/edit").text
        assert page.index("part-idea") < page.index("part-style")

    def test_what_is_unfinished_comes_back_with_words_at_its_field(self, cast):
        lin = cast.browser("lin")
        at = begin(lin)
        wrong = raw("levels", criterion("a", 5, 9, title={"en": "Kept"}))
        answer = lin.post(f"{at}/edit", data=fields(wrong, revision="1", do="publish"))
        assert answer.status_code == 422
        assert 'href="#criteria.0.levels.1.points"' in answer.text
        assert "at most 5 here" in answer.text and 'value="Kept"' in answer.text
        assert lin.get(at).headers["Location"].endswith("/edit")  # no version yet

    def test_the_script_saves_and_hears_of_another_window(self, cast):
        lin = cast.browser("lin")
        at = begin(lin)
        json_please = {"Accept": "application/json"}
        sent = fields(raw(), revision="1", do="save")
        told = lin.post(f"{at}/edit", data=sent, headers=json_please)
        assert told.json["revision"] == 2 and told.json["todo"] == 0
        late = lin.post(f"{at}/edit", data=sent, headers=json_please)
        assert late.status_code == 409 and "another window" in late.json["error"]
        page = lin.post(f"{at}/edit", data=fields(raw(title={"en": "Late"}), revision="1"))
        assert page.status_code == 422 and 'value="Late"' in page.text
        assert 'name="revision" value="2"' in page.text  # saving again keeps hers

    def test_history_says_what_changed(self, cast, publish):
        with cast.app.app_context():
            lin = cast.person("lin")
            rubric = publish(lin).rubric
            new = raw("levels", criterion("idea", 12, 6, 0))
            operations.publish(lin, rubric, new, revision=rubric.draft_revision, note="Plain")
            address = f"/rubrics/{rubric.id}"
        browser = cast.browser("lin")
        page = browser.get(f"{address}/history?from=1&to=2").text
        assert "“Style” was taken out." in page and "Plain" in page
        assert "This is an earlier version." in browser.get(f"{address}?version=1").text
        assert browser.get(f"{address}?version=9").status_code == 404

    def test_files_go_out_and_come_in(self, cast, publish):
        with cast.app.app_context():
            given = rules.starter("team-project")
            address = f"/rubrics/{publish(cast.person('lin'), given=given).rubric.id}"
        lin = cast.browser("lin")
        assert yaml.safe_load(lin.get(f"{address}/rubric.yaml").text)["scoring"] == "ranges"
        assert json.loads(lin.get(f"{address}/rubric.json").text)["title"]["en"]
        table = lin.get(f"{address}/rubric.csv").data
        assert table.decode("utf-8-sig").startswith("Rubric Name,Criteria Name,")
        assert lin.get(f"{address}/rubric.exe").status_code == 404
        at = begin(lin, file=(io.BytesIO(table), "canvas.csv"))
        assert "Understanding the need" in lin.get(f"{at}/edit").text
        bad = {"file": (io.BytesIO(b"{"), "x.json")}
        answer = lin.post("/rubrics", data=bad)
        assert answer.status_code == 422 and "cannot be read" in answer.text

    def test_the_archive_and_back(self, cast, publish):
        with cast.app.app_context():
            address = f"/rubrics/{publish(cast.person('lin')).rubric.id}"
        lin = cast.browser("lin")
        lin.post(f"{address}/archival")
        assert address not in lin.get("/rubrics").text
        assert address in lin.get("/rubrics?state=archived").text
        lin.post(f"{address}/restoration")
        assert address in lin.get("/rubrics").text


class TestWhoMay:
    @pytest.mark.parametrize(
        ("handle", "status"),
        [("lin", 200), ("ping", 200), ("guo", 200), ("fang", 200), ("mei", 403), ("yun", 403)],
    )
    def test_the_list_is_for_those_who_write(self, cast, handle, status):
        browser = cast.browser(handle)
        for address in ("/rubrics", "/rubrics.csv", "/rubrics/new", "/rubrics/comments"):
            assert browser.get(address).status_code == status
        assert (">Rubrics<" in browser.get("/").text) == (status == 200)

    @pytest.mark.parametrize(
        ("share", "readers"),
        [
            (None, {"lin"}),
            (Visibility.ORGANISATION, {"lin", "ping"}),
            (Visibility.EVERYBODY, {"lin", "ping", "wang", "guo", "mei"}),
        ],
    )
    def test_a_page_is_read_by_whom_it_is_shared_with(self, cast, publish, share, readers):
        with cast.app.app_context():
            address = f"/rubrics/{publish(cast.person('lin'), share=share).rubric.id}"
        for handle in ("lin", "ping", "wang", "guo", "mei"):
            browser = cast.browser(handle)
            status = 200 if handle in readers else 404
            for page in (address, f"{address}/history", f"{address}/rubric.json"):
                assert browser.get(page).status_code == status, (handle, page)
            if handle in ("lin", "mei"):
                continue
            for page in ("edit", "sharing", "archival", "restoration"):
                assert browser.post(f"{address}/{page}").status_code == 404, (handle, page)

    def test_sharing_names_hers_only(self, cast, publish):
        with cast.app.app_context():
            address = f"/rubrics/{publish(cast.person('lin')).rubric.id}"
            other = organisation_by_slug("jiayang").id
        lin = cast.browser("lin")
        for given in (str(other), "organisation", "nobody", ""):
            assert lin.post(f"{address}/sharing", data={"with": given}).status_code == 404
        lin.post(f"{address}/sharing", data={"with": "everybody"})
        assert cast.browser("wang").get(address).status_code == 200
        copy = cast.browser("wang").post(f"{address}/copies").headers["Location"]
        assert cast.browser("wang").get(copy).status_code == 200


class TestLists:
    def test_a_list_asks_as_often_for_thirty_as_for_three(self, cast, publish, count_queries):
        lin = cast.browser("lin")
        counts = []
        for number in (3, 28):
            with cast.app.app_context():
                for _again in range(number):
                    publish(cast.person("lin"), share=Visibility.ORGANISATION)
            with count_queries() as seen:
                page = lin.get("/rubrics?whose=mine").text
            counts.append(len(seen))
        assert "31 rows" in page and "Page 1 of 2" in page
        assert counts[0] == counts[1]

    def test_search_filter_and_sort(self, cast, publish):
        with cast.app.app_context():
            lin = cast.person("lin")
            publish(lin, given=raw(title={"zh-Hant-TW": "量測", "en": "Metrology"}))
            publish(lin, given=raw("none", title={"en": "100%_sure"}), share=Visibility.EVERYBODY)
            operations.create_rubric(lin, raw(title={"en": "Begun"}))
        browser = cast.browser("lin")

        def found(query):
            page = browser.get(f"/rubrics.csv?{query}").text
            return [line.split(",")[0] for line in page.splitlines()[1:]]

        assert found("q=量測") == ["Metrology"]
        assert found("q=%25_s") == ["100%_sure"]
        assert found("state=draft") == ["Begun"]
        assert found("whose=everybody") == ["100%_sure"]
        assert found("sort=title&direction=asc") == ["100%_sure", "Begun", "Metrology"]
        assert found("sort=points&direction=desc")[0] == "Metrology"


class TestTrying:
    def test_a_judgement_is_read_assessed_and_shown(self, cast, publish):
        with cast.app.app_context():
            given = raw("ranges", criterion("idea", 10, 6, 0, critical=True), criterion("b", 5, 2))
            address = f"/rubrics/{publish(cast.person('lin'), given=given).rubric.id}"
        lin = cast.browser("lin")
        assert "2 criteria to go" in lin.get(f"{address}/trial").text
        typed = {"rubric.idea.level": "l0", "rubric.idea.points": "5", "rubric.b.comment": "Hm"}
        answer = lin.post(f"{address}/trial", data=typed)
        assert answer.status_code == 422
        assert "From 6 to 10 points." in answer.text and "Not judged yet." in answer.text
        assert 'value="5"' in answer.text and ">Hm</textarea>" in answer.text
        typed |= {"rubric.idea.points": "7,5", "rubric.b.level": "l1"}
        page = lin.post(f"{address}/trial", data=typed).text
        assert "So a student would read it" in page and '"score-value">9.5<' in page
        failed = lin.post(f"{address}/trial", data=typed | {
            "rubric.idea.level": "l2", "rubric.idea.points": "",
        }).text  # fmt: skip
        assert "It is critical" in failed and '"score-value">0<' in failed

    def test_the_total_is_computed_for_whoever_was_shown_the_form(self, cast, publish):
        with cast.app.test_request_context():
            version = publish(cast.person("lin"))
            token = cast.app.jinja_env.globals["rubric_assessment_token"](version)
        typed = {"prefix": "x-", "x-idea.level": "l1", "x-style.level": "gone"}
        told = cast.browser("ping").post(f"/rubrics/assessments/{token}", data=typed).json
        assert told["total"] == "6" and told["missing"] == ["style"]
        assert told["words"] == "6 of 15 points · 1 criterion to go"
        assert told["errors"] == {"style": "This criterion has no such level."}
        answer = cast.browser("ping").post(f"/rubrics/assessments/{token}x", data=typed)
        assert answer.status_code == 404

    def test_what_rooms_above_call_holds_together(self, cast, publish):
        """The fields of the macro, read, judged, shown again and as a result."""
        with cast.app.test_request_context():
            version = publish(cast.person("lin"))
            kept = operations.save_comment(cast.person("ping"), LocalizedText({"en": "Say why."}))
            macros = cast.app.jinja_env.get_template("rubrics/_rubric.html").module
            page = str(macros.form(version, None, "p-", [kept]))
            assert f'value="{kept.id}"' in page and 'name="p-idea.level"' in page
            from werkzeug.datastructures import MultiDict

            sent = MultiDict(
                {"p-idea.level": "l1", "p-style.level": "l0", "p-idea.comment": "Short.",
                 "p-idea.bank": str(kept.id), "p-comment": "Well done."}
            )  # fmt: skip
            given = forms.read_judgement(version, sent, "p-", [kept])
            assert given.used == (kept.id,)
            done = operations.judge(
                cast.person("ping"), version, "s", given.marks,
                comment=given.comment, used_comments=given.used,
            ).judgement  # fmt: skip
            assert queries.comments_for(cast.person("ping"))[0].used_count == 1
            again = str(macros.form(version, done, "p-"))
            assert "Short.\nSay why.</textarea>" in again
            assert again.count(" checked") == 2
            result = str(macros.judged(version, done))
            assert "Well done." in result and ">11<" in result


class TestComments:
    def test_are_kept_found_changed_and_put_away(self, cast):
        ping = cast.browser("ping")
        with cast.app.app_context():
            school = str(organisation_by_slug("rongnan").id)
        empty = ping.post("/rubrics/comments", data={"organisation": ""})
        assert empty.status_code == 422 and "at least one language" in empty.text
        given = {"en": "Name the axes.", "tags": "charts, axes", "organisation": school}
        assert ping.post("/rubrics/comments", data=given).status_code == 302
        assert "Name the axes." in cast.browser("lin").get("/rubrics/comments?tag=axes").text
        told = cast.browser("lin").get("/rubrics/comments.json?q=chart").json["comments"]
        assert [row["text"] for row in told] == ["Name the axes."]
        at = f"/rubrics/comments/{told[0]['id']}"
        assert cast.browser("lin").post(f"{at}/uses").status_code == 200
        assert cast.browser("wang").post(f"{at}/uses").status_code == 404
        assert cast.browser("lin").get(at).status_code == 404  # she may use it, not change it
        ping.post(at, data={"en": "Name both axes.", "organisation": ""})
        assert cast.browser("lin").get("/rubrics/comments.json").json["comments"] == []
        ping.post(f"{at}/archival")
        assert "Name both axes." not in ping.get("/rubrics/comments").text
        assert "Name both axes." in ping.get("/rubrics/comments?state=archived").text
        assert "Name both axes." in ping.get("/rubrics/comments.csv?state=archived").text
        ping.post(f"{at}/restoration")
        assert "Name both axes." in ping.get("/rubrics/comments").text

    def test_a_list_asks_as_often_for_many_as_for_few(self, cast, count_queries):
        lin = cast.browser("lin")
        counts = []
        for number in (2, 20):
            with cast.app.app_context():
                for at in range(number):
                    operations.save_comment(
                        cast.person("lin"), LocalizedText({"en": f"Comment {at}"}),
                        organisation_id=organisation_by_slug("rongnan").id,
                    )  # fmt: skip
            with count_queries() as seen:
                assert lin.get("/rubrics/comments").status_code == 200
            counts.append(len(seen))
        assert counts[0] == counts[1]
