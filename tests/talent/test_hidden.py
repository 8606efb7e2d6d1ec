"""Who does not agree does not exist: not in lists, counts, pages, suggestions or news.

Every answer of the search is compared with and without the hidden: equal to the byte, once the
form's token and the nonce of the page are taken out.
"""

import itertools
import random
import re
import uuid

from app.kernel import clock
from app.kernel.database import db
from app.notifications.models import Notification
from app.privacy import operations as privacy
from app.talent import operations, queries
from app.talent.models import SavedSearch, TalentProfile
from app.talent.rules import Query, WantedSkill
from tests.answers import lasting
from tests.bookings.company import suspend
from tests.talent import support

BASE = "/company/rongguang/talent"


def bare(answer) -> tuple[int, str, str]:
    """Status, address and body of ANSWER without what is new on every page."""
    return answer.status_code, answer.headers.get("Location", ""), lasting(answer)


def addresses(keys: list[str], codes: list[str], saved: uuid.UUID) -> list[str]:
    """What a company can ask, generated: filters in every combination, a seeded sample of it."""
    combinations = itertools.product(
        ("", *keys, "no-such-skill"),
        ("1", "2", "9"),
        ("autograded", "confirmed", "supervised"),
        ("", "高雄市", "臺北市"),
        ("", "en", "ja"),
        ("", "12", "13"),
        ("", "2026-12-01"),
        ("", "2", "999"),
    )
    names = ("skill", "level", "by", "county", "language", "hours", "on", "page")
    sample = random.Random(8).sample(list(combinations), 18)  # noqa: S311 (a seeded sample)
    queries_ = ["&".join(f"{n}={v}" for n, v in zip(names, row, strict=True)) for row in sample]
    return [
        BASE,
        f"{BASE}?page=2",
        *(f"{BASE}?skill={key}&level=1&by=autograded" for key in keys),
        *(f"{BASE}?{query}" for query in queries_),
        *(f"{BASE}/{code}" for code in codes),
        f"{BASE}/contacts",
        f"{BASE}/saved/{saved}",
        "/company/rongguang",
        "/notifications",
        "/",
    ]


def hidden_in_every_way(cast, organisation_id, school_id) -> list[str]:
    """One student for each way of not being found; their codes."""
    never = support.student(school_id, "hidden-never")
    withdrew = support.withdrawn(support.student(school_id, "hidden-withdrew"))
    suspended = support.found(support.student(school_id, "hidden-suspended"))
    suspended.suspended_at, suspended.suspension_reason = clock.now(), "test"
    blocks = support.found(support.student(school_id, "hidden-blocks"))
    operations.block(blocks, cast.person("yun").live_memberships[0].organisation)
    gone = support.found(support.student(school_id, "hidden-gone"))
    gone.live_memberships[0].ended_at = clock.now()
    erased = support.found(support.student(school_id, "hidden-erased"))
    erased.erased_at = clock.now()
    db.session.commit()
    people = (never, withdrew, suspended, blocks, gone, erased)
    codes = [
        db.session.query(TalentProfile.code).filter_by(person_id=person.id).scalar()
        for person in people
    ]
    assert organisation_id in {row.organisation_id for row in queries.blocks_of(blocks)}
    return codes


def test_the_hidden_change_no_answer_by_one_byte(company, cast, in_app):
    organisation_id, school_id = company
    with in_app():
        keys = [skill.key for skill in support.skills()]
        saved = operations.save_search(
            cast.person("yun"), organisation_id, "Both", Query((WantedSkill(keys[0]),))
        ).id
        codes = [row.code for row in db.session.query(TalentProfile).order_by("code")]
    browser = cast.browser("yun")
    asked = addresses(keys, codes, saved)
    for address in asked:
        browser.get(address)  # looks are written down, menus are warm
    before = {address: bare(browser.get(address)) for address in asked}
    assert "HEAD-anna" in before[BASE][2] and "HEAD-bert" in before[BASE][2]
    assert before[f"{BASE}/saved/{saved}"][0] == 302

    with in_app():
        hidden = hidden_in_every_way(cast, organisation_id, school_id)
        assert operations.tell_of_one(saved) == 0
    after = {address: bare(browser.get(address)) for address in asked}
    assert [address for address in asked if after[address] != before[address]] == []
    # Her own address answers as one that never was.
    nobody = bare(browser.get(f"{BASE}/{'x' * 16}"))
    assert nobody[0] == 404
    for code in hidden:
        for path in (code, f"{code}/files/{uuid.UUID(int=7)}"):
            status, _location, body = bare(browser.get(f"{BASE}/{path}"))
            assert (status, body.replace(path, "x" * 16)) == (404, nobody[2])
        assert browser.post(f"{BASE}/{code}/questions", data={"words": "Hi"}).status_code == 404

    # The comparison sees something when there is something to see, and news come then.
    with in_app():
        seen = cast.person("hidden-never")
        support.found(seen)
        assert operations.tell_of_one(saved) == 1
        assert operations.tell_of_one(saved) == 0
        assert db.session.query(Notification).filter_by(kind="talent.found").count() == 1
        assert db.session.get_one(SavedSearch, saved).told_at == support.NOW
    assert bare(browser.get(BASE)) != before[BASE]
    assert "HEAD-hidden-never" in browser.get(BASE).text


def test_no_name_stands_in_the_search_before_she_says_yes(company, cast, in_app):
    browser = cast.browser("yun")
    with in_app():
        anna = cast.person("anna")
        code = queries.profile_of(anna).code
        mail, name = anna.email, anna.name
    for path in (BASE, f"{BASE}/{code}", f"{BASE}/contacts"):
        html = browser.get(path).text
        assert name not in html and mail not in html
    asked = browser.post(f"{BASE}/{code}/questions", data={"words": "Shall we talk?"})
    assert asked.status_code == 303
    again = browser.post(f"{BASE}/{code}/questions", data={"words": "Shall we talk?"})
    assert again.status_code == 422 and "asked this student already" in again.text
    page = cast.browser("anna").get("/me/talent/contacts").text
    assert "Shall we talk?" in page
    yes = re.search(r"/me/talent/contacts/[0-9a-f-]+/yes", page).group()
    assert cast.browser("bert").post(yes, data={"consent": "y"}).status_code == 404
    cast.browser("anna").post(yes, data={})
    assert name not in browser.get(f"{BASE}/contacts").text
    cast.browser("anna").post(yes, data={"consent": "y", "answer": "Gladly"})
    html = browser.get(f"{BASE}/contacts").text
    assert name in html and mail in html and "Gladly" in html
    with in_app():
        privacy.withdraw(cast.person("anna"), "talent-contact", company[0])
    html = browser.get(f"{BASE}/contacts").text
    assert name not in html and mail not in html and "Gladly" not in html


def test_only_an_approved_companys_people_search(company, cast, in_app):
    with in_app():
        code = queries.profile_of(cast.person("anna")).code
    for handle in ("mei", "lin", "guo", "fang", "anna"):
        browser = cast.browser(handle)
        for path in (BASE, f"{BASE}/{code}", f"{BASE}/contacts"):
            assert browser.get(path).status_code == 404, (handle, path)
    with in_app():
        suspend(company[0])
    assert cast.browser("yun").get(BASE).status_code == 404
