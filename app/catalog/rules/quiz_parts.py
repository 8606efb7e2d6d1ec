"""Quizzes and question pools as parts of a draft.

A question is one field, ``questions.ID``, so that two people who write different questions do not
meet. ``sections`` says where each stands: ``[{"questions": [ID, …], "draw": n or None}, …]``, in a
quiz also ``{"from": pool, "draw": n}``. A question that stands nowhere was taken out and can be
put back.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.catalog.folder_specs import LANGUAGES, LocalText, PoolSpec, QuizSpec
from app.questions import QUIZ_DEFAULTS, complete, normal

Content = Mapping[str, Any]
PREFIX = "questions."
SETTINGS = {
    "attempts": "attempts", "keep": "keep", "time_limit": "minutes",
    "pass_percent": "pass_percent", "show": "show",
}  # fmt: skip
"""Fields of a quiz and how its document calls them."""
_NUMBERS = ("attempts", "time_limit", "pass_percent")


def quiz_content(quiz: QuizSpec) -> dict[str, Any]:
    """The fields of a quiz beside its title, address and minutes."""
    document = complete(quiz.document)
    content: dict[str, Any] = {
        f"instructions.{code}": text for code, text in document["instructions"].items()
    }
    content |= {field: document[key] for field, key in SETTINGS.items()}
    content["shuffle"] = "true" if document["shuffle"] else "false"
    content["sections"] = []
    for section in document["sections"]:
        if "from" in section:
            content["sections"].append({"from": section["from"], "draw": section.get("draw")})
        else:
            placed = _placed(section.get("questions", ()), content)
            content["sections"].append({"questions": placed, "draw": section.get("draw")})
    return content


def pool_content(pool: PoolSpec) -> dict[str, Any]:
    """The fields of a pool beside its title and address."""
    content: dict[str, Any] = {}
    content["sections"] = [{"questions": _placed(pool.questions, content), "draw": None}]
    return content


def _placed(questions: Any, content: dict[str, Any]) -> list[str]:
    names = []
    for question in questions:
        content[f"{PREFIX}{question['id']}"] = dict(question)
        names.append(question["id"])
    return names


def quiz_of(slug: str, title: LocalText, minutes: int, content: Content) -> QuizSpec:
    """The quiz that a part would be, complete or not."""
    document: dict[str, Any] = {
        key: number_of(content.get(field)) if field in _NUMBERS else content.get(field)
        for field, key in SETTINGS.items()
    }
    document["shuffle"] = content.get("shuffle") == "true"
    document["instructions"] = {
        code: str(content.get(f"instructions.{code}") or "")
        for code in LANGUAGES
        if str(content.get(f"instructions.{code}") or "").strip()
    }
    document["sections"] = [
        {"from": section["from"], "draw": number_of(section.get("draw"))}
        if "from" in section
        else {
            "questions": [question_at(content, name) for name in section.get("questions", ())],
            "draw": number_of(section.get("draw")),
        }
        for section in sections_of(content)
        if "from" in section or section.get("questions")
    ]
    kept = {key: value for key, value in document.items() if value not in (None, "")}
    return QuizSpec(slug, title, minutes, complete(QUIZ_DEFAULTS | kept))


def pool_of(slug: str, title: LocalText, content: Content) -> PoolSpec:
    """The pool that a part would be, complete or not."""
    names = (name for section in sections_of(content) for name in section.get("questions", ()))
    return PoolSpec(slug, title, tuple(question_at(content, name) for name in names))


def sections_of(content: Content) -> list[dict[str, Any]]:
    """The sections of a part, copied: what is changed in them changes nothing."""
    return [
        {**section, **({"questions": list(section["questions"])} if "questions" in section else {})}
        for section in content.get("sections") or []
    ]


def question_at(content: Content, name: str) -> dict[str, Any]:
    """A question of a part in normal form."""
    question: dict[str, Any] = normal({**(content.get(PREFIX + name) or {}), "id": name})
    return question


def placed(content: Content) -> list[str]:
    """The questions that stand in a part, in order."""
    return [name for section in sections_of(content) for name in section.get("questions", ())]


def taken_out(content: Content) -> list[str]:
    """The questions that can be put back."""
    there = set(placed(content))
    return [name for name in questions_in(content) if name not in there]


def questions_in(content: Content) -> Iterator[str]:
    """The names of all questions of a part, those taken out too."""
    return (name.removeprefix(PREFIX) for name in content if name.startswith(PREFIX))


def number_of(value: Any) -> Any:
    """A whole number as typed; what is none stays as it is, for the rules to refuse."""
    text = str(value if value is not None else "").strip()
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else text
