"""Data sets are kept once, whole, and never change."""

import hashlib
import io
import os
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.exc import IntegrityError

from app.datasets import operations, queries
from app.datasets.cli import data as data_command
from app.datasets.models import DataUpload
from app.datasets.rules import Access, digest_of, is_file_name, parsed
from app.kernel import bigfiles, clock
from app.kernel.database import db
from app.kernel.localized import LocalizedText

TABLE = b"id,value\n1,7\n2,9\n"


def content(name="sensors", *files, **changes):
    kept = [operations.incoming(path, io.BytesIO(data)) for path, data in files]
    fields = {
        "name": name,
        "title": LocalizedText({"en": "Sensors", "zh-Hant-TW": "感測器"}),
        "licence": "CC0",
        "source": "Measured here.",
        "files": kept or [operations.incoming("values.csv", io.BytesIO(TABLE))],
    }
    return operations.Content(**(fields | changes))


class TestKeeping:
    def test_a_set_is_read_at_its_address_and_kept_once(self, cast, in_app):
        with in_app():
            lin = cast.person("lin")
            first = operations.keep(lin, content())
            same = operations.keep(lin, content("copies"))
            folder = bigfiles.folder("open")
            one, two = (folder / row.address / "values.csv" for row in (first, same))
            assert one.read_bytes() == TABLE
            assert os.path.samefile(one, two)
            assert one.stat().st_mode & 0o777 == 0o444
            assert (first.number, first.rows, first.size) == (1, 2, len(TABLE))
            assert first.digest == digest_of({"values.csv": hashlib.sha256(TABLE).hexdigest()})

    def test_other_content_is_the_next_version_and_the_same_is_no_version(self, cast, in_app):
        with in_app():
            lin = cast.person("lin")
            first = operations.keep(lin, content())
            assert operations.keep(lin, content()).id == first.id
            second = operations.keep(lin, content("sensors", ("values.csv", TABLE + b"3,1\n")))
            assert (second.number, second.rows) == (2, 3)
            with pytest.raises(operations.VersionTaken, match="3"):
                operations.keep(lin, content("sensors", ("x.csv", b"a\n1\n"), number=1))

    def test_a_version_cannot_be_changed_in_the_database_either(self, cast, in_app):
        with in_app():
            made = operations.keep(cast.person("lin"), content())
            made.licence = "another"
            with pytest.raises(IntegrityError):
                db.session.flush()

    def test_nobody_makes_versions_of_what_somebody_else_keeps(self, cast, in_app):
        with in_app():
            operations.keep(cast.person("lin"), content())
            with pytest.raises(operations.NameTaken):
                operations.keep(cast.person("wang"), content("sensors", ("v.csv", b"a\n1\n")))

    def test_a_hidden_set_lies_where_no_lab_looks(self, cast, in_app):
        with in_app():
            made = operations.keep(cast.person("lin"), content("answers", access=Access.HIDDEN))
            assert not (bigfiles.folder("open") / made.address).exists()
            assert (bigfiles.folder("hidden") / made.address / "values.csv").exists()

    @pytest.mark.parametrize(
        ("refusal", "changes"),
        [
            (operations.BadName, {"name": "Sensors"}),
            (operations.BadName, {"name": "../up"}),
            (operations.NoLicence, {"licence": " "}),
            (operations.NoLicence, {"source": ""}),
            (operations.BadFile, {"files": []}),
        ],
    )
    def test_what_is_wrong_is_said(self, cast, in_app, refusal, changes):
        with in_app(), pytest.raises(refusal):
            operations.keep(cast.person("lin"), content(**changes))

    @pytest.mark.parametrize("name", ["../x", "a/b", ".hidden", "", "a\nb", "x" * 130, "\u202eb"])
    def test_names_of_files_are_plain(self, in_app, name):
        assert not is_file_name(name)
        with in_app(), pytest.raises(operations.BadFile):
            operations.incoming(name, io.BytesIO(b"x"))

    def test_a_file_that_is_not_what_was_meant_is_not_kept(self, in_app):
        with in_app():
            other = b"something that nobody asked for"
            with pytest.raises(operations.NotWhole):
                operations.incoming("a.bin", io.BytesIO(other), wanted="0" * 64)
            assert not bigfiles.path_of(hashlib.sha256(other).hexdigest()).exists()

    def test_addresses_are_read_strictly(self):
        assert parsed("data-set:jobs/12") == ("jobs", 12)
        assert [parsed(text) for text in ("jobs", "jobs/0", "../x/1", "Jobs/1", "a/b/1")] == [
            None
        ] * 5

    def test_damage_is_found_and_folders_are_put_right(self, cast, in_app):
        with in_app():
            good = operations.keep(cast.person("lin"), content("good"))
            bad = operations.keep(cast.person("lin"), content("bad", ("b.csv", b"id\nonce\n")))
            (bigfiles.folder("open") / good.address / "values.csv").unlink()
            place = bigfiles.path_of(bad.files[0]["digest"])
            place.chmod(0o644)
            place.write_bytes(b"id\nelse\n")
            try:
                assert operations.lay_out_all() == ["bad/1"]
                assert (bigfiles.folder("open") / good.address / "values.csv").exists()
            finally:
                place.unlink()


