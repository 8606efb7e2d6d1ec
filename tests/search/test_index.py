"""Documents in PostgreSQL: what is found, in which order, and by whom."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.kernel.database import db
from app.kernel.i18n import speaking
from app.kernel.localized import LocalizedText
from app.search import operations, queries
from app.search.models import SearchDocument
from app.search.policies import Keys
from app.search.rules import Text, read

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
SENTENCE = (
    "以管制圖監看製程，並依混淆矩陣（confusion matrix）選定分類的 threshold；臺灣的工廠常用。"
)


def put(key: str, title: str, body: str = "", headings: str = "", audience=("public",), **more):
    operations.put(
        "lesson",
        key,
        LocalizedText({"zh-Hant-TW": title}),
        {"zh-Hant-TW": Text(body, headings)},
        f"/{key}",
        audience,
        **more,
    )


def found(typed: str, keys: Keys | None = None, **narrow) -> list[str]:
    return [hit.url.strip("/") for hit in queries.find(keys or Keys(), read(typed), **narrow).hits]


@pytest.fixture
def index(in_app):
    with in_app():
        yield


@pytest.mark.parametrize(
    "typed",
    [
        "混淆矩陣 threshold",
        "混淆",
        "陣",
        "管制圖 工廠",
        "ｔｈｒｅｓｈｏｌｄ",
        "thresh",
        "thresholds",
        "Confusion MATRIX",
        '"confusion matrix"',
        "「混淆矩陣（confusion」",
        "台灣",
        "分類的threshold",
        "the matrix of a confusion",
    ],
)
def test_a_sentence_is_found_by(index, typed):
    put("a", "課", SENTENCE)
    assert found(typed) == ["a"]


@pytest.mark.parametrize("typed", ["淆混", "矩陣混", "混淆圖", '"matrix confusion"', "hreshold"])
def test_a_sentence_is_not_found_by(index, typed):
    put("a", "課", SENTENCE)
    assert found(typed) == []


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data(), text=st.text(HAN, min_size=2, max_size=60))
def test_every_part_of_chinese_of_two_characters_or_more_is_found(index, data, text):
    start = data.draw(st.integers(0, len(text) - 2))
    end = data.draw(st.integers(start + 2, len(text)))
    put("a", "題", f"前文，{text}。")
    assert found(text[start:end]) == ["a"]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(typed=st.text(max_size=120))
def test_nothing_that_can_be_typed_breaks_a_search(index, typed):
    put("a", "課", SENTENCE)
    assert set(found(typed)) <= {"a"}


@pytest.mark.parametrize(
    "typed",
    ["\0", "'", "a' | 'b", "a & !b", "(((", "a:*", "a <-> b", "\\", "%_", "x" * 100_000, "'':A"],
)
def test_hostile_questions_are_only_words(index, typed):
    put("a", "課", SENTENCE)
    assert set(found(typed)) <= {"a"}


def test_a_long_text_is_found_to_its_end_as_far_as_it_is_searched(index):
    put("a", "長", "品質與檢驗。" * 3000 + "壓軸好戲")
    assert found("壓軸好戲") == ["a"]
    assert found("檢驗與品質") == []


def test_titles_go_before_headings_and_headings_before_bodies(index):
    put("body", "甲", "threshold 門檻 " * 50)
    put("heading", "乙", "文", "門檻 threshold")
    put("title", "門檻 threshold")
    assert found("門檻 threshold") == ["title", "heading", "body"]


def test_what_is_written_in_the_readers_language_goes_first(index):
    for code in ("en", "zh-Hant-TW"):
        operations.put(
            "lesson",
            code,
            LocalizedText({code: "x"}),
            {code: "banyan tree"},
            f"/{code}",
            ["public"],
        )
    with speaking("en"):
        assert found("banyan") == ["en", "zh-Hant-TW"]
    with speaking("zh-Hant-TW"):
        assert found("banyan") == ["zh-Hant-TW", "en"]


class TestKeys:
    def test_open_documents(self, index):
        put("a", "秘密課程", audience=["section:1"])
        keys = Keys()
        assert found("秘密", keys) == []
        keys.add(["section:1"])
        assert found("秘密", keys) == ["a"]

    def test_say_where_a_document_is_for_her(self, index):
        operations.put(
            "lesson", "b", LocalizedText({"en": "Where"}), {}, "/learn/{place}/x", ["version:1"]
        )
        keys = Keys()
        keys.add(["version:1"], "my-section")
        assert found("where", keys) == ["learn/my-section/x"]

    def test_do_not_open_what_is_sealed(self, index):
        put("a", "秘密課程")
        keys = Keys()
        keys.sealed.add("a")
        assert found("秘密", keys) == []

    def test_never_reveal_that_there_is_more(self, index):
        """Hits, counts, pages, kinds and courses are the same with and without what is hidden."""
        put("open", "共同課程 一", course="first")
        before = queries.find(Keys(), read("共同"))
        put("hidden", "共同課程 二", audience=["person:x"], course="second")
        put("sealed", "共同課程 三", course="third")
        keys = Keys()
        keys.sealed.add("sealed")
        assert queries.find(keys, read("共同")) == before


class TestWriting:
    def test_again_replaces(self, index):
        put("a", "舊名")
        put("a", "新名")
        assert found("舊名") == [] and found("新名") == ["a"]

    def test_the_same_again_leaves_it_alone(self, index, count_queries):
        put("a", "名", SENTENCE)
        with count_queries() as seen:
            put("a", "名", SENTENCE)
        assert len(seen) == 1 and seen[0].startswith("SELECT"), seen

    def test_removal_by_key_and_by_beginning(self, index):
        for key in ("d:1", "d:2", "e:1"):
            put(key, "共同")
        operations.remove("e:1")
        operations.remove_all("d:", but=["d:2"])
        assert found("共同") == ["d:2"]

    def test_rolled_back_with_what_it_describes(self, index):
        from app.kernel.transaction import operation

        @operation
        def fails() -> None:
            put("a", "沒有了")
            raise LookupError

        with pytest.raises(LookupError):
            fails()
        assert found("沒有了") == []


def test_pages_and_narrowing(index, count_queries):
    for number in range(25):
        put(f"p{number:02d}", f"共同 {number}", course="one" if number % 2 else "two")
    first = queries.find(Keys(), read("共同"))
    assert (len(first.hits), first.total, first.pages) == (20, 25, 2)
    assert {facet.name: facet.count for facet in first.courses} == {"one": 12, "two": 13}
    assert len(found("共同", page=2)) == 5 == len(found("共同", page=99))
    assert len(found("共同", course="one")) == 12
    assert found("共同", kind="person") == []
    with count_queries() as seen:
        found("共同 common")
    assert len(seen) <= 4, "\n".join(seen)


def test_rebuild_removes_what_no_room_tells_of(index):
    put("nobody", "孤兒")
    operations.rebuild()
    assert found("孤兒") == []
    assert operations.rebuild()[1:] == (0, 0)
    assert db.session.query(SearchDocument).filter_by(key="nobody").count() == 0
