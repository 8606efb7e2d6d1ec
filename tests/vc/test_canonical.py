"""The canonical form is the one that others find, whatever a document is made of."""

import random

import pytest

from app.vc import VcError
from app.vc.canonical import canonical
from tests.vc import school
from tests.vc.school import badge, record, sign

WORDS = ["管制圖", "a", "b", "", "𠀀", 'q"uote', "back\\slash", "two\nlines", "tab\t", "é", " "]


def text(draw):
    return draw.choice(WORDS) + draw.choice(WORDS) or "x"


def entry(draw):
    return {"type": "IdentifierEntry", "identifierType": "x", "identifier": text(draw)}


def profile(draw, depth=0):
    """Somebody, often without an id: such things are told apart by what is around them."""
    made = {"type": ["Profile"], "name": text(draw)}
    if draw.random() < 0.3:
        made["id"] = f"urn:p:{draw.random()}"
    if draw.random() < 0.7:
        made["otherIdentifier"] = [entry(draw) for _ in range(draw.randint(1, 3))]
    if depth < 3 and draw.random() < 0.6:
        made["parentOrg"] = profile(draw, depth + 1)
    return made


def document(seed):
    draw = random.Random(seed)  # noqa: S311
    made = badge(seed)
    achievement = made["credentialSubject"]["achievement"]
    achievement["creator"] = profile(draw)
    achievement["tag"] = [text(draw) for _ in range(draw.randint(1, 4))]
    achievement["creditsAvailable"] = draw.choice([0, 1, 2.5, 1e-3, 12345.678, -7])
    made["evidence"] = [
        {"type": ["Evidence"], "name": text(draw), "genre": draw.choice("ab")}
        for _ in range(draw.randint(1, 4))
    ]
    made["credentialSubject"]["result"] = [
        {"type": ["Result"], "value": text(draw), "status": draw.choice("ab")} for _ in range(2)
    ]
    return made


def test_is_the_same_as_the_other_librarys():
    documents = {str(seed): document(seed) for seed in range(60)}
    documents["record"] = record()
    documents["signed record"] = {k: v for k, v in sign(record()).items() if k != "proof"}
    items = {name: {"canonize": one} for name, one in documents.items()}
    theirs = school.stranger(items)
    ours = {}
    for name, one in documents.items():
        try:
            ours[name] = canonical(one)
        except VcError as error:
            ours[name] = str(error)
    assert ours == theirs
    assert all("urn:" in form for form in ours.values())


@pytest.mark.parametrize("seed", range(3))
def test_does_not_depend_on_the_order_of_keys_or_elements(seed):
    draw = random.Random(seed)  # noqa: S311

    def shuffled(value):
        if isinstance(value, dict):
            keys = list(value)
            draw.shuffle(keys)
            return {key: value[key] if key == "@context" else shuffled(value[key]) for key in keys}
        if isinstance(value, list):
            return draw.sample([shuffled(one) for one in value], len(value))
        return value

    made = document(seed)
    assert canonical(shuffled(made)) == canonical(made)
