"""Questions for tests: one plain example of each kind, and any good question for hypothesis."""

from typing import Any

from hypothesis import strategies as st

BOTH = ("zh-Hant-TW", "en")


def local(text: str) -> dict[str, str]:
    return {"zh-Hant-TW": f"{text}（中）", "en": text}


def option(text: str, correct: bool = False) -> dict[str, Any]:
    return {"text": local(text), **({"correct": True} if correct else {})}


EXAMPLES: dict[str, dict[str, Any]] = {
    "single": {"options": [option("a", True), option("b"), option("c")]},
    "multiple": {"options": [option("a", True), option("b", True), option("c"), option("d")]},
    "true-false": {"answer": False},
    "short-text": {"accepted": ["Control chart", "管制圖", "shewhart*"]},
    "numeric": {
        "answer": 1.5, "tolerance": {"absolute": 0.05},
        "units": [{"name": "mm", "factor": 1}, {"name": "cm", "factor": 10}],
    },
    "ordering": {"items": [local("first"), local("second"), local("third")]},
    "matching": {
        "pairs": [{"left": local("l1"), "right": local("r1")},
                  {"left": local("l2"), "right": local("r2")}],
        "distractors": [local("r3")],
    },
    "fill-in": {
        "text": {"zh-Hant-TW": "[[how]] 與 [[many]] 與 [[which]]",
                 "en": "It is [[how]], **[[many]]** times, [[which]]."},
        "blanks": {
            "how": {"kind": "short-text", "accepted": ["often"]},
            "many": {"kind": "numeric", "answer": 3},
            "which": {"kind": "choice", "options": [option("x", True), option("y")]},
        },
    },
    "essay": {"words": 200, "guide": local("two points for the why")},
    "file": {"endings": [".pdf"], "most": 2},
}  # fmt: skip


def question(kind: str, name: str = "q", **fields: Any) -> dict[str, Any]:
    """An example of KIND, its fields changed by FIELDS."""
    base = {"id": name, "type": kind, "text": local("What is it?"), "points": 2}
    return {**base, **EXAMPLES[kind], **fields}


def quiz(*questions: dict[str, Any], **settings: Any) -> dict[str, Any]:
    return {"sections": [{"questions": list(questions)}], **settings}


# What a text may be: no marks of Markdown or blanks, which have tests of their own.
plain = st.text(st.sampled_from("abcdeABC 管制圖答案0123456789.,"), min_size=1, max_size=20)
words = plain.map(str.strip).filter(lambda t: any(c.isalnum() for c in t))
texts = st.fixed_dictionaries(dict.fromkeys(BOTH, words))
numbers = st.integers(-1000, 1000) | st.decimals(-1000, 1000, places=3).map(float)
points = st.integers(1, 20) | st.sampled_from([0.5, 1.25, 2.75])
markings = st.sampled_from(["partial", "all-or-nothing"])
slugs = st.from_regex(r"[a-z]{1,6}(-[a-z0-9]{1,4})?", fullmatch=True)


@st.composite
def options(draw: Any, *, several: bool = False) -> list[dict[str, Any]]:
    made = [{"text": text} for text in draw(st.lists(texts, min_size=2, max_size=6))]
    right = draw(st.sets(st.integers(0, len(made) - 1), min_size=1, max_size=len(made)))
    for index in right if several else sorted(right)[:1]:
        made[index]["correct"] = True
    if draw(st.booleans()):
        made[0]["feedback"] = draw(texts)
    return made


@st.composite
def number_fields(draw: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {"answer": draw(numbers)}
    kind = draw(st.sampled_from([None, "absolute", "relative"]))
    if kind:
        fields["tolerance"] = {kind: draw(st.sampled_from([0, 0.01, 0.5, 1]))}
    if draw(st.booleans()):
        fields["units"] = [{"name": "mm", "factor": 1}, {"name": "cm", "factor": 10}]
    return fields


text_fields = st.builds(
    lambda forms, case: {"accepted": forms, **({"match_case": True} if case else {})},
    st.lists(words | words.map(lambda w: f"{w}*"), min_size=1, max_size=4),
    st.booleans(),
)
blanks = st.one_of(
    number_fields().map(lambda f: {"kind": "numeric", **f}),
    text_fields.map(lambda f: {"kind": "short-text", **f}),
    options().map(lambda o: {"kind": "choice", "options": o}),
)


@st.composite
def questions(draw: Any, kinds: tuple[str, ...] = tuple(EXAMPLES)) -> dict[str, Any]:
    """Any good question."""
    kind = draw(st.sampled_from(kinds))
    made: dict[str, Any] = {
        "id": draw(slugs), "type": kind, "text": draw(texts), "points": draw(points),
    }  # fmt: skip
    for key in ("hint", "explanation"):
        if draw(st.booleans()):
            made[key] = draw(texts)
    if draw(st.booleans()):
        made["shuffle"] = draw(st.booleans())
    if kind in ("single", "multiple"):
        made["options"] = draw(options(several=kind == "multiple"))
    elif kind == "true-false":
        made["answer"] = draw(st.booleans())
    elif kind == "short-text":
        made |= draw(text_fields)
    elif kind == "numeric":
        made |= draw(number_fields())
        if draw(st.booleans()):
            made["variables"] = {"n": {"min": 1, "max": 5, "step": 0.5}, "k": {"choices": [2, 4]}}
            made["answer"] = draw(st.sampled_from(["n * k", "sqrt(n) / k", "round(n / k, 2)"]))
            made["text"] = {code: text + " {{n}} {{k*2}}" for code, text in made["text"].items()}
    elif kind == "ordering":
        made["items"] = draw(
            st.lists(texts, min_size=2, max_size=6, unique_by=lambda t: tuple(sorted(t.items())))
        )
    elif kind == "matching":
        rights = draw(
            st.lists(texts, min_size=2, max_size=7, unique_by=lambda t: tuple(sorted(t.items())))
        )
        count = draw(st.integers(2, len(rights)))
        made["pairs"] = [{"left": draw(texts), "right": right} for right in rights[:count]]
        if rights[count:]:
            made["distractors"] = rights[count:]
    elif kind == "fill-in":
        made["blanks"] = draw(st.dictionaries(slugs, blanks, min_size=1, max_size=4))
        holes = " ".join(f"[[{name}]]" for name in made["blanks"])
        made["text"] = {code: f"{text} {holes}" for code, text in made["text"].items()}
    elif kind == "essay" and draw(st.booleans()):
        made |= {"words": 300, "guide": draw(texts)}
    elif kind == "file" and draw(st.booleans()):
        made |= {"endings": [".pdf", ".csv"], "most": 3}
    if kind in ("multiple", "ordering", "matching", "fill-in") and draw(st.booleans()):
        made["marking"] = draw(markings)
    return made


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4)
    ),
    max_leaves=12,
)
