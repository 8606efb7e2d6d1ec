"""Common Cartridges: in the form of the profile, and as Canvas, Moodle and Brightspace write it."""

from html import escape

import pytest

from app.catalog.imports import BadXml, Taken, bring, detect
from app.catalog.imports.report import from_json
from app.kernel.i18n import speaking
from tests.catalog.imports.packages import PNG, folder, item, manifest, page, resource

LINK = (
    '<webLink xmlns="http://www.imsglobal.org/xsd/imsccv1p3/imswl_v1p3"><title>Site</title>'
    '<url href="{}"/></webLink>'
)
TOPIC = '<topic xmlns="x"><title>Talk</title><text texttype="{}">{}</text></topic>'
CANVAS = "associatedcontent/imscc_xmlv1p1/learning-application-resource"


def read(files, language="en", taken=None):
    made = {path: c.encode() if isinstance(c, str) else c for path, c in files.items()}
    assert detect(made) == "cartridge"
    return bring("cartridge", made, language, taken)


def fates(brought) -> dict[str, tuple[str, set[str]]]:
    return {
        element.place: (element.fate.value, {said.code for said in element.notes})
        for element in brought.report.elements
    }


def profile(version: str = "1.3.0", wl: str = "imswl_xmlv1p3", dt: str = "imsdt_xmlv1p3"):
    """One of everything that the profile knows, with what goes wrong."""
    items = folder(
        "Week one",
        item("r-page", "Control charts"),
        item("r-link", "Elsewhere"),
        item("r-topic", "Talk"),
        item("r-file", "Handout"),
        item("r-tool", "Tool"),
        item("r-gone", "Gone"),
        '<item identifier="h"><title>Only a heading</title></item>',
        item("r-page", "Again"),
        folder("Deeper", item("r-next", "Next")),
    ) + item("r-loose", "Loose")
    resources = "".join(
        (
            resource("r-page", "webcontent", "pages/charts.html", "pages/chart.png"),
            resource("r-next", "webcontent", "pages/next.html"),
            resource("r-loose", "webcontent", "loose.htm"),
            resource("r-spare", "webcontent", "spare.html"),
            resource("r-link", wl, "link.xml"),
            resource("r-topic", dt, "topic.xml"),
            resource("r-file", "webcontent", "files/handout.pdf"),
            resource("r-tool", "imsbasiclti_xmlv1p0", "tool.xml"),
            resource("r-style", "webcontent", "style.css"),
            resource("r-odd", "imsiwb_iwbv1p0", "board.iwb"),
        )
    )
    return {
        "imsmanifest.xml": manifest(items, resources, version=version),
        "pages/charts.html": page(
            "<h1>Control charts</h1><p>See <a href='next.html#a'>next</a>, the"
            " <a href='../files/handout.pdf'>handout</a> and <a href='x.html'>nothing</a>.</p>"
            "<img src='chart.png' alt='A chart'>"
        ),
        "pages/chart.png": PNG,
        "pages/next.html": page("<p>Back to <a href='charts.html'>charts</a></p>"),
        "loose.htm": page("<p>Loose</p>"),
        "spare.html": page("<p>Spare</p>", "A spare &amp; title"),
        "link.xml": LINK.format("https://example.org/a?b=1&amp;c=2"),
        "topic.xml": TOPIC.format("text/html", escape("<p>What do <b>you</b> think?</p>")),
        "files/handout.pdf": b"%PDF-1.4",
        "tool.xml": "<cartridge_basiclti_link/>",
        "style.css": "p {}",
        "board.iwb": "x",
        "secret.txt": "nobody names me",
    }


