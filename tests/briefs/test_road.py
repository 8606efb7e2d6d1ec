"""From an empty form to a page that everybody reads, over HTTP."""

from app.briefs import queries
from app.briefs.rules import State
from tests.briefs.conftest import COMPANY, SECRET, whole


def fields_of(raw):
    """What the four steps' forms send for RAW."""
    texts = {
        f"{name}_{short}": raw[name].get(code, "")
        for name in (
            "title", "outcome", "context", "deliverables", "data_words", "data_rights",
            "place_words", "mentoring", "pay_words", "ownership_words", "nda_words", "confidential",
        )
        for short, code in (("zh", "zh-Hant-TW"), ("en", "en"))
    }  # fmt: skip
    plain = {
        name: raw[name]
        for name in (
            "industry", "county", "data_class", "takes", "quota", "minimum", "team_min",
            "team_max", "audience", "course", "hours_per_week", "place", "apply_on", "starts_on",
            "ends_on", "legal_class", "pay", "pay_amount", "ownership", "nda",
        )
        if raw[name] is not None
    }  # fmt: skip
    rows = {
        "milestone_week": [str(row["week"]) for row in raw["milestones"]] + ["", ""],
        "milestone_zh": [row["words"]["zh-Hant-TW"] for row in raw["milestones"]] + ["", ""],
        "milestone_en": [row["words"]["en"] for row in raw["milestones"]] + ["", ""],
        "skill_key": [row["key"] for row in raw["skills"]] + [""],
        "skill_level": [str(row["level"]) for row in raw["skills"]] + ["1"],
        "skill_need": [
            "required" if row["required"] else "wished" for row in raw["skills"]
        ] + ["required"],
    }  # fmt: skip
    return texts | plain | rows


def test_a_company_writes_two_review_and_a_student_reads(house, in_app):
    yun = house.cast.browser("yun")
    answer = yun.post(f"/company/{COMPANY}/briefs/new", data={"kind": "project", "begin": ""})
    assert answer.status_code == 302
    address = answer.location.rpartition("/edit/")[0]
    sent = fields_of(whole())
    for revision, (step, go) in enumerate(
        (("need", "work"), ("work", "people"), ("people", "terms"), ("terms", "check")), 1
    ):
        page = yun.get(f"{address}/edit/{step}")
        assert page.status_code == 200
        answer = yun.post(
            f"{address}/edit/{step}", data={**sent, "go": go, "revision": str(revision)}
        )
        assert answer.status_code == 302, answer.text
        assert answer.location.endswith(f"/edit/{go}")
    page = yun.get(f"{address}/edit/check")
    assert "Ready to hand in" in page.text
    assert "fewer than 5 students" in page.text
    answer = yun.post(f"{address}/submission", data={"revision": "5"}, follow_redirects=True)
    assert "Handed in." in answer.text
    with in_app():
        listed = queries.reviews_waiting(house.person("lin"))
        brief_id = listed.rows[0].brief.id
        assert listed.rows[0].brief.draft == whole()

    lin, fang, mei = (house.cast.browser(handle) for handle in ("lin", "fang", "mei"))
    assert mei.get(f"/briefs/{brief_id}").status_code == 404
    assert "Scratches in pictures" in lin.get("/briefs/reviews").text
    page = lin.get(f"/briefs/reviews/{brief_id}")
    assert "Half as many scratches" in page.text and SECRET not in page.text
    answer = lin.post(
        f"/briefs/reviews/{brief_id}/approvals",
        data={"submission": "1", "side": "instructor", "supervises": "y"},
    )
    assert answer.location.endswith("/briefs/reviews")
    answer = fang.post(
        f"/briefs/reviews/{brief_id}/approvals", data={"submission": "1", "side": "officer"}
    )
    assert answer.location.endswith(f"/briefs/{brief_id}")

    assert "Scratches in pictures" in mei.get("/briefs").text
    page = mei.get(f"/briefs/{brief_id}")
    assert page.status_code == 200
    for words in ("<strong>every</strong>", "A trial program", "Anomaly detection", "林雅文"):
        assert words in page.text
    assert SECRET not in page.text
    with in_app():
        found = queries.brief_for(None, brief_id)
        assert found.state is State.PUBLISHED
        assert found.terms.quota == 2
        assert found.supervisor.handle == "lin"
        assert queries.document_of(found.terms) == whole()
