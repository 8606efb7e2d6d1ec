"""What the reader of folders says about files themselves, in both languages.

``rules.problems`` has what is said to somebody who fills in forms; these are for who brings files.
"""

import re

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

RULES: tuple[tuple[re.Pattern[str], LazyText], ...] = tuple(
    (re.compile(pattern, re.S), words)
    for pattern, words in (
        # Files
        (r"not UTF-8 text", _l("This file is not text in UTF-8.")),
        (r"symbolic links are not followed; .*", _l("This is a link: put the file itself here.")),
        (r"file is missing", _l("This file is missing.")),
        (r"larger than (?P<what>\d+) MB", _l("This file is larger than %(what)s MB.")),
        (
            r"(?:folder|file) name must be .*",
            _l("Its name has to be made of small letters, digits and hyphens."),
        ),
        (
            r"(?:course |module )?'(?P<what>[^']*)' is not a slug: .*",
            _l("“%(what)s” is no address: small letters, digits, single hyphens."),
        ),
        (r"there is no such folder", _l("There is no such folder.")),
        (
            r"this (?:lesson|lab|quiz|file) is in no module .*",
            _l("It is in no module of course.yaml."),
        ),
        (
            r"there is no (?:folder )?(?P<what>(?:labs|quizzes|pools)/\S+?)",
            _l("There is no %(what)s in the folder."),
        ),
        (
            r"there is no picture '(?P<what>[^']*)' in this folder .*",
            _l("There is no picture %(what)s in this folder (svg, png, jpg, webp)."),
        ),
        (r"'(?P<what>[^']*)' is not a plain file name", _l("%(what)s is not a plain file name.")),
        # YAML
        (r"not valid YAML: (?P<what>.*)", _l("This is not valid YAML: %(what)s")),
        (r"nested too deeply", _l("It is nested too deeply.")),
        (r"holds too much", _l("It holds too much to be read.")),
        (r"must hold keys and values", _l("It has to hold keys and values.")),
        (r"unknown key '(?P<what>[^']*)'", _l("There is no key “%(what)s” here.")),
        (r"unknown language '(?P<what>[^']*)'", _l("The language “%(what)s” is not known.")),
        (r"key '(?P<what>[^']*)' is written twice", _l("The key “%(what)s” is written twice.")),
        (
            r"'(?P<key>[\w-]+)' cannot be '(?P<what>[^']*)'",
            _l("The %(key)s cannot be “%(what)s”."),
        ),
        (
            r"'(?P<what>[^']*)' is no key of a skill; .*",
            _l("“%(what)s” is no key of a skill; “banyan skills list” has them."),
        ),
        (r"'(?P<what>[\w-]+)' lists texts", _l("“%(what)s” is a list of texts.")),
        (
            r"'(?P<what>[\w-]+)' must hold keys of its own",
            _l("“%(what)s” has to hold keys of its own."),
        ),
        (
            r"every entry of '(?P<what>[\w-]+)' must hold keys",
            _l("Every entry of “%(what)s” has to hold keys."),
        ),
        (
            r"(?:\w+) '(?P<what>[^']*)' is (?:listed|written) twice",
            _l("“%(what)s” is there twice."),
        ),
        (
            r"course '(?P<what>[^']*)' is also in .*",
            _l("The course “%(what)s” is in another cluster, too: addresses have to differ."),
        ),
        (
            r"an item is one .*",
            _l("An item names exactly one lesson, lab, quiz, file or link."),
        ),
        # Lessons and pictures
        (
            r"must begin with front matter: .*",
            _l("A lesson begins with front matter: ---, title: …, minutes: …, ---"),
        ),
        (
            r"'minutes' differs between the languages .*",
            _l("The minutes differ between the languages of this lesson."),
        ),
        (
            r"'(?P<what>[^']*)' is not what its name says",
            _l("%(what)s is not the kind of picture that its name says."),
        ),
        (
            r"'(?P<what>[^']*)' is not a drawing: .*",
            _l("%(what)s is not a drawing that can be read."),
        ),
        (
            r"active content in a picture: (?P<what>.*)",
            _l("This drawing carries something that acts or comes from elsewhere: %(what)s"),
        ),
        # Notebooks
        (r"not a notebook: .*", _l("This is not a notebook.")),
        (
            r"notebook format 4 is needed, not (?P<what>.*)",
            _l("The notebook has to be in format 4, not %(what)s."),
        ),
        (
            r"grade_id '(?P<what>[^']*)' twice \(first on line (?P<number>\d+)\)",
            _l("The grade_id “%(what)s” is there twice, first on line %(number)s."),
        ),
        (
            r"'(?P<what>[^']*)' and '(?P<other>[^']*)' do not pair",
            _l("“%(what)s” and “%(other)s” do not pair."),
        ),
        (
            r"holds a solution or hidden tests but no nbgrader metadata",
            _l("It holds a solution or hidden tests, but nbgrader does not know the cell."),
        ),
        (
            r"nbgrader schema 3 is needed, not (?P<what>.*)",
            _l("nbgrader's metadata have to be of schema 3, not %(what)s."),
        ),
        (r"nbgrader metadata without grade_id", _l("nbgrader's metadata lack a grade_id.")),
        (
            r"a graded cell needs points .*",
            _l("A graded cell needs points, a number from 0."),
        ),
        (
            r"hidden tests in a cell that is not graded",
            _l("Hidden tests stand in a cell that is not graded."),
        ),
    )
)
"""What is said, and its words; ``%(key)s`` is the name of a field."""

NEAR = re.compile(r"; did you mean '(?P<near>[^']*)'\?$")
ALLOWED = re.compile(r"; allowed here: (?P<words>.*)$")
NEAR_WORDS = _l("Did you mean “%(near)s”?")
ALLOWED_WORDS = _l("Allowed here: %(words)s.")
