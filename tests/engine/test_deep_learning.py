"""Labs that train networks: their own warm process, where PyTorch is installed."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest

from app import engine
from app.engine import zygotes
from app.engine.executor import Job, Run
from app.engine.zygote_executor import ZygoteExecutor
from tests.engine import build

INSTALLED = importlib.util.find_spec("torch") is not None
needs_torch = pytest.mark.skipif(
    not INSTALLED, reason="PyTorch is not installed: make setup EXTRAS=deep-learning"
)

NETWORK = """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.linspace(-2, 2, 64)[:, None]
y = torch.sin(x)
model = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for epoch in range(60):
    for a, b in DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(a), b)
        loss.backward()
        optimizer.step()
with torch.no_grad():
    error = float(nn.functional.mse_loss(model(x), y))


def predict(values):
    with torch.no_grad():
        return model(torch.tensor(values)[:, None])[:, 0].tolist()
"""
LAB = build.notebook(
    build.solution(NETWORK),
    build.test("assert error < 0.05, 'the network has not learnt'", "error", points=2),
    build.test("assert abs(predict([0.5])[0] - 0.479) < 0.2", "predict", points=3),
    build.test("assert torch.get_num_threads() >= 1\nassert model[0].weight.shape == (16, 1)", "m"),
)


def grade(source: bytes, submitted: bytes | None = None) -> engine.NotebookResult:
    lab = engine.LabSource((engine.NotebookSource("p1", source),), environment="deep-learning")
    (result,) = engine.grade(lab, {"p1.ipynb": source if submitted is None else submitted})
    return result


class Never:
    """An executor that is not to be needed."""

    def run(self, job: Job) -> Run:
        raise AssertionError("The warm process did not run this.")


@pytest.fixture(scope="module")
def warm() -> Iterator[zygotes.Zygote]:
    engine.warm("deep-learning")
    found = zygotes.get("deep-learning")
    assert found is not None
    yield found
    engine.shut_down()


@needs_torch
class TestTraining:
    def test_a_network_is_trained_and_its_values_are_tested(self, warm: zygotes.Zygote) -> None:
        result = grade(LAB)
        assert build.outcomes(result) == {
            "error": ("passed", 2.0),
            "predict": ("passed", 3.0),
            "m": ("passed", 1.0),
        }

    def test_one_that_does_not_learn_fails(self, warm: zygotes.Zygote) -> None:
        lazy = NETWORK.replace("range(60)", "range(1)").replace("lr=0.02", "lr=0.0")
        nb = nbformat.reads(LAB.decode(), 4)
        nb.cells[0].source = lazy
        result = grade(LAB, nbformat.writes(nb).encode())
        assert build.outcomes(result)["error"] == ("failed", 0.0)
        assert result.score < 6

    def test_forks_one_after_another_and_at_once_do_not_hang(self, warm: zygotes.Zygote) -> None:
        """A process that has computed with threads hangs its children: none has, before a fork."""
        began = time.monotonic()
        for _ in range(3):
            assert grade(LAB).score == 6
        assert time.monotonic() - began < 60
        assert len(list(Path(f"/proc/{_first_child(warm)}/task").iterdir())) == 1

    def test_loaders_with_workers_of_their_own_run(self, warm: zygotes.Zygote) -> None:
        work = NETWORK.replace("shuffle=True", "shuffle=True, num_workers=1").replace(
            "range(60)", "range(2)"
        )
        source = build.notebook(build.solution(work), build.test("assert error < 10"))
        assert build.outcomes(grade(source)) == {"check": ("passed", 1.0)}

    def test_values_are_judged_apart_and_the_model_where_it_lives(
        self, warm: zygotes.Zygote
    ) -> None:
        lab = engine.LabSource((engine.NotebookSource("p1", LAB),), environment="deep-learning")
        lab = replace(lab, roads=engine.plan_roads(lab))
        (result,) = engine.grade(lab, {"p1.ipynb": LAB})
        assert result.score == 6
        assert {cell.grade_id: cell.assurance for cell in result.cells} == {
            "error": "separate",
            "predict": "separate",
            "m": "shared",
        }

    def test_the_warm_process_runs_it(self, warm: zygotes.Zygote) -> None:
        nb = nbformat.reads(LAB.decode(), 4)
        run = ZygoteExecutor(Never()).run(
            Job(nb, frozenset(), {}, "deep-learning", engine.Limits())
        )
        assert run.stop is None
        assert run.peak_memory_mb is not None


def _first_child(zygote: zygotes.Zygote) -> int:
    from app.engine import processes
    from jupyter_config import sandbox

    first = sandbox.namespace_init(zygote.process.pid)
    assert first is not None
    (pid,) = processes.children(first)
    return pid


def job(code: str, environment: Any = "deep-learning") -> Job:
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    return Job(nb, frozenset(), {}, environment, engine.Limits())


class TestWithoutPyTorch:
    @pytest.fixture(autouse=True)
    def not_installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(zygotes.importlib.util, "find_spec", lambda name: None)  # type: ignore[attr-defined]

    def test_says_how_to_install_it(self) -> None:
        assert zygotes.missing("deep-learning") == "make setup EXTRAS=deep-learning"
        assert zygotes.missing("scientific") is zygotes.missing("standard") is None

    def test_no_warm_process_is_asked_to_run_it(self) -> None:
        assert zygotes.kind_for(job("import torch")) is None


def test_the_code_decides_which_process_runs_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zygotes, "missing", lambda environment: None)
    assert zygotes.kind_for(job("import torch")) == "deep-learning"
    assert zygotes.kind_for(job("import torch", "standard")) == "deep-learning"
    assert zygotes.kind_for(job("import pandas")) == "scientific"
    assert zygotes.kind_for(job("x = 1")) == "standard"
