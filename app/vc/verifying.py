"""Verifying: what a stranger may believe of a credential, step by step.

Nothing here reads the network: the caller says how an issuer's document and a status list are
found, and may answer None for "cannot be had now". A check is then unknown, and an unknown check
is no proof: only `ok` means that all of them passed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Literal

from app.vc import contexts, jsontext, proofs, status
from app.vc.errors import VcError
from app.vc.keys import from_jwk, verifies

__all__ = ["CHECKS", "Check", "FetchStatus", "ResolveDid", "State", "Verification", "verify"]

State = Literal["passed", "failed", "unknown"]
Place = Literal["alone", "contained", "list"]
ResolveDid = Callable[[str], Mapping[str, Any] | None]
FetchStatus = Callable[[str], Mapping[str, Any] | str | None]

CHECKS = ("form", "signature", "key", "dates", "status", "contained")
"""Names of the checks: the text is a credential whose every term is defined; the signature is the
key's; the key is the issuer's and not revoked; today is within its dates; it is not revoked or
suspended; the credentials that a learner record holds pass as well. Without form there is no other
check; status and contained are made where they apply, and unknown without signature and key."""
_KINDS = {
    "OpenBadgeCredential",
    "AchievementCredential",
    "ClrCredential",
    "BitstringStatusListCredential",
}
CLOCK_SKEW = timedelta(minutes=5)
"""How far the clocks of an issuer and a verifier may be apart."""
_NOT_SIGNED = "Not asked, because the signature does not count."
_MAX_CONTAINED = 200
_MAX_STATUSES = 4


@dataclass(frozen=True, slots=True)
class Check:
    """`detail` is an English sentence for a technician when the check did not pass."""

    name: str
    state: State
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found. `credential` is empty if the text was none; believe it only if `ok`."""

    checks: tuple[Check, ...]
    credential: Mapping[str, Any] = field(default_factory=dict)
    contained: tuple["Verification", ...] = ()

    @property
    def ok(self) -> bool:
        return all(check.state == "passed" for check in self.checks)

    @property
    def state(self) -> State:
        """failed if any check failed, otherwise unknown if any is."""
        states = {check.state for check in self.checks}
        return "failed" if "failed" in states else "unknown" if "unknown" in states else "passed"

    def check(self, name: str) -> Check:
        """The check of that name. Raises KeyError if it was not made."""
        for check in self.checks:
            if check.name == name:
                return check
        raise KeyError(name)


class _Unknown(Exception):
    """Something could not be had, so that a check is neither passed nor failed."""


def verify(
    document: Mapping[str, Any] | str | bytes,
    *,
    resolve_did: ResolveDid,
    fetch_status: FetchStatus,
    now: datetime,
) -> Verification:
    """Verifies a signed credential: a JSON object, its text, or a compact JWT. Raises no VcError.

    `resolve_did(did)` gives the issuer's DID document, `fetch_status(address)` the signed status
    list credential; both None if it cannot be had.
    """
    verifier = _Verifier(cache(resolve_did), fetch_status, now.astimezone(UTC))
    return verifier.credential(document)


