"""What students are told of their evidence."""

from app.accounts.models import Person
from app.evidence.models import Evidence, SupervisedRepeat
from app.kernel.database import db
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.notifications.operations import tell
from app.notifications.rules import Delivery, Kind, Note, register
from app.skills.models import Skill
from app.web.filters import instant

MINE = register(Kind("evidence.mine", _l("My skills"), Delivery.DIGEST))
REPEATS = register(Kind("evidence.repeats", _l("Supervised repeats of my labs"), Delivery.NOW))


def tell_of_confirmation(evidence: Evidence) -> None:
    person = db.session.get_one(Person, evidence.person_id)
    skill = db.session.get_one(Skill, evidence.skill_id)

    def note() -> Note:
        return Note(
            _("Confirmed by your instructor: %(skill)s", skill=str(skill.title)),
            _("The work: %(work)s.", work=str(evidence.title)),
        )

    tell(person, MINE, note, f"/me/skills#{skill.key}", key=f"evidence:{evidence.id}")


def tell_of_repeat(repeat: SupervisedRepeat) -> None:
    def note() -> Note:
        return Note(
            _("You do “%(lab)s” again under supervision", lab=repeat.lab_slug),
            _(
                "Where: %(place)s. When: %(start)s to %(end)s. Hand it in during this time.",
                place=repeat.place,
                start=instant(repeat.starts_at).striptags(),
                end=instant(repeat.ends_at).striptags(),
            ),
        )

    path = f"/learn/{repeat.section.code}/labs/{repeat.lab_slug}"
    tell(repeat.person, REPEATS, note, path, key=f"repeat:{repeat.id}")


def tell_of_cancelling(repeat: SupervisedRepeat) -> None:
    def note() -> Note:
        return Note(_("Cancelled: “%(lab)s” under supervision", lab=repeat.lab_slug))

    tell(repeat.person, REPEATS, note, "/me/skills", key=f"repeat-cancelled:{repeat.id}")
