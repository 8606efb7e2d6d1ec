"""The guides name files, commands, places and variables that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.cli import main
from jupyter_config.profile_checks import OPTIONAL, REQUIRED
from tests.deploy.manifests import CHECKOUT, values, variables_read
from tests.deploy.test_manifests import DOCUMENTED_SECRETS

GUIDES = sorted((CHECKOUT / "docs" / "deploy").glob("*.md"))


def anchor(heading: str) -> str:
    """The anchor of a heading, as forges make it."""
    words = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return words.replace(" ", "-")


def anchors(path: Path) -> set[str]:
    return {anchor(line.lstrip("#")) for line in path.read_text().splitlines() if line[:1] == "#"}


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
class TestAGuide:
    def test_leads_to_pages_and_headings_that_there_are(self, guide):
        for link in re.findall(r"\]\(([^)\s]+)\)", guide.read_text()):
            if "://" in link:
                continue
            place, _hash, heading = link.partition("#")
            target = (guide.parent / place).resolve() if place else guide
            assert target.exists(), link
            assert not heading or heading in anchors(target), link

    def test_names_files_that_there_are(self, guide):
        places = (r"deploy|jupyter_config|tests|docs/\w+", r"[\w./-]*[\w/]")
        for name in re.findall(rf"(?<![\w/.-])((?:{places[0]})/{places[1]})", guide.read_text()):
            assert (CHECKOUT / name).exists(), name

    def test_names_commands_that_there_are(self, guide):
        text = guide.read_text()
        found = re.findall(r"(?:`|bin/|\d\s|env\)\s|\n)banyan ([a-z]+)", text)
        found += re.findall(r"app\.cli ([a-z]+)", text.replace("\n", " ").replace("  ", " "))
        for command in found:
            assert command in main.commands, command

    def test_names_variables_that_the_code_reads(self, guide):
        read = variables_read("app/kernel", "app/hosting", "jupyter_config")
        for name in re.findall(r"\b((?:BANYAN|LABS|HUB)_[A-Z_]+)\b", guide.read_text()):
            assert name in read | {"HUB_API_URL"}, name


def test_every_secret_of_a_cluster_is_made_in_the_guide():
    guide = (CHECKOUT / "docs" / "deploy" / "kubernetes.md").read_text()
    for name, keys in DOCUMENTED_SECRETS.items():
        made = guide.split(f"generic {name} ")[1].split("kubectl")[0].split("```")[0]
        assert all(re.search(rf"from-(file={key}\b|literal={key}=)", made) for key in keys), name
    made = guide.split("generic banyan-hub ")[1].split("```")[0]
    (volume,) = [item for item in values()["hub"]["extraVolumes"] if "secret" in item]
    wanted = {item["key"] for item in volume["secret"]["items"]} | {"database_url"}
    assert all(re.search(rf"from-(file={key}\b|literal={key}=)", made) for key in wanted)


def test_every_key_of_a_profile_is_explained():
    guide = (CHECKOUT / "docs" / "deploy" / "profiles.md").read_text()
    for key in REQUIRED | OPTIONAL:
        assert re.search(rf"`{key}`|^\s*{key}:", guide, re.MULTILINE), key
