"""Every message has its Chinese text, and a page speaks the language it was asked in."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from typing import Any

import pytest
from babel.messages.catalog import Message
from flask import Flask
from flask.testing import FlaskClient

from app.accounts import demo
from app.checks import PLACEHOLDER, translation_problems
from app.kernel import i18n
from tests.cast import Cast

CHINESE = re.compile(r"[\u3400-\u9fff\uff00-\uff5e\u3000-\u303f]")
LATIN_WORDS = re.compile(r"[A-Za-z]+(?:[ ’'-]+[A-Za-z]+){2,}")
SIMPLIFIED = "这们来为说对时会个学习课标记录错误请登录输应该网页文档实数据运评权问题"
"""Each is written differently in Taiwan (those that are not are taken out below)."""
ONLY_SIMPLIFIED = set(SIMPLIFIED) - set("登文本")
NAMES = {person.name for person in demo.PEOPLE} | {i18n.LOCALE_NAMES["zh-Hant-TW"]}
NAMES |= {organisation.county for organisation in demo.ORGANISATIONS if organisation.county}
SPOKEN = ("alt", "aria-label", "placeholder", "title")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
SILENT = {"script", "style", "code", "pre"}


class Speech(HTMLParser):
    """What a page says, as (language, text): what is seen and what a screen reader says."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[tuple[str, str]] = []
        self._open: list[tuple[str, str]] = []
        """Tag and language of each element around."""

    @property
    def language(self) -> str:
        return self._open[-1][1] if self._open else ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        language = given.get("lang") or self.language
        if "avatar" in given.get("class", "").split():
            language = ""  # the first letter of a name
        self.said += [
            (language, value)
            for name, value in given.items()
            if name in SPOKEN or name.startswith("data-text-") or name == "data-confirm"
        ]
        if tag == "meta" and given.get("name") == "description":
            self.said.append((language, given["content"]))
        if tag not in VOID:
            self._open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not SILENT & {tag for tag, _language in self._open}:
            self.said.append((self.language, " ".join(data.split())))


def said_on(client: FlaskClient, path: str, language: str) -> list[str]:
    """What the page at PATH says without a mark of another language."""
    client.set_cookie("locale", language)
    response = client.get(path)
    assert response.status_code == 200, path
    assert f'<html lang="{language}"' in response.text
    speech = Speech()
    speech.feed(response.text)
    return [text for spoken, text in speech.said if spoken == language]


def foreign(texts: list[str], language: str) -> list[str]:
    """Those of TEXTS that are not in LANGUAGE. Names stay as they are written."""
    if language == "en":
        return [t for t in texts if CHINESE.search(t) and not any(name in t for name in NAMES)]
    # A language is offered in its own name.
    english = {str(i) for i, _message in entries()} - set(i18n.LOCALE_NAMES.values())
    return [t for t in texts if t in english or (LATIN_WORDS.search(t) and not CHINESE.search(t))]


def entries() -> Iterator[tuple[str, Message]]:
    for path in i18n.catalog_files():
        for message in i18n.read_catalog(path):
            if message.id:
                yield (message.id if isinstance(message.id, str) else message.id[0]), message


def chinese(message: Message) -> str:
    text = message.string
    return text if isinstance(text, str) else text[0]


class TestCatalogues:
    def test_are_complete(self, site: Flask) -> None:
        # In a thread of its own: Playwright's greenlets, when a journey ran before in this
        # process, leave the interpreter's count of recursion wrong, and ast.parse checks it.
        with ThreadPoolExecutor(1) as alone:
            assert alone.submit(translation_problems, site).result() == []

    def test_keep_every_value_of_a_sentence(self) -> None:
        for english, message in entries():
            fullest = message.id[1] if message.pluralizable else english
            wanted = set(PLACEHOLDER.findall(fullest))
            assert set(PLACEHOLDER.findall(chinese(message))) == wanted, english

    def test_say_the_same_thing_in_every_room(self) -> None:
        seen: dict[str, str] = {}
        for english, message in entries():
            assert seen.setdefault(english, chinese(message)) == chinese(message), english

    def test_have_one_form_for_a_count(self) -> None:
        for path in i18n.catalog_files():
            catalog = i18n.read_catalog(path)
            assert catalog.num_plurals == 1, path
            for message in catalog:
                assert not message.pluralizable or len(message.string) == 1, message.id

    def test_are_written_in_the_characters_of_taiwan(self) -> None:
        for english, message in entries():
            assert not ONLY_SIMPLIFIED & set(chinese(message)), english

    def test_end_sentences_as_chinese_does(self) -> None:
        for english, message in entries():
            text = chinese(message)
            assert not re.search(r"[\u4e00-\u9fff][,.;:?!]", text), english
            assert english.endswith(".") == text.endswith("。"), english


GUEST_PAGES = ("/", "/clusters", "/sign-in")
WORDS = {
    "/": ("在產業現場學 AI", "Learn AI where the work is"),
    "/clusters": ("主題式課群", "Course clusters"),
    "/sign-in": ("忘記密碼", "I forgot my password"),
}


@pytest.mark.parametrize("language", i18n.LOCALES)
class TestAPage:
    @pytest.mark.parametrize("path", GUEST_PAGES)
    def test_speaks_only_the_language_of_the_guest(
        self, cast: Cast, client: FlaskClient, path: str, language: str
    ) -> None:
        said = said_on(client, path, language)
        mine, others = WORDS[path] if language != "en" else reversed(WORDS[path])
        assert any(mine in text for text in said)
        assert not any(others in text for text in said)
        assert foreign(said, language) == []

    @pytest.mark.parametrize("handle", ["mei", "lin", "ting"])
    def test_speaks_only_the_language_of_the_person(
        self, enrolled: Cast, handle: str, language: str
    ) -> None:
        browser = enrolled.browser(handle)
        code = enrolled.code
        paths = ["/", "/courses/areas-and-squares", "/learn", "/account"]
        paths += {
            "mei": [
                f"/learn/{code}",
                f"/learn/{code}/lessons/areas",
                f"/learn/{code}/labs/squares",
            ],
            "lin": ["/teaching", f"/teaching/{code}/gradebook"],
            "ting": ["/people", "/organisations"],
        }[handle]
        found = {path: foreign(said_on(browser, path, language), language) for path in paths}
        assert {path: texts for path, texts in found.items() if texts} == {}

    def test_that_failed_speaks_it_too(self, client: FlaskClient, language: str) -> None:
        client.set_cookie("locale", language)
        answer: Any = client.get("/nowhere")
        assert answer.status_code == 404
        assert f'<html lang="{language}"' in answer.text
        assert ("這裡沒有您可以看的內容" in answer.text) == (language != "en")
        assert ("There is nothing here for you" in answer.text) == (language == "en")
