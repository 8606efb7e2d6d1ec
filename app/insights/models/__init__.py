"""Who may need attention and what was done about it; comparisons of works and what they found."""

from app.insights.models.attention import RiskFinding, RiskSettings, RiskStep
from app.insights.models.similarity import SimilarityNote, SimilarityRun, SimilarPair

__all__ = [
    "RiskFinding", "RiskSettings", "RiskStep", "SimilarPair", "SimilarityNote", "SimilarityRun",
]  # fmt: skip
