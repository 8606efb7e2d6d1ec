"""Backup and restore on real clusters: into an empty folder, equal, verified."""

import hashlib
import io
import os
import tarfile
import threading
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from app.hosting import cli
from app.hosting.archive import ArchiveDamaged
from app.hosting.backup import BackupRefused, backup, restore
from app.hosting.postgres import Cluster, cluster_of
from app.kernel.config import Config


def configure(instance: Path) -> Config:
    return Config.from_environ({"BANYAN_INSTANCE": str(instance)})


def ask(cluster: Cluster, query: str, database: str = "banyan"):
    with psycopg.connect(cluster.dsn(database), autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []


def tree(folder: Path) -> dict[str, object]:
    """Every entry below a folder with its mode, its owner and what is in it."""
    found: dict[str, object] = {}
    for path in folder.rglob("*"):
        status = path.lstat()
        if path.is_symlink():
            content: object = os.readlink(path)
        else:
            content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
        found[str(path.relative_to(folder))] = (status.st_mode, status.st_uid, content)
    return found


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory):
    """An installation that somebody has used, with its database running."""
    instance = tmp_path_factory.mktemp("lived-in") / "instance"
    config = configure(instance)
    blob = instance / "blobs" / "ab" / "cdef"
    blob.parent.mkdir(parents=True)
    blob.write_bytes(bytes(range(256)) * 100)
    home = instance / "homes" / "mei"
    (home / "資料夾 with spaces").mkdir(parents=True)
    (home / "資料夾 with spaces" / "筆記.ipynb").write_text('{"cells": []}')
    (home / "empty").mkdir()
    (home / "to-somewhere").symlink_to("/etc/shadow")
    (home / "here").symlink_to("empty")
    script = home / "run.sh"
    script.write_text("true")
    script.chmod(0o750)
    closed = home / "closed"
    closed.mkdir()
    (closed / "inside").write_text("x")
    closed.chmod(0o500)
    if os.geteuid() == 0:
        for path in (home, script):
            os.chown(path, 30001, 30001)
    os.mkfifo(home / "pipe")
    (instance / "logs").mkdir()
    (instance / "logs" / "site.log").write_text("old news")
    cluster = cluster_of(instance)
    cluster.start()
    try:
        ask(cluster, "CREATE TABLE people (id serial PRIMARY KEY, name citext UNIQUE)")
        ask(cluster, "INSERT INTO people (name) VALUES ('林美'), ('An')")
        ask(cluster, "CREATE INDEX ON people USING gin (name gin_trgm_ops)")
        ask(cluster, "CREATE TABLE spawners (state text)", "hub")
        ask(cluster, "INSERT INTO spawners VALUES ('running')", "hub")
        yield config
    finally:
        cluster.stop()


@pytest.fixture(scope="module")
def archive(lived_in, tmp_path_factory) -> Path:
    path, _ = backup(lived_in, tmp_path_factory.mktemp("archives"), {})
    return path