class TestTheProfile:
    @pytest.mark.parametrize(
        ("version", "wl", "dt"),
        [
            ("1.0.0", "imswl_xmlv1p0", "imsdt_xmlv1p0"),
            ("1.1.0", "imswl_xmlv1p1", "imsdt_xmlv1p1"),
            ("1.2.0", "imswl_xmlv1p2", "imsdt_xmlv1p2"),
            ("1.3.0", "imswl_xmlv1p3", "imsdt_xmlv1p3"),
        ],
    )
    def test_comes_over_whole_in_every_version(self, version, wl, dt):
        brought = read(profile(version, wl, dt))
        outline = [
            (module.title["en"], [(type(i).__name__, i.slug) for i in module.items])
            for module in brought.modules
        ]
        assert outline == [
            ("Week one", [
                ("LessonSpec", "control-charts"), ("LinkSpec", "elsewhere"),
                ("LessonSpec", "talk"), ("FileSpec", "handout"),
            ]),
            ("Week one: Deeper", [("LessonSpec", "next")]),
            ("General", [("LessonSpec", "loose")]),
            ("Further material", [("LessonSpec", "a-spare-title")]),
        ]  # fmt: skip
        assert (brought.title, brought.report.version) == ("Charts", version)

    def test_keeps_links_and_pictures_within_the_course(self):
        charts, link, talk, handout = read(profile()).modules[0].items
        body = charts.body_markdown["en"]
        assert "[next](lesson:next)" in body and "[handout](file:handout)" in body
        assert "nothing." in body and "![A chart](pictures/chart.png)" in body
        assert charts.pictures == {"chart.png": PNG}
        assert link.url == "https://example.org/a?b=1&c=2"
        assert talk.body_markdown["en"].strip() == "What do **you** think?"
        assert (handout.name, handout.data) == ("handout.pdf", b"%PDF-1.4")

    def test_says_of_everything_what_became_of_it(self):
        brought = read(profile())
        assert fates(brought) == {
            "imsmanifest.xml": ("came", set()),
            "f-Week one": ("came", set()),
            "pages/charts.html": ("changed", {"twice", "link-gone"}),
            "link.xml": ("came", set()),
            "topic.xml": ("changed", {"discussion-text"}),
            "files/handout.pdf": ("came", set()),
            "tool.xml": ("left", {"tool-out"}),
            "r-gone": ("left", {"gone"}),
            "h": ("left", {"heading-out"}),
            "f-Deeper": ("changed", {"folded"}),
            "pages/next.html": ("came", set()),
            "i-r-loose": ("changed", {"loose"}),
            "loose.htm": ("came", set()),
            "spare.html": ("changed", {"collected"}),
            "style.css": ("left", {"styles-out"}),
            "board.iwb": ("left", {"kind-unknown"}),
            "pages/chart.png": ("came", set()),
            "secret.txt": ("left", {"unlisted"}),
        }

    def test_takes_names_that_the_course_does_not_use(self):
        taken = Taken(
            modules=frozenset({"week-one"}), reading=frozenset({"next", "handout"}),
            pictures={"chart.png": "other"}, files={"handout.pdf": "other"},
        )  # fmt: skip
        brought = read(profile(), taken=taken)
        charts, *_others, handout = brought.modules[0].items
        assert brought.modules[0].slug == "week-one-2" and handout.slug == "handout-2"
        assert handout.name == "handout 2.pdf" and list(charts.pictures) == ["chart-2.png"]
        assert "[next](lesson:next-2)" in charts.body_markdown["en"]
        assert "(pictures/chart-2.png)" in charts.body_markdown["en"]

    def test_is_taken_in_the_language_that_is_asked_for(self):
        brought = read(profile(), "zh-Hant-TW")
        assert brought.modules[0].title == {"zh-Hant-TW": "Week one"}
        assert brought.modules[-1].title == {"zh-Hant-TW": "其他教材"}

    def test_is_reported_in_both_languages_and_kept_as_it_was(self):
        report = read(profile()).report
        assert from_json(report.to_json()) == report
        assert sum(sum(c.values()) for _t, c in report.table()) == len(report.elements)
        for language, word in (("en", "Left out: 6"), ("zh-Hant-TW", "未帶入: 6")):
            with speaking(language):
                assert word in report.to_text()
                assert all(len(row) == 6 and row[0] for row in report.rows())


