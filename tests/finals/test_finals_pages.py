"""Sheets for the registrar, and the pages of final grades."""

import csv
import hashlib
import io
import re
import zipfile
from decimal import Decimal

from sqlalchemy import select

from app.finals import operations
from app.finals.models import FinalCorrection, FinalExport, FinalGrade
from app.finals.rules.sheets import Layout
from app.kernel.database import db
from tests.finals.settling import corrected, settle, standing


class TestSheets:
    def test_a_registrar_gets_chinese_heads_and_a_mark_for_excel(self, settled):
        with settled.app.app_context():
            corrected(settled)
            done = operations.export(
                settled.person("lin"), settled.section(),
                layout=Layout.REGISTRAR, as_workbook=False,
            )  # fmt: skip
            assert done.content.startswith(b"\xef\xbb\xbf")
            assert done.receipt.sha256 == hashlib.sha256(done.content).hexdigest()
            rows = list(csv.DictReader(io.StringIO(done.content.decode("utf-8-sig"))))
            mei = next(row for row in rows if row["學號"] == "C11401001")
            assert (mei["姓名"], mei["百分成績"], mei["狀態"]) == ("林小梅", "70", "及格（更正）")
            assert mei["班別"] == settled.section().code
            assert mei["查核碼"] == standing(settled, "mei").digest
            assert {row["狀態"] for row in rows} == {"及格（更正）", "未完成"}

    def test_names_are_harmless_in_both_files(self, graded):
        with graded.app.app_context():
            graded.person("mei").name = "=cmd|' /C calc'!A0"
            db.session.flush()
            settle(graded)
            options = {"layout": Layout.GENERIC}
            lin, section = graded.person("lin"), graded.section()
            plain = operations.export(lin, section, as_workbook=False, **options).content
            assert "'=cmd" in plain.decode()
            book = operations.export(lin, section, as_workbook=True, **options).content
            with zipfile.ZipFile(io.BytesIO(book)) as archive:
                assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")

    def test_every_export_leaves_a_receipt_that_says_who(self, settled):
        browser = settled.browser("lin")
        answer = browser.post(
            f"/teaching/{settled.code}/finals/exports", data={"layout": "registrar", "kind": "xlsx"}
        )
        assert answer.status_code == 200
        with settled.app.app_context():
            (receipt,) = db.session.scalars(select(FinalExport)).all()
            assert receipt.by_id == settled.person("lin").id
            assert receipt.sha256 == hashlib.sha256(answer.data).hexdigest()
        page = browser.get(f"/teaching/{settled.code}/finals").text
        assert hashlib.sha256(answer.data).hexdigest() in page


class TestPages:
    def test_settles_through_the_page(self, graded):
        browser, address = graded.browser("lin"), f"/teaching/{graded.code}/finals"
        page = browser.get(address).text
        assert "Work of 1 student waits for points." in page
        seen = re.search(r'name="seen" value="(\w+)"', page).group(1)
        until = re.search(r'name="until" required value="([\d-]+)"', page).group(1)
        form = {"seen": seen, "until": until}
        assert browser.post(f"{address}/settlement", data=form).status_code == 422
        answer = browser.post(f"{address}/settlement", data=form | {"looked-at": "1"})
        assert answer.status_code == 302
        with graded.app.app_context():
            assert len(db.session.scalars(select(FinalGrade)).all()) == 2

    def test_a_correction_goes_from_hand_to_hand(self, settled):
        with settled.app.app_context():
            mei = settled.person("mei").id
        lin, office = settled.browser("lin"), settled.browser("jia-office")
        student = f"/teaching/{settled.code}/finals/students/{mei}"
        assert lin.get(student).status_code == 200
        form = {"percent": "70", "reason": "A page was overlooked", "attachment": "Page 3"}
        assert lin.post(f"{student}/corrections", data=form).status_code == 302
        assert "1 correction waits" in office.get("/").text
        with settled.app.app_context():
            made = db.session.scalars(select(FinalCorrection)).one().id
        page = f"/finals/corrections/{made}"
        assert "Page 3" in office.get(page).text
        assert office.get("/finals/corrections?state=proposed").text.count(str(made)) == 1
        assert lin.post(f"{page}/decision", data={"decision": "approve"}).status_code == 404
        assert office.post(f"{page}/decision", data={"decision": "refuse"}).status_code == 422
        assert office.post(f"{page}/decision", data={"decision": "approve"}).status_code == 302
        mine = settled.browser("mei").get(f"/learn/{settled.code}/grades").text
        assert "Corrected from 100 to 70" in " ".join(mine.split())
        assert "A page was overlooked" in mine

    def test_staff_of_another_section_and_students_see_nothing(self, settled):
        with settled.app.app_context():
            mei = settled.person("mei").id
            made = corrected(settled).id
            db.session.commit()
        address = f"/teaching/{settled.code}/finals"
        for path in (address, f"{address}/students/{mei}", f"/finals/corrections/{made}"):
            assert settled.browser("wang").get(path).status_code == 404, path
            assert settled.browser("mei").get(path).status_code == 403, path
        assert settled.browser("wang").post(f"{address}/exports").status_code == 404
        assert str(made) not in settled.browser("wang").get("/finals/corrections").text

    def test_an_assistant_reads_and_does_nothing(self, settled):
        browser, address = settled.browser("ping"), f"/teaching/{settled.code}/finals"
        with settled.app.app_context():
            mei = settled.person("mei").id
        page = browser.get(address).text
        assert "Export final grades" not in page
        assert "Propose" not in browser.get(f"{address}/students/{mei}").text
        form = {"percent": "70", "reason": "x"}
        for path in (f"{address}/exports", f"{address}/settlement"):
            assert browser.post(path, data={}).status_code == 404
        assert browser.post(f"{address}/students/{mei}/corrections", data=form).status_code == 404

    def test_the_list_takes_as_many_statements_for_many_as_for_one(self, settled, count_queries):
        browser, address = settled.browser("lin"), f"/teaching/{settled.code}/finals"
        browser.get(address)
        with count_queries() as one:
            browser.get(address)
        with settled.app.app_context():
            corrected(settled)
            operations.complete(
                settled.person("lin"), standing(settled, "hao").final,
                percent=Decimal(66), reason="On paper",
            )  # fmt: skip
        browser.get(address)
        with count_queries() as more:
            browser.get(address)
        # Who proposed and decided is read with the corrections; nothing is read for each.
        assert len(more) <= len(one), "\n".join(more)
        assert len(one) <= 25
