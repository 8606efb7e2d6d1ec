"""What a site answers, for comparing two answers."""

import re
from typing import Any


def lasting(answer: Any) -> str:
    """The body of ANSWER without what is new on every page: tokens of forms and nonces."""
    body = re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text)
    body = re.sub(r'nonce="[^"]*"', "", body)
    return re.sub(r'"X-CSRFToken": "[^"]*"', "", body)
