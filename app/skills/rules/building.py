"""Our own framework file becomes a CASE 1.1 package: the same file, the same package.

A file (``data/*.yaml``) says: slug, version, title, publisher, licence, source, language, levels,
areas, industries, skills with area, industries, texts in both languages, aliases and links.
Identifiers are UUIDs of version 5 over slug and code, so that they last across versions.
"""

import uuid
from collections.abc import Mapping
from typing import Any

HOUSE = uuid.UUID("5f0e7a52-1f0c-5d38-9f6b-6b7b0f6c6a11")
"""The namespace of identifiers that this house makes."""
CHINESE, ENGLISH = "zh-Hant-TW", "en"
EXTENSION = "banyan"
"""Under this name stands what CASE has no field for."""


class FrameworkInvalid(ValueError):
    """The file of a framework is not as it should be; the sentence says where and why."""


def identifier_of(slug: str, *names: str) -> str:
    """The lasting identifier of something in the framework SLUG."""
    return str(uuid.uuid5(HOUSE, "/".join((slug, *names))))


def package_of(source: Mapping[str, Any], base_url: str = "") -> dict[str, Any]:
    """The CASE package of a framework's file. BASE_URL is the site's address, without a slash.

    Raises FrameworkInvalid.
    """
    slug, changed = str(source["slug"]), str(source["changed"])
    made = _Maker(slug, changed, base_url)
    document_id = identifier_of(slug, "document")
    title = _both(source, "title", slug)
    document = {
        "identifier": document_id,
        "uri": made.uri("CFDocuments", document_id),
        "creator": str(source["publisher"]),
        "title": title[CHINESE],
        "lastChangeDateTime": changed,
        "officialSourceURL": str(source.get("source") or ""),
        "publisher": str(source["publisher"]),
        "description": _both(source, "text", slug)[CHINESE],
        "language": CHINESE,
        "version": str(source["version"]),
        "adoptionStatus": "Adopted",
        "frameworkType": "skills",
        "caseVersion": "1.1",
        "CFPackageURI": made.link("CFPackages", document_id, title[CHINESE]),
        "extensions": {
            EXTENSION: {
                "slug": slug,
                "title": title,
                "text": _both(source, "text", slug),
                "licence": str(source["licence"]),
                "levels": [
                    {"number": int(row["number"]), "title": _both(row, "title", "levels"),
                     "text": _both(row, "text", "levels")}
                    for row in source["levels"]
                ],
                "industries": [
                    {"code": row["code"], "title": _both(row, "title", "industries")}
                    for row in source.get("industries", ())
                ],
                "elsewhere": [dict(row) for row in source.get("elsewhere", ())],
            }
        },
    }  # fmt: skip
    items, associations = [], []
    areas = {str(row["code"]): row for row in source["areas"]}
    industries = {row["code"] for row in source.get("industries", ())}
    for number, (code, row) in enumerate(areas.items(), 1):
        items.append(made.item(code, row, "Area", document_id, title[CHINESE]))
        associations.append(
            made.association("isChildOf", code, document_id, "CFDocuments", title[CHINESE], number)
        )
    places: dict[str, int] = {}
    for row in source["skills"]:
        code, area = str(row["code"]), str(row["area"])
        if area not in areas:
            raise FrameworkInvalid(f"{code}: there is no area {area!r}")
        if unknown := set(row.get("industries", ())) - industries:
            raise FrameworkInvalid(f"{code}: there is no industry {sorted(unknown)[0]!r}")
        if made.knows(code):
            raise FrameworkInvalid(f"{code} is there twice")
        items.append(made.item(code, row, "Skill", document_id, title[CHINESE]))
        places[area] = places.get(area, 0) + 1
        area_id = identifier_of(slug, "item", area)
        associations.append(
            made.association("isChildOf", code, area_id, "CFItems", area, places[area])
        )
        for link in row.get("links", ()):
            associations.append(made.outside(code, link))
    return {
        "CFDocument": document,
        "CFItems": items,
        "CFAssociations": associations,
        "CFDefinitions": {
            "CFItemTypes": [
                made.item_type("Area", {CHINESE: "領域", ENGLISH: "Area"}),
                made.item_type("Skill", {CHINESE: "技能", ENGLISH: "Skill"}),
            ],
            "CFLicenses": [made.licence(str(source["licence"]), str(source["licence_url"]))],
        },
    }


