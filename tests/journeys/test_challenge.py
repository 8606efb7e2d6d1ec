"""A challenge in a real browser: hand in, read the score as it comes, end it, read the ranking."""

import csv
import json
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.conftest import ROOT, House, english, enrol, section_of

FOLDER = ROOT / "courses/smart-manufacturing/quality-and-maintenance"
SLUG = "job-run-times"
NOTEBOOK = f"""
import pandas as pd
folder = "/data/{SLUG}/1"
train, test = pd.read_csv(f"{{folder}}/train.csv"), pd.read_csv(f"{{folder}}/test.csv")
middle = train.groupby("job").milliseconds.median()
test.assign(milliseconds=test.job.map(middle))[["id", "milliseconds"]].to_csv(
    "predictions.csv", index=False
)
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    """What a student hands in: a wrong file, and a notebook that reads the shared data."""
    folder = tmp_path_factory.mktemp("entries")
    with (FOLDER / "data" / SLUG / "test.csv").open() as file:
        ids = [row["id"] for row in csv.DictReader(file)]
    lines = [f"{name},{'soon' if place == 2 else 1}" for place, name in enumerate(ids)]
    (folder / "wrong.csv").write_text("\n".join(["id,milliseconds", *lines]) + "\n")
    cell = {"cell_type": "code", "source": NOTEBOOK, "metadata": {}, "outputs": []}
    (folder / "medians.ipynb").write_text(
        json.dumps(
            {
                "cells": [{**cell, "execution_count": None}],
                "metadata": {},
                "nbformat": 4,
                "nbformat_minor": 4,
            }
        )
    )
    return folder


def is_whole(page: Page) -> None:
    """Accessible, and nothing beside the screen."""
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert [(v["id"], v["nodes"][0]["html"][:160]) for v in found.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_student_takes_part_and_the_instructor_ends_it(house: House, browser, visit, files):
    code = section_of(house)
    page = english(browser, house, "mei@rongnan.example")
    enrol(page)
    page.goto(f"/learn/{code}")
    page.get_by_role("link", name="Challenges").click()
    page.get_by_role("link", name="Challenge: how long will this job take?").click()
    mine = page.locator("#mine")
    expect(mine).to_contain_text("5 attempts left today")

    page.set_input_files("input[type=file]", files / "wrong.csv")
    page.get_by_role("button", name="Hand in").click()
    expect(mine).to_contain_text("Line 4: “soon” is not a number.", timeout=120_000)
    expect(mine).to_contain_text("5 attempts left today")

    page.set_input_files("input[type=file]", files / "medians.ipynb")
    page.get_by_role("button", name="Hand in").click()
    expect(mine.get_by_role("row", name="medians.ipynb")).to_contain_text("Scored", timeout=120_000)
    expect(mine).to_contain_text("4 attempts left today")
    is_whole(page)

    page.get_by_role("link", name="Leaderboard").click()
    expect(page.get_by_role("row", name="Participant 1")).to_be_visible()
    page.get_by_label("By my handle").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name="@mei")).to_be_visible()
    is_whole(page)

    desk = visit("lin@rongnan.example", language="en")
    desk.goto(f"/teaching/{code}/challenges/{SLUG}")
    desk.get_by_role("button", name="Score everything again").click()
    expect(desk.get_by_text("0 of 2 have another score now.")).to_be_visible(timeout=120_000)
    desk.get_by_role("button", name="End it now").click()
    desk.locator("dialog button[value=yes]").click()
    expect(desk.get_by_text("Ended. The final ranking is told")).to_be_visible()
    is_whole(desk)

    page.reload()
    expect(page.get_by_role("row", name="@mei")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Final score")).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 740})
    is_whole(page)
    page.context.close()
