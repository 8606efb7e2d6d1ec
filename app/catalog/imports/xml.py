"""XML from elsewhere: no document type, no entities, a limit to size and depth."""

from collections.abc import Iterator
from html import escape
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

MOST_ELEMENTS = 100_000
MOST_DEPTH = 100


class BadXml(ValueError):
    """Not to be read: ``code`` is one of the report's words, ``values`` belong to it."""

    def __init__(self, code: str, **values: str | int) -> None:
        self.code, self.values = code, values
        super().__init__(code)


class _Limited(TreeBuilder):
    """Builds a tree as long as it is neither large nor deep."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = self.count = 0

    def start(self, tag: str, attrs: dict[str, str]) -> Element:
        self.depth += 1
        self.count += 1
        if self.depth > MOST_DEPTH:
            raise BadXml("xml-deep", most=MOST_DEPTH)
        if self.count > MOST_ELEMENTS:
            raise BadXml("xml-large", most=MOST_ELEMENTS)
        return super().start(tag, attrs)

    def end(self, tag: str) -> Element:
        self.depth -= 1
        return super().end(tag)


def parse(data: bytes) -> Element:
    """The root of an XML text. Raises BadXml."""
    parser = DefusedXMLParser(
        target=_Limited(), forbid_dtd=True, forbid_entities=True, forbid_external=True
    )
    try:
        parser.feed(data.removeprefix(b"\xef\xbb\xbf").lstrip())
        root: Element = parser.close()
    except DefusedXmlException as error:
        raise BadXml("xml-entities") from error
    except ParseError as error:
        raise BadXml("xml-broken", line=error.position[0]) from error
    except (LookupError, ValueError) as error:
        if isinstance(error, BadXml):
            raise
        # An encoding that nobody knows, or bytes that are not in the one it says.
        raise BadXml("xml-broken", line=1) from error
    return root


def name(element: Element) -> str:
    """The local name of an element, whatever its namespace: each version has another."""
    return str(element.tag).rpartition("}")[2].lower()


def attribute(element: Element, wanted: str) -> str:
    """An attribute by its local name; empty when it is not there."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2].lower() == wanted:
            return value.strip()
    return ""


def children(element: Element, *names: str) -> list[Element]:
    """The children called one of NAMES (all of them without), in order."""
    return [child for child in element if not names or name(child) in names]


def child(element: Element | None, *path: str) -> Element | None:
    """The first child along PATH of local names."""
    for step in path:
        found = children(element, step) if element is not None else []
        element = found[0] if found else None
    return element


def within(element: Element, *names: str) -> Iterator[Element]:
    """Everything below ELEMENT called one of NAMES, in document order."""
    return (found for found in element.iter() if found is not element and name(found) in names)


def text(element: Element | None) -> str:
    """All text of an element, without surrounding space."""
    return "".join(element.itertext()).strip() if element is not None else ""


def inner(element: Element | None) -> str:
    """What stands in an element as HTML: some escape it, some write elements, some do both."""
    if element is None:
        return ""
    parts = [element.text or ""]
    for below in element:
        parts += [_written(below), below.tail or ""]
    return "".join(parts).strip()


def _written(element: Element) -> str:
    attributes = "".join(
        f' {key.rpartition("}")[2]}="{escape(value)}"' for key, value in element.attrib.items()
    )
    parts = [escape(element.text or "", quote=False)]
    for below in element:
        parts += [_written(below), escape(below.tail or "", quote=False)]
    return f"<{name(element)}{attributes}>{''.join(parts)}</{name(element)}>"
