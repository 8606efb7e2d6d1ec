"""Packages as other systems write them, put together for tests."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

FIXTURES = Path(__file__).parent / "fixtures"
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)


def zipped(files: Mapping[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return out.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {n: archive.read(n) for n in archive.namelist() if not n.endswith("/")}


def manifest(items: str = "", resources: str = "", title: str = "Charts", version: str = "1.3.0"):
    """imsmanifest.xml in the form of the profile."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<manifest identifier="m" xmlns="http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1"'
        ' xmlns:lomimscc="http://ltsc.ieee.org/xsd/imsccv1p3/LOM/manifest">'
        f"<metadata><schema>IMS Common Cartridge</schema><schemaversion>{version}</schemaversion>"
        "<lomimscc:lom><lomimscc:general><lomimscc:title><lomimscc:string>"
        f"{title}</lomimscc:string></lomimscc:title></lomimscc:general></lomimscc:lom></metadata>"
        '<organizations><organization identifier="o" structure="rooted-hierarchy">'
        f'<item identifier="root">{items}</item></organization></organizations>'
        f"<resources>{resources}</resources></manifest>"
    )


def item(refers: str, title: str) -> str:
    return f'<item identifier="i-{refers}" identifierref="{refers}"><title>{title}</title></item>'


def folder(title: str, *items: str) -> str:
    return f'<item identifier="f-{title}"><title>{title}</title>{"".join(items)}</item>'


def resource(name: str, kind: str, *files: str) -> str:
    listed = "".join(f'<file href="{file}"/>' for file in files)
    href = f' href="{files[0]}"' if kind == "webcontent" and files else ""
    return f'<resource identifier="{name}" type="{kind}"{href}>{listed}</resource>'


def page(body: str, title: str = "") -> str:
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>"