@dataclass(frozen=True, slots=True)
class _Verifier:
    resolve_did: ResolveDid
    fetch_status: FetchStatus
    now: datetime
    lists: dict[str, Verification | None] = field(default_factory=dict)

    def credential(
        self, document: Mapping[str, Any] | str | bytes, place: Place = "alone"
    ) -> Verification:
        try:
            credential, signature = _read(document)
            issuer = _form(credential, place)
        except VcError as error:
            return Verification(
                (Check("form", "failed", str(error)),), _object_or_nothing(document)
            )
        checks = [Check("form", "passed")]
        checks.extend(self._signed(issuer, signature))
        checks.append(_run("dates", lambda: self._dates(credential, signature)))
        # What nobody has signed names no list to be fetched, and no credentials to be verified.
        signed = all(one.state == "passed" for one in checks if one.name in ("signature", "key"))
        inner: tuple[Verification, ...] = ()
        if "credentialStatus" in credential:
            checks.append(
                _run("status", lambda: self._status(credential, issuer))
                if signed
                else Check("status", "unknown", _NOT_SIGNED)
            )
        if "ClrCredential" in credential["type"]:
            if signed:
                inner = tuple(self.credential(one, "contained") for one in _contained(credential))
            checks.append(
                _of_contained(inner) if signed else Check("contained", "unknown", _NOT_SIGNED)
            )
        return Verification(tuple(checks), credential, inner)

    def _signed(self, issuer: str, signature: proofs.Signature) -> tuple[Check, Check]:
        try:
            method = self._method(issuer, signature)
        except VcError as error:
            unread = Check("signature", "unknown", "The issuer's key is not known.")
            return unread, Check("key", "failed", str(error))
        except _Unknown as error:
            unread = Check("signature", "unknown", "The issuer's key is not known.")
            return unread, Check("key", "unknown", str(error))

        def signed() -> None:
            if not verifies(method["_key"], signature.signature, signature.message):
                raise VcError("The signature does not belong to what the credential says.")

        return _run("signature", signed), _run("key", lambda: self._authorized(method))

    def _method(self, issuer: str, signature: proofs.Signature) -> Mapping[str, Any]:
        if not signature.method_id.startswith(f"{issuer}#"):
            raise VcError("The key is not one of the issuer's.")
        document = self.resolve_did(issuer)
        if document is None:
            raise _Unknown("The issuer's document cannot be had.")
        jsontext.check(document)
        if document.get("id") != issuer:
            raise VcError("The issuer's document is about somebody else.")
        found = [
            method
            for method in _list(document.get("verificationMethod"))
            if isinstance(method, Mapping) and method.get("id") == signature.method_id
        ]
        if len(found) != 1:
            raise VcError("The issuer's document does not hold the key.")
        method = found[0]
        if method.get("controller") != issuer:
            raise VcError("The key is not one of the issuer's.")
        allowed = signature.method_id in _list(document.get("assertionMethod"))
        return {**method, "_allowed": allowed, "_key": _key(method, signature)}

    def _authorized(self, method: Mapping[str, Any]) -> None:
        for name in ("revoked", "expires"):
            # Whoever stole a key writes any date into a proof: only today's date counts.
            if name in method and self.now >= proofs.when(method[name]):
                raise VcError(f"The issuer has declared the key {name} since {method[name]}.")
        if not method["_allowed"]:
            raise VcError("The issuer does not let this key issue credentials.")

    def _dates(self, credential: Mapping[str, Any], signature: proofs.Signature) -> None:
        if self.now < proofs.when(credential["validFrom"]) - CLOCK_SKEW:
            raise VcError("The credential is not valid yet.")
        if (
            "validUntil" in credential
            and self.now > proofs.when(credential["validUntil"]) + CLOCK_SKEW
        ):
            raise VcError("The credential has expired.")
        if signature.created_at is not None and signature.created_at > self.now + CLOCK_SKEW:
            raise VcError("The proof is dated in the future.")

    def _status(self, credential: Mapping[str, Any], issuer: str) -> None:
        entries = _list(credential["credentialStatus"])
        if len(entries) > _MAX_STATUSES:
            raise VcError("The credential names too many statuses.")
        for entry in entries:
            address, index, purpose = _entry(entry)
            found = self._list(address)
            if found is None:
                raise _Unknown("The status list cannot be had.")
            if found.state == "failed":
                raise VcError("The status list does not verify.")
            if found.state == "unknown":
                raise _Unknown("The status list cannot be verified.")
            if _is_set(found.credential, issuer, address, index, purpose):
                done = "suspended" if purpose == "suspension" else "revoked"
                raise VcError(f"The issuer has {done} the credential.")

    def _list(self, address: str) -> Verification | None:
        """The verified list of an address, once for all credentials of a record."""
        if address not in self.lists:
            listed = self.fetch_status(address)
            self.lists[address] = None if listed is None else self.credential(listed, "list")
        return self.lists[address]


def _read(document: Mapping[str, Any] | str | bytes) -> tuple[dict[str, Any], proofs.Signature]:
    if isinstance(document, bytes):
        if len(document) > jsontext.MAX_CHARACTERS:
            raise VcError("The text is too long.")
        try:
            document = document.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise VcError("The text is not UTF-8.") from error
    if isinstance(document, str):
        if len(document) > jsontext.MAX_CHARACTERS:
            raise VcError("The text is too long.")
        text = document.strip()
        if not text.startswith("{"):
            return proofs.of_jwt(text)
        document = jsontext.loads(text)
    credential = dict(document)
    jsontext.check(credential)
    return credential, proofs.of_document(credential)