class TestCanvas:
    """The forms of its exports: tokens in addresses, fallbacks, settings."""

    def files(self):
        items = folder("Module", item("i-wiki", "Start"), item("i-task", "Task"),
                       item("i-plain", "Plain task"), item("i-talk", "Talk"))  # fmt: skip
        resources = "".join(
            (
                resource("i-wiki", "webcontent", "wiki_content/start.html"),
                resource("i-other", "webcontent", "wiki_content/other-page.html"),
                resource("i-pic", "webcontent", "web_resources/Uploaded Media/a b.png"),
                resource("i-gif", "webcontent", "web_resources/move.gif"),
                resource("i-pdf", "webcontent", "web_resources/paper.pdf"),
                resource("i-task", "assignment_xmlv1p0", "i-task/assignment.xml"),
                '<resource identifier="i-task_fallback" type="webcontent"><cpx:variant'
                ' xmlns:cpx="http://www.imsglobal.org/xsd/imsccv1p3/imscp_extensionv1p2"'
                ' identifier="v" identifierref="i-task"/><file href="i-task/task.html"/>'
                "</resource>",
                f'<resource identifier="i-plain" type="{CANVAS}" href="i-plain/plain.html">'
                '<file href="i-plain/plain.html"/><file href="i-plain/assignment_settings.xml"/>'
                "</resource>",
                resource("i-talk", "imsdt_xmlv1p1", "i-talk.xml"),
                f'<resource identifier="i-set" type="{CANVAS}"'
                ' href="course_settings/canvas_export.txt">'
                '<file href="course_settings/course_settings.xml"/>'
                '<file href="course_settings/canvas_export.txt"/></resource>',
                f'<resource identifier="i-syl" type="{CANVAS}" intendeduse="syllabus"'
                ' href="course_settings/syllabus.html"><file href="course_settings/syllabus.html"/>'
                "</resource>",
            )
        )
        body = (
            '<p><img role="presentation" src="$IMS-CC-FILEBASE$/Uploaded%20Media/a%20b.png"'
            ' alt="a b.png"></p><p><img src="%24IMS_CC_FILEBASE%24/files/move.gif" alt="Moving">'
            '<a title="Other" href="%24WIKI_REFERENCE%24/pages/other-page">o</a>'
            '<a href="$CANVAS_OBJECT_REFERENCE$/assignments/i-task">t</a>'
            '<a title="paper.pdf" href="$IMS-CC-FILEBASE$/paper.pdf?canvas_download=1"></a>'
            '<a href="$CANVAS_OBJECT_REFERENCE$/modules/i-none">m</a></p>'
        )
        return {
            "imsmanifest.xml": manifest(items, resources),
            "wiki_content/start.html": page(body, "Start").replace(
                "<head>", '<head><meta name="workflow_state" content="unpublished"/>'
            ),
            "wiki_content/other-page.html": page("<p>Other</p>", "Other page"),
            "web_resources/Uploaded Media/a b.png": PNG,
            "web_resources/move.gif": b"GIF89a",
            "web_resources/paper.pdf": b"%PDF",
            "i-task/assignment.xml": '<assignment xmlns="http://www.imsglobal.org/xsd/'
            'imscc_extensions/assignment"><title>Task</title><text texttype="text/html">'
            + escape("<p>Do it.</p>") + '</text><gradable points_possible="10">true</gradable>'
            "<extensions><assignment><title>Task</title></assignment></extensions></assignment>",
            "i-task/task.html": page("<p>Do it.</p>"),
            "i-plain/plain.html": page("<p>Plainly.</p>"),
            "i-plain/assignment_settings.xml": "<assignment/>",
            "i-talk.xml": TOPIC.format("text/plain", "One &lt; two\nlines"),
            "course_settings/course_settings.xml": "<course/>",
            "course_settings/canvas_export.txt": "joke",
            "course_settings/syllabus.html": page("<p>Plan</p>", "Syllabus"),
        }  # fmt: skip

    def test_comes_over_with_its_tokens_followed(self):
        brought = read(self.files())
        start, task, plain, talk = brought.modules[0].items
        body = start.body_markdown["en"]
        assert "![](pictures/a-b.png)" in body and start.pictures == {"a-b.png": PNG}
        assert "[Moving](file:move)" in body and "[o](lesson:other-page)" in body
        assert "[t](lesson:task)" in body and "[paper.pdf](file:paper-pdf)" in body
        assert task.body_markdown["en"].strip() == "Do it."
        assert plain.body_markdown["en"].strip() == "Plainly."
        assert talk.body_markdown["en"].strip() == "One \\< two\\\nlines"

    def test_says_what_stays_there(self):
        found = fates(read(self.files()))
        assert found["wiki_content/start.html"] == (
            "changed", {"unpublished", "alt-missing", "picture-kind", "link-gone"},
        )  # fmt: skip
        assert found["i-task/assignment.xml"] == ("changed", {"assignment-text"})
        assert found["i-plain/plain.html"] == ("changed", {"assignment-text"})
        assert found["course_settings/course_settings.xml"] == ("left", {"settings-out"})
        assert found["course_settings/syllabus.html"] == ("changed", {"collected"})
        assert "i-task/task.html" not in found

    def test_offers_nothing_of_teachers_to_students(self):
        role = (
            "<metadata><lom><educational><intendedEndUserRole><value>Instructor</value>"
            "</intendedEndUserRole></educational></lom></metadata>"
        )
        files = self.files()
        files["imsmanifest.xml"] = files["imsmanifest.xml"].replace(
            '<resource identifier="i-pdf" type="webcontent" href="web_resources/paper.pdf">',
            f'<resource identifier="i-pdf" type="webcontent" href="web_resources/paper.pdf">{role}',
        )
        assert fates(read(files))["web_resources/paper.pdf"] == ("left", {"teachers-only"})