class TestSendingInPieces:
    def test_goes_on_where_it_stopped(self, cast, in_app):
        with in_app():
            lin = cast.person("lin")
            upload = operations.begin_upload(lin, "big.csv", len(TABLE), "1")
            assert operations.add_piece(lin, upload.id, 0, TABLE[:5], None) == 5
            again = operations.begin_upload(lin, "big.csv", len(TABLE), "1")
            assert (again.id, again.received) == (upload.id, 5)
            # A piece that comes twice, or too early, changes nothing.
            assert operations.add_piece(lin, upload.id, 0, TABLE[:5], None) == 5
            assert operations.add_piece(lin, upload.id, 9, TABLE[9:], None) == 5
            with pytest.raises(operations.BadFile, match=r"big\.csv"):
                operations.finished(lin, upload.id)
            digest = hashlib.sha256(TABLE[5:]).hexdigest()
            assert operations.add_piece(lin, upload.id, 5, TABLE[5:], digest) == len(TABLE)
            kept = operations.finished(lin, upload.id)
            assert (kept.digest, kept.rows) == (hashlib.sha256(TABLE).hexdigest(), 2)

    def test_a_damaged_piece_is_not_taken(self, cast, in_app):
        with in_app():
            lin = cast.person("lin")
            upload = operations.begin_upload(lin, "x.csv", 4, "1")
            with pytest.raises(operations.PieceDamaged):
                operations.add_piece(lin, upload.id, 0, b"abcd", "0" * 64)
            with pytest.raises(operations.PieceDamaged):
                operations.add_piece(lin, upload.id, 0, b"abcdefgh", None)
            assert upload.received == 0

    def test_what_nobody_goes_on_with_is_taken_away(self, cast, in_app, frozen):
        with in_app():
            lin = cast.person("lin")
            upload = operations.begin_upload(lin, "x.csv", 4, "1")
            operations.add_piece(lin, upload.id, 0, b"ab", None)
            place = bigfiles.folder("uploads") / str(upload.id)
            assert place.exists()
            with frozen(clock.now() + timedelta(days=3)):
                assert operations.forget_old_uploads() == 1
            assert not place.exists()
            assert db.session.get(DataUpload, upload.id) is None


class TestFolders:
    ABOUT = "title: {zh-Hant-TW: 感測器, en: Sensors}\nlicence: CC0\nsource: Measured\nversion: 1\n"

    def folder(self, root: Path, about: str = ABOUT) -> Path:
        place = root / "cluster" / "course" / "data" / "from-folder"
        place.mkdir(parents=True)
        (place / "data.yaml").write_text(about)
        (place / "values.csv").write_bytes(TABLE)
        return place

    def test_courses_bring_their_data(self, in_app, app, tmp_path):
        self.folder(tmp_path)
        with in_app():
            (made,) = operations.load_folder(tmp_path)
            assert (made.address, made.kept_by_id) == ("from-folder/1", None)
            assert [row.id for row in operations.load_folder(tmp_path)] == [made.id]

    @pytest.mark.parametrize(
        ("about", "said"),
        [
            (ABOUT.replace("version: 1", "version: x"), "version"),
            (ABOUT + "colour: red\n", "the keys are"),
            (ABOUT + "access: everybody\n", "open or hidden"),
            (ABOUT.replace("en: Sensors", "de: Sensoren"), "per language"),
            ("[", "not valid YAML"),
        ],
    )
    def test_what_is_wrong_names_the_file(self, in_app, app, tmp_path, about, said):
        self.folder(tmp_path, about)
        with in_app(), pytest.raises(operations.FolderInvalid, match=said) as refusal:
            operations.load_folder(tmp_path)
        assert "data.yaml" in str(refusal.value)

    def test_the_command_says_what_it_kept(self, in_app, app, tmp_path):
        file = tmp_path / "values.csv"
        file.write_bytes(TABLE)
        words = ["add", str(file), "--name", "by-hand", "--title", "T", "--licence", "CC0"]
        with in_app():
            answer = CliRunner().invoke(data_command, [*words, "--source", "here"])
            assert answer.exit_code == 0, answer.output
            assert answer.output.startswith("by-hand/1  ")
            wrong = CliRunner().invoke(
                data_command, [*words, "--source", "here", "--sha256", "1" * 64]
            )
            assert wrong.exit_code == 1 and "SHA-256" in wrong.output
            assert queries.data_set("by-hand/2") is None
