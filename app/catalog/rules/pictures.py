"""What a picture may be: its bytes are what its name says, and a drawing runs nothing."""

import re
from xml.etree import ElementTree

_SIGNATURES = {
    ".png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    ".jpg": re.compile(rb"\xff\xd8\xff"),
    ".jpeg": re.compile(rb"\xff\xd8\xff"),
    ".webp": re.compile(rb"RIFF....WEBP", re.S),
}
_ACTIVE = re.compile(rb"<\s*script|<\s*foreignObject|\son[a-z]+\s*=|javascript:|<!ENTITY", re.I)
_REFUSED_TAGS = {"script", "foreignobject", "iframe", "embed", "object", "handler", "listener"}
_OUTSIDE = re.compile(r"@import|url\(\s*['\"]?\s*(?!#|data:image/)", re.I)
_ENTITY = re.compile(rb"<!DOCTYPE[^>\[]*\[|<!ENTITY", re.I)


def picture_problem(name: str, data: bytes) -> tuple[int, str] | None:
    """The line and words of what is wrong with a picture called NAME, or None.

    Raster pictures must begin as their kind does. An SVG must be UTF-8 without entities, scripts,
    handlers, foreign objects and references to anything outside itself.
    """
    ending = "." + name.lower().rpartition(".")[2]
    if ending in _SIGNATURES:
        if not _SIGNATURES[ending].match(data):
            return 1, f"'{name}' is not what its name says"
        return None
    active = _ACTIVE.search(data)
    if active:
        line = data.count(b"\n", 0, active.start()) + 1
        return line, f"active content in a picture: {active[0].decode().strip()}"
    entity = _ENTITY.search(data)
    if entity:
        line = data.count(b"\n", 0, entity.start()) + 1
        return line, "active content in a picture: entities of its own"
    try:
        # Entities were refused above, so expat has nothing to expand.
        root = ElementTree.fromstring(data.decode("utf-8"))  # noqa: S314
    except (UnicodeDecodeError, ValueError):
        return 1, f"'{name}' is not a drawing: not UTF-8 text"
    except ElementTree.ParseError as error:
        return error.position[0], f"'{name}' is not a drawing: {error}"
    for element in root.iter():
        word = _active_part(element)
        if word:
            return 1, f"active content in a picture: {word}"
    return None


def _active_part(element: ElementTree.Element) -> str | None:
    tag = _local(element.tag)
    if tag in _REFUSED_TAGS:
        return tag
    if tag == "style" and _OUTSIDE.search("".join(element.itertext())):
        return "a style sheet from elsewhere"
    for key, value in element.attrib.items():
        attribute = _local(key)
        if attribute.startswith("on"):
            return attribute
        target = value.strip().lower()
        if attribute in ("href", "src") and not target.startswith(("#", "data:image/")):
            return f"a reference to '{value[:60]}'"
        if target.startswith("data:image/svg"):
            return "a drawing within the drawing"
        if attribute == "attributename" and (target.startswith("on") or "href" in target):
            return f"an animation of '{value[:60]}'"
        if _OUTSIDE.search(value):
            return f"a reference to '{value[:60]}'"
    return None


def _local(name: object) -> str:
    return str(name).rpartition("}")[2].lower()
