"""Frameworks as CASE 1.1: what comes in goes out, whatever it holds."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.kernel.database import db
from app.skills import operations, queries, rules
from app.skills.models import Framework, FrameworkVersion, Skill

BASE = "/ims/case/v1p1"


def link(identifier, title="x", **more):
    return {
        "title": title,
        "identifier": identifier,
        "uri": f"https://case.example/{identifier}",
    } | more


def association(identifier, kind, origin, target, **more):
    return {
        "identifier": identifier, "uri": f"https://case.example/{identifier}",
        "associationType": kind, "originNodeURI": link(origin), "destinationNodeURI": target,
    } | more  # fmt: skip


def foreign(**changes):
    """A package of somebody else's, with fields that this house does not know."""
    items = [
        {"identifier": "i-area", "uri": "https://case.example/i-area", "fullStatement": "Numbers",
         "lastChangeDateTime": "2025-01-01T00:00:00Z", "CFItemType": "Domain", "x-colour": "blue"},
        {"identifier": "i-add", "uri": "https://case.example/i-add", "language": "en",
         "fullStatement": "Add whole numbers up to 100 and explain how.",
         "abbreviatedStatement": "Add to 100", "humanCodingScheme": "N.1/2",
         "conceptKeywords": ["sum"], "educationLevel": ["02"], "notes": None,
         "extensions": {"vendor": {"deep": [1, 2.5, {"y": "é"}]}}},
        {"identifier": "i-sub", "uri": "https://case.example/i-sub", "humanCodingScheme": "N.1/2",
         "fullStatement": "Subtract"},
    ]  # fmt: skip
    package = {
        "CFDocument": {
            "identifier": "d-numbers", "creator": "Example", "title": "Numbers of Example",
            "version": "2025", "caseVersion": "1.1",
            "CFPackageURI": link("d-numbers"), "x-unknown": {"keep": True},
        },
        "CFItems": items,
        "CFAssociations": [
            association("a-1", "isChildOf", "i-add", link("i-area"), sequenceNumber=2),
            association("a-2", "isChildOf", "i-sub", link("i-area"), sequenceNumber=1),
            association(
                "a-3", "exactMatchOf", "i-add", link("elsewhere", "Adding", targetType="CASE")
            ),
            association("a-4", "isChildOf", "i-area", link("d-numbers")),
        ],
        "CFDefinitions": {
            "CFConcepts": [],
            "CFSubjects": [
                {"identifier": "s-1", "title": "Math", "hierarchyCode": "1"},
                {"identifier": "s-2", "title": "Sums", "hierarchyCode": "1.1"},
            ],
            "CFLicenses": [{"identifier": "l-1", "title": "CC0", "licenseText": "free"}],
            "x-own": ["kept"],
        },
        "x-package": 1,
    }  # fmt: skip
    return package | changes


@pytest.fixture
def loaded(cast):
    with cast.app.app_context():
        operations.load_own()
        operations.adopt(None, foreign())
    return cast


class TestTheRoundTrip:
    def test_gives_back_what_came_unknown_fields_included(self, loaded):
        client = loaded.app.test_client()
        assert client.get(f"{BASE}/CFPackages/d-numbers").json == foreign()

    def test_of_our_own_framework_is_the_same_framework(self, loaded):
        client = loaded.app.test_client()
        with loaded.app.app_context():
            own = queries.programme()
            before = (
                own.case_id,
                db.session.scalar(select(func.count()).select_from(FrameworkVersion)),
            )
        content = client.get(f"{BASE}/CFPackages/{before[0]}").data
        with loaded.app.app_context():
            operations.adopt(None, operations.read_package(content))
            after = db.session.scalar(select(func.count()).select_from(FrameworkVersion))
        assert after == before[1]

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers(-(2**53), 2**53)
            | st.text(
                st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20
            )
            | st.floats(allow_nan=False, allow_infinity=False, width=32),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.text(
                        st.characters(exclude_characters="\0", exclude_categories=["Cs"]),
                        max_size=8,
                    ),
                    inner,
                    max_size=3,
                )
            ),
            max_leaves=8,
        )
    )
    def test_keeps_whatever_an_extension_holds(self, cast, value):
        package = foreign(**{"x-any": value})
        with cast.app.app_context():
            made = operations.adopt(None, operations.read_package(json.dumps(package).encode()))
            db.session.expire_all()
            assert queries.newest_version(made.framework).package == package
            assert rules.digest_of(package) == made.digest
            db.session.rollback()


