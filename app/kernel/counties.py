"""The counties and special municipalities of Taiwan, north to south, then the islands.

They are stored by their Chinese name (``organisations.county``), as the Ministry of the Interior
writes it.
"""

from app.kernel.localized import LocalizedText

__all__ = ["COUNTIES", "county_from", "county_name"]

COUNTIES: dict[str, LocalizedText] = {
    chinese: LocalizedText({"zh-Hant-TW": chinese, "en": english})
    for chinese, english in (
        ("基隆市", "Keelung City"),
        ("臺北市", "Taipei City"),
        ("新北市", "New Taipei City"),
        ("桃園市", "Taoyuan City"),
        ("新竹市", "Hsinchu City"),
        ("新竹縣", "Hsinchu County"),
        ("苗栗縣", "Miaoli County"),
        ("臺中市", "Taichung City"),
        ("彰化縣", "Changhua County"),
        ("南投縣", "Nantou County"),
        ("雲林縣", "Yunlin County"),
        ("嘉義市", "Chiayi City"),
        ("嘉義縣", "Chiayi County"),
        ("臺南市", "Tainan City"),
        ("高雄市", "Kaohsiung City"),
        ("屏東縣", "Pingtung County"),
        ("宜蘭縣", "Yilan County"),
        ("花蓮縣", "Hualien County"),
        ("臺東縣", "Taitung County"),
        ("澎湖縣", "Penghu County"),
        ("金門縣", "Kinmen County"),
        ("連江縣", "Lienchiang County"),
    )
}


def county_name(stored: str | None) -> str:
    """What the reader calls it; what is no county is left as it is."""
    if not stored:
        return ""
    return str(COUNTIES[stored]) if stored in COUNTIES else stored


def county_from(words: str) -> str | None:
    """The stored name of what somebody wrote: 台南市, Tainan, Tainan City; None: there is none."""
    wanted = " ".join(words.split()).replace("台", "臺").casefold()
    for stored, names in COUNTIES.items():
        english = names["en"].casefold()
        stem = english.removesuffix(" city").removesuffix(" county")
        if wanted in (stored, english):
            return stored
        if wanted in (stem, stored[:-1]) and stem not in ("hsinchu", "chiayi"):
            return stored
    return None
