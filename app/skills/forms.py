"""What officers fill in."""

from flask_wtf.file import FileField, FileRequired
from wtforms import StringField
from wtforms.validators import Length, Optional, Regexp

from app.kernel.i18n import lazy_gettext as _l
from app.web.forms import Form


class ImportForm(Form):
    file = FileField(
        _l("CASE package (JSON)"),
        [FileRequired(_l("Choose a file."))],
        description=_l("As a CASE 1.0 or 1.1 service answers at CFPackages. At most 25 MB."),
    )
    slug = StringField(
        _l("Address (optional)"),
        [
            Optional(),
            Length(max=60, message=_l("Use at most 60 characters.")),
            Regexp(
                r"^[a-z0-9]+(-[a-z0-9]+)*$",
                message=_l("Use small letters, digits and single hyphens."),
            ),
        ],
        description=_l("For a framework that is new here, as in /skills?framework=ADDRESS."),
    )
