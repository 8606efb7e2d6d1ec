"""Cells beside the tests that must fail, or answer, in a known way.

Where tests share the student's process, her code can silence failures. A canary has the text of
the test and must fail at its first line; code that silences failures silences it too. That detects
known ways and proves nothing.
"""

from __future__ import annotations

import ast
import secrets
import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from nbformat import NotebookNode

from app.engine import messages

__all__ = ["NOT_FAILED", "NOT_THE_VALUE", "answered", "failed", "failing", "number"]

NOT_FAILED: Final = messages.STAFF_NOT_FAILED
NOT_THE_VALUE: Final = messages.STAFF_NOT_THE_VALUE


def failing(test: str) -> str:
    """Return a cell that looks like ``test`` and must fail at its first line.

    Any error will do: code that breaks how errors are shown loses its own tests by it, and
    nbgrader scores it so. Code that knows a canary could repeat the nonce anyway.
    """
    source = f"assert False, '{secrets.token_hex(12)}'"
    return f"{source}\n{test}" if _compiles(test) else source


def failed(outputs: Sequence[NotebookNode]) -> bool:
    """Say whether a failing cell did fail."""
    return any(out.output_type == "error" for out in outputs)


def number() -> str:
    """Return a cell whose value, the cell's own text, must arrive unchanged."""
    return str(secrets.randbelow(10**12))


def answered(outputs: Sequence[NotebookNode], nonce: str) -> bool:
    """Say whether the value of :func:`number` arrived."""
    values = [out.data.get("text/plain") for out in outputs if out.output_type == "execute_result"]
    return values == [nonce] and not failed(outputs)


@lru_cache(maxsize=1024)
def _compiles(source: str) -> bool:
    """Say whether IPython could compile ``source`` after another statement in the same cell."""
    from IPython.core.inputtransformer2 import TransformerManager

    if source.lstrip().startswith("%%") or "__future__" in source:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            plain = TransformerManager().transform_cell("pass\n" + source)
            compile(plain, "<test>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
