"""Reads a proof file strictly: what two readers could understand differently is refused."""

import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

__all__ = ["MAX_BYTES", "MAX_VALUES", "Claim", "Refused", "read"]

MAX_BYTES = 16_000_000
"""Longest file; 10,000 applicants with ten choices each take about 6 million bytes."""
MAX_VALUES = 1_000_000
"""Most values of a file, each element of a list counted."""
MAX_DEPTH = 6
"""The deepest value of a proof is an applicant within a tier of a ranking."""
_LARGEST = 1_000_000
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HASH = re.compile(r"[0-9a-f]{64}")
_STRING = re.compile(rb'"[^"]*"')


def _l(message: str) -> str:
    """Marks a sentence to be translated where it is shown."""
    return message


class Refused(Exception):
    """The file is no proof. ``message`` is to be translated and takes ``params``."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message % params if params else message)
        self.message = message
        self.params = params


@dataclass(frozen=True)
class Claim:
    """What a proof says. The dictionaries have the form that docs/matching.md describes."""

    round: dict[str, Any]
    seed: str
    seed_hash: str
    digest: str
    assigned: dict[str, str | None]
    closed: list[str]
    blocking_pairs: int


def read(data: bytes) -> Claim:
    """The proof that a file holds. Raises Refused with one sentence for everything else."""
    document = _parse(data)
    _keys(document, "proof", "format version round lottery result")
    if document["format"] != "banyan-matching-proof":
        raise Refused(_l("This is not a proof file of a matching."))
    if document["version"] != 1 or isinstance(document["version"], bool):
        raise Refused(_l("The proof has a version that this program does not know."))
    round_ = _round(document["round"])
    lottery = _keys(document["lottery"], "lottery", "seed seed_hash digest")
    for key, value in lottery.items():
        if not isinstance(value, str) or not _HASH.fullmatch(value):
            raise Refused(_l("%(where)s is not 64 hexadecimal digits."), where=f"lottery.{key}")
    result = _keys(document["result"], "result", "assigned closed blocking_pairs")
    assigned = result["assigned"]
    if not isinstance(assigned, dict):
        _wrong("result.assigned")
    if assigned.keys() != round_["applicants"].keys():
        raise Refused(_l("The result does not name exactly the applicants of the round."))
    for received in assigned.values():
        if received is not None:
            _known(received, round_["projects"], "result.assigned")
    return Claim(
        round_,
        lottery["seed"],
        lottery["seed_hash"],
        lottery["digest"],
        assigned,
        _ids(result["closed"], round_["projects"], "result.closed"),
        _whole(result["blocking_pairs"], "result.blocking_pairs"),
    )


def _parse(data: bytes) -> Any:
    if len(data) > MAX_BYTES:
        raise Refused(_l("The file is larger than %(bytes)s bytes."), bytes=MAX_BYTES)
    if not data.isascii() or b"\\" in data:
        raise Refused(_l("The file holds characters that no proof file has."))
    # Strings are gone from here, so that brackets and commas are those of the structure.
    structure = _STRING.sub(b"", data)
    opened = structure.count(b"[") + structure.count(b"{")
    if structure.count(b",") + opened > MAX_VALUES:
        raise Refused(_l("The file holds more than %(count)s values."), count=MAX_VALUES)
    depth = 0
    for mark in re.findall(rb"[\[\]{}]", structure):
        depth += 1 if mark in b"[{" else -1
        if depth > MAX_DEPTH:
            raise Refused(_l("The file is nested deeper than a proof file is."))
    try:
        return json.loads(
            data,
            object_pairs_hook=_object,
            parse_float=_no_number,
            parse_constant=_no_number,
            parse_int=_integer,
        )
    except (ValueError, RecursionError) as error:
        raise Refused(_l("The file is not JSON.")) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused(_l("A key is given twice in the same object."))
    return found


def _no_number(text: str) -> NoReturn:
    raise Refused(_l("A number is not a count."))


def _integer(digits: str) -> int:
    if len(digits) > 7:
        _no_number(digits)
    return int(digits)


def _round(value: Any) -> dict[str, Any]:
    round_ = _keys(value, "round", "id applicants projects supervisors")
    _id(round_["id"], "round.id")
    for part in ("applicants", "projects", "supervisors"):
        if not isinstance(round_[part], dict):
            _wrong(f"round.{part}")
        for name in round_[part]:
            _id(name, f"round.{part}")
    applicants, projects = round_["applicants"], round_["projects"]
    for name, applicant in applicants.items():
        where = f"applicants.{name}"
        _keys(applicant, where, "kind choices not_eligible")
        _kind(applicant["kind"], f"{where}.kind")
        choices = _ids(applicant["choices"], projects, f"{where}.choices")
        _ids(applicant["not_eligible"], set(choices), f"{where}.not_eligible")
    for name, supervisor in round_["supervisors"].items():
        where = f"supervisors.{name}"
        _keys(supervisor, where, "limit ranking")
        _whole(supervisor["limit"], f"{where}.limit")
        _ranking(supervisor["ranking"], applicants, f"{where}.ranking")
    for name, project in projects.items():
        _project(project, round_, f"projects.{name}")
    return round_


def _project(project: Any, round_: dict[str, Any], where: str) -> None:
    _keys(project, where, "takes quota minimum supervisor ranking")
    _kind(project["takes"], f"{where}.takes")
    _whole(project["quota"], f"{where}.quota")
    _whole(project["minimum"], f"{where}.minimum")
    _ranking(project["ranking"], round_["applicants"], f"{where}.ranking")
    ranked_above = None
    if project["supervisor"] is not None:
        name = _known(project["supervisor"], round_["supervisors"], f"{where}.supervisor")
        ranked_above = round_["supervisors"][name]["ranking"]
    if (project["ranking"] is None) == (ranked_above is None):
        raise Refused(
            _l("%(where)s needs one ranking, of its own or of its supervisor."), where=where
        )


def _keys(value: Any, where: str, names: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        _wrong(where)
    if value.keys() != set(names.split()):
        raise Refused(
            _l("%(where)s does not have exactly the keys that it must have."), where=where
        )
    return value


def _ids(value: Any, known: Any, where: str) -> list[str]:
    if not isinstance(value, list):
        _wrong(where)
    for name in value:
        _known(name, known, where)
    if len(set(value)) < len(value):
        raise Refused(_l("%(where)s names something twice."), where=where)
    return value


def _ranking(value: Any, known: Any, where: str) -> None:
    if value is None:
        return
    if not isinstance(value, list) or not all(isinstance(tier, list) and tier for tier in value):
        _wrong(where)
    _ids([name for tier in value for name in tier], known, where)


def _known(value: Any, known: Any, where: str) -> str:
    name = _id(value, where)
    if name not in known:
        raise Refused(_l("%(where)s names something that is not in the file."), where=where)
    return name


def _id(value: Any, where: str) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise Refused(_l("%(where)s holds something that is no id."), where=where)
    return value


def _kind(value: Any, where: str) -> None:
    if not isinstance(value, str) or value not in ("student", "team"):
        _wrong(where)


def _whole(value: Any, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LARGEST:
        _wrong(where)
    return value


def _wrong(where: str) -> NoReturn:
    raise Refused(_l("%(where)s has a value of the wrong type."), where=where)
