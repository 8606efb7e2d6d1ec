"""What this room keeps of people, and what becomes of it (see ``kernel.personal``)."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from app.kernel import bigfiles
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Step, Table, Who, declare, folder, step
from app.workspaces import hub

declare("workspaces", Table(name="lab_checks", by=("asked_by_id",)))


def home(who: Who) -> Path:
    """Her folder in the labs, on an installation of one machine."""
    return bigfiles.folder("files").parents[1] / "homes" / who.handle


def _files(who: Who) -> Iterator[tuple[str, Path]]:
    """What she keeps in her labs, without what programs left there for themselves."""
    place = home(who)
    for path in sorted(place.rglob("*")) if place.is_dir() else ():
        inside = path.relative_to(place)
        if path.is_file() and not path.is_symlink() and not inside.parts[0].startswith("."):
            yield inside.as_posix(), path


def _close_labs(who: Who) -> int:
    """End her server and take her out of the Hub, with its tokens; then her folder goes."""
    hub.client().forget(who.handle)
    if not home(who).is_dir():
        return 1
    shutil.rmtree(home(who))
    return 2


folder("workspaces", _files)
step(Step("workspaces.labs", _l("Your labs, and the files in them"), _close_labs, outside=True))
