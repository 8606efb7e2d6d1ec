"""Reads what cluster.yaml says beyond its texts: partners, order, and what completes it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from app.catalog.folder_specs import PartnerSpec
from app.catalog.folder_yaml import SLUG, Section, suggestion
from app.catalog.rules.completion import completion_of, document_of, problems
from app.kernel.i18n import speaking

MOST_CREDITS = 200


def read_partners(top: Section) -> tuple[PartnerSpec, ...]:
    """Companies and associations, each with a name and perhaps an address."""
    found = []
    for entry in top.sections("partners", required=False):
        name = entry.localized("name")
        url = entry.text("url", required=False) or ""
        organisation = entry.slug("organisation") if "organisation" in entry else None
        if url and not url.startswith(("https://", "http://")):
            entry.error("url", "'url' must begin with https://")
        entry.finish()
        if name:
            found.append(PartnerSpec(name, url, organisation or ""))
    return tuple(found)


def read_order(top: Section) -> tuple[str, ...]:
    """The slugs of the cluster's courses as they are listed; more than stand here may be named."""
    order = top.texts("courses") if "courses" in top else ()
    for slug in dict.fromkeys(order):
        if not SLUG.fullmatch(slug):
            top.error("courses", f"'{slug}' is not a slug: small letters, digits, single hyphens")
        elif order.count(slug) > 1:
            top.error("courses", f"course '{slug}' is listed twice")
    return order


def read_completion(top: Section, known: Collection[str]) -> dict[str, Any] | None:
    """The document of ``rules.completion``. KNOWN are the courses that may be named."""
    section = top.section("completion", required=False)
    if section is None:
        return None
    document: dict[str, Any] = {}
    if "required" in section:
        document["required"] = list(_courses(section, "required", known))
    electives = [_group(entry, known) for entry in section.sections("electives", required=False)]
    if electives:
        document["electives"] = electives
    document["credits"] = section.decimal("credits", 0, MOST_CREDITS) or 0
    document["minimum_percent"] = _percents(section, known)
    average = section.integer("average_percent", 1, 100, required=False)
    document["average_percent"] = average or 0
    section.finish()
    rules = completion_of(document)
    with speaking("en"):
        for problem in problems(rules):
            top.error("completion", str(problem))
    return document_of(rules)


def _group(entry: Section, known: Collection[str]) -> dict[str, Any]:
    found = {
        "name": dict(entry.localized("name")),
        "courses": list(_courses(entry, "courses", known)),
        "at_least": entry.integer("at_least", 1, 60, required=False) or 0,
        "credits": entry.decimal("credits", 0, MOST_CREDITS) or 0,
    }
    entry.finish()
    return found


def _courses(section: Section, key: str, known: Collection[str]) -> tuple[str, ...]:
    slugs = section.texts(key)
    for slug in slugs:
        _require_known(section, key, slug, known)
    return slugs


def _percents(section: Section, known: Collection[str]) -> dict[str, int]:
    inner = section.section("minimum_percent", required=False)
    if inner is None:
        return {}
    found = {}
    for slug in inner.names():
        _require_known(inner, slug, slug, known)
        percent = inner.integer(slug, 1, 100)
        if percent is not None:
            found[slug] = percent
    inner.finish()
    return found


def _require_known(section: Section, key: str, slug: str, known: Collection[str]) -> None:
    if slug not in known:
        message = f"there is no course '{slug}' here nor in 'courses'{suggestion(slug, known)}"
        section.error(key, message)
