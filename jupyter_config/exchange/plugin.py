"""nbgrader's exchange classes, answered by the site.

Contract: https://nbgrader.readthedocs.io/en/stable/exchange/exchange_api.html
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from dateutil.tz import gettz
from nbgrader.exchange import abc
from traitlets import Bool

from jupyter_config.exchange import files, versions
from jupyter_config.exchange.client import ExchangeClient, ExchangeRefused, ExchangeUnreachable

Answer = TypeVar("Answer")


class Exchange(abc.Exchange):
    """What the verbs share: the client, the person's folder, the time of a submission."""

    path_includes_course = Bool(
        True, help="Whether a lab's folder lies below a folder of its course."
    ).tag(config=True)

    def client(self) -> ExchangeClient:
        try:
            return ExchangeClient.from_environ()
        except ExchangeUnreachable as error:
            self.fail(str(error))

    def ask(self, question: Callable[[ExchangeClient], Answer]) -> Answer:
        """Return the exchange's answer; what goes wrong becomes nbgrader's own error."""
        try:
            return question(self.client())
        except ExchangeRefused as error:
            self.fail(error.message)
        except ExchangeUnreachable as error:
            self.fail(
                f"目前連不上課程網站，請稍後再試。 · The course site cannot be reached, try again"
                f" shortly. ({error})"
            )

    def fail(self, msg: str) -> NoReturn:
        self.log.error(msg)
        raise abc.ExchangeError(msg)

    def required(self) -> tuple[str, str]:
        """Return course and assignment, both of them safe as folder names."""
        course_id, assignment_id = self.coursedir.course_id, self.coursedir.assignment_id
        for name in (course_id, assignment_id):
            try:
                if "/" in files.safe_path(name):
                    raise files.UnsafePath(name)
            except files.UnsafePath:
                self.fail("Name the course and the assignment: --course COURSE ASSIGNMENT")
        return course_id, assignment_id

    def lab_folder(self, course_id: str, assignment_id: str) -> Path:
        parts = (course_id, assignment_id) if self.path_includes_course else (assignment_id,)
        return Path(os.path.abspath(self.assignment_dir), *parts)

    def local_time(self, iso: str) -> str:
        """Return the server's time of a submission as nbgrader writes it."""
        moment = dt.datetime.fromisoformat(iso.replace("Z", "+00:00"))
        return moment.astimezone(gettz(self.timezone)).strftime(self.timestamp_format)

    def init_src(self) -> None:
        """Nothing to check beforehand: the site knows the person, the course and the lab."""

    def init_dest(self) -> None:
        """Nothing to make beforehand."""


class ExchangeFetchAssignment(Exchange, abc.ExchangeFetchAssignment):
    """Fetch a lab's release; with ``replace_missing_files`` only what is gone from the folder."""

    def init_dest(self) -> None:
        self.folder = self.lab_folder(*self.required())
        if self.folder.is_dir() and not self.replace_missing_files:
            self.fail(f"You already have a copy of the assignment in this directory: {self.folder}")

    def copy_files(self) -> None:
        course_id, assignment_id = self.required()
        version, released = self.ask(
            lambda client: client.versioned_release(course_id, assignment_id)
        )
        if self.folder.is_dir():
            for name in files.restore_missing(self.folder, released):
                self.log.warning("Replacing missing file '%s'", name)
        else:
            files.write_new(self.folder, released)
            if self.path_includes_course:
                found = versions.Release(version, released)
                versions.remember(self.folder.parents[1], course_id, assignment_id, found)
        self.log.info("Fetched as: %s %s", course_id, assignment_id)