class TestTheService:
    def test_lists_documents_a_page_at_a_time(self, loaded):
        client = loaded.app.test_client()
        answer = client.get(f"{BASE}/CFDocuments?limit=1&offset=1&fields=identifier,title")
        assert answer.headers["X-Total-Count"] == "2"
        assert answer.json == {
            "CFDocuments": [{"identifier": "d-numbers", "title": "Numbers of Example"}]
        }
        assert answer.headers["Link"].count("rel=") == 3

    @pytest.mark.parametrize(
        ("asked", "wanted"),
        [
            ("title='Numbers of Example'", ["d-numbers"]),
            ("title~'NUMBERS'", ["d-numbers"]),
            ("title='numbers of example'", []),
            ("creator='Example' AND caseVersion='1.1'", ["d-numbers"]),
            ("creator='Example' AND title='x'", []),
            ("title='x' OR version>='2025'", ["d-numbers"]),
            ("CFPackageURI.identifier='d-numbers'", ["d-numbers"]),
            ("x-unknown.keep='True'", ["d-numbers"]),
            ("publisher='Nobody'", []),
        ],
    )
    def test_finds_documents_by_a_filter(self, loaded, asked, wanted):
        client = loaded.app.test_client()
        answer = client.get(f"{BASE}/CFDocuments", query_string={"filter": asked})
        found = [row["identifier"] for row in answer.json["CFDocuments"]]
        assert [name for name in found if name == "d-numbers"] == wanted
        assert answer.headers["X-Total-Count"] == str(len(found))

    def test_sorts_both_ways_and_leaves_what_has_no_value_last(self, loaded):
        client = loaded.app.test_client()

        def titles(**asked):
            rows = client.get(f"{BASE}/CFDocuments", query_string=asked).json["CFDocuments"]
            return [row["title"] for row in rows]

        assert titles(sort="title") == sorted(titles())
        assert titles(sort="title", orderBy="desc") == sorted(titles(), reverse=True)
        assert titles(sort="x-unknown.keep", orderBy="asc")[0] == "Numbers of Example"
        assert titles(sort="x-unknown.keep", orderBy="desc")[0] == "Numbers of Example"

    @pytest.mark.parametrize(
        ("asked", "code"),
        [
            ({"limit": "many"}, "invalid_selection_field"),
            ({"limit": "0"}, "invalid_selection_field"),
            ({"offset": "-1"}, "invalid_selection_field"),
            ({"fields": "identifier,colour"}, "invalid_selection_field"),
            ({"filter": "colour='red'"}, "invalid_selection_field"),
            ({"filter": "title"}, "invalid_selection_field"),
            ({"filter": "title='a' AND title='b' AND title='c'"}, "invalid_selection_field"),
            ({"filter": "title='a' XOR title='b'"}, "invalid_selection_field"),
            ({"sort": "colour"}, "invalid_sort_field"),
            ({"sort": "title", "orderBy": "up"}, "invalid_sort_field"),
        ],
    )
    def test_says_in_the_bindings_words_what_it_cannot_select(self, loaded, asked, code):
        answer = loaded.app.test_client().get(f"{BASE}/CFDocuments", query_string=asked)
        (minor,) = answer.json["imsx_codeMinor"]["imsx_codeMinorField"]
        assert (answer.status_code, minor["imsx_codeMinorFieldValue"]) == (400, code)

    @pytest.mark.parametrize(
        ("address", "path"),
        [
            ("CFDocuments/d-numbers", ("CFDocument",)),
            ("CFItems/i-add", ("CFItems", 1)),
            ("CFAssociations/a-3", ("CFAssociations", 2)),
            ("CFLicenses/l-1", ("CFDefinitions", "CFLicenses", 0)),
        ],
    )
    def test_gives_each_object_as_it_came(self, loaded, address, path):
        wanted = foreign()
        for step in path:
            wanted = wanted[step]
        assert loaded.app.test_client().get(f"{BASE}/{address}").json == wanted

    def test_gives_an_item_with_its_associations(self, loaded):
        answer = loaded.app.test_client().get(f"{BASE}/CFItemAssociations/i-add").json
        assert answer["CFItem"]["identifier"] == "i-add"
        assert [row["identifier"] for row in answer["CFAssociations"]] == ["a-1", "a-3"]

    def test_gives_a_subject_with_those_below_it(self, loaded):
        answer = loaded.app.test_client().get(f"{BASE}/CFSubjects/s-1").json
        assert [row["identifier"] for row in answer["CFSubjects"]] == ["s-1", "s-2"]

    @pytest.mark.parametrize("kind", ["CFPackages", "CFItems", "CFAssociations", "CFRubrics"])
    def test_says_in_the_bindings_words_what_it_does_not_know(self, loaded, kind):
        answer = loaded.app.test_client().get(f"{BASE}/{kind}/nothing")
        assert (answer.status_code, answer.json["imsx_codeMajor"]) == (404, "failure")

    def test_gives_nothing_of_a_retired_framework(self, loaded):
        with loaded.app.app_context():
            operations.retire(loaded.person("fang"), queries.framework("numbers-of-example"))
        client = loaded.app.test_client()
        for address in ("CFPackages/d-numbers", "CFItems/i-add", "CFLicenses/l-1"):
            assert client.get(f"{BASE}/{address}").status_code == 404
        assert client.get("/skills/numbers-of-example:i-add").status_code == 200


