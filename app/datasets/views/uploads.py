"""Files in pieces: what the page's script asks for."""

import uuid
from typing import Any

from flask import jsonify, request

from app.accounts.session import me
from app.datasets import operations, queries
from app.datasets.rules import PIECE_BYTES
from app.datasets.views.blueprint import bp, keepers
from app.kernel.errors import Refused


@bp.post("/data/uploads")
@keepers
def create_upload() -> Any:
    """A place for a file; ``received`` bytes of it are here already."""
    said = request.get_json(silent=True)
    said = said if isinstance(said, dict) else {}
    size = said.get("size")
    try:
        made = operations.begin_upload(
            me(),
            str(said.get("name") or ""),
            size if isinstance(size, int) and not isinstance(size, bool) else 0,
            str(said.get("mark") or ""),
        )
    except Refused as refusal:
        return jsonify(message=str(refusal.message)), 422
    return jsonify(id=str(made.id), received=made.received, piece=PIECE_BYTES), 201


@bp.get("/data/uploads/<uuid:upload_id>")
@keepers
def upload(upload_id: uuid.UUID) -> Any:
    return jsonify(received=queries.upload_of(me(), upload_id).received)


@bp.put("/data/uploads/<uuid:upload_id>")
@keepers
def add_piece(upload_id: uuid.UUID) -> Any:
    """The piece at ``?offset=``; its SHA-256 may stand in the header ``X-Digest``."""
    offset = request.args.get("offset", -1, int)
    if (request.content_length or 0) > PIECE_BYTES:
        return jsonify(message=str(operations.PieceDamaged.message)), 422
    try:
        received = operations.add_piece(
            me(), upload_id, offset, request.get_data(), request.headers.get("X-Digest")
        )
    except Refused as refusal:
        return jsonify(message=str(refusal.message)), 422
    return jsonify(received=received)
