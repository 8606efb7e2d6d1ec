"""The embedded PostgreSQL: starts, keeps its data, comes back after kill -9."""

import os
import signal
import socket
import threading
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from app.hosting import postgres, postgres_programs
from app.hosting.postgres import Cluster, PostgresUnavailable, running


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory):
    # A path that is long and has a space, as people's folders do.
    folder = tmp_path_factory.mktemp("a folder with a rather long name " + "x" * 60) / "postgres"
    with postgres.running(folder) as running:
        yield running


def ask(cluster: Cluster, query: str, database: str = "banyan"):
    with psycopg.connect(cluster.dsn(database), autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []


class TestCluster:
    def test_has_both_databases_and_the_extensions(self, cluster):
        for database in ("banyan", "hub"):
            names = {row[0] for row in ask(cluster, "SELECT extname FROM pg_extension", database)}
            assert {"citext", "pg_trgm", "btree_gist", "unaccent"} <= names

    def test_finds_trigrams_in_chinese_text(self, cluster):
        assert ask(cluster, "SELECT cardinality(show_trgm('智慧製造'))")[0][0] > 0

    def test_refuses_a_wrong_password(self, cluster):
        wrong = Cluster(cluster.folder, "wrong", durable=False)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            ask(wrong, "SELECT 1")

    def test_does_not_make_the_house_a_superuser(self, cluster):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(cluster, "COPY (SELECT 1) TO PROGRAM 'cat'")

    def test_leaves_the_folders_closed_to_others(self, cluster):
        assert cluster.data.stat().st_mode & 0o077 == 0
        assert cluster.folder.stat().st_mode & 0o077 == 0
        assert cluster.data.stat().st_uid == os.geteuid()

    def test_starting_it_twice_uses_the_running_server(self, cluster):
        before = cluster.postmaster().pid
        cluster.start()
        assert cluster.postmaster().pid == before

    def test_keeps_data_and_port_over_a_restart(self, cluster):
        ask(cluster, "CREATE TABLE kept AS SELECT 42 AS answer")
        port = cluster.port
        cluster.stop()
        assert not cluster.is_running()
        cluster.start()
        assert cluster.port == port
        assert ask(cluster, "SELECT answer FROM kept") == [(42,)]

    def test_moves_to_another_port_when_its_own_is_taken(self, cluster):
        old = cluster.port
        cluster.stop()
        with socket.socket() as thief:
            thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            thief.bind(("127.0.0.1", old))
            thief.listen()
            cluster.start()
            assert cluster.port != old
            assert ask(cluster, "SELECT 1") == [(1,)]

    def test_starts_although_its_old_process_id_is_now_somebody_elses(self, cluster):
        cluster.stop()
        stale = f"{psutil.Process().pid}\n{cluster.data}\n1\n{cluster.port}\n\n127.0.0.1\n"
        (cluster.data / "postmaster.pid").write_text(stale)
        assert not cluster.is_running()
        cluster.start()
        assert ask(cluster, "SELECT 1") == [(1,)]

    def test_makes_and_drops_further_databases(self, cluster):
        cluster.create_database("extra")
        cluster.create_database("extra")
        assert ask(cluster, "SELECT current_database()", "extra") == [("extra",)]
        cluster.drop_database("extra")
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            ask(cluster, "SELECT 1", "extra")


def test_comes_back_whole_after_kill_9_with_clients_connected(tmp_path):
    cluster = Cluster(tmp_path / "postgres", "secret")
    cluster.start()
    try:
        ask(cluster, "CREATE TABLE survivors AS SELECT 'here' AS word")
        with psycopg.connect(cluster.dsn()) as client:
            client.execute("SELECT 1")
            cluster.postmaster().send_signal(signal.SIGKILL)
            started = time.monotonic()
            cluster.start()
            assert time.monotonic() - started < 30
            assert ask(cluster, "SELECT word FROM survivors") == [("here",)]
            with pytest.raises(psycopg.OperationalError):
                client.execute("SELECT 1")
    finally:
        cluster.stop()


class TestFailure:
    def test_says_what_the_server_said_when_it_cannot_start(self, cluster, monkeypatch):
        monkeypatch.setattr(postgres, "_START_PATIENCE_SECONDS", 0.1)
        cluster.stop()
        configuration = cluster.data / "postgresql.conf"
        good = configuration.read_text()
        configuration.write_text(good + "\nnot_a_setting_of_any_kind = 1\n")
        try:
            with pytest.raises(PostgresUnavailable, match="not_a_setting_of_any_kind"):
                cluster.start()
        finally:
            configuration.write_text(good)
            cluster.start()

    def test_tells_what_to_install_when_root_has_no_bubblewrap(self, monkeypatch, tmp_path):
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        monkeypatch.setattr(postgres_programs.shutil, "which", lambda name: None)
        with pytest.raises(PostgresUnavailable, match="apt-get install bubblewrap"):
            Cluster(tmp_path / "postgres", "secret").start()

    def test_says_that_there_is_no_port_before_the_first_start(self, tmp_path):
        with pytest.raises(PostgresUnavailable, match="never been started"):
            Cluster(tmp_path, "secret").url()


def test_the_house_has_an_address_before_the_first_start(tmp_path: Path):
    url = postgres.embedded_url(tmp_path)
    assert url.startswith("postgresql+psycopg://banyan:")
    assert url == postgres.embedded_url(tmp_path)
    assert not (tmp_path / "postgres" / "data").exists()


def test_a_restart_under_running_programs_waits_for_its_port(tmp_path):
    """The site was told the port: after a kill it must come back there, however long that takes."""
    with running(tmp_path / "pg") as cluster:
        port = cluster.port
        cluster.stop()
        squatter = socket.create_server(("127.0.0.1", port))
        freeing = threading.Timer(1.0, squatter.close)
        freeing.start()
        try:
            cluster.start(keep_port=True)
        finally:
            freeing.join()
            squatter.close()
        assert cluster.port == port and cluster.is_running()
