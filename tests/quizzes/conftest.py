"""The cast with a quiz in its course."""

import pytest

from tests.cast import Cast
from tests.quizzes.quizzing import place_quiz, quiz_document


@pytest.fixture
def quizzed(enrolled: Cast) -> Cast:
    """mei and hao are in the section that lin teaches; its quiz has a choice and a short text."""
    with enrolled.app.app_context():
        place_quiz(enrolled.section(), quiz_document())
    return enrolled
