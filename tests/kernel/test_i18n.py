"""Two languages."""

from app.kernel import i18n
from app.kernel.i18n import gettext, lazy_gettext, ngettext, speaking
from app.kernel.localized import LocalizedText


class TestMessages:
    def test_are_in_the_readers_language(self):
        with speaking("zh-Hant-TW"):
            assert gettext("Courses") == "課程"
        with speaking("en"):
            assert gettext("Courses") == "Courses"

    def test_fall_back_to_english_where_no_catalogue_knows_them(self):
        with speaking("zh-Hant-TW"):
            assert gettext("Nobody ever says this") == "Nobody ever says this"

    def test_count_in_each_language(self):
        with speaking("en"):
            assert ngettext("%(num)s byte", "%(num)s bytes", 1) == "1 byte"
            assert ngettext("%(num)s byte", "%(num)s bytes", 2) == "2 bytes"

    def test_that_are_lazy_wait_for_the_reader(self):
        waiting = lazy_gettext("Courses")
        with speaking("en"):
            english = str(waiting)
        with speaking("zh-Hant-TW"):
            assert str(waiting) != english

    def test_in_an_unknown_language_are_in_the_first_one(self):
        with speaking("xx"):
            assert i18n.current_locale() == "zh-Hant-TW"


class TestLocalizedText:
    text = LocalizedText({"en": "Lab", "zh-Hant-TW": "實作"})

    def test_speaks_the_readers_language(self):
        with speaking("en"):
            assert str(self.text) == "Lab"
        with speaking("zh-Hant-TW"):
            assert str(self.text) == "實作"

    def test_falls_back_to_what_there_is_and_says_which(self):
        with speaking("zh-Hant-TW"):
            only = LocalizedText({"en": "Lab"})
            assert (str(only), only.language()) == ("Lab", "en")
