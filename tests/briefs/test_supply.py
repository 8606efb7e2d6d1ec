"""Who could do it is counted of those who agreed, in fives, and in few statements."""

from app.accounts.operations.registration import create_person
from app.briefs import queries
from app.briefs.rules.purposes import TALENT_SEARCH
from app.kernel.database import db
from app.privacy import operations as privacy
from tests.applications.conftest import show
from tests.briefs.conftest import whole

CHECK = 16
LIST = 26


def test_students_count_from_their_consent_on_and_never_singly(house, in_app, count_queries):
    with in_app():
        handles = []
        for number in range(6):
            made = create_person(
                name=f"Student {number}", email=f"s{number}@rongnan.example",
                handle=f"student-{number}", password_hash="x",
            )  # fmt: skip
            handles.append(made.handle)
        db.session.commit()
        raw = whole()
        for number, handle in enumerate(handles):
            show(house.cast, handle, "anomaly-detection", 2)
            if number < 5:
                show(house.cast, handle, "control-charts", 1)
        assert queries.supply_of(raw).together == 0  # nobody has agreed yet
        for handle in handles[:4]:
            privacy.consent(house.person(handle), TALENT_SEARCH.name)
        assert queries.supply_of(raw).together == 0  # four are not told
        privacy.consent(house.person(handles[4]), TALENT_SEARCH.name)
        found = queries.supply_of(raw)
        assert found.together == 5
        assert [(row.skill.key, row.count) for row in found.skills] == [
            ("anomaly-detection", 5), ("control-charts", 5),
        ]  # fmt: skip
        privacy.consent(house.person(handles[5]), TALENT_SEARCH.name)
        assert queries.supply_of(raw).together == 5  # six are told as five
        privacy.withdraw(house.person(handles[0]), TALENT_SEARCH.name)
        privacy.withdraw(house.person(handles[1]), TALENT_SEARCH.name)
        assert queries.supply_of(raw).together == 0
        harder = whole(skills=[{"key": "anomaly-detection", "level": 3, "required": True}])
        assert queries.supply_of(harder).together == 0
        with count_queries() as few:
            queries.supply_of(raw)
        more = raw | {
            "skills": [*raw["skills"], {"key": "forecasting", "level": 1, "required": True}]
        }
        with count_queries() as many:
            queries.supply_of(more)
        assert len(few) == len(many) <= CHECK


def test_lists_cost_the_same_for_one_and_for_many(house, in_app, count_queries):
    with in_app():
        house.published()
    browsers = {handle: house.cast.browser(handle) for handle in ("mei", "yun", "lin")}
    pages = [("mei", "/briefs"), ("yun", "/company/rongguang/briefs"), ("lin", "/briefs/reviews")]
    counts = []
    for _round in range(2):
        row = []
        for handle, address in pages:
            browsers[handle].get(address)
            with count_queries() as seen:
                assert browsers[handle].get(address).status_code == 200
            row.append(len(seen))
        counts.append(row)
        with in_app():
            for number in range(3):
                house.published(whole(title={"en": f"Another {number}"}))
                house.submitted(whole(title={"en": f"Waits {number}"}))
    assert counts[0] == counts[1]
    assert max(counts[0]) <= LIST


def test_a_student_finds_what_she_has_the_skills_for(house, in_app):
    with in_app():
        fitting = house.published().id
        harder = house.published(
            whole(
                title={"en": "For experts"},
                skills=[{"key": "anomaly-detection", "level": 3, "required": True}],
            )
        ).id
        show(house.cast, "mei", "anomaly-detection", 2)
    mei, hao = house.cast.browser("mei"), house.cast.browser("hao")
    page = mei.get("/briefs?mine=1").text
    assert str(fitting) in page and str(harder) not in page
    assert "You show all required skills" in mei.get("/briefs").text
    assert str(fitting) not in hao.get("/briefs?mine=1").text
    for query, is_found in (
        ("kind=project", True), ("kind=internship", False), ("industry=smart-manufacturing", True),
        ("industry=agriculture", False), ("county=高雄市", True), ("county=臺北市", False),
        ("paid=1", False), ("q=anomaly", True), ("q=scratches+pictures", True), ("q=100%25", False),
        ("kind=nonsense", True), ("page=999", True), ("q=%00", True), ("company=nobody", False),
    ):  # fmt: skip
        answer = mei.get(f"/briefs?{query}")
        assert answer.status_code == 200
        assert (str(fitting) in answer.text) is is_found, query
    table = mei.get("/briefs.csv").text
    assert "Scratches in pictures" in table and "Anomaly detection" in table
