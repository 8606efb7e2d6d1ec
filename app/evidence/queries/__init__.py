"""Reading evidence, always through a person."""

from app.evidence.queries.ledger import (
    Standing,
    claims_of,
    evidence_in,
    history_of,
    is_live,
    live,
    lock,
    standing,
    standings_of,
)
from app.evidence.queries.pages import MyPage, MySkill, my_page
from app.evidence.queries.proving import Proof, named_by_labs, proofs_by_skill, proofs_of
from app.evidence.queries.sections import (
    SectionRow,
    desk_of,
    mapping_in,
    mappings_of,
    repeat_in,
    repeats_of,
    section_rows,
    section_skills,
    student_evidence,
)

__all__ = [
    "MyPage",
    "MySkill",
    "Proof",
    "SectionRow",
    "Standing",
    "claims_of",
    "desk_of",
    "evidence_in",
    "history_of",
    "is_live",
    "live",
    "lock",
    "mapping_in",
    "mappings_of",
    "my_page",
    "named_by_labs",
    "proofs_by_skill",
    "proofs_of",
    "repeat_in",
    "repeats_of",
    "section_rows",
    "section_skills",
    "standing",
    "standings_of",
    "student_evidence",
]  # fmt: skip
