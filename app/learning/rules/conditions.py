"""Release conditions: a small tree that says what opens an item. Pure.

A tree is JSON, ``None`` when nothing is asked. A node is one of::

    {"all": [node, …]}   {"any": [node, …]}
    {"from": "2026-09-01T00:00:00+00:00"}        open from that instant on
    {"until": "2026-12-31T16:00:00+00:00"}       open before that instant
    {"completed": "lesson:areas"}                that item is done
    {"score": "lab:squares", "least": 0.6}       at least that share (0 to 1) of its points
    {"group": "A"}                               the student is in that group of her section
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

__all__ = [
    "MOST_LEAVES",
    "ConditionInvalid",
    "Facts",
    "Tree",
    "asks_for_group",
    "check",
    "cycle",
    "from_blocks",
    "holds",
    "items_of",
    "leaves",
    "missing",
    "shifted",
    "to_blocks",
]

Tree = dict[str, Any]
DEEPEST = 4
MOST_LEAVES = 40
LEAVES = {
    frozenset({"from"}),
    frozenset({"until"}),
    frozenset({"completed"}),
    frozenset({"score", "least"}),
    frozenset({"group"}),
}


class ConditionInvalid(ValueError):
    """The tree is not of the shape above."""


@dataclass(frozen=True)
class Facts:
    """What is known of one student at one instant."""

    now: datetime
    completed: frozenset[str] = frozenset()
    """Keys of the items that she has done, as ``lab:squares``."""
    shares: Mapping[str, float] = field(default_factory=dict)
    """Share of the points (0 to 1) by item key; absent when nothing is graded."""
    groups: frozenset[str] = frozenset()
    """Names of the groups of her section that she is in."""


def check(tree: Any) -> None:
    """Raise ConditionInvalid unless TREE is None or of the shape above."""
    if tree is None:
        return
    _check(tree, 1)
    if sum(1 for _leaf in leaves(tree)) > MOST_LEAVES:
        raise ConditionInvalid("too many conditions")


def _check(tree: Any, depth: int) -> None:
    if not isinstance(tree, dict) or depth > DEEPEST:
        raise ConditionInvalid(repr(tree)[:80])
    for join in ("all", "any"):
        if set(tree) == {join}:
            if not isinstance(tree[join], list) or not tree[join]:
                raise ConditionInvalid(f"{join} needs conditions")
            for child in tree[join]:
                _check(child, depth + 1)
            return
    if frozenset(tree) not in LEAVES:
        raise ConditionInvalid(repr(sorted(map(str, tree)))[:80])
    _check_leaf(tree)


def _check_leaf(tree: Tree) -> None:
    for key in ("from", "until"):
        if key in tree and _instant(tree[key]) is None:
            raise ConditionInvalid(f"{key} needs an instant with its zone")
    for key in ("completed", "score", "group"):
        if key in tree and not (isinstance(tree[key], str) and 0 < len(tree[key]) <= 120):
            raise ConditionInvalid(f"{key} needs a name")
    if "least" in tree:
        least = tree["least"]
        if isinstance(least, bool) or not isinstance(least, int | float) or not 0 <= least <= 1:
            raise ConditionInvalid("least is a share from 0 to 1")


def _instant(text: Any) -> datetime | None:
    try:
        value = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return value if value.tzinfo is not None else None


def holds(tree: Tree | None, facts: Facts) -> bool:
    """Whether TREE, which was checked, holds for FACTS."""
    if tree is None:
        return True
    if "all" in tree:
        return all(holds(child, facts) for child in tree["all"])
    if "any" in tree:
        return any(holds(child, facts) for child in tree["any"])
    if "from" in tree:
        return facts.now >= datetime.fromisoformat(tree["from"])
    if "until" in tree:
        return facts.now < datetime.fromisoformat(tree["until"])
    if "completed" in tree:
        return tree["completed"] in facts.completed
    if "score" in tree:
        # A hair's breadth, so that 0.1 + 0.2 of 0.3 is enough.
        return facts.shares.get(tree["score"], -1.0) >= tree["least"] - 1e-9
    return tree["group"] in facts.groups


def missing(tree: Tree | None, facts: Facts) -> Tree | None:
    """What is left of TREE when the parts that hold are taken out; None when it holds.

    Of an ``any`` all alternatives stay, since each of them opens the item.
    """
    if tree is None or holds(tree, facts):
        return None
    for join in ("all", "any"):
        if join in tree:
            parts = [part for child in tree[join] if (part := missing(child, facts)) is not None]
            return parts[0] if len(parts) == 1 else {join: parts}
    return tree


def leaves(tree: Tree | None) -> Iterator[Tree]:
    """The single conditions of TREE, from left to right."""
    if tree is None:
        return
    children = tree.get("all") or tree.get("any")
    if children is None:
        yield tree
        return
    for child in children:
        yield from leaves(child)


def items_of(tree: Tree | None) -> set[str]:
    """Keys of the items that TREE asks for."""
    return {leaf.get("completed") or leaf["score"] for leaf in leaves(tree) if _names_item(leaf)}


def _names_item(leaf: Tree) -> bool:
    return "completed" in leaf or "score" in leaf


def cycle(trees: Mapping[str, Tree | None]) -> list[str]:
    """Items that wait for each other in a circle, the first one repeated at the end; else empty.

    TREES maps item keys to what opens them. An alternative within ``any`` counts too: a circle
    that only one road avoids is a mistake of whoever made it.
    """
    waits_for = {key: sorted(items_of(tree)) for key, tree in trees.items()}
    done: set[str] = set()
    for start in waits_for:
        path: list[str] = []
        stack: list[tuple[str, Iterator[str]]] = []
        if start not in done:
            path, stack = [start], [(start, iter(waits_for[start]))]
        while stack:
            key, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                done.add(key)
                path.pop()
                stack.pop()
            elif following in path:
                return [*path[path.index(following) :], following]
            elif following not in done:
                path.append(following)
                stack.append((following, iter(waits_for.get(following, ()))))
    return []


def asks_for_group(tree: Tree | None) -> bool:
    return any("group" in leaf for leaf in leaves(tree))


def shifted(tree: Tree | None, by: timedelta) -> Tree | None:
    """TREE with every instant moved."""
    if tree is None:
        return None
    for join in ("all", "any"):
        if join in tree:
            return {join: [shifted(child, by) for child in tree[join]]}
    return {
        key: (datetime.fromisoformat(value) + by).isoformat() if key in ("from", "until") else value
        for key, value in tree.items()
    }


def to_blocks(tree: Tree | None) -> list[list[Tree]]:
    """TREE as alternatives: it holds when every condition of some block holds.

    Nothing asked is no block. This is how people edit a tree without script.
    """
    return [] if tree is None else _blocks(tree)


def _blocks(tree: Tree) -> list[list[Tree]]:
    if "any" in tree:
        return [block for child in tree["any"] for block in _blocks(child)]
    if "all" in tree:
        found: list[list[Tree]] = [[]]
        for child in tree["all"]:
            found = [
                [*block, *(leaf for leaf in more if leaf not in block)]
                for block in found
                for more in _blocks(child)
            ]
        return found
    return [[tree]]


def from_blocks(blocks: Iterable[Iterable[Tree]]) -> Tree | None:
    """The smallest tree of BLOCKS; None when all of them are empty."""
    nodes: list[Tree] = []
    for block in blocks:
        parts = list(block)
        if parts:
            nodes.append(parts[0] if len(parts) == 1 else {"all": parts})
    if not nodes:
        return None
    return nodes[0] if len(nodes) == 1 else {"any": nodes}