class TestARestore:
    def test_into_an_empty_folder_gives_the_same_house(self, lived_in, archive, tmp_path):
        config = configure(tmp_path / "new")
        assert config.secret_key != lived_in.secret_key
        restore(config, archive, {})
        # Keys and sessions stay valid.
        assert configure(config.instance).secret_key == lived_in.secret_key
        for name in ("blobs", "homes", "secrets"):
            before = tree(lived_in.instance / name)
            before.pop("mei/pipe", None)
            assert tree(config.instance / name) == before, name
        assert not (config.instance / "logs" / "site.log").exists()
        assert not (config.instance / ".restoring").exists()
        cluster = cluster_of(config.instance)
        assert not cluster.is_running()
        cluster.start()
        try:
            assert ask(cluster, "SELECT name FROM people ORDER BY id") == [("林美",), ("An",)]
            assert ask(cluster, "SELECT state FROM spawners", "hub") == [("running",)]
            with pytest.raises(psycopg.errors.UniqueViolation):
                ask(cluster, "INSERT INTO people (name) VALUES ('AN')")
            ask(cluster, "INSERT INTO people (name) VALUES ('Bo')")
        finally:
            cluster.stop()

    def test_refuses_an_instance_with_something_in_it(self, lived_in, archive):
        before = tree(lived_in.instance / "homes")
        with pytest.raises(BackupRefused, match="not empty"):
            restore(lived_in, archive, {})
        assert tree(lived_in.instance / "homes") == before

    def test_of_a_changed_archive_is_refused_and_leaves_nothing(self, archive, tmp_path):
        damaged = tmp_path / "damaged.tar"
        content = archive.read_bytes()
        place = content.index(bytes(range(256)))
        damaged.write_bytes(content[:place] + b"!" + content[place + 1 :])
        config = configure(tmp_path / "new")
        with pytest.raises(ArchiveDamaged, match="blobs/ab/cdef is not what was backed up"):
            restore(config, damaged, {})
        assert {path.name for path in config.instance.iterdir()} <= {"run", "secrets"}

    def test_of_an_archive_that_was_cut_short_is_refused(self, archive, tmp_path):
        cut = tmp_path / "cut.tar"
        cut.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
        with pytest.raises(ArchiveDamaged):
            restore(configure(tmp_path / "new"), cut, {})

    def test_of_some_other_file_is_refused(self, tmp_path):
        other = tmp_path / "other"
        other.write_text("this is not a backup")
        with pytest.raises(ArchiveDamaged, match="not a backup"):
            restore(configure(tmp_path / "new"), other, {})

    @pytest.mark.parametrize("name", ["../outside", "/tmp/outside", "homes/../../outside"])
    def test_writes_nothing_outside_the_instance(self, tmp_path, name):
        hostile = tmp_path / "hostile.tar"
        with tarfile.open(hostile, "w") as tar:
            member = tarfile.TarInfo(name)
            member.size = 4
            tar.addfile(member, io.BytesIO(b"evil"))
        with pytest.raises(ArchiveDamaged, match="outside itself"):
            restore(configure(tmp_path / "new"), hostile, {})
        assert not (tmp_path / "outside").exists()

    def test_whose_database_cannot_be_read_leaves_an_empty_instance(self, archive, tmp_path):
        broken = tmp_path / "broken.tar"
        with tarfile.open(archive) as old, tarfile.open(broken, "w") as new:
            manifest = old.extractfile("manifest.json").read()
            good = old.extractfile("databases/hub.dump").read()
            bad = bytes(len(good))
            manifest = manifest.replace(
                hashlib.sha256(good).hexdigest().encode(), hashlib.sha256(bad).hexdigest().encode()
            )
            for member in old:
                changed = {"manifest.json": manifest, "databases/hub.dump": bad}.get(member.name)
                content = old.extractfile(member) if member.isreg() else None
                new.addfile(member, io.BytesIO(changed) if changed else content)
        config = configure(tmp_path / "new")
        with pytest.raises(Exception, match="pg_restore failed"):
            restore(config, broken, {})
        assert {path.name for path in config.instance.iterdir()} <= {"run", "secrets"}


class TestABackup:
    def test_can_be_read_by_its_owner_only(self, archive):
        assert archive.stat().st_mode & 0o777 == 0o600

    def test_keeps_links_as_links(self, archive):
        with tarfile.open(archive) as tar:
            link = tar.getmember("homes/mei/to-somewhere")
            assert link.issym()
            assert link.linkname == "/etc/shadow"

    def test_of_a_house_that_stands_still_starts_and_stops_the_database(self, archive, tmp_path):
        config = configure(tmp_path / "still")
        restore(config, archive, {})
        path, manifest = backup(config, tmp_path / "second.tar", {})
        assert path.exists()
        assert manifest["databases"] == ["banyan", "hub"]
        assert not cluster_of(config.instance).is_running()

    def test_never_overwrites_another(self, lived_in, archive):
        with pytest.raises(BackupRefused, match="exists already"):
            backup(lived_in, archive, {})

    def test_does_not_go_into_what_it_backs_up(self, lived_in):
        with pytest.raises(BackupRefused, match="inside"):
            backup(lived_in, lived_in.instance / "homes" / "b.tar", {})

    def test_is_whole_while_people_write_and_delete(self, lived_in, tmp_path):
        home = lived_in.instance / "homes" / "busy"
        home.mkdir()
        stop = threading.Event()

        def work() -> None:
            number = 0
            while not stop.is_set():
                number += 1
                (home / f"file-{number % 40}").write_bytes(os.urandom(number % 40 * 5000))
                (home / f"file-{(number + 20) % 40}").unlink(missing_ok=True)

        worker = threading.Thread(target=work)
        worker.start()
        try:
            paths = [backup(lived_in, tmp_path / f"busy-{n}.tar", {})[0] for n in range(4)]
        finally:
            stop.set()
            worker.join()
        restore(configure(tmp_path / "new"), paths[-1], {})


class TestTheCommands:
    def test_back_up_and_restore_from_the_environment(self, lived_in, tmp_path):
        target = tmp_path / "b.tar"
        old = {"BANYAN_INSTANCE": str(lived_in.instance)}
        new = {"BANYAN_INSTANCE": str(tmp_path / "new")}
        commands = {command.name: command for command in cli.commands}
        done = CliRunner(env=old).invoke(commands["backup"], [str(target)])
        assert (done.exit_code, "Backed up" in done.output) == (0, True), done.output
        done = CliRunner(env=new).invoke(commands["restore"], [str(target)])
        assert (done.exit_code, "Restored" in done.output) == (0, True), done.output
        done = CliRunner(env=new).invoke(commands["restore"], [str(target)])
        assert done.exit_code == 1
        assert "is not empty" in done.output
        assert "Traceback" not in done.output
