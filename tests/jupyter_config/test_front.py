"""The page of JupyterLab: our modules at an address that lasts, and nothing that is off."""

import json
import re

import httpx
import pytest

from jupyter_config.lab_extension import front
from tests.jupyter_config.lone_lab import lone_lab


def containers_list() -> set[str]:
    """The modules that the container asks for before anybody imports them."""
    code = (front.FOLDER / "container.js").read_text()
    listed = re.search(r"for \(const name of \[(.*?)\]\)", code, re.DOTALL)
    assert listed is not None
    return {f"{name}.js" for name in re.findall(r"'([\w.]+)'", listed[1])}


def test_every_module_is_asked_for_at_once():
    there = {path.name for path in front.FOLDER.glob("*.js")} - {"container.js"}
    assert containers_list() == there


def test_the_mark_follows_what_is_in_the_files(tmp_path):
    def marked(**files: str) -> str:
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        return front.mark.__wrapped__(tmp_path)

    first = marked(a="let one;", b="let two;")
    assert marked(a="let one;", b="let two;") == first
    assert marked(a="let one;let", b=" two;") != first


@pytest.fixture(scope="module")
def lab():
    with lone_lab(locale="en", releases={}) as made:
        yield made


def extensions(lab) -> dict[str, str]:
    """What the page loads beside JupyterLab, by its address below the extension's."""
    page = httpx.get(f"{lab.url}lab").text
    listed = re.search(r'"federated_extensions": (\[.*?\])', page)
    assert listed is not None
    return {one["load"]: one["name"] for one in json.loads(listed[1])}


class TestThePage:
    def test_fetches_no_extension_that_is_off(self, lab):
        names = set(extensions(lab).values())
        assert {"banyan-lab", "@jupyter/nbgrader"} <= names
        assert "@jupyter-notebook/lab-extension" not in names

    def test_keeps_files_whose_address_names_their_content_and_no_data(self, lab):
        for load, name in extensions(lab).items():
            answer = httpx.get(f"{lab.url}lab/extensions/{name}/{load}")
            assert answer.status_code == 200, load
            assert "immutable" in answer.headers["Cache-Control"], load
        data = httpx.get(f"{lab.url}api/contents")
        assert "immutable" not in data.headers.get("Cache-Control", "")
        old = httpx.get(f"{lab.url}banyan/front/000000000000/frame.js")
        assert old.status_code == 404

    def test_asks_for_no_check_of_builds(self, lab):
        assert '"buildCheck": false' in httpx.get(f"{lab.url}lab").text