class TestAnImport:
    def test_makes_skills_with_their_places_codes_and_links(self, loaded):
        with loaded.app.app_context():
            (area,) = queries.tree(queries.framework("numbers-of-example"))
            assert [child.skill.code for child in area.children] == ["i-sub", "i-add"]
            add = area.children[1].skill
            assert str(add.title) == "Add to 100" and not area.skill.is_claimed
            assert add.links == [
                {"kind": "exactMatchOf", "url": "https://case.example/elsewhere", "title": "Adding"}
            ]

    def test_again_changes_nothing_and_changed_makes_the_next_version(self, loaded):
        with loaded.app.app_context():
            assert operations.adopt(None, foreign()).number == 1
            less = foreign()
            gone = less["CFItems"].pop()
            less["CFItems"][1]["abbreviatedStatement"] = "Add up to 100"
            before = db.session.scalars(select(Skill.id).where(Skill.case_id == "i-add")).one()
            made = operations.adopt(None, less)
            assert (made.number, len(made.framework.versions)) == (2, 2)
            row = db.session.scalars(select(Skill).where(Skill.case_id == "i-add")).one()
            assert (row.id, str(row.title), row.key) == (
                before, "Add up to 100", "numbers-of-example:N.1-2",
            )  # fmt: skip
            lost = db.session.scalars(
                select(Skill).where(Skill.case_id == gone["identifier"])
            ).one()
            assert lost.retired_at is not None
            operations.adopt(None, foreign())
            assert lost.retired_at is None

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (b"[]", "JSON object"),
            (b"{", "Expecting"),
            (b"{}", "CFDocument is missing"),
            (json.dumps(foreign(CFItems=[{"identifier": "a"}])).encode(), "fullStatement"),
            (json.dumps(foreign(CFItems=foreign()["CFItems"] * 2)).encode(), "there twice"),
            (json.dumps(foreign(x="\0")).encode(), "no text"),
            (json.dumps(foreign(x="\ud800")).encode(), "no text"),
            (json.dumps(foreign(x=float("nan"))).encode(), "number"),
            (b'{"x":' + b"[" * 100_000, "nested"),
            (b"\xff\xfe", "decode"),
        ],
    )
    def test_of_what_is_no_package_says_why(self, cast, content, why):
        with cast.app.app_context(), pytest.raises(operations.NotAPackage) as refused:
            operations.read_package(content)
        assert why in str(refused.value)

    def test_survives_items_that_stand_in_each_other(self, cast):
        circle = [
            {"identifier": f"c-{n}", "associationType": "isChildOf", "originNodeURI": link(one),
             "destinationNodeURI": link(other)}
            for n, (one, other) in enumerate([("i-add", "i-sub"), ("i-sub", "i-add")])
        ]  # fmt: skip
        with cast.app.app_context():
            made = operations.adopt(None, foreign(CFAssociations=circle))
            assert {b.skill.case_id for b in queries.tree(made.framework)} == {
                "i-area", "i-add", "i-sub",
            }  # fmt: skip

    def test_by_an_officer_is_a_form(self, cast):
        from io import BytesIO

        fang = cast.browser("fang")
        data = {
            "file": (BytesIO(json.dumps(foreign()).encode()), "numbers.json"),
            "slug": "numbers",
        }
        answer = fang.post("/skills/frameworks", data=data, follow_redirects=True)
        assert "version 1 with 3 entries" in answer.text
        bad = {"file": (BytesIO(b"{}"), "numbers.json")}
        answer = fang.post("/skills/frameworks", data=bad)
        assert answer.status_code == 422 and "CFDocument is missing" in answer.text
        fang.post("/skills/frameworks/numbers/retirement")
        with cast.app.app_context():
            framework = db.session.scalars(select(Framework)).one()
            assert framework.retired_by_id == cast.person("fang").id

    @pytest.mark.parametrize("handle", ["mei", "lin", "yun"])
    def test_is_for_officers_and_operators_alone(self, cast, handle):
        assert cast.browser(handle).get("/skills/frameworks").status_code == 403
        assert cast.browser(handle).post("/skills/frameworks").status_code == 403
