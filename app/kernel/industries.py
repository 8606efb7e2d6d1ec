"""The industries of the programme, in its own order of strategies (``courses/`` names them too)."""

from app.kernel.localized import LocalizedText

__all__ = ["INDUSTRIES", "industry_name"]

INDUSTRIES: dict[str, LocalizedText] = {
    slug: LocalizedText({"zh-Hant-TW": chinese, "en": english})
    for slug, chinese, english in (
        ("smart-manufacturing", "智慧製造", "Smart manufacturing"),
        ("smart-business-services", "智慧商業服務", "Smart business services"),
        ("health-care", "健康照護", "Health care"),
        ("information-communications", "資通訊", "Information and communications technology"),
        ("agriculture", "智慧農畜牧", "Agriculture and livestock farming"),
    )
}


def industry_name(slug: str | None) -> str:
    """What the reader calls it; what is no industry is left as it is."""
    if not slug:
        return ""
    return str(INDUSTRIES[slug]) if slug in INDUSTRIES else slug
