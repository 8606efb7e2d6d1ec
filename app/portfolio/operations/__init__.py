"""Composing pages and showing them."""

from app.portfolio.operations.blocks import (
    BlockWords,
    add_block,
    change_block,
    delete_block,
    move_block,
)
from app.portfolio.operations.files import EmptyFile, FileTooLarge, delete_file, keep_file
from app.portfolio.operations.looking import note_file, note_look
from app.portfolio.operations.pages import (
    PageWords,
    ProfileWords,
    Stale,
    TooMany,
    change_page,
    change_profile,
    create_page,
    delete_page,
)
from app.portfolio.operations.shares import (
    AlreadyOver,
    ConsentMissing,
    end_share,
    end_shares_to,
    give_link,
    publish,
    show_to_company,
)

__all__ = [
    "AlreadyOver", "BlockWords", "ConsentMissing", "EmptyFile", "FileTooLarge", "PageWords",
    "ProfileWords", "Stale", "TooMany", "add_block", "change_block", "change_page",
    "change_profile", "create_page", "delete_block", "delete_file", "delete_page", "end_share",
    "end_shares_to", "give_link", "keep_file", "move_block", "note_file", "note_look", "publish",
    "show_to_company",
]  # fmt: skip
