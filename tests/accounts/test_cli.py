"""What is done on the machine itself."""

from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from app.accounts import cli, queries
from app.accounts.rules import Role


@pytest.fixture
def run(app):
    def run(command, *arguments, typed=""):
        with app.app_context():
            return CliRunner().invoke(command, arguments, input=typed)

    return run


def test_an_operator_is_made_without_any_default_password(run, app, client):
    result = run(cli.operator, "create", "boss@example.edu", "--name", "The Boss")
    assert result.exit_code == 0, result.output
    link = urlsplit(result.output.split()[-1]).path
    refused = client.post("/sign-in", data={"email": "boss@example.edu", "password": ""})
    assert refused.status_code == 422
    answer = client.post(link, data={"password": "seven purple lighthouses"})
    assert answer.status_code == 302
    assert client.get("/people").status_code == 200
    assert client.post(link, data={"password": "some other long words"}).status_code == 410


def test_an_operator_may_type_a_password_that_is_not_easy(run, client):
    arguments = ("create", "boss@example.edu", "--name", "B", "--password")
    weak = run(cli.operator, *arguments, typed="password123\npassword123\n")
    assert weak.exit_code == 1 and "tried first" in weak.output
    good = run(cli.operator, *arguments, typed="seven purple owls\nseven purple owls\n")
    assert good.exit_code == 0, good.output
    answer = client.post(
        "/sign-in", data={"email": "boss@example.edu", "password": "seven purple owls"}
    )
    assert answer.status_code == 302


def test_a_known_person_becomes_an_operator_and_keeps_her_password(run, app, make_person):
    make_person("ann@a.example")
    result = run(cli.operator, "create", "ann@a.example", "--name", "x")
    assert "password" not in result.output
    with app.app_context():
        assert queries.person_by_email("ann@a.example").has_role(Role.OPERATOR)


def test_people_are_suspended_and_restored(run, app, make_person, as_person):
    browser = as_person(make_person("ann@a.example"))
    assert run(cli.people, "suspend", "ann@a.example").exit_code == 0
    assert browser.get("/account").status_code == 302
    assert run(cli.people, "restore", "ann@a.example").exit_code == 0
    assert run(cli.people, "suspend", "nobody@a.example").exit_code == 1


def test_organisations_are_made_with_their_domains(run, app, make_person):
    made = run(
        cli.organisation,
        *("create", "new-school", "--kind", "school", "--name-zh", "新學校"),
        *("--name-en", "New School", "--domain", "new.example.edu:student"),
    )
    assert made.exit_code == 0, made.output
    assert "new-school" in run(cli.organisation, "list").output
    make_person("x@new.example.edu")
    with app.app_context():
        assert queries.person_by_email("x@new.example.edu").has_role(Role.STUDENT)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("bad slug", "--kind", "school", "--name-zh", "x"), "short name"),
        (("ok", "--kind", "company", "--name-zh", "x", "--tax-id", "12345678"), "not a valid"),
        (("ok", "--kind", "school", "--name-zh", "x", "--domain", "gmail.com"), "proves nothing"),
        (("ok", "--kind", "school", "--name-zh", "x", "--domain", "a.edu:officer"), "that role"),
        (("ok", "--kind", "school", "--name-zh", "x", "--domain", "a.edu:king"), "not a role"),
    ],
)
def test_a_wrong_organisation_is_explained_and_not_made(run, app, arguments, words):
    result = run(cli.organisation, "create", *arguments)
    assert result.exit_code == 1 and words in result.output
    with app.app_context():
        assert queries.organisation_by_slug("ok") is None


def test_keys_are_rotated_and_listed(run):
    first, second = run(cli.keys, "rotate").output.strip(), run(cli.keys, "rotate").output.strip()
    listed = run(cli.keys, "list").output
    assert listed.index(second) < listed.index(first)
    assert listed.count("in use") == 1
