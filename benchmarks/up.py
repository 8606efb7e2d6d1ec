"""``python -m benchmarks.up PART…``: the house with some of its parts only.

It ends when the benchmark that started it does, however that ends.
"""

import ctypes
import dataclasses
import os
import signal
import sys
from collections.abc import Mapping

from app.hosting.house import House, furnish
from app.hosting.supervisor import run_house
from app.kernel.config import Config

_PR_SET_PDEATHSIG = 1


def main(names: list[str]) -> None:
    def some(config: Config, environ: Mapping[str, str]) -> House:
        whole = furnish(config, environ)
        parts = tuple(part for part in whole.parts if part.name in names)
        if len(parts) != len(names):
            raise SystemExit(f"The house has no such parts: {names}")
        return dataclasses.replace(whole, parts=parts)

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
    run_house(Config.from_environ(os.environ), furnish=some)


if __name__ == "__main__":
    main(sys.argv[1:])
