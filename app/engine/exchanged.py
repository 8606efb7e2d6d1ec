"""What crosses the engine's wall for challenges. Plain frozen data, no behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Evaluated", "Evaluation", "Produced"]


@dataclass(frozen=True)
class Produced:
    """What a notebook wrote; or ``problem``, a msgid that is formatted with ``params``."""

    content: bytes | None
    seconds: float
    problem: str | None = None
    params: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class Evaluation:
    """How predictions are scored: which columns, which metric, and which rows count when.

    ``kind`` is ``number``, ``probability`` or ``label``; ``metric`` one of the evaluator's, or
    ``own`` with the author's ``program``. ``share`` of the answers counts now, settled by ``seed``.
    """

    id_column: str
    target_column: str
    metric: str
    kind: str
    seed: str
    share: float
    program: bytes | None = None


@dataclass(frozen=True)
class Evaluated:
    """Two scores; or ``problem``, a code, with the ``line`` of the file where it is.

    ``detail`` is for who wrote the challenge alone.
    """

    environment: Mapping[str, str]
    seconds: float
    public: float | None = None
    private: float | None = None
    problem: str | None = None
    line: int | None = None
    params: Mapping[str, str | int | float] = field(default_factory=dict)
    detail: str | None = None
