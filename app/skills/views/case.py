"""The CASE 1.1 service (1EdTech, REST/JSON binding): reading, without an account."""

import json
from typing import Any

from flask import Response, request, url_for

from app.kernel.errors import NotVisible
from app.kernel.ids import new_id
from app.skills import queries
from app.skills.rules import parts_of
from app.skills.rules.asking import CannotSort, chosen, matching, put_in_order
from app.skills.views.blueprint import bp
from app.web.doors import public

BASE = "/ims/case/v1p1"
DEFAULT_LIMIT, MOST = 100, 1000


@bp.get(f"{BASE}/CFDocuments")
@public
def case_documents() -> Response:
    """Every framework's document. ``limit``, ``offset``, ``sort``, ``orderBy``, ``filter``,
    ``fields``."""
    args = request.args
    try:
        limit = min(_number("limit", DEFAULT_LIMIT, 1), MOST)
        offset = _number("offset", 0, 0)
        rows = matching(queries.served_documents(), args.get("filter", ""))
        rows = put_in_order(rows, args.get("sort", ""), args.get("orderBy", ""))
        fields = ",".join(args.getlist("fields")).split(",")
        shown = chosen(rows, fields)[offset : offset + limit]
    except CannotSort as error:
        return _status(400, str(error), "invalid_sort_field")
    except ValueError as error:
        return _status(400, str(error), "invalid_selection_field")
    answer = _json({"CFDocuments": shown})
    answer.headers["X-Total-Count"] = str(len(rows))
    if links := _links(limit, offset, len(rows)):
        answer.headers["Link"] = links
    return answer


def _links(limit: int, offset: int, total: int) -> str:
    """The other pages of the same question, as RFC 8288 writes them."""
    last = max(0, (total - 1) // limit * limit)
    places = {"first": 0, "last": last}
    if offset + limit < total:
        places["next"] = offset + limit
    if offset > 0:
        places["prev"] = max(0, offset - limit)
    asked = {name: value for name, value in request.args.items() if name not in ("limit", "offset")}
    return ", ".join(
        f"<{url_for('skills.case_documents', **asked, limit=limit, offset=at, _external=True)}>;"
        f' rel="{name}"'
        for name, at in places.items()
    )


@bp.get(f"{BASE}/CFDocuments/<identifier>")
@public
def case_document(identifier: str) -> Response:
    return _one("CFDocuments", identifier)


@bp.get(f"{BASE}/CFPackages/<identifier>")
@public
def case_package(identifier: str) -> Response:
    """A framework as a whole, as it was taken in."""
    try:
        package, _document = queries.package_with("CFDocuments", identifier)
    except NotVisible:
        return _unknown()
    return _json(package)


@bp.get(f"{BASE}/CFItems/<identifier>")
@public
def case_item(identifier: str) -> Response:
    return _one("CFItems", identifier)


@bp.get(f"{BASE}/CFAssociations/<identifier>")
@public
def case_association(identifier: str) -> Response:
    return _one("CFAssociations", identifier)


@bp.get(f"{BASE}/CFItemAssociations/<identifier>")
@public
def case_item_associations(identifier: str) -> Response:
    """An item with every association that begins or ends at it."""
    try:
        package, item = queries.package_with("CFItems", identifier)
    except NotVisible:
        return _unknown()
    ends = ("originNodeURI", "destinationNodeURI")
    found = [
        row
        for row in parts_of(package, "CFAssociations")
        if any((row.get(end) or {}).get("identifier") == identifier for end in ends)
    ]
    return _json({"CFItem": item, "CFAssociations": found})


@bp.get(f"{BASE}/<any(CFConcepts,CFSubjects):collection>/<identifier>")
@public
def case_hierarchy(collection: str, identifier: str) -> Response:
    """A concept or subject, with those below it in the same package."""
    try:
        package, part = queries.package_with(collection, identifier)
    except NotVisible:
        return _unknown()
    code = str(part.get("hierarchyCode") or "")
    below = [
        row
        for row in parts_of(package, collection)
        if row is not part and code and str(row.get("hierarchyCode") or "").startswith(f"{code}.")
    ]
    return _json({collection: [part, *below]})


@bp.get(f"{BASE}/CFItemTypes/<identifier>")
@public
def case_item_type(identifier: str) -> Response:
    return _one("CFItemTypes", identifier, within=True)


@bp.get(f"{BASE}/<any(CFLicenses,CFAssociationGroupings,CFRubrics):collection>/<identifier>")
@public
def case_definition(collection: str, identifier: str) -> Response:
    return _one(collection, identifier)


def _one(collection: str, identifier: str, *, within: bool = False) -> Response:
    try:
        _package, part = queries.package_with(collection, identifier)
    except NotVisible:
        return _unknown()
    return _json({collection: [part]} if within else part)


def _number(name: str, default: int, least: int) -> int:
    text = request.args.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10) or int(text) < least:
        raise ValueError(f"{name} is a whole number from {least} on")
    return int(text)


def _json(value: Any, status: int = 200) -> Response:
    answer = Response(
        json.dumps(value, ensure_ascii=False), status=status, mimetype="application/json"
    )
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def _unknown() -> Response:
    return _status(404, "Unknown Object", "unknownobject")


def _status(code: int, description: str, minor: str) -> Response:
    """imsx_StatusInfo, as the binding has it."""
    return _json(
        {
            "imsx_messageRefIdentifier": str(new_id()),
            "imsx_codeMajor": "failure",
            "imsx_severity": "error",
            "imsx_description": description,
            "imsx_codeMinor": {
                "imsx_codeMinorField": [
                    {
                        "imsx_codeMinorFieldName": "sourcedId",
                        "imsx_codeMinorFieldValue": minor,
                    }
                ]
            },
        },
        code,
    )
