"""Changing the outline of a raw rubric: add, move and delete criteria and levels."""

from copy import deepcopy
from dataclasses import dataclass

from app.rubrics.rules.shape import Raw, blank_criterion, new_part_id

__all__ = ["Edit", "edited"]

VERBS = ("add-criterion", "copy-criterion", "add-level", "delete", "up", "down")


@dataclass(frozen=True)
class Edit:
    """One press of a button: VERB, then the criterion's id and perhaps a level's."""

    verb: str
    criterion: str = ""
    level: str = ""

    @classmethod
    def read(cls, text: str) -> "Edit | None":
        """``up:CRITERION:LEVEL`` and the like; None when it is nothing of the kind."""
        verb, *names = text.split(":")
        if verb not in VERBS or len(names) > 2:
            return None
        return cls(verb, *names)


def edited(raw: Raw, edit: Edit) -> tuple[Raw, str]:
    """RAW after EDIT, and the id of the part to look at now. What EDIT names may be gone."""
    made = deepcopy(raw)
    criteria: list[Raw] = made["criteria"]
    if edit.verb == "add-criterion":
        # A new row of the grid has as many levels as the one above it, by the same names.
        row = blank_criterion()
        if criteria:
            row["levels"] = [
                {**level, "id": new_part_id(), "description": {}}
                for level in deepcopy(criteria[-1]["levels"])
            ]
        criteria.append(row)
        return made, row["id"]
    place = _place(criteria, edit.criterion)
    if place is None:
        return made, ""
    criterion = criteria[place]
    if edit.verb == "copy-criterion":
        twin = deepcopy(criterion)
        twin["id"] = new_part_id()
        for level in twin["levels"]:
            level["id"] = new_part_id()
        criteria.insert(place + 1, twin)
        return made, twin["id"]
    if edit.verb == "add-level":
        level = {"id": new_part_id(), "title": {}, "description": {}, "points": ""}
        criterion["levels"].append(level)
        return made, level["id"]
    if not edit.level:
        return made, _change(criteria, place, edit.verb)
    level_place = _place(criterion["levels"], edit.level)
    if level_place is None:
        return made, criterion["id"]
    return made, _change(criterion["levels"], level_place, edit.verb) or criterion["id"]


def _place(parts: list[Raw], part_id: str) -> int | None:
    return next((number for number, part in enumerate(parts) if part["id"] == part_id), None)


def _change(parts: list[Raw], place: int, verb: str) -> str:
    """Move or delete PARTS[PLACE]; the id of what to look at now."""
    if verb == "delete":
        del parts[place]
        return str(parts[min(place, len(parts) - 1)]["id"]) if parts else ""
    part = parts.pop(place)
    step = -1 if verb == "up" else 1
    parts.insert(min(max(place + step, 0), len(parts)), part)
    return str(part["id"])