class _Maker:
    """Makes the objects of one package."""

    def __init__(self, slug: str, changed: str, base_url: str) -> None:
        self.slug, self.changed, self.base_url = slug, changed, base_url
        self.codes: set[str] = set()

    def knows(self, code: str) -> bool:
        return code in self.codes

    def uri(self, collection: str, identifier: str) -> str:
        return f"{self.base_url}/ims/case/v1p1/{collection}/{identifier}"

    def link(self, collection: str, identifier: str, title: str) -> dict[str, str]:
        return {"title": title, "identifier": identifier, "uri": self.uri(collection, identifier)}

    def item(
        self, code: str, row: Mapping[str, Any], kind: str, document_id: str, document: str
    ) -> dict[str, Any]:
        self.codes.add(code)
        identifier = identifier_of(self.slug, "item", code)
        title, text = _both(row, "title", code), _both(row, "text", code)
        own: dict[str, Any] = {"title": title, "text": text}
        for name in ("aliases", "industries"):
            if row.get(name):
                own[name] = list(row[name])
        return {
            "identifier": identifier,
            "uri": self.uri("CFItems", identifier),
            "fullStatement": text[CHINESE],
            "alternativeLabel": title[ENGLISH],
            "abbreviatedStatement": title[CHINESE],
            "CFItemType": kind,
            "CFItemTypeURI": self.link("CFItemTypes", identifier_of(self.slug, "type", kind), kind),
            "humanCodingScheme": code,
            "language": CHINESE,
            "lastChangeDateTime": self.changed,
            "CFDocumentURI": self.link("CFDocuments", document_id, document),
            "extensions": {EXTENSION: own},
        }

    def association(
        self, kind: str, code: str, target: str, collection: str, title: str, number: int
    ) -> dict[str, Any]:
        origin = identifier_of(self.slug, "item", code)
        identifier = identifier_of(self.slug, kind, code, target)
        return {
            "identifier": identifier,
            "uri": self.uri("CFAssociations", identifier),
            "associationType": kind,
            "sequenceNumber": number,
            "originNodeURI": self.link("CFItems", origin, code),
            "destinationNodeURI": self.link(collection, target, title),
            "lastChangeDateTime": self.changed,
        }

    def outside(self, code: str, link: Mapping[str, Any]) -> dict[str, Any]:
        """To a framework of somebody else, by its own address."""
        url, kind = str(link["url"]), str(link.get("kind", "isRelatedTo"))
        origin = identifier_of(self.slug, "item", code)
        identifier = identifier_of(self.slug, kind, code, url)
        return {
            "identifier": identifier,
            "uri": self.uri("CFAssociations", identifier),
            "associationType": kind,
            "originNodeURI": self.link("CFItems", origin, code),
            "destinationNodeURI": {
                "title": str(link["title"]),
                "identifier": str(uuid.uuid5(uuid.NAMESPACE_URL, url)),
                "uri": url,
            },
            "lastChangeDateTime": self.changed,
        }

    def item_type(self, kind: str, title: Mapping[str, str]) -> dict[str, Any]:
        identifier = identifier_of(self.slug, "type", kind)
        return {
            "identifier": identifier,
            "uri": self.uri("CFItemTypes", identifier),
            "title": kind,
            "description": f"{title[CHINESE]} · {title[ENGLISH]}",
            "hierarchyCode": "1" if kind == "Area" else "1.1",
            "typeCode": kind,
            "lastChangeDateTime": self.changed,
        }

    def licence(self, title: str, url: str) -> dict[str, Any]:
        identifier = identifier_of(self.slug, "licence")
        return {
            "identifier": identifier,
            "uri": self.uri("CFLicenses", identifier),
            "title": title,
            "licenseText": url,
            "lastChangeDateTime": self.changed,
        }


def _both(row: Mapping[str, Any], name: str, where: str) -> dict[str, str]:
    """A text that is there in both languages."""
    texts = row.get(name)
    if not isinstance(texts, Mapping) or not all(texts.get(code) for code in (CHINESE, ENGLISH)):
        raise FrameworkInvalid(f"{where}: {name} is needed in both languages")
    return {CHINESE: str(texts[CHINESE]).strip(), ENGLISH: str(texts[ENGLISH]).strip()}
