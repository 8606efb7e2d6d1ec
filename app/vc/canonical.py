"""What a signature covers: the RDF of a credential in its canonical order (RDFC-1.0).

JSON-LD drops in silence what its vocabularies do not define, and lets a document describe a thing
in several places. A signature would not notice either, so both are refused here: every key and
type must be defined, keywords have no place, a credential is described once, and nothing
contradicts itself.
"""

import re
import threading
from typing import Any

from pyld.canon import URDNA2015
from pyld.context_resolver import ContextResolver
from pyld.jsonld import JsonLdError, JsonLdProcessor

from app.vc import contexts, jsontext
from app.vc.errors import VcError

__all__ = ["CONTAINED", "canonical"]

CONTAINED = "verifiableCredential"
"""The only place where a document may name its own vocabularies again."""
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
# What is not absolute is resolved against this, and found by it.
_NOWHERE = "relative://relative/"
# The canonical form of many alike nameless things takes time without bound.
_MAX_PATHS = 3000

_of_thread = threading.local()


def canonical(document: dict[str, Any]) -> str:
    """The document as sorted N-Quads. Raises VcError if anything in it would not be covered."""
    jsontext.check(document)
    _check_shape(document)
    dropped: list[str | None] = []
    options = {
        "base": _NOWHERE,
        "documentLoader": _loader,
        "contextResolver": _resolver(),
        "processingMode": "json-ld-1.1",
        "extractAllScripts": False,
        "rdfDirection": "i18n-datatype",
    }
    try:
        processor = JsonLdProcessor(on_property_dropped=dropped.append)
        expanded = processor.expand(document, dict(options))
        if dropped:
            raise VcError(f"The term {dropped[0]!r} is not defined.")
        _check_names(expanded)
        dataset = processor.to_rdf(expanded, dict(options))
        return _Canon().main(dataset, {"format": "application/n-quads"})
    except JsonLdError as error:
        raise VcError(f"Not JSON-LD: {_cause(error)}") from error
    except (RecursionError, AttributeError, KeyError, TypeError) as error:
        raise VcError("Not JSON-LD of a credential.") from error


class _Canon(URDNA2015):
    """With an end: a document made to keep its reader busy is refused."""

    def __init__(self) -> None:
        super().__init__()
        self._paths = 0

    def hash_n_degree_quads(self, id_: str, issuer: Any) -> Any:
        self._paths += 1
        if self._paths > _MAX_PATHS:
            raise VcError("The document holds too many things without a name that look alike.")
        return super().hash_n_degree_quads(id_, issuer)

    def modify_first_degree_component(self, id_: str, component: Any, key: str) -> Any:
        if component["type"] != "blank node":
            return component
        return {"type": "blank node", "value": "_:a" if component["value"] == id_ else "_:z"}


def _resolver() -> ContextResolver:
    """One for each thread: the library's own cache is not made for several."""
    resolver = getattr(_of_thread, "resolver", None)
    if resolver is None:
        # A plain dict: only pinned vocabularies come into it, so that it does not grow.
        resolver = _of_thread.resolver = ContextResolver({}, _loader)
    return resolver


def _loader(address: str, options: Any = None) -> dict[str, Any]:
    return {
        "contextUrl": None,
        "documentUrl": address,
        "document": contexts.load(address),
        "tag": "static",
    }


def _cause(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error).split("\n")[0][:300]


def _check_shape(document: dict[str, Any]) -> None:
    """Checks a credential, and each that it contains apart: they have signatures of their own."""
    described: dict[str, dict[str, Any]] = {}
    credentials = {document.get("id")} if isinstance(document.get("id"), str) else set()

    def visit(value: dict[str, Any], is_credential: bool) -> None:
        for key, child in value.items():
            if key == "@context" and is_credential:
                _check_context(child)
            elif key.startswith("@"):
                raise VcError(f"The keyword {key!r} has no place in a credential.")
            elif ":" in key:
                # The full address of a term means the same to a signature, and nothing to
                # whoever looks for the term: a status would hide behind it.
                raise VcError(f"The key {key!r} is an address instead of a term.")
            else:
                for one in child if isinstance(child, list | tuple) and child else [child]:
                    if one is None or one == [] or one == {}:
                        raise VcError(f"{key!r} is empty; nothing would show if that changed.")
                    if isinstance(one, list | tuple):
                        raise VcError(f"{key!r} holds a list within a list.")
                    if isinstance(one, dict) and key == CONTAINED:
                        if isinstance(name := one.get("id"), str):
                            if name in credentials:
                                raise VcError(f"The credential {name!r} is there twice.")
                            credentials.add(name)
                        _check_shape(one)
                    elif isinstance(one, dict):
                        visit(one, False)
        _remember(described, value)

    visit(document, True)


def _remember(described: dict[str, dict[str, Any]], value: dict[str, Any]) -> None:
    """Refuses a second description that says something else, or is of the credential itself.

    The credential's own keys could otherwise move to the other place, where nobody looks for them.
    """
    name = value.get("id")
    if not isinstance(name, str) or len(value) == 1:
        return
    known = described.setdefault(name, value)
    if known is value:
        return
    if any(known[key] != child for key, child in value.items() if key in known) or (
        "@context" in value or "@context" in known
    ):
        raise VcError(f"{name!r} is described in two places, and not alike.")


def _check_context(context: Any) -> None:
    named = context if isinstance(context, list | tuple) else [context]
    if not named:
        raise VcError("The credential names no context.")
    for address in named:
        if not isinstance(address, str):
            raise VcError("A context is written into the credential instead of named.")
        contexts.load(address)


def _check_names(expanded: Any) -> None:
    """Refuses names and types that are not absolute: they would be dropped."""
    if isinstance(expanded, list):
        for child in expanded:
            _check_names(child)
    elif isinstance(expanded, dict):
        for key, child in expanded.items():
            if key in ("@id", "@type"):
                for name in child if isinstance(child, list) else [child]:
                    if not (
                        isinstance(name, str)
                        and _ABSOLUTE.fullmatch(name)
                        and not name.startswith("relative:")
                    ):
                        raise VcError(f"{name!r} is neither defined nor an absolute address.")
            elif key != "@value":
                _check_names(child)
