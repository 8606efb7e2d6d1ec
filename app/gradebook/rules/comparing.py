"""What changed from one version of a scheme to the next, in words; and what is wrong with one."""

from app.gradebook.rules.scheme import (
    Category,
    Counting,
    Curve,
    CurveKind,
    LatePolicy,
    LateUnit,
    Missing,
    Scheme,
    SchemeProblem,
    Totals,
)
from app.gradebook.rules.trace import number
from app.kernel.i18n import LazyText
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l

__all__ = [
    "COUNTING_NAMES", "CURVE_NAMES", "LATE_NAMES", "MISSING_NAMES", "SCALE_NAMES", "TOTALS_NAMES",
    "changes_between", "curve_words", "late_words", "problem_words",
]  # fmt: skip

TOTALS_NAMES: dict[Totals, LazyText] = {
    Totals.WEIGHTS: _l("Categories by their weights"),
    Totals.POINTS: _l("All points over all points"),
}
COUNTING_NAMES: dict[Counting, LazyText] = {
    Counting.PERCENT: _l("Each work’s percent, by its weight"),
    Counting.POINTS: _l("Points over points"),
}
MISSING_NAMES: dict[Missing, LazyText] = {
    Missing.ZERO: _l("counts as zero"),
    Missing.LEFT_OUT: _l("is left out"),
    Missing.INCOMPLETE: _l("leaves the course incomplete"),
}
LATE_NAMES: dict[LateUnit, LazyText] = {
    LateUnit.DAY: _l("for each day begun"),
    LateUnit.HOUR: _l("for each hour begun"),
}
CURVE_NAMES: dict[CurveKind, LazyText] = {
    CurveKind.ADD: _l("Add percent points"),
    CurveKind.SCALE: _l("Whoever has this percent gets a hundred"),
    CurveKind.ROOT: _l("Ten times the square root"),
}
SCALE_NAMES: dict[str, LazyText] = {
    "percent": _l("0–100, pass at 60"),
    "percent-graduate": _l("0–100, pass at 70 (graduate students)"),
    "letters": _l("A+ to F, pass at C-"),
    "letters-graduate": _l("A+ to F, pass at B- (graduate students)"),
    "pass-or-fail": _l("Pass or fail"),
}
_PROBLEMS: dict[str, LazyText] = {
    "twice": _l("There are two of “%(about)s”."),
    "no-category": _l("“%(about)s” is in no category."),
    "number": _l("A number of “%(about)s” is out of range."),
    "drop": _l("“%(about)s”: leave out none or more, or keep at least one."),
    "drop-and-keep": _l("“%(about)s”: either leave out some or keep some, not both."),
    "weights": _l("The weights without extra categories are %(sum)s together; they must be 100."),
    "late": _l("The rule for late work has a number out of range."),
    "curve": _l("The curve has a number out of range."),
    "unreadable": _l("“%(about)s” is not a number."),
}


def problem_words(problem: SchemeProblem, scheme: Scheme | None = None) -> str:
    """PROBLEM for a person, with titles instead of keys."""
    titles = {}
    if scheme is not None:
        titles = {item.key: item.title for item in scheme.items}
        titles |= {category.key: category.title for category in scheme.categories}
    params = {"about": titles.get(problem.about, problem.about), **problem.params}
    return str(_PROBLEMS[problem.code]) % params


def late_words(late: LatePolicy | None) -> str:
    if late is None or not late.percent:
        return _("late work loses nothing")
    text = _(
        "late work loses %(percent)s %% %(per)s, at most %(cap)s %%",
        percent=number(late.percent),
        per=LATE_NAMES[late.per],
        cap=number(late.cap),
    )
    if late.of_possible:
        text = _("%(rule)s, of what it is worth", rule=text)
    if late.grace_minutes:
        text = _(
            "%(rule)s, after %(minutes)s minutes of grace", rule=text, minutes=late.grace_minutes
        )
    return text


