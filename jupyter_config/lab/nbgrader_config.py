"""nbgrader in a lab server: the exchange is the site, over HTTP."""

import os
import sys

# A terminal's `nbgrader list` starts without the path that the server's entry point sets.
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

from jupyter_config import exchange

c = get_config()  # type: ignore[name-defined]  # noqa: F821  # given by traitlets

c.ExchangeFactory.exchange = exchange.Exchange
c.ExchangeFactory.list = exchange.ExchangeList
c.ExchangeFactory.fetch_assignment = exchange.ExchangeFetchAssignment
c.ExchangeFactory.submit = exchange.ExchangeSubmit
c.ExchangeFactory.fetch_feedback = exchange.ExchangeFetchFeedback
c.ExchangeFactory.collect = exchange.ExchangeCollect
c.ExchangeFactory.release_assignment = exchange.ExchangeReleaseAssignment
c.ExchangeFactory.release_feedback = exchange.ExchangeReleaseFeedback
c.Exchange.timezone = "Asia/Taipei"
c.Exchange.timestamp_format = "%Y-%m-%d %H:%M:%S %z"
