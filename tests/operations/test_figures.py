"""Figures for Prometheus: names, numbers, who may read them."""

import json
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.parser import text_string_to_metric_families

from app.kernel import clock
from app.kernel.secrets import secret
from app.operations import operations
from tests.grading.helpers import grade_with, hand_in, result
from tests.operations.helpers import open_lab, run_of

ROOT = Path(__file__).resolve().parents[2]
UNITS = ("seconds", "bytes", "ratio", "info", "total")


def scrape(cast, **headers: str):
    answer = cast.app.test_client().get("/metrics", headers=headers)
    assert answer.status_code == 200
    return {family.name: family for family in text_string_to_metric_families(answer.text)}


def value(families, name: str, sample: str = "", **labels: str) -> float:
    found = [
        one.value
        for one in families[name].samples
        if one.name == (sample or name) and labels.items() <= one.labels.items()
    ]
    assert len(found) == 1, found
    return found[0]


class TestFigures:
    def test_are_named_as_prometheus_wants(self, enrolled):
        families = scrape(enrolled)
        assert len(families) > 12
        for name, family in families.items():
            assert re.fullmatch(r"banyan_[a-z]+(_[a-z]+)*", name), name
            assert family.documentation.endswith("."), name
            assert "_ms" not in name and "minutes" not in name and "percent" not in name
            if family.type == "counter":
                assert all(one.name.endswith(("_total", "_created")) for one in family.samples)
            elif family.type == "histogram":
                assert name.endswith("_seconds")
            else:
                assert not name.endswith("_total"), name

    def test_count_requests_by_endpoint_and_status_with_their_times(self, enrolled):
        before = scrape(enrolled)
        labels = {"endpoint": "web.health", "method": "GET", "status": "200"}

        def count(families) -> float:
            return sum(
                one.value
                for one in families["banyan_http_requests"].samples
                if one.name.endswith("_total") and labels.items() <= one.labels.items()
            )

        enrolled.app.test_client().get("/healthz")
        enrolled.app.test_client().get("/no/such/page?with=much&more=1")
        after = scrape(enrolled)
        assert count(after) == count(before) + 1
        endpoints = {one.labels["endpoint"] for one in after["banyan_http_requests"].samples}
        assert "none" in endpoints and not any("no/such" in name for name in endpoints)
        took = value(
            after,
            "banyan_http_request_duration_seconds",
            "banyan_http_request_duration_seconds_bucket",
            endpoint="web.health",
            le="+Inf",
        )
        assert took >= 1

    def test_tell_the_queue_and_its_age(self, enrolled):
        with enrolled.app.app_context():
            grade_with(hand_in(enrolled, "mei"), result(4.0))
            with clock.frozen_at(clock.now() - timedelta(minutes=5)):
                hand_in(enrolled, "hao")
        families = scrape(enrolled)
        assert value(families, "banyan_grading_queue_length", kind="interactive") == 1
        age = value(families, "banyan_grading_queue_oldest_age_seconds", kind="interactive")
        assert 300 <= age < 330
        finished = "banyan_grading_attempts_finished"
        assert value(families, finished, f"{finished}_total", state="graded") == 1

    def test_tell_servers_start_times_and_failures(self, enrolled):
        open_lab(enrolled, "mei")
        enrolled.hub.failures["hao"] = "TimeoutError: Server at http://… didn't respond"
        browser = enrolled.browser("hao")
        browser.get(browser.post(f"/learn/{enrolled.code}/labs/squares/workspace").location)
        with enrolled.app.app_context():
            run = run_of(enrolled, "mei")
            run.ready_at = run.asked_at + timedelta(seconds=1.2)
            operations.call_off_stop(None, run)  # commits what was changed
        families = scrape(enrolled)
        assert value(families, "banyan_lab_servers", state="ready") == 1
        name = "banyan_lab_start_duration_seconds"
        assert value(families, name, f"{name}_bucket", le="1.0") == 0
        assert value(families, name, f"{name}_bucket", le="1.5") == 1
        failures = "banyan_lab_start_failures"
        assert value(families, failures, f"{failures}_total", cause="timeout") == 1
        assert value(families, failures, f"{failures}_total", cause="disk") == 0

    def test_say_when_labs_are_closed(self, enrolled):
        assert value(scrape(enrolled), "banyan_lab_maintenance") == 0
        with enrolled.app.app_context():
            operations.announce_drain(
                None, until=clock.now() + timedelta(hours=1), message={"en": "x"}
            )
        assert value(scrape(enrolled), "banyan_lab_maintenance") == 1


