"""Loading a ``courses/`` folder: clusters, their rules and their courses, all or nothing."""

from dataclasses import dataclass, field

from sqlalchemy import select

from app.catalog.folder_specs import ClusterSpec
from app.catalog.models import Cluster, Course
from app.catalog.operations import finding
from app.catalog.operations.clusters import take_over_rules
from app.catalog.operations.publishing import picture_of, publish_course, rendered
from app.catalog.rules.partners import partner
from app.kernel.database import db
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation


@dataclass
class Loaded:
    """What a load changed: slugs, and what was as it is already."""

    published: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


@operation
def load_clusters(clusters: tuple[ClusterSpec, ...]) -> Loaded:
    """Make the catalogue say what CLUSTERS say, all or nothing. Doing it again changes nothing.

    What was changed in the browser since the same file was loaded last stays as it is. Raises
    labs.LabInvalid when a lab's notebooks cannot be released, RulesBroken for rules that name a
    course that is nowhere.
    """
    loaded = Loaded()
    for position, spec in enumerate(clusters):
        cluster, is_changed = _cluster(spec, position)
        for course_position, course_spec in enumerate(spec.courses):
            here, place = cluster, course_position
            known = db.session.scalar(select(Course).where(Course.slug == course_spec.slug))
            if known is not None and not is_changed:
                here, place = known.cluster, known.position
            version, is_new = publish_course(here, course_spec, place)
            name = f"{course_spec.slug} (version {version.number})"
            (loaded.published if is_new else loaded.unchanged).append(name)
        if is_changed and spec.completion is not None:
            rules = take_over_rules(cluster, spec.completion)
            if rules is not None:
                loaded.published.append(f"{cluster.slug} (rules, version {rules.number})")
    return loaded


def _cluster(spec: ClusterSpec, position: int) -> tuple[Cluster, bool]:
    """The cluster, and whether the file says something else than when it was loaded last."""
    cluster = db.session.scalar(select(Cluster).where(Cluster.slug == spec.slug).with_for_update())
    if cluster is not None and cluster.loaded_digest == spec.own_digest:
        return cluster, False
    if cluster is None:
        cluster = Cluster(slug=spec.slug, revision=0)
        db.session.add(cluster)
    cluster.loaded_digest = spec.own_digest
    cluster.revision += 1
    cluster.position = position
    cluster.title = LocalizedText(spec.title)
    cluster.summary = LocalizedText(spec.summary)
    cluster.industry = spec.industry
    cluster.body_html = rendered(spec.body, lambda target: target)
    cluster.body_markdown = LocalizedText(spec.body)
    cluster.picture_blob, cluster.picture_type, cluster.picture_alt = picture_of(spec.picture)
    cluster.outcomes = [dict(text) for text in spec.outcomes]
    cluster.partners = [partner(p.name, p.url, p.organisation) for p in spec.partners]
    db.session.flush()
    finding.cluster_changed(cluster.id)
    return cluster, True
