"""Credentials inside pictures (Open Badges 3.0 §5.3): the badge carries its own proof.

PNG: an iTXt chunk `openbadgecredential`. SVG: an element `openbadges:credential` right after the
opening tag. Either holds the signed JSON, or the compact JWT.
"""

import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.sax.saxutils import quoteattr

from defusedxml import DefusedXmlException, ElementTree

from app.vc import jsontext
from app.vc.errors import VcError

__all__ = ["MAX_IMAGE_BYTES", "bake_png", "bake_svg", "unbake"]

MAX_IMAGE_BYTES = 8_000_000
NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
_PNG = b"\x89PNG\r\n\x1a\n"
_KEYWORD = b"openbadgecredential"
_TAG = f"{{{NAMESPACE}}}credential"
# After comments and declarations, the start tag of the picture itself, attributes quoted.
_OPENING = re.compile(
    r"(?:\s|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*>)*<svg\b(?:[^\"'>]|\"[^\"]*\"|'[^']*')*?(?=/?>)",
    re.DOTALL,
)


def bake_svg(svg: bytes, credential: Mapping[str, Any] | str) -> bytes:
    """The picture with the credential in it. Raises VcError for no SVG, or one that carries one."""
    text = _svg_text(svg)
    root = _parsed(svg)
    if root.find(f".//{_TAG}") is not None:
        raise VcError("The picture carries a credential already.")
    opening = _OPENING.match(text)
    if opening is None:
        raise VcError("Not an SVG picture.")
    start, rest = text[: opening.end()], text[opening.end() :]
    if rest.startswith("/>"):
        rest = "></svg>" + rest[2:]
    if isinstance(credential, str):
        element = f"<openbadges:credential verify={quoteattr(credential)}/>"
    else:
        content = jsontext.dumps(credential).replace("]]>", "]]\\u003e")
        element = f"<openbadges:credential><![CDATA[{content}]]></openbadges:credential>"
    return f'{start} xmlns:openbadges="{NAMESPACE}">{element}{rest[1:]}'.encode()


def bake_png(png: bytes, credential: Mapping[str, Any] | str) -> bytes:
    """The picture with the credential in it. Raises VcError for no PNG, or one that carries one."""
    text = credential if isinstance(credential, str) else jsontext.dumps(credential)
    baked = bytearray(_PNG)
    for kind, content in _chunks(png):
        if kind == b"iTXt" and content.startswith(_KEYWORD + b"\0"):
            raise VcError("The picture carries a credential already.")
        baked += _chunk(kind, content)
        if kind == b"IHDR":
            # Keyword, no compression (two bytes), no language, no translated keyword.
            baked += _chunk(b"iTXt", _KEYWORD + b"\0\0\0\0\0" + text.encode())
    return bytes(baked)


def unbake(content: bytes) -> dict[str, Any] | str:
    """The credential that an SVG or PNG picture carries: a JSON object, or a compact JWT.

    Raises VcError for another file, a picture without one or with several. Nothing is verified.
    """
    if len(content) > MAX_IMAGE_BYTES:
        raise VcError(f"The picture is larger than {MAX_IMAGE_BYTES} bytes.")
    found = _in_png(content) if content.startswith(_PNG) else _in_svg(content)
    if len(found) != 1:
        raise VcError(
            "The picture carries no credential." if not found else "The picture carries several."
        )
    text = found[0].strip()
    if text.startswith("{"):
        return jsontext.loads(text)
    if len(text) > jsontext.MAX_CHARACTERS or not re.fullmatch(
        r"[\w-]+\.[\w-]+\.[\w-]+", text, re.ASCII
    ):
        raise VcError("What the picture carries is no credential.")
    return text


def _in_png(content: bytes) -> list[str]:
    found = []
    for kind, data in _chunks(content):
        if kind == b"iTXt" and data.startswith(_KEYWORD + b"\0"):
            rest = data[len(_KEYWORD) + 1 :]
            if rest[:2] != b"\0\0":
                raise VcError("The credential in the picture is compressed, which is not allowed.")
            parts = rest[2:].split(b"\0", 2)
            if len(parts) != 3:
                raise VcError("The credential in the picture is damaged.")
            try:
                found.append(parts[2].decode())
            except UnicodeDecodeError as error:
                raise VcError("The credential in the picture is damaged.") from error
    return found


def _in_svg(content: bytes) -> list[str]:
    return [
        element.get("verify") or "".join(element.itertext())
        for element in _parsed(content).iter(_TAG)
    ]


def _svg_text(svg: bytes) -> str:
    try:
        return svg.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise VcError("Not an SVG picture in UTF-8.") from error


def _parsed(svg: bytes) -> Any:
    if len(svg) > MAX_IMAGE_BYTES:
        raise VcError(f"The picture is larger than {MAX_IMAGE_BYTES} bytes.")
    try:
        root = ElementTree.fromstring(svg, forbid_entities=True, forbid_external=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        raise VcError("Not an SVG picture.") from error
    if root.tag not in ("svg", "{http://www.w3.org/2000/svg}svg"):
        raise VcError("Not an SVG picture.")
    return root


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    if not png.startswith(_PNG) or len(png) > MAX_IMAGE_BYTES:
        raise VcError("Not a PNG picture.")
    position, first = len(_PNG), True
    while position < len(png):
        head = png[position : position + 8]
        if len(head) < 8:
            raise VcError("The PNG picture is cut off.")
        length, kind = struct.unpack(">I4s", head)
        content = png[position + 8 : position + 8 + length]
        checksum = png[position + 8 + length : position + 12 + length]
        if len(checksum) < 4 or struct.unpack(">I", checksum)[0] != zlib.crc32(kind + content):
            raise VcError("The PNG picture is damaged.")
        if first and kind != b"IHDR":
            raise VcError("Not a PNG picture.")
        first = False
        yield kind, content
        if kind == b"IEND":
            return
        position += 12 + length
    raise VcError("The PNG picture is cut off.")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )
