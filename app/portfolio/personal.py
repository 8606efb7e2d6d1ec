"""What this room keeps of people, and what becomes of it (see ``kernel.personal``)."""

from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Table, declare

declare(
    "portfolio",
    Table(
        name="portfolio_profiles",
        title=_l("How you are called on your portfolio"),
        whose=("person_id",),
        correct="portfolio.profile",
    ),
    Table(
        name="portfolio_files",
        title=_l("Files of my portfolio"),
        whose=("person_id",),
        files=(("blob", "name"),),
        correct="portfolio.files",
    ),
    Table(
        name="portfolio_pages",
        title=_l("Pages of your portfolio"),
        whose=("person_id",),
        correct="portfolio.index",
    ),
    Table(
        name="portfolio_blocks",
        title=_l("Parts of your pages"),
        via=(("page_id", "portfolio_pages"),),
        correct="portfolio.index",
    ),
    Table(
        name="portfolio_shares",
        title=_l("Whom you showed your pages to"),
        via=(("page_id", "portfolio_pages"),),
        correct="portfolio.index",
    ),
)
