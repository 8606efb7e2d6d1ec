"""A school that issues every kind of credential, and two verifiers: ours and a stranger's."""

import copy
import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from app import vc
from app.vc import contexts, jsontext

SITE = "http://localhost:8000"
DID = vc.did_for(SITE, "nycu")
KEY_ID = f"{DID}#key-1"
# In the past of every clock: the other verifier reads the machine's own for status lists.
ISSUED = datetime(2025, 9, 1, 1, 0, tzinfo=UTC)
NOW = datetime(2025, 11, 1, 4, 0, tzinfo=UTC)
REVOCATIONS = f"{SITE}/credentials/status/1"
SUSPENSIONS = f"{SITE}/credentials/status/2"
REVOKED, SUSPENDED = 777, 778

KEY = vc.SigningKey.from_bytes(bytes(range(32)))
OTHER_KEY = vc.SigningKey.from_bytes(bytes(range(1, 33)))
DID_DOCUMENT = vc.did_document(DID, [vc.PublishedKey("key-1", KEY.multibase, ISSUED)], "陽明交大")

Json = dict[str, Any]
CHECKOUT = Path(__file__).resolve().parents[2]
DATA = Path(__file__).parent / "data"


def sign(document: Json, key: vc.SigningKey = KEY, method: str = KEY_ID) -> Json:
    return vc.sign(document, key, method, ISSUED)


def badge(number: int = 1, **more: Any) -> Json:
    """An unsigned badge in which every part that we issue occurs."""
    address = f"{SITE}/credentials/{number}"
    parts: Json = {
        "id": address,
        "issuer": vc.profile(
            DID,
            "國立陽明交通大學 · National Yang Ming Chiao Tung University",
            url=SITE,
            description="發證學校",
            email="registrar@example.edu",
            image=f"{SITE}/schools/nycu/logo.svg",
        ),
        "subject": vc.subject(
            f"urn:uuid:00000000-0000-4000-8000-{number:012d}",
            identifiers=[vc.identity("王小美 Mei", "鹽salt", "name")],
            results=[
                vc.result("87.5", description_id="urn:banyan:result:score", status="Completed")
            ],
            credits_earned=1.5,
            started=datetime(2025, 2, 17, tzinfo=UTC),
            ended=datetime(2025, 6, 20, tzinfo=UTC),
            role="學員",
            term="114-1",
            license_number="2025-0001",
        ),
        "achievement": vc.achievement(
            f"{SITE}/achievements/control-charts",
            kind="Competency",
            name="管制圖 · Control charts",
            description='判讀製程，"引號"、反斜線 \\ 與\n換行與 🀄。',
            criteria="通過實作。\n\n- *Lab* passed",
            criteria_url=f"{SITE}/skills/control-charts",
            image=f"{SITE}/badges/control-charts.svg",
            creator=vc.profile("did:web:localhost%3A8000:schools:programme", "Programme"),
            alignments=[
                vc.alignment(
                    "statistical process control",
                    "http://data.europa.eu/esco/skill/abc",
                    code="spc",
                    framework="ESCO",
                    description="…",
                )
            ],
            results=[
                vc.result_description(
                    "urn:banyan:result:score", "Score", minimum="0", maximum="100"
                )
            ],
            tags=["SPC", "品質"],
            human_code="AI-204",
            field_of_study="Manufacturing",
            credits_available=2,
            version="1",
            language="zh-Hant-TW",
        ),
        "evidence": [
            vc.evidence(
                f"urn:uuid:{number:08d}-0000-4000-8000-00000000000e",
                name="管制圖實作 第 3 版",
                narrative="87.5 / 100, autograded",
                description="Lab version 3",
                genre="Lab",
                audience="employers",
                digest_multibase=vc.digest(f"submission {number}".encode()),
            )
        ],
        "valid_from": ISSUED,
        "valid_until": ISSUED + timedelta(days=1000),
        "awarded_at": ISSUED - timedelta(days=3),
        "status": vc.status_entry(REVOCATIONS, number),
        "refresh": f"{address}/refresh",
        "name": "管制圖",
        "description": "能以管制圖判讀製程。",
        "image": f"{address}.svg",
    }
    return vc.achievement_credential(**{**parts, **more})


def small(number: int, **more: Any) -> Json:
    """An unsigned badge with no more than must be."""
    parts: Json = {
        "id": f"{SITE}/credentials/{number}",
        "issuer": DID,
        "subject": vc.subject("urn:person:1"),
        "achievement": vc.achievement(
            f"urn:achievement:{number}", kind="Course", name="課", description="d", criteria="c"
        ),
        "valid_from": ISSUED,
        "status": vc.status_entry(REVOCATIONS, number),
    }
    return vc.achievement_credential(**{**parts, **more})