def curve_words(curve: Curve | None) -> str:
    if curve is None:
        return _("no curve")
    if curve.kind is CurveKind.ROOT:
        return str(CURVE_NAMES[curve.kind])
    return f"{CURVE_NAMES[curve.kind]} ({number(curve.percent)})"


def changes_between(before: Scheme, after: Scheme) -> list[str]:
    """Every difference as a sentence; empty when there is none."""
    found = [
        *_whole(before, after),
        *_categories(before, after),
        *_items(before, after),
    ]
    return found


def _from_to(what: str, old: object, new: object) -> list[str]:
    if str(old) == str(new):
        return []
    return [_("%(what)s: %(old)s → %(new)s", what=what, old=old, new=new)]


def _whole(before: Scheme, after: Scheme) -> list[str]:
    return [
        *_from_to(_("Total"), TOTALS_NAMES[before.totals], TOTALS_NAMES[after.totals]),
        *_from_to(_("Missing work"), MISSING_NAMES[before.missing], MISSING_NAMES[after.missing]),
        *_from_to(_("Late work"), late_words(before.late), late_words(after.late)),
        *_from_to(_("Curve"), curve_words(before.curve), curve_words(after.curve)),
        *_from_to(_("Highest percent"), number(before.most), number(after.most)),
        *_from_to(
            _("Scale"),
            SCALE_NAMES.get(before.scale.name, before.scale.name),
            SCALE_NAMES.get(after.scale.name, after.scale.name),
        ),
    ]


def _categories(before: Scheme, after: Scheme) -> list[str]:
    old = {row.key: row for row in before.categories}
    new = {row.key: row for row in after.categories}
    found = [_("Category added: %(title)s", title=new[key].title) for key in new if key not in old]
    found += [
        _("Category removed: %(title)s", title=old[key].title) for key in old if key not in new
    ]
    for key in new:
        if key in old:
            found += _category(old[key], new[key])
    return found


def _category(old: Category, new: Category) -> list[str]:
    def named(what: str) -> str:
        return f"{new.title} · {what}"

    return [
        *_from_to(_("Name"), old.title, new.title),
        *_from_to(named(_("weight")), number(old.weight), number(new.weight)),
        *_from_to(named(_("counts")), COUNTING_NAMES[old.counting], COUNTING_NAMES[new.counting]),
        *_from_to(named(_("left out")), old.drop, new.drop),
        *_from_to(named(_("kept")), old.keep or _("all"), new.keep or _("all")),
        *_from_to(named(_("extra")), _yes(old.is_extra), _yes(new.is_extra)),
        *_from_to(named(_("late work")), _own_late(old.late), _own_late(new.late)),
        *_from_to(named(_("Curve")), curve_words(old.curve), curve_words(new.curve)),
        *_from_to(
            named(_("Highest percent")),
            _("none") if old.most is None else number(old.most),
            _("none") if new.most is None else number(new.most),
        ),
    ]


def _own_late(late: LatePolicy | None) -> str:
    """A rule that holds for one category or work alone."""
    return _("as for the course") if late is None else late_words(late)


def _items(before: Scheme, after: Scheme) -> list[str]:
    old = {row.key: row for row in before.items}
    new = {row.key: row for row in after.items}
    homes = {row.key: row.title for row in (*before.categories, *after.categories)}
    nothing = _("counts nothing")
    found = []
    for key in dict.fromkeys((*old, *new)):
        was, will = old.get(key), new.get(key)
        title = {**old, **new}[key].title
        found += _from_to(
            title,
            homes.get(was.category, was.category) if was else nothing,
            homes.get(will.category, will.category) if will else nothing,
        )
        if was and will:
            found += _from_to(f"{title} · " + _("weight"), number(was.weight), number(will.weight))
            found += _from_to(f"{title} · " + _("extra"), _yes(was.is_extra), _yes(will.is_extra))
            found += _from_to(
                f"{title} · " + _("late work"), _own_late(was.late), _own_late(will.late)
            )
            found += _from_to(
                f"{title} · " + _("Curve"), curve_words(was.curve), curve_words(will.curve)
            )
    return found


def _yes(value: bool) -> str:
    return _("yes") if value else _("no")
