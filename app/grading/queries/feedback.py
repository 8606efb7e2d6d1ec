"""What students may see of their graded notebooks."""

import base64
import json
from typing import Any

from app import engine
from app.grading.models import NotebookScore
from app.kernel import blobs


def feedback_blocks(notebook: NotebookScore) -> list[engine.FeedbackBlock]:
    """What the student may see of a graded notebook."""
    if notebook.feedback_blob is None:
        return []
    return [_block(fields) for fields in json.loads(blobs.get(notebook.feedback_blob))]


def _block(fields: dict[str, Any]) -> engine.FeedbackBlock:
    cell = fields.pop("cell")
    outputs = tuple(
        engine.FeedbackOutput(
            kind=output["kind"], text=output["text"], data=base64.b64decode(output["data"])
        )
        for output in fields.pop("outputs")
    )
    notes = tuple(fields.pop("notes"))
    return engine.FeedbackBlock(
        **fields,
        outputs=outputs,
        notes=notes,
        cell=None if cell is None else engine.CellResult(**cell),
    )