def record(credentials: list[Json] | None = None, **more: Any) -> Json:
    """An unsigned learner record."""
    parts: Json = {
        "id": f"{SITE}/credentials/900",
        "issuer": vc.profile(DID, "陽明交大"),
        "subject": vc.subject("urn:person:1", identifiers=[vc.identity("王小美", "s")]),
        "credentials": [sign(small(11)), sign(small(12))] if credentials is None else credentials,
        "achievements": [
            vc.achievement(
                "urn:achievement:cluster",
                kind="Diploma",
                name="課群",
                description="d",
                criteria="c",
            )
        ],
        "associations": [
            vc.association("isChildOf", "urn:achievement:11", "urn:achievement:cluster"),
            vc.association("precedes", "urn:achievement:11", "urn:achievement:12"),
        ],
        "valid_from": ISSUED,
        "status": vc.status_entry(REVOCATIONS, 900),
        "name": "智慧製造課群",
        "description": "Whole cluster",
        "partial": False,
    }
    return vc.clr_credential(**{**parts, **more})


@cache
def lists() -> dict[str, Json]:
    """The school's signed status lists by address."""
    revoked = vc.status_list_credential(REVOCATIONS, DID, {REVOKED}, "revocation", ISSUED)
    suspended = vc.status_list_credential(SUSPENSIONS, DID, {SUSPENDED}, "suspension", ISSUED)
    return {REVOCATIONS: sign(revoked), SUSPENSIONS: sign(suspended)}


def verify(
    document: Any,
    *,
    did_document: Json | None = DID_DOCUMENT,
    now: datetime = NOW,
    more_lists: dict[str, Json] | None = None,
) -> vc.Verification:
    """What our own verifier finds."""
    known = {**lists(), **(more_lists or {})}
    return vc.verify(
        document,
        resolve_did=lambda did: did_document if did == DID else None,
        fetch_status=known.get,
        now=now,
    )


def stranger(
    items: dict[str, Json],
    *,
    did_document: Json = DID_DOCUMENT,
    now: datetime = NOW,
    more_lists: dict[str, Json] | None = None,
    more_issuers: tuple[Json, ...] = (),
) -> dict[str, bool | str]:
    """What the JavaScript libraries find: name → True, or why not; items: {document} or {jwt}."""
    request = {
        "now": vc.timestamp(now),
        "dids": {one["id"]: one for one in (did_document, *more_issuers)},
        "lists": {**lists(), **(more_lists or {})},
        "clr": contexts.load(contexts.CLR),
        "items": [{"name": name, **item} for name, item in items.items()],
    }
    answer = subprocess.run(
        [CHECKOUT / ".venv" / "bin" / "node", Path(__file__).parent / "js" / "verify.mjs"],
        input=json.dumps(request).encode(),
        stdout=subprocess.PIPE,
        timeout=120,
        check=True,
    )
    return json.loads(answer.stdout)


def changes(document: Json) -> Iterator[tuple[str, Json]]:
    """The document with each value changed."""
    for path, value in jsontext.values(document):
        yield f"changed {_name(path)}", _with(document, path, _other(value))


def mutations(document: Json) -> Iterator[tuple[str, Json]]:
    """The document with each value changed, each key and element gone, each object given more."""
    yield from changes(document)
    for path, container in _containers(document):
        keys = list(container) if isinstance(container, dict) else range(len(container))
        for key in keys:
            changed = copy.deepcopy(document)
            del _at(changed, path)[key]
            yield f"without {_name((*path, key))}", changed
        if isinstance(container, dict):
            for key, value in (("undefinedTerm", "x"), ("description", "更好")):
                if key not in container:
                    yield f"more {_name(path)} {key}", _with(document, (*path, key), value)


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if value[:4].isdigit() and "T" in value:
        return "2024" + value[4:] if value[:4] != "2024" else "2023" + value[4:]
    return value[:-1] + ("B" if value.endswith("A") else "A")


def _containers(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict | list):
        yield path, value
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _containers(child, (*path, key))


def _at(document: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        document = document[key]
    return document


def _with(document: Json, path: tuple[Any, ...], value: Any) -> Json:
    changed = copy.deepcopy(document)
    _at(changed, path[:-1])[path[-1]] = value
    return changed


def _name(path: tuple[Any, ...]) -> str:
    return ".".join(map(str, path)) or "it"
