"""Writes of data sets."""

from app.datasets.operations.folders import FolderInvalid, load_folder
from app.datasets.operations.keeping import (
    BadFile,
    BadName,
    Content,
    Incoming,
    NameTaken,
    NoLicence,
    NotWhole,
    VersionTaken,
    incoming,
    keep,
    lay_out_all,
)
from app.datasets.operations.uploading import (
    NoRoom,
    PieceDamaged,
    TooLarge,
    add_piece,
    begin_upload,
    finished,
    forget_old_uploads,
    keep_sent,
)

__all__ = [
    "BadFile", "BadName", "Content", "FolderInvalid", "Incoming", "NameTaken", "NoLicence",
    "NoRoom", "NotWhole", "PieceDamaged", "TooLarge", "VersionTaken", "add_piece", "begin_upload",
    "finished", "forget_old_uploads", "incoming", "keep", "keep_sent", "lay_out_all",
    "load_folder",
]  # fmt: skip
