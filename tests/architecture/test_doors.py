"""Every route has a door, and every door keeps out whom it should."""

import re
import uuid

import pytest

from app.web.doors import door_of

MACHINES = {"oauth", "exchange"}


def routes(app):
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield rule, method


def address(rule) -> str:
    """An address of RULE in which every variable names nothing that exists."""

    def value(match: re.Match[str]) -> str:
        converter = match.group(1) or ""
        if converter.startswith("uuid"):
            return str(uuid.UUID(int=7))
        if converter == "any":
            return match.group(2).split(",")[0].strip()
        return "7" if converter.startswith("int") else "nothing-of-that-name"

    return re.sub(r"<(?:(\w+)(?:\(([^)]*)\))?:)?\w+>", value, rule.rule)


def test_no_route_lacks_a_door(site):
    assert [r.endpoint for r, _m in routes(site) if door_of(site, r.endpoint) is None] == []


def test_a_machine_door_says_how_the_machine_proves_itself(site):
    for rule, _method in routes(site):
        door = door_of(site, rule.endpoint)
        if door.kind == "machine":
            assert len(door.reason) > 10, rule.endpoint


def test_nobody_enters_without_signing_in(site, cast):
    """What is not public sends a stranger to the sign-in page, or says 401 to a program."""
    wrong = []
    browser = site.test_client()
    for rule, method in routes(site):
        door = door_of(site, rule.endpoint)
        if door.kind not in ("signed_in", "permission"):
            continue
        answer = browser.open(address(rule), method=method)
        asked = answer.status_code == 302 and "/sign-in" in answer.headers["Location"]
        if not asked and answer.status_code != 401:
            wrong.append((rule.rule, method, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize(
    "handle", ["mei", "lin", "wang", "ping", "jia-office", "yun", "guo", "fang", "ting"]
)
def test_what_does_not_exist_for_her_is_not_found_or_refused_and_never_a_fault(site, cast, handle):
    """Every route × every role, with names that lead to nothing of hers."""
    browser = cast.browser(handle)
    wrong = []
    for rule, method in routes(site):
        door = door_of(site, rule.endpoint)
        if "<" not in rule.rule or (door.kind != "signed_in" and door.kind != "permission"):
            continue
        answer = browser.open(address(rule), method=method)
        if answer.status_code >= 500 or answer.status_code == 200:
            wrong.append((rule.rule, method, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize(
    ("handle", "may"),
    [("lin", 200), ("ping", 200), ("wang", 404), ("mei", 403), ("jia-office", 403), ("fang", 403)],
)
def test_a_gradebook_is_for_the_staff_of_its_section(enrolled, handle, may):
    browser = enrolled.browser(handle)
    assert browser.get(f"/teaching/{enrolled.code}/gradebook").status_code == may
    assert browser.get(f"/teaching/{enrolled.code}/gradebook.csv").status_code == may


def test_the_page_of_permissions_names_every_predicate(site):
    page = site.extensions["permissions"].page()
    assert "learning.TEACH" in page
    assert "teaches_somewhere" in page


def test_a_form_without_its_token_is_refused(site, cast):
    site.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = cast.browser("mei").post(f"/learn/{cast.code}/enrolment")
    finally:
        site.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 400


def test_every_answer_forbids_inline_script_and_framing(site, cast):
    for path in ("/", "/clusters", "/sign-in", "/nothing"):
        headers = site.test_client().get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy and "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_labs_host_shows_no_page_of_the_site(site):
    client = site.test_client()
    for host in ("labs.localhost:8000", "mei.labs.localhost:8000"):
        assert client.get("/sign-in", headers={"Host": host}).status_code == 503
        moved = client.get("/user/mei/lab", headers={"Host": host})
        assert moved.headers["Location"] == "http://labs.localhost:8000/hub/user/mei/lab"