def _key(method: Mapping[str, Any], signature: proofs.Signature) -> str:
    """The public key; that of a JWT is published as JWK. Raises VcError for another kind."""
    if method.get("type") == "JsonWebKey":
        return from_jwk(method.get("publicKeyJwk"))
    found = method.get("publicKeyMultibase")
    if signature.is_jwt or method.get("type") != "Multikey" or not isinstance(found, str):
        raise VcError("The key is not published in a form that is known here.")
    return found


def _form(credential: Mapping[str, Any], place: Place) -> str:
    """Refuses what is not a credential of ours in kind; gives the issuer's identifier."""
    context = credential.get("@context")
    if not isinstance(context, list | tuple) or not context or context[0] != contexts.CREDENTIALS:
        raise VcError("The credential is not of the Verifiable Credentials Data Model 2.0.")
    types = _list(credential.get("type"))
    if "VerifiableCredential" not in types or not _KINDS.intersection(types):
        raise VcError("The credential is of no kind that is known here.")
    if place == "contained" and "ClrCredential" in types:
        raise VcError("A learner record holds another.")
    if place == "list" and (
        "BitstringStatusListCredential" not in types or "credentialStatus" in credential
    ):
        # A list with a status of its own could send its reader round in circles.
        raise VcError("What was found for the status is no status list.")
    issuer = credential.get("issuer")
    name = issuer.get("id") if isinstance(issuer, Mapping) else issuer
    if not isinstance(name, str) or not name.startswith("did:") or "#" in name:
        raise VcError("The credential names no issuer.")
    if "validFrom" not in credential or not isinstance(
        credential.get("credentialSubject"), Mapping
    ):
        raise VcError("The credential names no date or not one subject.")
    proofs.when(credential["validFrom"])
    if "validUntil" in credential:
        proofs.when(credential["validUntil"])
    if len(_contained(credential)) > _MAX_CONTAINED:
        raise VcError("The learner record holds too many credentials.")
    return name


def _contained(credential: Mapping[str, Any]) -> list[Any]:
    return _list(credential["credentialSubject"].get("verifiableCredential"))


def _of_contained(inner: tuple[Verification, ...]) -> Check:
    states: list[State] = [one.state for one in inner]
    worst: tuple[State, ...] = ("failed", "unknown")
    for state in worst:
        if state in states:
            count = states.count(state)
            return Check("contained", state, f"{count} of {len(states)} credentials: {state}.")
    return Check("contained", "passed" if inner else "failed", "" if inner else "It holds none.")


def _entry(entry: Any) -> tuple[str, int, str]:
    if not isinstance(entry, Mapping) or entry.get("type") != "BitstringStatusListEntry":
        raise VcError("The credential's status is of no kind that is known here.")
    address, place, purpose = (
        entry.get(name) for name in ("statusListCredential", "statusListIndex", "statusPurpose")
    )
    if not isinstance(address, str) or purpose not in ("revocation", "suspension"):
        raise VcError("The credential's status cannot be read.")
    if not isinstance(place, str) or not place.isascii() or not place.isdigit() or len(place) > 9:
        raise VcError("The credential's status cannot be read.")
    return address, int(place), purpose


def _is_set(listed: Mapping[str, Any], issuer: str, address: str, index: int, purpose: str) -> bool:
    if listed.get("id") != address:
        raise VcError("What was found for the status is another list.")
    by = listed["issuer"]
    if (by.get("id") if isinstance(by, Mapping) else by) != issuer:
        raise VcError("The status list is somebody else's.")
    content = listed["credentialSubject"]
    if content.get("type") != "BitstringStatusList" or content.get("statusPurpose") != purpose:
        raise VcError("The status list is for another purpose.")
    return status.is_set(content.get("encodedList"), index)


def _run(name: str, check: Callable[[], None]) -> Check:
    try:
        check()
    except VcError as error:
        return Check(name, "failed", str(error))
    except _Unknown as error:
        return Check(name, "unknown", str(error))
    return Check(name, "passed")


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _object_or_nothing(document: Any) -> Mapping[str, Any]:
    return document if isinstance(document, Mapping) else {}
