"""Writes: one verb per use case, refusals beside the functions that raise them."""

from app.privacy.operations.consents import NotByConsent, consent, end_consents, inform, withdraw
from app.privacy.operations.erasing import erase
from app.privacy.operations.exporting import export_file, forget_exports, make_export
from app.privacy.operations.leaving import leave
from app.privacy.operations.lookings import looked, looked_at_all
from app.privacy.operations.requests import (
    AskedAlready,
    NotErasable,
    TooLate,
    WordsNeeded,
    answer,
    ask_for_export,
    ask_in_words,
    ask_to_be_erased,
    record_for,
    take_back,
)
from app.privacy.operations.scanning import Trace, traces, traces_in_files

__all__ = [
    "AskedAlready",
    "NotByConsent",
    "NotErasable",
    "TooLate",
    "Trace",
    "WordsNeeded",
    "answer",
    "ask_for_export",
    "ask_in_words",
    "ask_to_be_erased",
    "consent",
    "end_consents",
    "erase",
    "export_file",
    "forget_exports",
    "inform",
    "leave",
    "looked",
    "looked_at_all",
    "make_export",
    "record_for",
    "take_back",
    "traces",
    "traces_in_files",
    "withdraw",
]
