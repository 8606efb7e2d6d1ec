"""A picture carries its credential, and stays the picture that it was."""

import io
import struct
import zlib

import pytest
from PIL import Image

from app import vc
from app.vc import baking
from tests.vc import school
from tests.vc.school import KEY, KEY_ID, badge, sign

SIGNED = sign(badge())
TOKEN = vc.sign_jwt(badge(), KEY, KEY_ID)
FORMS = pytest.mark.parametrize("credential", [SIGNED, TOKEN], ids=["json", "jwt"])


def png():
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), "#14532d").save(stream, "PNG")
    return stream.getvalue()


SVGS = {
    "plain": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1"/></svg>',
    "declared": '<?xml version="1.0" encoding="UTF-8"?>\n<!-- a > b --><svg '
    'xmlns="http://www.w3.org/2000/svg" aria-label="a > b"><text>管制圖</text></svg>',
    "empty": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "typed": '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://x/svg11.dtd">'
    '<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>',
}


@FORMS
@pytest.mark.parametrize("kind", SVGS)
def test_an_svg_gives_back_what_was_baked_in(kind, credential):
    plain = SVGS[kind].encode()
    baked = vc.bake_svg(plain, credential)
    assert vc.unbake(baked) == credential
    assert vc.unbake(b"\xef\xbb\xbf" + baked) == credential
    assert school.verify(vc.unbake(baked)).ok
    assert b"openbadges:credential" in baked
    assert b'xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"' in baked


@FORMS
def test_a_png_gives_back_what_was_baked_in_and_shows_the_same(credential):
    baked = vc.bake_png(png(), credential)
    assert vc.unbake(baked) == credential
    assert school.verify(vc.unbake(baked)).ok
    image = Image.open(io.BytesIO(baked))
    assert image.convert("RGB").getpixel((3, 3)) == (0x14, 0x53, 0x2D)
    # What another reader finds: the chunk that Open Badges 3.0 names, not compressed.
    carried = image.text["openbadgecredential"]
    assert carried == (credential if isinstance(credential, str) else vc.dumps(credential))


def test_an_svg_keeps_a_text_that_would_end_it():
    hostile = sign(badge(name="]]></openbadges:credential><script>alert(1)</script>"))
    baked = vc.bake_svg(SVGS["plain"].encode(), hostile)
    assert baked.count(b"]]>") == 1
    assert vc.unbake(baked) == hostile


@pytest.mark.parametrize(("bake", "plain"), [(vc.bake_svg, b""), (vc.bake_png, b"")])
@pytest.mark.parametrize("junk", [b"", b"GIF89a", b"<html/>", b"\x89PNG\r\n\x1a\n", b"\xff" * 40])
def test_another_file_is_not_baked(bake, plain, junk):
    with pytest.raises(vc.VcError):
        bake(plain + junk, SIGNED)


def test_a_picture_carries_one_credential_only():
    baked_svg = vc.bake_svg(SVGS["plain"].encode(), SIGNED)
    baked_png = vc.bake_png(png(), SIGNED)
    for bake, baked in ((vc.bake_svg, baked_svg), (vc.bake_png, baked_png)):
        with pytest.raises(vc.VcError, match="already"):
            bake(baked, SIGNED)
    element = baked_svg[baked_svg.index(b"<openbadges") : baked_svg.index(b"<path")]
    with pytest.raises(vc.VcError, match="several"):
        vc.unbake(baked_svg.replace(element, element * 2))


def chunk(kind, content):
    checksum = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + checksum


def with_chunk(content):
    plain = png()
    return plain[:33] + chunk(b"iTXt", content) + plain[33:]


@pytest.mark.parametrize(
    "content",
    [
        SVGS["plain"].encode(),
        png(),
        b"",
        b"%PDF-1.7",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
        png()[:-10],
        png()[:60] + b"x" + png()[61:],
        with_chunk(b"openbadgecredential\0\1\0\0\0" + zlib.compress(b"{}")),
        with_chunk(b"openbadgecredential\0\0\0"),
        with_chunk(b"openbadgecredential\0\0\0\0\0\xff\xfe"),
        with_chunk(b"openbadgecredential\0\0\0\0\0not a credential"),
        with_chunk(b"openbadgecredential\0\0\0\0\0{" + b'"a":1,' * 10 + b'"a":2}'),
        b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0">'
        b"<openbadges:credential/></svg>",
        b'<!DOCTYPE svg [<!ENTITY a "x">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
        b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>',
        b"<svg>" * 100_000,
        b"x" * (baking.MAX_IMAGE_BYTES + 1),
    ],
    ids=lambda content: repr(content[:40]),
)
def test_a_picture_without_a_credential_is_refused(content):
    with pytest.raises(vc.VcError):
        vc.unbake(content)