class ExchangeSubmit(Exchange, abc.ExchangeSubmit):
    """Hand in the lab's folder as it is on disk."""

    receipt: dict[str, Any]

    def init_src(self) -> None:
        course_id, assignment_id = self.required()
        self.folder = self.lab_folder(course_id, assignment_id)
        if not self.folder.is_dir():
            self.fail(f"Assignment not found at: {self.folder}")

    def copy_files(self) -> None:
        course_id, assignment_id = self.required()
        try:
            found = files.gather(self.folder, self.coursedir.ignore)
        except files.TooLarge as error:
            self.fail(str(error))
        if self.strict:
            self.check_notebooks(found)
        self.receipt = self.ask(lambda client: client.submit(course_id, assignment_id, found))
        self.log.info("Submitted as: %s %s %s", course_id, assignment_id, self.receipt)

    def check_notebooks(self, found: dict[str, bytes]) -> None:
        course_id, assignment_id = self.required()
        released = self.ask(lambda client: client.release(course_id, assignment_id))
        missing = [name for name in released if name.endswith(".ipynb") and name not in found]
        if missing:
            self.fail(f"Assignment not submitted. Missing notebooks: {', '.join(missing)}")


class ExchangeFetchFeedback(Exchange, abc.ExchangeFetchFeedback):
    """Fetch the feedback of every own submission that has some."""

    def copy_files(self) -> None:
        course_id, assignment_id = self.required()
        folder = self.lab_folder(course_id, assignment_id) / "feedback"
        for lab in self.ask(lambda client: client.assignments(course_id)):
            if lab["assignment_id"] != assignment_id:
                continue
            for submission in lab["submissions"]:
                if submission["feedback"]:
                    self.fetch(course_id, assignment_id, submission, folder)

    def fetch(
        self, course_id: str, assignment_id: str, submission: dict[str, Any], folder: Path
    ) -> None:
        number = int(submission["number"])
        pages = self.ask(lambda client: client.feedback(course_id, assignment_id, number))
        target = folder / self.local_time(submission["submitted_at"])
        target.mkdir(parents=True, exist_ok=True)
        for name, content in pages.items():
            part = target / f".{name.replace('/', '_')}.part"
            part.write_bytes(content)
            place = target / name
            place.parent.mkdir(parents=True, exist_ok=True)
            part.replace(place)
        self.log.info("Fetched feedback: %s", target)


class ExchangeList(Exchange, abc.ExchangeList):
    """List what is released, what one has submitted, or (instructors) what others have."""

    def copy_files(self) -> None:
        """Listing copies nothing."""

    def list_files(self) -> list[dict[str, Any]]:
        labs = self.ask(lambda client: client.assignments(self.coursedir.course_id or None))
        wanted = self.coursedir.assignment_id
        labs = [lab for lab in labs if not wanted or lab["assignment_id"] == wanted]
        if self.inbound:
            found = [self.inbound_of(lab) for lab in labs]
        elif self.cached:
            found = [self.submitted(lab) for lab in labs if lab["submissions"]]
        else:
            found = [self.released(lab) for lab in labs]
        for lab in found:
            self.log.info("%s %s (%s)", lab["course_id"], lab["assignment_id"], lab["status"])
        return found

    def remove_files(self) -> NoReturn:
        self.fail("Published labs are managed on the course site; nothing was removed.")

    def released(self, lab: dict[str, Any]) -> dict[str, Any]:
        folder = self.lab_folder(lab["course_id"], lab["assignment_id"])
        fetched = folder.is_dir()
        names = sorted(path.stem for path in folder.glob("*.ipynb")) if fetched else []
        return {
            "course_id": lab["course_id"],
            "assignment_id": lab["assignment_id"],
            "status": "fetched" if fetched else "released",
            "path": str(folder),
            "notebooks": [
                {"notebook_id": name, "path": str(folder / f"{name}.ipynb")}
                for name in (names or lab["notebooks"])
            ],
        }

    def submitted(self, lab: dict[str, Any]) -> dict[str, Any]:
        return {
            "course_id": lab["course_id"],
            "assignment_id": lab["assignment_id"],
            "student_id": os.environ.get("JUPYTERHUB_USER", ""),
            "status": "submitted",
            "submissions": [self.submission(lab, one) for one in lab["submissions"]],
        }

    def submission(self, lab: dict[str, Any], one: dict[str, Any]) -> dict[str, Any]:
        timestamp = self.local_time(one["submitted_at"])
        folder = self.lab_folder(lab["course_id"], lab["assignment_id"]) / "feedback" / timestamp
        pages = {page.stem for page in folder.glob("*.html")}
        notebooks = [
            {
                "notebook_id": name,
                "path": name,
                "has_local_feedback": name in pages,
                "has_exchange_feedback": bool(one["feedback"]),
                "local_feedback_path": str(folder / f"{name}.html") if name in pages else None,
                "feedback_updated": False,
            }
            for name in lab["notebooks"]
        ]
        local = bool(notebooks) and all(item["has_local_feedback"] for item in notebooks)
        return {
            "course_id": lab["course_id"],
            "assignment_id": lab["assignment_id"],
            "student_id": os.environ.get("JUPYTERHUB_USER", ""),
            "timestamp": timestamp,
            "status": "submitted",
            "path": str(folder),
            "notebooks": notebooks,
            "has_local_feedback": local,
            "has_exchange_feedback": bool(one["feedback"]),
            "feedback_updated": False,
            "local_feedback_path": str(folder) if local else None,
            "number": one["number"],
            "state": one["state"],
            "score": one.get("score"),
            "max_score": one.get("max_score"),
        }

    def inbound_of(self, lab: dict[str, Any]) -> dict[str, Any]:
        course_id, assignment_id = lab["course_id"], lab["assignment_id"]
        handed_in = self.ask(lambda client: client.submissions(course_id, assignment_id))
        return {
            "course_id": course_id,
            "assignment_id": assignment_id,
            "status": "submitted",
            "submissions": [
                {
                    "course_id": course_id,
                    "assignment_id": assignment_id,
                    "student_id": one["student"],
                    "timestamp": self.local_time(one["submitted_at"]),
                    "status": "submitted",
                    "notebooks": [],
                }
                for one in handed_in
            ],
        }


