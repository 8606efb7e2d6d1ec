"""QTI 1.2, as cartridges carry it and as Canvas and others write it, read into plain values."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from html import escape
from xml.etree.ElementTree import Element

from app.catalog.imports import xml

_RESPONSES = ("response_lid", "response_str", "response_num", "response_grp", "response_xy")


@dataclass(frozen=True)
class Choice:
    ident: str
    html: str


@dataclass(frozen=True)
class Response:
    """One thing that is asked for: options to choose from, or a field to fill."""

    ident: str
    form: str
    """choice, field or other."""
    cardinality: str
    """single, multiple or ordered."""
    html: str
    """What stands before it, as the left side of a pair."""
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Test:
    """A comparison within a condition."""

    kind: str
    """varequal, varsubstring, vargte, vargt, varlte, varlt …"""
    response: str
    value: str
    match_case: bool = False


@dataclass(frozen=True)
class Condition:
    """When points are given: the tests that must hold, in the order of an ``or``."""

    score: Decimal
    tests: tuple[Test, ...]


@dataclass(frozen=True)
class Asked:
    """An item: what is asked, what is right, what is said about it."""

    ident: str
    title: str
    kind: str
    html: str
    points: Decimal | None
    responses: tuple[Response, ...]
    conditions: tuple[Condition, ...]
    feedback: dict[str, str] = field(default_factory=dict)
    calculated: Element | None = None
    has_media: bool = False


@dataclass(frozen=True)
class Part:
    """Items that stand together; ``draw`` of them at random when it is said."""

    items: tuple[Asked, ...]
    draw: int | None = None
    points: Decimal | None = None
    bank: str = ""
    """The bank that they come from, when it is another file."""


def parts_of(root: Element) -> Iterator[Part]:
    """The sections of an assessment or bank in order; items outside of sections in one each."""
    top = xml.child(root, "assessment")
    if top is None:
        top = xml.child(root, "objectbank")
    yield from _parts(top if top is not None else root)


def _parts(container: Element) -> Iterator[Part]:
    row: list[Asked] = []
    selection = next(iter(_selections(container)), None)
    draw = _whole(xml.child(selection, "selection_number")) if selection is not None else None
    each = next(xml.within(selection, "points_per_item"), None) if selection is not None else None
    bank = xml.text(xml.child(selection, "sourcebank_ref")) if selection is not None else ""
    points = number(xml.text(each))
    for element in xml.children(container, "item", "section"):
        if xml.name(element) == "item":
            row.append(_asked(element))
            continue
        if row:
            yield Part(tuple(row), draw, points)
            row = []
        yield from _parts(element)
    if row or bank:
        yield Part(tuple(row), draw, points, bank)


def _selections(container: Element) -> Iterator[Element]:
    for ordering in xml.children(container, "selection_ordering"):
        yield from xml.children(ordering, "selection")


def metadata(element: Element | None) -> dict[str, str]:
    """The labelled fields of an item or assessment."""
    found: dict[str, str] = {}
    for holder in (
        xml.children(element, "itemmetadata", "qtimetadata") if element is not None else ()
    ):
        for entry in (holder, *xml.within(holder, "qtimetadata", "qtimetadatafield")):
            label = xml.text(xml.child(entry, "fieldlabel")).lower()
            if label:
                found.setdefault(label, xml.text(xml.child(entry, "fieldentry")))
        for entry in xml.within(holder, "qmd_itemtype"):
            found.setdefault("qmd_itemtype", xml.text(entry))
    return found


def _asked(item: Element) -> Asked:
    said = metadata(item)
    presentation = xml.child(item, "presentation")
    whole = presentation if presentation is not None else Element("none")
    points = number(said.get("points_possible") or said.get("cc_weighting") or "")
    return Asked(
        ident=xml.attribute(item, "ident"),
        title=xml.attribute(item, "title"),
        kind=(said.get("question_type") or said.get("cc_profile") or said.get("qmd_itemtype") or "")
        .lower(),
        html=_material(whole),
        points=points,
        responses=tuple(_response(found) for found in _responses(whole)),
        conditions=tuple(_conditions(item)),
        feedback={
            xml.attribute(found, "ident"): _all_material(found)
            for found in xml.children(item, "itemfeedback")
        },
        calculated=next(xml.within(item, "calculated"), None),
        has_media=any(True for _found in xml.within(whole, "matimage", "mataudio", "matvideo")),
    )  # fmt: skip


def _responses(element: Element) -> Iterator[Element]:
    for below in element:
        if xml.name(below) in _RESPONSES:
            yield below
        else:
            yield from _responses(below)


def _response(element: Element) -> Response:
    choices = tuple(
        Choice(xml.attribute(label, "ident"), _all_material(label))
        for render in xml.within(element, "render_choice")
        for label in xml.within(render, "response_label")
    )
    fields = any(True for _found in xml.within(element, "render_fib"))
    form = "choice" if choices else "field" if fields else "other"
    cardinality = xml.attribute(element, "rcardinality").lower() or "single"
    own = [_mattext(m) for part in xml.children(element, "material") for m in _texts(part)]
    return Response(xml.attribute(element, "ident"), form, cardinality, "".join(own), choices)


def _material(element: Element) -> str:
    """The HTML of ELEMENT outside of what is asked for."""
    parts = []
    for below in element:
        if xml.name(below) == "mattext":
            parts.append(_mattext(below))
        elif xml.name(below) not in _RESPONSES:
            parts.append(_material(below))
    return "".join(parts)


def _all_material(element: Element) -> str:
    return "".join(_mattext(found) for found in _texts(element))


def _texts(element: Element) -> Iterator[Element]:
    return xml.within(element, "mattext")


def _mattext(element: Element) -> str:
    if len(element):
        return xml.inner(element)
    written = xml.text(element)
    kind = xml.attribute(element, "texttype").lower()
    # Many write HTML and do not say so; a plain text with tags in it is rarer.
    is_html = "html" in kind or (not kind and re.search(r"</?[a-z]+[^<>]*>", written))
    return written if is_html else escape(written).replace("\n", "<br>")


def _conditions(item: Element) -> Iterator[Condition]:
    for condition in xml.within(item, "respcondition"):
        score = Decimal(0)
        for given in xml.children(condition, "setvar"):
            value = number(xml.text(given)) or Decimal(0)
            if xml.attribute(given, "action").lower() in ("subtract", "divide"):
                value = -value
            score += value
        tested = xml.child(condition, "conditionvar")
        if tested is not None and score > 0:
            yield Condition(score, tuple(_tests(tested)))


def _tests(element: Element) -> Iterator[Test]:
    for below in element:
        kind = xml.name(below)
        if kind.startswith("var"):
            yield Test(
                kind,
                xml.attribute(below, "respident"),
                xml.text(below),
                xml.attribute(below, "case").lower() in ("yes", "true"),
            )
        elif kind != "not":
            yield from _tests(below)


def number(written: str) -> Decimal | None:
    """A number as written; None when it is none, or beyond all measure."""
    try:
        value = Decimal(written.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < Decimal(10) ** 15 else None


def _whole(element: Element | None) -> int | None:
    value = number(xml.text(element)) if element is not None else None
    return int(value) if value is not None and 0 < value < 1000 else None
