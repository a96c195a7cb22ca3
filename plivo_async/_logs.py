"""What may stand in a log."""

import re

_DIGITS = re.compile(r"\d(?=(?:[ ().-]?\d){4})")


def masked(text: str) -> str:
    """The text with phone numbers masked: of seven or more digits in a row only the last four are left."""
    return re.sub(r"\+?\d(?:[ ().-]?\d){6,}", lambda number: _DIGITS.sub("*", number.group()), text)
