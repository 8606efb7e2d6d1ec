"""A cell's outputs, made of what its process says about them: what nbclient makes of messages."""

from __future__ import annotations

from typing import Any, Final

from nbformat import NotebookNode

__all__ = ["Outputs", "timed_out"]

#: nbgrader's own words for a cell that was interrupted (``Execute.error_on_timeout``).
TIMEOUT: Final = {
    "status": "error",
    "ename": "CellTimeoutError",
    "evalue": "",
    "traceback": ["\x1b[0;31mCellTimeoutError\x1b[0m: No reply from kernel before timeout"],
}
SILENT: Final = ["ERROR: An error occurred while showtraceback was disabled"]


def timed_out() -> dict[str, Any]:
    """Return the reply of a cell that went beyond its time."""
    return dict(TIMEOUT)


class Outputs:
    """Collects the outputs of the cell that runs now. Raises on what is not of the agreed form."""

    def __init__(self) -> None:
        self.current: list[NotebookNode] = []
        self.clear_later = False
        self.displays: dict[str, list[NotebookNode]] = {}

    def begin(self, outputs: list[NotebookNode]) -> None:
        """A new cell runs, into ``outputs``."""
        self.current, self.clear_later = outputs, False

    def stream(self, name: str, text: str) -> None:
        last = self.current[-1] if self.current and not self.clear_later else None
        if last is not None and last.output_type == "stream" and last.name == name:
            last.text += text
        else:
            self._add(NotebookNode(output_type="stream", name=name, text=text))

    def take(self, kind: str, content: dict[str, Any]) -> None:
        """Do what a message of this kind asks for; unknown kinds ask for nothing."""
        if kind == "stream":
            self.stream("stderr" if content["name"] == "stderr" else "stdout", _text(content))
        elif kind == "error":
            self._add(_error(content))
        elif kind == "execute_result":
            data = dict(content["data"])
            self._add(
                NotebookNode(
                    output_type=kind, data=data, metadata=NotebookNode(), execution_count=None
                )
            )
        elif kind in ("display_data", "update_display_data"):
            self._display(kind, content)
        elif kind == "clear_output":
            if content.get("wait"):
                self.clear_later = True
            else:
                self.current.clear()

    def end(self, reply: dict[str, Any]) -> None:
        """Add the error of a cell's reply when its outputs do not show it, as nbgrader does."""
        if reply.get("status") != "error":
            return
        name = str(reply.get("ename"))
        if any(o.output_type == "error" and o.ename == name for o in self.current):
            return
        made = _error(reply)
        made.traceback = made.traceback or list(SILENT)
        self.current.append(made)

    def _display(self, kind: str, content: dict[str, Any]) -> None:
        data = dict(content["data"])
        transient = content.get("transient") or {}
        shown = transient.get("display_id")
        if isinstance(shown, str):
            for output in self.displays.get(shown, []):
                output.data = data
        if kind == "update_display_data":
            return
        made = NotebookNode(output_type=kind, data=data, metadata=NotebookNode())
        self._add(made)
        if isinstance(shown, str):
            self.displays.setdefault(shown, []).append(made)

    def _add(self, output: NotebookNode) -> None:
        if self.clear_later:
            self.current.clear()
            self.clear_later = False
        self.current.append(output)


def _error(content: dict[str, Any]) -> NotebookNode:
    traceback = content.get("traceback")
    return NotebookNode(
        output_type="error",
        ename=str(content.get("ename")),
        evalue=str(content.get("evalue")),
        traceback=[str(line) for line in traceback] if isinstance(traceback, list) else [],
    )


def _text(content: dict[str, Any]) -> str:
    text = content["text"]
    if not isinstance(text, str):
        raise TypeError("A stream's text is text.")
    return text
