"""The file with which anybody can check a result: rankings, lottery and result, without names."""

import json

from app.matching.blocking import blocking_pairs
from app.matching.deferred import Matching
from app.matching.errors import MatchingError
from app.matching.lottery import digest, document, draw, seed_hash
from app.matching.standing import Standing

__all__ = ["FORMAT", "VERSION", "proof"]

FORMAT = "banyan-matching-proof"
VERSION = 1


def proof(matching: Matching, seed: str) -> str:
    """The proof file of a matching as it came out, before anything was changed by hand: ASCII, one
    line, keys sorted. Raises MatchingError if the seed is not the one that drew its lottery.
    """
    if draw(matching.round, seed) != matching.lottery:
        raise MatchingError("The seed is not that of this matching.")
    standing = Standing(matching.round, matching.lottery)
    pairs = blocking_pairs(matching.round, standing, matching.assigned, matching.closed)
    written = {
        "format": FORMAT,
        "version": VERSION,
        "round": document(matching.round),
        "lottery": {
            "seed": seed,
            "seed_hash": seed_hash(seed),
            "digest": digest(matching.round),
        },
        "result": {
            "assigned": dict(matching.assigned),
            "closed": list(matching.closed),
            "blocking_pairs": len(pairs),
        },
    }
    return json.dumps(written, sort_keys=True, separators=(",", ":")) + "\n"
