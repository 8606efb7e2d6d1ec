"""Applications to try the site with: one in each column of a board, one that is read blind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from app.accounts.models import Person
from app.accounts.queries import person_by_handle
from app.applications import operations, queries
from app.applications.models import Application
from app.applications.operations import Words
from app.applications.policies import can_read_applicants
from app.applications.rules import Move, State
from app.briefs.models import Brief
from app.briefs.rules import State as BriefState
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.transaction import operation


@dataclass(frozen=True)
class Wish:
    """HANDLE applies for a brief, TITLE in English, and the company takes it as far as STATE."""

    handle: str
    title: str
    words: str
    state: State = State.APPLIED
    tag: str = ""
    note: str = ""


LABELS = "Learning quality inspection, and labelling pictures"
LUNCH = "The lunch-box challenge: how much is in the picture"
PRESSES = "Hearing a press that will fail"
BLIND = LUNCH
WISHES = (
    Wish(
        "mei", LABELS,
        "我修過瑕疵影像的課程，想學會檢驗員怎麼判斷。第一週我會先和檢驗站一起看一百張有爭議的圖片。",
        State.INTERVIEW, "影像", "作品很完整，安排面試時請她談標註規則。",
    ),
    Wish("hao", LABELS, "我細心，也會寫程式檢查標註是否一致。", State.SHORTLISTED, "程式"),
    Wish("yian", LABELS, "I would like to see how inspectors decide, and how well they agree."),
    Wish("mei", LUNCH, "我想從秤重的誤差開始，先弄清楚 15% 有多難。"),
    Wish("hao", LUNCH, "我做過影像分類，想試試份量估計。", State.OFFERED),
    Wish("mei", PRESSES, "我在課程裡做過振動訊號的異常偵測。"),
)  # fmt: skip


@operation
def load(people: Mapping[str, Person]) -> None:
    """Make the demo's applications, or what is missing of them. Who is not eligible only saves."""
    for wish in WISHES:
        brief = _brief(wish.title)
        person = people.get(wish.handle) or person_by_handle(wish.handle)
        if brief is None or person is None or queries.application_of(person, brief) is not None:
            continue
        chooser = _chooser(brief, people)
        if chooser is None:
            continue
        if wish.title == BLIND and not queries.is_read_blind(brief.id):
            operations.read_blind(chooser, brief, wanted=True)
        made = _apply(person, brief, wish)
        if made is not None:
            _choose(chooser, made, wish)


def _apply(person: Person, brief: Brief, wish: Wish) -> Application | None:
    try:
        with db.session.begin_nested():
            return operations.apply(person, brief, Words(wish.words), consents_now=True)
    except Refused:
        operations.keep_draft(person, operations.save(person, brief), Words(wish.words))
        return None


def _choose(chooser: Person, made: Application, wish: Wish) -> None:
    if wish.tag:
        operations.tag(chooser, made, wish.tag)
    if wish.note:
        operations.note(chooser, made, wish.note)
    if wish.state is State.SHORTLISTED:
        operations.move(chooser, made, Move.SHORTLIST, seen=made.state)
    elif wish.state is State.INTERVIEW:
        operations.move(chooser, made, Move.INVITE, seen=made.state)
    elif wish.state is State.OFFERED:
        operations.offer(
            chooser, made, until=clock.now() + timedelta(days=7), seen=made.state,
            words="歡迎加入，我們在開始前一週寄給您資料的說明。",
        )  # fmt: skip


def _brief(title: str) -> Brief | None:
    return db.session.scalar(
        select(Brief).where(Brief.title["en"].astext == title, Brief.state == BriefState.PUBLISHED)
    )


def _chooser(brief: Brief, people: Mapping[str, Person]) -> Person | None:
    """Who of the demo acts for the brief's company."""
    return next((one for one in people.values() if can_read_applicants(one, brief)), None)
