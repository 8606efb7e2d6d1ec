"""A challenge to take part in: ten rows to predict, three of them in public."""

import json
from datetime import timedelta

from app.challenges import operations
from app.challenges.models import Challenge
from app.challenges.operations import EvaluationSettings, Settings
from app.kernel import clock
from app.kernel.database import db
from app.kernel.localized import LocalizedText

TRUTH = {f"r{n}": n for n in range(10)}


def both(text: str) -> LocalizedText:
    return LocalizedText({"en": text, "zh-Hant-TW": f"{text}（中文）"})


def table(values) -> bytes:
    return ("id,y\n" + "".join(f"{k},{v}\n" for k, v in values.items())).encode()


ANSWERS = table(TRUTH)


def settings(**changes) -> Settings:
    fields = {
        "title": both("Run times"),
        "summary": both("Predict them."),
        "description": both("**How long** does it take?"),
        "opens_at": clock.now() - timedelta(days=1),
        "ends_at": clock.now() + timedelta(days=6),
        "attempts_per_day": 3,
    }
    return Settings(**(fields | changes))


def how(**changes) -> EvaluationSettings:
    fields = {"metric": "mae", "id_column": "id", "target_column": "y", "answers": ANSWERS}
    return EvaluationSettings(**(fields | changes))


def make(cast, *, published: bool = True, slug: str = "run-times", **changes) -> Challenge:
    """A challenge in the section that lin teaches."""
    evaluation = changes.pop("evaluation", None) or how(seed="7")
    lin = cast.person("lin")
    made = operations.create(lin, cast.section(), slug, settings(**changes), evaluation)
    if published:
        operations.publish(lin, made)
    return made


def notebook(*cells: str) -> bytes:
    return json.dumps(
        {
            "cells": [
                {"cell_type": "code", "source": cell, "metadata": {}, "outputs": [],
                 "execution_count": None}
                for cell in cells
            ],
            "metadata": {}, "nbformat": 4, "nbformat_minor": 4,
        }
    ).encode()  # fmt: skip


def off_by(error: float) -> bytes:
    """Predictions whose mean absolute error is ERROR in both parts."""
    return table({name: value + error for name, value in TRUTH.items()})


def hand_in(cast, who, challenge, content, name="p.csv", *, score=True):
    entry = operations.hand_in(cast.person(who), challenge, name, content)
    if score:
        operations.score_entry(entry.id)
        db.session.refresh(entry)
    return entry
