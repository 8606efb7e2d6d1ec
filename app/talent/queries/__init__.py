"""Reading: hers to her, and to companies only who may be found now."""

from app.talent.queries.contacts import contacts_of_company, question_to, questions_to
from app.talent.queries.finding import Card, Page, card, cards, file_of, search, skill_choices
from app.talent.queries.mine import blocks_of, profile_of, recommended, shown_by
from app.talent.queries.saved import saved_search, saved_searches

__all__ = [
    "Card",
    "Page",
    "blocks_of",
    "card",
    "cards",
    "contacts_of_company",
    "file_of",
    "profile_of",
    "question_to",
    "questions_to",
    "recommended",
    "saved_search",
    "saved_searches",
    "search",
    "shown_by",
    "skill_choices",
]
