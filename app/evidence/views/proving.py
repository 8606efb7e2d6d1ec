"""On a skill's page: which labs and quizzes prove it, and what the reader has shown herself."""

from flask import render_template
from flask_login import current_user
from markupsafe import Markup

from app.evidence import queries
from app.evidence.rules import ENOUGH, PASS, Vouching
from app.skills.models import Skill


def panel(skill: Skill) -> Markup:
    mine = queries.standing(current_user.id) if current_user.is_authenticated else ()
    return Markup(
        render_template(
            "evidence/_proving.html",
            skill=skill,
            proofs=queries.proofs_of(skill) if skill.is_claimed else [],
            standings={one.vouching: one for one in mine if one.skill.id == skill.id},
            vouchings=list(Vouching),
            passes=PASS,
            enough=ENOUGH,
        )
    )
