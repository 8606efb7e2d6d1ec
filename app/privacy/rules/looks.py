"""Ways in which others look at somebody's data, each with words for the person herself."""

from dataclasses import dataclass

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l


@dataclass(frozen=True)
class Look:
    """A kind of looking. ``name`` is kept in the database."""

    name: str
    title: LazyText


LOOKS: dict[str, Look] = {}


def register_look(look: Look) -> Look:
    """Give a kind of looking its words. Rooms do this when they are imported."""
    known = LOOKS.setdefault(look.name, look)
    if known is not look and known != look:
        raise ValueError(f"The look {look.name} is registered twice")
    return known


def look_title(name: str) -> str:
    """The words of a kind of looking; its bare name when its room is gone."""
    return str(LOOKS[name].title) if name in LOOKS else name


PORTFOLIO = register_look(Look("portfolio", _l("Your portfolio")))
ACCOUNT_PAGE = register_look(Look("account", _l("Your account, roles and memberships")))
DATA_REQUEST = register_look(Look("data-request", _l("Your request about your data")))
