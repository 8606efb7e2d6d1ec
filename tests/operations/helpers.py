"""Servers that run, as the Hub of the tests lists them."""

from pathlib import Path

from app.operations import operations, queries
from app.operations.models import LabRun
from jupyter_config.measures import Measure

EVERYBODY_ELSE = ["mei", "lin", "ping", "wang", "jia-office", "yun", "guo", "fang"]


def open_lab(cast, handle: str, slug: str = "squares") -> None:
    """Press *Open* on the lab's page and wait until it is there."""
    browser = cast.browser(handle)
    answer = browser.post(f"/learn/{cast.code}/labs/{slug}/workspace")
    assert answer.status_code == 303, answer.text
    assert f"/user/{handle}/banyan/open" in answer.location


def run_of(cast, handle: str) -> LabRun:
    found = queries.live_run_of(cast.person(handle).id)
    assert found is not None
    return found


def look(cast, tmp_path: Path, **measures: Measure) -> None:
    """One look of the worker, with what it measures."""
    from app.operations.operations.looking import take_over

    take_over(cast.hub.running(), measures, instance=tmp_path)


__all__ = ["EVERYBODY_ELSE", "look", "open_lab", "operations", "run_of"]
