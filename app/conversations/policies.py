"""Who may do what with threads and posts. What a place allows is said by the room that has it."""

from app.accounts.models import Person
from app.conversations.models import Post, Thread
from app.conversations.places import Place


def can_see_thread(person: Person, thread: Thread, place: Place) -> bool:
    """Hidden ones are for the staff and their author; removed ones are gone."""
    return (
        thread.removed_at is None
        and thread.subject in place.subjects
        and (thread.hidden_at is None or place.may_moderate or thread.author_id == person.id)
    )


def can_read(person: Person, post: Post, place: Place) -> bool:
    """Its text: of a hidden post only the staff and its author, of a deleted one nobody."""
    if post.deleted_at is not None:
        return False
    return post.hidden_at is None or place.may_moderate or post.author_id == person.id


def can_reply(thread: Thread, place: Place) -> bool:
    return place.may_write and (thread.locked_at is None or place.may_moderate)


def can_edit(person: Person, post: Post, place: Place) -> bool:
    """Her own words, while she may write there."""
    return post.author_id == person.id and place.may_write


def is_editable(post: Post, thread: Thread) -> bool:
    """State only: what was hidden or locked stays as it is."""
    return post.deleted_at is None and post.hidden_at is None and thread.locked_at is None


def can_mark_answer(person: Person, thread: Thread, place: Place) -> bool:
    return place.may_write and (thread.author_id == person.id or place.may_moderate)


def can_report(person: Person, post: Post) -> bool:
    return post.author_id != person.id and post.deleted_at is None and post.hidden_at is None
