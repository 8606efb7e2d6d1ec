"""Every sentence that the report of an import can say."""

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

SYSTEMS: dict[str, LazyText] = {
    "cartridge": _l("IMS Common Cartridge"),
    "nbgrader": _l("nbgrader course folder"),
    "folder": _l("Course folder"),
}

FATES: dict[str, LazyText] = {
    "came": _l("Came over"),
    "changed": _l("Came over changed"),
    "left": _l("Left out"),
}

WHATS: dict[str, LazyText] = {
    "course": _l("Course"),
    "module": _l("Module"),
    "heading": _l("Heading"),
    "page": _l("Page"),
    "lesson": _l("Lesson"),
    "picture": _l("Picture"),
    "file": _l("File"),
    "link": _l("Link"),
    "discussion": _l("Discussion"),
    "assignment": _l("Assignment"),
    "quiz": _l("Quiz"),
    "bank": _l("Question bank"),
    "question": _l("Question"),
    "tool": _l("External tool"),
    "settings": _l("Settings"),
    "lab": _l("Lab"),
    "notebook": _l("Notebook"),
    "people": _l("Students' work and marks"),
    "other": _l("Something else"),
}

SAID: dict[str, LazyText] = {
    # Files of the package
    "gone": _l("The package names it but does not hold it. Ask for a complete export."),
    "too-large": _l(
        "It is larger than %(most)s MB. Put it where videos and large files live, and place a link."
    ),
    "empty": _l("It holds nothing that can be shown."),
    "not-html": _l("It is not text that can be read."),
    "too-deep": _l(
        "The page is too large or too deeply nested to be read safely. Copy its text by hand."
    ),
    "too-long": _l("The text is longer than a lesson may be. Divide it there and import again."),
    "unused-picture": _l("No page shows it. Keep the package if you may want it later."),
    "unlisted": _l(
        "The list of contents does not name it, and nothing leads to it. Place it by hand if it is"
        " needed."
    ),
    "teachers-only": _l(
        "It is meant for teachers only, and students read what a course holds. Keep it elsewhere."
    ),
    "xml-entities": _l(
        "Its XML declares a document type or entities, which are not read because they can hide"
        " attacks. Export it again without them."
    ),
    "xml-deep": _l("Its XML is nested deeper than %(most)s levels, so it was not read."),
    "xml-large": _l("Its XML has more than %(most)s elements, so it was not read."),
    "xml-broken": _l("Its XML cannot be read (line %(line)s). Export it again."),
    "outside": _l("It refers to a place outside the package, which is never read."),
    "styles-out": _l("Style and script of the other system's pages have no use here."),
    # Outline
    "folded": _l("Modules have one level here: the folder “%(title)s” became a module of its own."),
    "heading-out": _l(
        "A heading between the items of a module has no place here. Make it part of a title or of a"
        " page."
    ),
    "twice": _l("It stands in the outline once; another place of it was left out."),
    "collected": _l("It was in no module: it stands in a module for such things at the end."),
    "loose": _l("It stood outside every module: it stands in a module of its own now."),
    "unpublished": _l("It was not published there. Look whether students are to see it."),
    "untitled": _l("It had no title: one was made from its file."),
    "no-title-course": _l("It says no title."),
    # Pages
    "script-gone": _l("Script was taken out (%(count)s). What it did is gone."),
    "player-link": _l("Players inside the page became links (%(count)s)."),
    "player-gone": _l("Parts from elsewhere without a usable address were taken out (%(count)s)."),
    "drawing-gone": _l(
        "Drawings inside the text were taken out (%(count)s). Upload them as pictures."
    ),
    "form-gone": _l("Form fields were taken out (%(count)s). Ask such things in a quiz."),
    "alt-missing": _l(
        "Pictures lack a text alternative (%(count)s). Write one before you publish."
    ),
    "table-spans": _l("Table cells that spanned others were made single (%(count)s)."),
    "table-nested": _l("Tables inside tables were flattened (%(count)s). Look at them."),
    "anchor-gone": _l("Links to places within a page became plain text (%(count)s)."),
    "heading-lower": _l("Headings of the first level went one level down (%(count)s)."),
    "formula-flat": _l("Formulas without LaTeX became plain text (%(count)s). Write them anew."),
    "formula-broken": _l("This formula cannot be typeset and is shown as written: %(formula)s"),
    "link-gone": _l("A link led to nothing in the package and became plain text: %(target)s"),
    "picture-gone": _l("A picture is not in the package: %(target)s"),
    "picture-elsewhere": _l(
        "A picture lies on another site and became a link: %(target)s. Upload it if you may."
    ),
    "picture-kind": _l(
        "A picture is of a kind that pages do not show and became a link: %(target)s. Save it as"
        " PNG."
    ),
    "picture-active": _l(
        "A drawing carries script or refers to something elsewhere and was left out: %(target)s."
        " Export it as PNG."
    ),
    "question-picture": _l(
        "Questions hold no pictures: %(target)s was left out. Show it on a page before the quiz."
    ),
    # Kinds of things
    "discussion-text": _l(
        "Its text became a page. People's posts are in no package; open a discussion on the page."
    ),
    "assignment-text": _l(
        "Its text became a page. Handing in, points and dates did not come over: make a lab, or a"
        " quiz with a file question."
    ),
    "assignment-out": _l(
        "Assignments have no text of their own in this package. Make a lab, or a quiz with a file"
        " question."
    ),
    "tool-out": _l(
        "Tools of other providers are not carried by a package: access to them is granted for each"
        " site. Place a link if the tool has a public address."
    ),
    "link-bad": _l("Its address is not one of the web: %(target)s"),
    "settings-out": _l(
        "Settings of the other system (dates, groups, marks, rubrics, events) stay there. Set them"
        " here when you open an offering."
    ),
    "kind-unknown": _l("Things of the kind %(kind)s are not known here. Rebuild it by hand."),
    # Quizzes
    "quiz-empty": _l("No question of it can be asked here."),
    "bank-gone": _l("Questions drawn from the bank %(bank)s are not in the package."),
    "draw-points": _l("Questions that were drawn at random have unequal points: all are asked."),
    "text-told": _l("A text between the questions: it stands in the instructions now."),
    "question-kind": _l("Questions of the kind %(kind)s are not asked here. Write it anew."),
    "question-shape": _l("It asks for something in a way that is not known here. Write it anew."),
    "question-no-key": _l("It does not say what is right. Write it anew."),
    "question-problem": _l("It does not fit: %(problem)s"),
    "question-weights": _l("Some options gave part of the points: only the best one counts now."),
    "question-first-right": _l("Several options were right: the first of them is right now."),
    "question-media": _l("A picture, sound or film of the question was left out."),
    "points-zero": _l("It was worth no points: it is worth one now."),
    "feedback-wrong": _l("What was said after a wrong answer was left out."),
    "number-first": _l("Several numbers were right: the first of them is right now."),
    "number-bounds": _l("It accepts the numbers from %(low)s to %(high)s, as it did there."),
    "qti-later": _l(
        "Questions in QTI 2 or 3 (%(kind)s) are not read. Export them as QTI 1.2 or as a cartridge."
    ),
    # nbgrader
    "nb-upgraded": _l("Its nbgrader metadata was brought from schema %(schema)s to 3."),
    "nb-format": _l("It was brought from notebook format %(format)s to 4."),
    "nb-problem": _l("Put right before publishing: %(problem)s"),
    "nb-problem-cell": _l("Put right before publishing, cell %(cell)s: %(problem)s"),
    "nb-as-page": _l("No cell is graded: it is shown as a page."),
    "nb-kept": _l("It cannot be read as a notebook: it is placed as a file."),
    "nb-header": _l("The cells of %(name)s were put around those of every notebook."),
    "nb-header-used": _l("Its cells are in every notebook now, as nbgrader would put them."),
    "nb-header-unused": _l(
        "The configuration does not say that its cells belong into every notebook. Copy them if so."
    ),
    "nb-renamed": _l("Its name was %(name)s, which cannot be one here."),
    "nb-no-solutions": _l(
        "No answer cell holds a solution between BEGIN SOLUTION and END SOLUTION."
    ),
    "nb-release-only": _l(
        "Only its release is here, without solutions and hidden tests. Import the source folder."
    ),
    "nb-release": _l(
        "Its %(count)s files were made from the sources, as will be done here: not needed."
    ),
    "not-a-notebook": _l("This file is not a notebook that can be read."),
    "nb-too-new": _l("It was saved in a notebook format that is newer than this site reads."),
    "nb-too-large": _l("It has too many cells."),
    "nb-people": _l(
        "%(count)s files of students' work, feedback or marks were not read: they stay with those"
        " who keep them."
    ),
    "nb-config": _l("Read for the course's name only; nothing in it was run."),
    "nb-config-course": _l("Read for the course's name (%(course)s); nothing in it was run."),
    "nb-config-broken": _l("It is not Python that can be read. Nothing in it was run."),
    "nb-outside": _l("It lies beside the assignments. Put it into the assignment that needs it."),
    "nb-empty": _l("There is no notebook in this assignment."),
    "nb-summary": _l("Its summary and working time are to be written: nbgrader has none."),
}
