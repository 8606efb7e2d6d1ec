"""Everything that the reader of folders says about a folder, it says in both languages."""

import ast
from collections.abc import Iterator
from pathlib import Path

from app import catalog
from app.catalog.rules.problems import in_words, is_in_words
from app.kernel.i18n import speaking

ROOM = Path(catalog.__file__).parent
FILES = [*ROOM.glob("folder_*.py"), *(ROOM / "folder").glob("*.py"), ROOM / "rules" / "pictures.py"]
NUMBERS = {"low", "high", "line", "index"}


def sample(node: ast.expr) -> str | None:
    """A message as it may come out, with something in each of its places."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = []
        for part in node.values:
            if isinstance(part, ast.Constant):
                parts.append(str(part.value))
            elif isinstance(part, ast.FormattedValue):
                names = {n.id for n in ast.walk(part.value) if isinstance(n, ast.Name)}
                is_tail = "suggestion" in names or names & {"tail"}
                is_number = names & NUMBERS or "MAX_FILE_BYTES" in names
                word = "'what'" if names == {"what"} else "what"
                parts.append("" if is_tail else "3" if is_number else word)
        return "".join(parts)
    return None


def messages() -> Iterator[tuple[str, str]]:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            found: ast.expr | None = None
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("add", "error")
                and node.args
            ):
                found = node.args[-1]
            elif isinstance(node, ast.Yield) and path.name == "folder_notebooks.py":
                found = node.value
            elif isinstance(node, ast.Return) and path.name == "pictures.py":
                value = node.value
                found = value.elts[1] if isinstance(value, ast.Tuple) else None
            text = sample(found) if found is not None else None
            if text is not None and " " in text:
                yield path.name, text


def test_every_message_of_the_reader_of_folders_has_words():
    found = list(messages())
    assert len(found) > 40
    without = [f"{file}: {text}" for file, text in found if not is_in_words(text)]
    assert without == []


def test_a_suggestion_is_said_in_words_too():
    message = "unknown key 'houers'; did you mean 'hours'?"
    with speaking("en"):
        assert in_words(message) == "There is no key “houers” here. Did you mean “hours”?"
    with speaking("zh-Hant-TW"):
        assert in_words(message) == "這裡沒有「houers」這個鍵。 您是指「hours」嗎？"


def test_what_is_wrong_with_a_cell_is_a_sentence_within_one():
    with speaking("zh-Hant-TW"):
        assert "缺少 grade_id" in in_words("cell 3: nbgrader metadata without grade_id")
