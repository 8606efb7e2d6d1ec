"""Outputs as a notebook format knows them: what else the student's process sent is dropped."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

__all__ = ["tidy"]


def tidy(nb: NotebookNode) -> NotebookNode:
    """Rebuild every output from its known parts, of the right types. Changes ``nb``."""
    for cell in nb.cells:
        if cell.cell_type != "code":
            continue
        count = cell.get("execution_count")
        cell.execution_count = count if type(count) is int and 0 < count < 10**9 else None
        cell.metadata.pop("execution", None)
        made = [_tidy(output) for output in cell.get("outputs", [])]
        cell.outputs = [output for output in made if output is not None]
    return nb


def _tidy(output: NotebookNode) -> NotebookNode | None:
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return new_output("stream", name=name, text=_text(output.get("text")))
    if kind == "error":
        traceback = output.get("traceback")
        return new_output(
            "error",
            ename=_text(output.get("ename")),
            evalue=_text(output.get("evalue")),
            traceback=[_text(line) for line in traceback] if isinstance(traceback, list) else [],
        )
    if kind in ("display_data", "execute_result"):
        data = output.get("data")
        kept: dict[str, Any] = {}
        for name, value in data.items() if isinstance(data, dict) else ():
            if isinstance(value, str) or (
                isinstance(value, list) and all(isinstance(line, str) for line in value)
            ):
                kept[str(name)] = value
        extra = {"execution_count": None} if kind == "execute_result" else {}
        return new_output(kind, data=kept, **extra)
    return None


def _text(value: object) -> str:
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""
