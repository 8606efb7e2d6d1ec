"""What a student has shown, down to the work that shows it."""

from flask import render_template

from app.accounts.session import me
from app.evidence import queries
from app.evidence.rules import Vouching
from app.evidence.views.blueprint import bp
from app.web.doors import signed_in


@bp.get("/me/skills")
@signed_in
def mine() -> str:
    return render_template(
        "evidence/mine.html", page=queries.my_page(me()), vouchings=list(Vouching)
    )
