"""Runs inside a sandbox, alone: scores a file of predictions against hidden answers.

No line of a participant's code runs in this process. Her file is text that is read with care; what
is wrong with it is said with the line where it is. The engine hands this file in as text.
"""

import csv
import hashlib
import importlib.util
import json
import math
import platform
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import numpy
import sklearn
import sklearn.metrics


class Invalid(Exception):
    def __init__(self, code: str, line: int | None = None, **params: Any) -> None:
        super().__init__(code)
        self.told: dict[str, Any] = {"problem": code, "line": line, "params": params}


def shown(text: str) -> str:
    return text[:60]


def table(path: str, code: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The heading and the rows of a file, each row with its line."""
    csv.field_size_limit(10_000)
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            heading = [name.strip() for name in next(reader, [])]
            rows = [(reader.line_num, row) for row in reader if row]
    except UnicodeDecodeError:
        raise Invalid(f"{code}-not-text") from None
    except csv.Error:
        raise Invalid(f"{code}-not-csv", reader.line_num) from None
    if not heading or not any(heading):
        raise Invalid(f"{code}-empty")
    return heading, rows


def columns(heading: list[str], wanted: list[str], code: str) -> list[int]:
    for name in wanted:
        if heading.count(name) != 1:
            raise Invalid(f"{code}-column", 1, column=name)
    return [heading.index(name) for name in wanted]


def answers_of(spec: dict[str, Any]) -> dict[str, str]:
    heading, rows = table("answers.csv", "answers")
    places = columns(heading, [spec["id"], spec["target"]], "answers")
    found: dict[str, str] = {}
    for line, row in rows:
        if len(row) != len(heading) or row[places[0]].strip() in found:
            raise Invalid("answers-row", line)
        found[row[places[0]].strip()] = row[places[1]].strip()
    return found


def predictions_of(spec: dict[str, Any], answers: dict[str, str]) -> dict[str, Any]:
    heading, rows = table("predictions.csv", "file")
    places = columns(heading, [spec["id"], spec["target"]], "file")
    found: dict[str, Any] = {}
    for line, row in rows:
        if len(row) != len(heading):
            raise Invalid("file-cells", line, found=len(row), wanted=len(heading))
        name = row[places[0]].strip()
        value: Any = row[places[1]].strip()
        if name not in answers:
            raise Invalid("file-unknown", line, id=shown(name))
        if name in found:
            raise Invalid("file-twice", line, id=shown(name))
        if not value:
            raise Invalid("file-no-value", line, id=shown(name))
        if spec["kind"] != "label":
            value = number(value, line, spec["kind"])
        found[name] = value
    missing = [name for name in answers if name not in found]
    if missing:
        raise Invalid("file-missing", None, count=len(missing), id=shown(missing[0]))
    return found


def number(text: str, line: int, kind: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise Invalid("file-not-a-number", line, value=shown(text)) from None
    if not math.isfinite(value) or abs(value) > 1e100:
        raise Invalid("file-not-finite", line, value=shown(text))
    if kind == "probability" and not 0 <= value <= 1:
        raise Invalid("file-no-probability", line, value=shown(text))
    return value


def parts(answers: dict[str, str], seed: str, share: float) -> tuple[list[str], list[str]]:
    """The ids that count now, and those that count in the end: settled by the seed alone."""
    order = sorted(answers, key=lambda name: hashlib.sha256(f"{seed}:{name}".encode()).digest())
    count = min(len(order) - 1, max(1, round(len(order) * share)))
    return order[:count], order[count:]


METRICS: dict[str, Callable[[list[Any], list[Any]], Any]] = {
    "accuracy": sklearn.metrics.accuracy_score,
    "balanced_accuracy": sklearn.metrics.balanced_accuracy_score,
    "f1_macro": lambda wanted, given: sklearn.metrics.f1_score(
        wanted, given, average="macro", zero_division=0
    ),
    "roc_auc": sklearn.metrics.roc_auc_score,
    "log_loss": lambda wanted, given: sklearn.metrics.log_loss(wanted, given, labels=[0, 1]),
    "rmse": sklearn.metrics.root_mean_squared_error,
    "mae": sklearn.metrics.mean_absolute_error,
    "mape": sklearn.metrics.mean_absolute_percentage_error,
    "r2": sklearn.metrics.r2_score,
}


def own_metric() -> Callable[[list[Any], list[Any]], Any]:
    """The author's ``score(answers, predictions)``: lists of equal length, in the same order."""
    place = importlib.util.spec_from_file_location("authors_evaluator", "evaluator.py")
    assert place is not None and place.loader is not None
    module = importlib.util.module_from_spec(place)
    place.loader.exec_module(module)
    found: Callable[[list[Any], list[Any]], Any] = module.score
    return found


def score(spec: dict[str, Any]) -> dict[str, Any]:
    answers = answers_of(spec)
    if len(answers) < 2:
        raise Invalid("answers-row", 1)
    given = predictions_of(spec, answers)
    truth: dict[str, Any] = dict(answers)
    if spec["kind"] != "label":
        try:
            truth = {name: float(value) for name, value in answers.items()}
        except ValueError:
            raise Invalid("answers-value") from None
    if spec["kind"] == "probability":
        truth = {name: int(value) for name, value in truth.items()}
    metric = own_metric() if spec["metric"] == "own" else METRICS[spec["metric"]]
    found = []
    for ids in parts(answers, spec["seed"], spec["share"]):
        value = float(metric([truth[i] for i in ids], [given[i] for i in ids]))
        if not math.isfinite(value):
            raise Invalid("not-a-score")
        found.append(value)
    return {"public": found[0], "private": found[1], "rows": len(given)}


def main() -> None:
    with open("spec.json", encoding="utf-8") as file:
        spec = json.load(file)
    try:
        told = score(spec)
    except Invalid as invalid:
        told = invalid.told
    except Exception as error:
        told = {"problem": "evaluator", "detail": f"{type(error).__name__}: {error}"[:2000]}
    told["environment"] = {
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "scikit-learn": sklearn.__version__,
        "pandas": version("pandas"),
    }
    print("\n" + spec["mark"] + json.dumps(told))  # noqa: T201  # what the engine reads


main()
