"""How far people have read, and what they follow."""

from sqlalchemy import Uuid, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Person
from app.conversations.models import Thread, ThreadReader
from app.conversations.places import Place
from app.kernel import clock
from app.kernel.database import db
from app.kernel.ids import new_id
from app.kernel.transaction import operation


@operation
def note_seen(person: Person, thread: Thread, position: int) -> None:
    """PERSON has seen the posts up to POSITION; never takes back what she saw before."""
    statement = insert(ThreadReader).values(
        id=new_id(), thread_id=thread.id, person_id=person.id, seen_position=position
    )
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["thread_id", "person_id"],
            set_={"seen_position": statement.excluded.seen_position},
            where=ThreadReader.seen_position < position,
        )
    )


@operation
def note_all_seen(person: Person, place: Place) -> None:
    """Nothing in PLACE is new to PERSON any more."""
    threads = select(
        func.gen_random_uuid(),
        Thread.id,
        literal(person.id, Uuid()),
        Thread.post_count - 1,
    ).where(Thread.place == place.key, Thread.subject.in_(place.subjects))
    statement = insert(ThreadReader).from_select(
        ["id", "thread_id", "person_id", "seen_position"], threads
    )
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["thread_id", "person_id"],
            set_={"seen_position": statement.excluded.seen_position},
        )
    )


@operation
def follow(person: Person, thread: Thread) -> None:
    """Tell PERSON of every reply from now on."""
    now = clock.now()
    _keep(person, thread, followed_at=now, unfollowed_at=None)


@operation
def unfollow(person: Person, thread: Thread) -> None:
    _keep(person, thread, followed_at=None, unfollowed_at=clock.now())


def begin_to_follow(person: Person, thread: Thread) -> None:
    """Who writes follows, unless she has said that she does not want to."""
    statement = insert(ThreadReader).values(
        id=new_id(),
        thread_id=thread.id,
        person_id=person.id,
        seen_position=-1,
        followed_at=clock.now(),
    )
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["thread_id", "person_id"],
            set_={"followed_at": statement.excluded.followed_at},
            where=ThreadReader.followed_at.is_(None) & ThreadReader.unfollowed_at.is_(None),
        )
    )


def _keep(person: Person, thread: Thread, **values: object) -> None:
    statement = insert(ThreadReader).values(
        id=new_id(), thread_id=thread.id, person_id=person.id, seen_position=-1, **values
    )
    db.session.execute(
        statement.on_conflict_do_update(index_elements=["thread_id", "person_id"], set_=values)
    )
