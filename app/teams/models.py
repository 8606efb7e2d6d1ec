"""Teams, who is in them since when, who leads, who is asked, and what holds them together."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.kernel import clock
from app.kernel.database import Model
from app.teams.rules import MOST_NAME, MOST_WORDS, Answer, How, Way


class Team(Model):
    """People who act together, across sections and schools, for projects and rounds."""

    __tablename__ = "teams"
    __table_args__ = (
        CheckConstraint("1 <= least AND least <= most AND most <= 12", name="sizes_make_sense"),
        CheckConstraint(
            "(dissolved_at IS NULL) = (dissolved_by_id IS NULL)", name="dissolved_by_somebody"
        ),
    )

    name: Mapped[str] = mapped_column(String(MOST_NAME))
    about: Mapped[str] = mapped_column(String(MOST_WORDS), default="")
    least: Mapped[int] = mapped_column(default=2)
    most: Mapped[int] = mapped_column(default=5)
    """Members; the database lets no more in."""
    subject_key: Mapped[str] = mapped_column(String(120), default="", index=True)
    """What it forms for, ``brief:ID``; empty: for anything (``teams.subjects``)."""
    seeking_since: Mapped[datetime | None]
    """Since when everybody who is signed in finds it among the teams with room."""
    seeking_words: Mapped[str] = mapped_column(String(MOST_WORDS), default="")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    dissolved_at: Mapped[datetime | None]
    dissolved_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)

    members: Mapped[list["TeamMember"]] = relationship(
        back_populates="team", order_by="(TeamMember.joined_at, TeamMember.id)"
    )
    leads: Mapped[list["TeamLead"]] = relationship(
        back_populates="team", order_by="(TeamLead.since, TeamLead.id)"
    )
    freezes: Mapped[list["TeamFreeze"]] = relationship(
        back_populates="team", order_by="(TeamFreeze.since, TeamFreeze.id)"
    )

    @property
    def live_members(self) -> list["TeamMember"]:
        """Who is in it now, the longest first."""
        return [row for row in self.members if row.left_at is None]

    @property
    def person_ids(self) -> set[uuid.UUID]:
        return {row.person_id for row in self.live_members}

    @property
    def lead_id(self) -> uuid.UUID | None:
        return next((row.person_id for row in self.leads if row.until is None), None)

    @property
    def is_frozen(self) -> bool:
        """Something that it applied for wants it as it is."""
        return any(row.until is None for row in self.freezes)


class TeamMember(Model):
    """Somebody is in a team from one instant to another. Coming back is another row."""

    __tablename__ = "team_members"
    __table_args__ = (
        Index(
            "one_live_team_member",
            "team_id",
            "person_id",
            unique=True,
            postgresql_where=text("left_at IS NULL"),
        ),
        CheckConstraint("left_at >= joined_at", name="left_after_joining"),
        CheckConstraint("(left_at IS NULL) = (left_by_id IS NULL)", name="somebody_ended_it"),
    )

    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("teams.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    joined_at: Mapped[datetime] = mapped_column(default=clock.now)
    left_at: Mapped[datetime | None]
    left_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    """She herself, or who took her out."""

    team: Mapped[Team] = relationship(back_populates="members")
    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class TeamLead(Model):
    """Who leads a team, from when to when. One at a time."""

    __tablename__ = "team_leads"
    __table_args__ = (
        Index("one_lead_at_a_time", "team_id", unique=True, postgresql_where=text("until IS NULL")),
    )

    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("teams.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    how: Mapped[How]
    since: Mapped[datetime] = mapped_column(default=clock.now)
    until: Mapped[datetime | None]

    team: Mapped[Team] = relationship(back_populates="leads")
    person: Mapped[Person] = relationship()


class TeamVote(Model):
    """Whom a member wants to lead now."""

    __tablename__ = "team_votes"
    __table_args__ = (UniqueConstraint("team_id", "voter_id"),)

    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("teams.id"))
    voter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)


class TeamInvitation(Model):
    """Somebody is asked to join."""

    __tablename__ = "team_invitations"
    __table_args__ = (
        CheckConstraint("(way = 'person') = (person_id IS NOT NULL)", name="person_is_named"),
        CheckConstraint("(way = 'mail') = (email IS NOT NULL)", name="mail_has_an_address"),
        CheckConstraint("(way = 'person') = (token_hash IS NULL)", name="letters_have_a_token"),
        Index(
            "one_open_team_invitation",
            "team_id",
            "person_id",
            unique=True,
            postgresql_where=text("way = 'person' AND answer IS NULL"),
        ),
        Index(
            "one_open_team_letter",
            "team_id",
            "email",
            unique=True,
            postgresql_where=text("way = 'mail' AND answer IS NULL"),
        ),
        Index(
            "one_open_team_link",
            "team_id",
            unique=True,
            postgresql_where=text("way = 'link' AND answer IS NULL"),
        ),
    )

    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("teams.id"), index=True)
    way: Mapped[Way]
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    email: Mapped[str | None] = mapped_column(CITEXT)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    words: Mapped[str] = mapped_column(String(MOST_WORDS), default="")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    expires_at: Mapped[datetime]
    answer: Mapped[Answer | None]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)

    team: Mapped[Team] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    made_by: Mapped[Person] = relationship(foreign_keys=[made_by_id])


class TeamRequest(Model):
    """Somebody asks to be taken into a team that seeks members."""

    __tablename__ = "team_requests"
    __table_args__ = (
        Index(
            "one_open_team_request",
            "team_id",
            "person_id",
            unique=True,
            postgresql_where=text("answer IS NULL"),
        ),
    )

    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("teams.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    words: Mapped[str] = mapped_column(String(MOST_WORDS), default="")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    answer: Mapped[Answer | None]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)

    team: Mapped[Team] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class TeamFreeze(Model):
    """Something wants a team as it is, from one instant to another: nobody comes, none is put out.

    ``key`` is how the room above calls it: ``application:ID``.
    """

    __tablename__ = "team_freezes"
    __table_args__ = (
        Index(
            "one_live_team_freeze",
            "team_id",
            "key",
            unique=True,
            postgresql_where=text("until IS NULL"),
        ),
    )

    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("teams.id"), index=True)
    key: Mapped[str] = mapped_column(String(120))
    since: Mapped[datetime] = mapped_column(default=clock.now)
    until: Mapped[datetime | None]

    team: Mapped[Team] = relationship(back_populates="freezes")


class TeamSeeker(Model):
    """A student looks for a team; teams find her by it as long as she consents."""

    __tablename__ = "team_seekers"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), unique=True)
    words: Mapped[str] = mapped_column(String(MOST_WORDS), default="")
    subject_key: Mapped[str] = mapped_column(String(120), default="", index=True)
    since: Mapped[datetime] = mapped_column(default=clock.now)
    until: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
