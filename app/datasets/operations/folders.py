"""Data sets that come with a folder of courses."""

from pathlib import Path
from typing import Any

import yaml

from app.datasets.models import DataSet
from app.datasets.operations.keeping import Content, incoming, keep
from app.datasets.rules import Access
from app.kernel.errors import Refused
from app.kernel.i18n import LOCALES, speaking
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation

ABOUT = "data.yaml"
KEYS = {"title", "description", "licence", "source", "version", "access"}


class FolderInvalid(Refused):
    """A folder of data cannot be taken as it is; the message names the file."""


@operation
def load_folder(root: Path) -> list[DataSet]:
    """Keep every ``CLUSTER/COURSE/data/NAME`` below ROOT, all or nothing.

    Doing it again changes nothing. Raises FolderInvalid.
    """
    return [_load(about.parent) for about in sorted(root.glob(f"*/*/data/*/{ABOUT}"))]


def _load(folder: Path) -> DataSet:
    about = folder / ABOUT
    try:
        said: Any = yaml.safe_load(about.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise FolderInvalid(f"{about}: not valid YAML: {error}") from error
    if not isinstance(said, dict) or set(said) - KEYS:
        raise FolderInvalid(f"{about}: the keys are {', '.join(sorted(KEYS))}")
    try:
        access = Access(said.get("access", "open"))
    except ValueError:
        raise FolderInvalid(f"{about}: 'access' is open or hidden") from None
    number = said.get("version")
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise FolderInvalid(f"{about}: 'version' is a whole number from 1 on")
    files = []
    try:
        with speaking("en"):
            for path in sorted(folder.iterdir()):
                if path == about:
                    continue
                if path.is_symlink() or not path.is_file():
                    raise FolderInvalid(f"{path}: a data set holds plain files only")
                with path.open("rb") as stream:
                    files.append(incoming(path.name, stream))
            return keep(
                None,
                Content(
                    name=folder.name,
                    number=number,
                    title=_both(said, "title", about),
                    description=_both(said, "description", about)
                    if "description" in said
                    else None,
                    licence=str(said.get("licence") or ""),
                    source=str(said.get("source") or ""),
                    access=access,
                    files=files,
                ),
            )
    except FolderInvalid:
        raise
    except Refused as refusal:
        with speaking("en"):
            raise FolderInvalid(f"{about}: {refusal.message}") from refusal


def _both(said: dict[str, Any], key: str, about: Path) -> LocalizedText:
    texts = said.get(key)
    if not isinstance(texts, dict) or not all(
        isinstance(texts.get(code), str) and texts[code].strip() for code in LOCALES
    ):
        raise FolderInvalid(f"{about}: '{key}' must be written per language: {', '.join(LOCALES)}")
    return LocalizedText({code: texts[code].strip() for code in LOCALES})
