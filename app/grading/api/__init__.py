"""The exchange over HTTP: what programs in people's labs ask the site.

They come with the token of their server; the Hub says whose it is.
"""

from app.grading.api import authoring, exchange, panel
from app.grading.api.blueprint import bp, init_app

__all__ = ["authoring", "bp", "exchange", "init_app", "panel"]