class ExchangeCollect(Exchange, abc.ExchangeCollect):
    """Copy the latest submission of each student into the instructor's course folder."""

    def copy_files(self) -> None:
        course_id, assignment_id = self.required()
        wanted = self.coursedir.student_id
        for one in self.ask(lambda client: client.submissions(course_id, assignment_id)):
            student, number = one["student"], int(one["number"])
            if "/" in files.safe_path(student) or wanted not in ("", "*", student):
                continue
            self.collect(course_id, assignment_id, student, number, one["submitted_at"])

    def collect(
        self, course_id: str, assignment_id: str, student: str, number: int, submitted_at: str
    ) -> None:
        target = Path(
            self.coursedir.format_path(self.coursedir.submitted_directory, student, assignment_id)
        )
        moment = dt.datetime.fromisoformat(submitted_at.replace("Z", "+00:00"))
        moment = moment.astimezone(dt.UTC).replace(tzinfo=None)
        if target.is_dir():
            existing = self.coursedir.get_existing_timestamp(str(target))
            if not self.update or (existing is not None and existing >= moment):
                self.log.info("Submission already exists: %s %s", student, assignment_id)
                return
        found = self.ask(
            lambda client: client.submitted_files(course_id, assignment_id, student, number)
        )
        stamp = moment.strftime("%Y-%m-%d %H:%M:%S.%f UTC").encode()
        old = target.with_name(f".{target.name}.old")
        if target.is_dir():
            shutil.rmtree(old, ignore_errors=True)
            target.rename(old)
        files.write_new(target, {**found, "timestamp.txt": stamp})
        shutil.rmtree(old, ignore_errors=True)
        self.log.info("Collected: %s %s", student, assignment_id)


class ExchangeReleaseAssignment(Exchange, abc.ExchangeReleaseAssignment):
    """Publishing is a decision with consequences for a whole course; it is made on the site."""

    def copy_files(self) -> None:
        self.fail("實作由課程網站發布。 · Labs are published on the course site, not from here.")


class ExchangeReleaseFeedback(Exchange, abc.ExchangeReleaseFeedback):
    """Feedback is released with the results, on the site."""

    def copy_files(self) -> None:
        self.fail("回饋由課程網站發布。 · Feedback is released on the course site, not from here.")
