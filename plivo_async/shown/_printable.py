"""Text of others on a terminal, in a pipe or in a log: shown, never obeyed."""

import re

# C0 and C1 controls, the marks and overrides that turn the direction of a line round, line and paragraph separators,
# and halves of surrogate pairs, which no encoding can write.
_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    r"""The text on one line, with everything that a terminal would obey escaped as Python would: `\x1b`, `\u202e`.

    All else stays as it is, in every language. Safe to apply to text that went through it already.
    """
    return _OBEYED.sub(lambda one: one.group().encode("unicode_escape").decode("ascii"), text)


def printable_json(text: str) -> str:
    r"""JSON of the same meaning, with the same characters escaped as JSON has it: `\u009b`, `\u202e`."""
    return _OBEYED.sub(lambda one: f"\\u{ord(one.group()):04x}", text)
