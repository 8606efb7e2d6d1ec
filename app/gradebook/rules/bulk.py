"""What can be done to one column for many students at once."""

from enum import StrEnum

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

__all__ = ["ACT_NAMES", "Act"]


class Act(StrEnum):
    ZERO = "zero"
    SET = "set"
    ADD = "add"
    EXCUSE = "excuse"
    COUNT = "count"
    CLEAR = "clear"


ACT_NAMES: dict[Act, LazyText] = {
    Act.ZERO: _l("Give 0 where nothing came"),
    Act.SET: _l("Give these points to everybody, instead of what was computed"),
    Act.ADD: _l("Add points where there are some (or take them: -2)"),
    Act.EXCUSE: _l("Excuse: does not count"),
    Act.COUNT: _l("Take excuses back"),
    Act.CLEAR: _l("Take away everything that was set by hand"),
}
