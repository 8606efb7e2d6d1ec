"""What AI tools may do in a quiz, and what students declare with their attempts."""

from app.accounts.models import Person
from app.kernel import audit
from app.kernel.database import db
from app.kernel.transaction import operation
from app.learning.models import Section
from app.learning.operations.ai_use import ai_columns, declared_columns, follow, hold_line
from app.learning.rules.ai_use import AiRule, Declared
from app.quizzes import queries
from app.quizzes.models import QuizAttempt, QuizDeclaration, QuizRule


@operation
def set_ai_rule(actor: Person, section: Section, slug: str, wanted: AiRule) -> QuizRule:
    """From now on WANTED holds for attempts at a quiz that are begun; those begun keep theirs.

    Saying what holds already changes nothing. Raises BadAiRule.
    """
    fields = ai_columns(wanted)
    hold_line(f"quiz-rule:{section.id}:{slug}")
    last = queries.rule_of(section.id, slug)
    number = follow(last, fields)
    if last is not None and number is None:
        return last
    rule = QuizRule(
        section_id=section.id,
        slug=slug,
        number=number,
        made_by_id=actor.id,
        **fields,
    )
    db.session.add(rule)
    db.session.flush()
    audit.record(actor.id, "quiz.rule_set", "section", section.id, quiz=slug, number=rule.number)
    return rule


@operation
def declare(person: Person, attempt: QuizAttempt, declared: Declared) -> QuizDeclaration:
    """Keep what PERSON says of her ATTEMPT; the newest counts. Raises BadDeclaration, NotAsked."""
    said = declared_columns(attempt.rule, declared)
    made = QuizDeclaration(attempt_id=attempt.id, person_id=person.id, **said)
    db.session.add(made)
    db.session.flush()
    db.session.expire(attempt, ["declarations"])
    audit.record(person.id, "quiz_attempt.declared", "quiz_attempt", attempt.id, used=made.used)
    return made
