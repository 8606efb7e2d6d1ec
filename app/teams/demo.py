"""A team to try the site with: mei and hao count bananas, and look for a third."""

from collections.abc import Mapping

from app.accounts.models import Person
from app.accounts.queries import person_by_handle
from app.kernel.transaction import operation
from app.teams import operations, queries
from app.teams.operations import TeamWords

NAME = "香蕉計數隊 Banana Counters"


@operation
def load(people: Mapping[str, Person]) -> None:
    """Make it, or nothing when it is there, or when the demo has no graded work."""
    if person_by_handle("yian") is None:
        return
    mei, hao = people["mei"], people["hao"]
    if any(team.name == NAME for team in queries.teams_of(mei)):
        return
    words = TeamWords(NAME, "用攝影機計算與分級水果。Counting and grading fruit by camera.", 2, 4)
    team = operations.form_team(mei, words, consents_now=True)
    operations.join(hao, team, consents_now=True)
    operations.call_for_members(
        mei, team, "想找熟悉資料整理的夥伴。We look for somebody who likes to clean data."
    )