class TestTheDoor:
    def test_opens_with_the_token(self, enrolled, config):
        token = secret(config.instance, "metrics_token")
        through = {"X-Forwarded-For": "203.0.113.9"}
        client = enrolled.app.test_client()
        right = client.get("/metrics", headers={**through, "Authorization": f"Bearer {token}"})
        wrong = client.get("/metrics", headers={**through, "Authorization": "Bearer nothing"})
        assert (right.status_code, wrong.status_code) == (200, 401)

    @pytest.mark.parametrize("address", ["203.0.113.9", "127.0.0.1"])
    def test_is_shut_to_whoever_comes_through_the_proxy(self, enrolled, address):
        """Also when the last address is loopback: that is then a web server of this machine."""
        answer = enrolled.app.test_client().get("/metrics", headers={"X-Forwarded-For": address})
        assert answer.status_code == 401

    @pytest.mark.parametrize("address", ["203.0.113.9", "10.0.0.7"])
    def test_is_shut_to_other_machines(self, enrolled, address):
        answer = enrolled.app.test_client().get("/metrics", environ_base={"REMOTE_ADDR": address})
        assert answer.status_code == 401

    def test_is_shut_to_labs(self, enrolled):
        answer = enrolled.app.test_client().get("/metrics", environ_base={"REMOTE_ADDR": ""})
        assert answer.status_code == 404

    def test_is_no_page_for_an_operator_in_a_browser(self, enrolled):
        answer = enrolled.browser("ting").get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"})
        assert answer.status_code == 401


PROGRAM = """
import os
from multiprocessing import get_context
import app.hosting.gunicorn_config  # clears the folder, as gunicorn does first
from app.operations.views.figures import CONNECTIONS, REQUESTS
from prometheus_client import CollectorRegistry, generate_latest, multiprocess

def work():
    REQUESTS.labels("web.home", "GET", 200).inc()
    CONNECTIONS.labels("in_use").inc()

fork = get_context("fork")
parts = [fork.Process(target=work) for _ in range(3)]
for part in parts:
    part.start()
for part in parts:
    part.join()
class Worker:
    pid = parts[0].pid
app.hosting.gunicorn_config.child_exit(None, Worker)
registry = CollectorRegistry()
multiprocess.MultiProcessCollector(registry)
print(generate_latest(registry).decode())
"""


def test_processes_of_the_site_are_added_up_and_an_ended_one_holds_no_connection(tmp_path):
    (tmp_path / "counter_1.db").write_bytes(b"left by an earlier start")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={"PATH": "/usr/bin", "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert 'banyan_http_requests_total{endpoint="web.home",method="GET",status="200"} 3.0' in (
        done.stdout
    )
    assert 'banyan_database_connections{state="in_use"} 2.0' in done.stdout


def names_in(expression: str) -> set[str]:
    return set(re.findall(r"\b(?:banyan|jupyterhub)_[a-z_]+", expression))


class TestDashboardAndAlerts:
    def known(self, cast) -> set[str]:
        cast.app.test_client().get("/healthz")
        found = set()
        for name, family in scrape(cast).items():
            found |= {name, *(one.name for one in family.samples)}
            if family.type == "counter":
                found.add(f"{name}_total")
            if family.type == "histogram":
                found |= {f"{name}_{end}" for end in ("bucket", "sum", "count")}
        from jupyterhub import metrics as hubs

        for one in vars(hubs).values():
            for family in one.describe() if isinstance(one, MetricWrapperBase) else ():
                found |= {f"{family.name}{end}" for end in ("", "_total", "_bucket", "_count")}
        return found

    def test_name_only_figures_that_there_are(self, enrolled):
        dashboard = json.loads((ROOT / "docs/monitoring/dashboard.json").read_text())
        asked = [t["expr"] for panel in dashboard["panels"] for t in panel["targets"]]
        alerts = yaml.safe_load((ROOT / "docs/monitoring/alerts.yml").read_text())
        rules = [rule for group in alerts["groups"] for rule in group["rules"]]
        asked += [rule["expr"] for rule in rules]
        named = set().union(*map(names_in, asked))
        assert len(asked) > 15 and len(named) > 10
        assert named - self.known(enrolled) == set()

    def test_alerts_say_what_to_do(self):
        alerts = yaml.safe_load((ROOT / "docs/monitoring/alerts.yml").read_text())
        for group in alerts["groups"]:
            for rule in group["rules"]:
                assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}
                assert rule["labels"]["severity"] in ("page", "ticket")
                assert len(rule["annotations"]["description"]) > 40