class TestMoodleAndBrightspace:
    def test_files_in_folders_of_their_own_are_found(self):
        """Moodle gives each activity a folder and writes addresses from the package's top."""
        files = {
            "imsmanifest.xml": manifest(
                folder("Topic 1", item("R_1", "Page"), item("R_2", "Book")),
                resource("R_1", "webcontent", "i_1/page.html", "i_1/pic.png")
                + resource("R_2", "webcontent", "i_2/book.html"),
                version="1.1.0",
            ),
            "i_1/page.html": page('<img src="$IMS-CC-FILEBASE$/i_1/pic.png" alt="Picture">'),
            "i_1/pic.png": PNG,
            "i_2/book.html": page('<a href="$IMS-CC-FILEBASE$/../i_1/page.html">p</a> <p>x</p>'),
        }
        first, second = read(files).modules[0].items
        assert first.pictures and "[p](lesson:page)" in second.body_markdown["en"]

    def test_modules_in_modules_become_modules_beside_each_other(self):
        deep = folder("Unit", folder("Part", folder("Section", item("a", "A")), item("b", "B")))
        files = {
            "imsmanifest.xml": manifest(
                deep + folder("Last", item("c", "C")),
                "".join(resource(n, "webcontent", f"{n}.html") for n in "abc"),
            ),
            **{f"{name}.html": page(f"<p>{name}</p>") for name in "abc"},
        }
        titles = [(m.title["en"], [i.slug for i in m.items]) for m in read(files).modules]
        assert titles == [
            ("Unit: Part", ["b"]), ("Unit: Part: Section", ["a"]), ("Last", ["c"]),
        ]  # fmt: skip

    def test_a_folder_around_everything_changes_nothing(self):
        files = {f"export/{path}": content for path, content in profile().items()}
        assert [m.slug for m in read(files).modules] == [m.slug for m in read(profile()).modules]

    def test_a_manifest_in_another_encoding_is_read(self):
        files = profile()
        files["imsmanifest.xml"] = (
            files["imsmanifest.xml"].replace("UTF-8", "UTF-16").encode("utf-16")
        )
        assert read(files).title == "Charts"

    def test_a_manifest_that_is_none_is_refused(self):
        with pytest.raises(BadXml):
            read({"imsmanifest.xml": "<<<<<<< HEAD"})
