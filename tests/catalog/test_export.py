"""``banyan courses export``: what was loaded is written again, and loads as the same version."""

from pathlib import Path

from app.catalog import operations, queries
from app.catalog.cli import courses
from app.catalog.folder import read_courses
from tests.cast import cluster, course


def files_below(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def write(folder: Path, files: dict[str, bytes]) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


class TestExport:
    def test_a_canonical_folder_that_is_loaded_and_exported_is_the_same_folder(
        self, in_app, tmp_path
    ):
        with in_app():
            operations.load_clusters((cluster(),))
            first = queries.exported_files("areas-and-squares")
            write(tmp_path, first)
            reading = read_courses(tmp_path)
            assert reading.errors == ()
            assert operations.load_clusters(reading.clusters).published == []
            assert queries.exported_files("areas-and-squares") == first
        assert files_below(tmp_path) == first
        assert "geometry/cluster.yaml" in first

    def test_an_older_version_is_exported_as_it_was(self, in_app):
        with in_app():
            operations.load_clusters((cluster(),))
            before = queries.exported_files("areas-and-squares")
            operations.load_clusters((cluster(course(hours=9)),))
            assert queries.exported_files("areas-and-squares", 1) == before
            assert queries.exported_files("areas-and-squares") != before
            assert queries.exported_files("areas-and-squares", 3) is None
            assert queries.exported_files("nothing") is None

    def test_never_writes_over_a_course_that_is_there(self, app, in_app, tmp_path):
        with in_app():
            operations.load_clusters((cluster(),))
            arguments = ["export", "areas-and-squares", str(tmp_path)]
            runner = app.test_cli_runner()
            assert runner.invoke(courses, arguments).exit_code == 0
            again = runner.invoke(courses, arguments)
        assert again.exit_code == 1 and "holds such a course already" in again.output
