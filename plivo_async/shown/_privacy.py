"""What may be told of people: one rule for errors, logs, reasons, pages and screens.

Of a phone number, however it is spelled, its last four digits; of a SIP or mail address, its host. UUIDs, dates and
addresses of machines are nobody's, and stay.
"""

import re

_SHOWN = 4  # digits of a number
_SHORTEST = 7  # digits: what has fewer is hardly a number that leads to somebody

_DIGIT = re.compile(r"(?<!%)(?<!%[0-9A-Fa-f])\d")  # not one of a percent-escape
_BETWEEN = r"(?:%[Cc]2%[Aa]0|%2[089BDEbde]|[ \t().+\u00a0\u2007\u2009\u202f\u2010-\u2015\u2212-]){0,4}"  # or encoded
_NUMBER = rf"{_DIGIT.pattern}(?:{_BETWEEN}{_DIGIT.pattern}){{{_SHORTEST - 1},}}"
_UUID = r"(?<![0-9A-Za-z])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Za-z])"
_TIME = r"(?<![\d-])(?:19|20)\d\d-[01]\d-[0-3]\d(?:[T ][0-2]\d:[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?)?(?![\d-])"
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_MACHINE = rf"(?<![\d.+]){_OCTET}(?:\.{_OCTET}){{3}}(?![\d.])"
_AT = r"(?:@|%40)(?=[\w\[])"
_OUTSIDE = r"""\s@<>"'(),;/=&?"""  # what ends the name of a user, on either side
_USER = rf"(?:[^%{_OUTSIDE}]|%(?!40))"
_SCHEME = r"(?:sips?(?::|%3A))"
_ADDRESS = rf"(?<![^{_OUTSIDE}])(?:(?P<scheme>{_SCHEME}?){_USER}+(?P<at>{_AT})|(?P<sip>{_SCHEME}){_USER}+)"
_TOLD = re.compile(rf"(?P<nobody>{_UUID}|{_TIME}|{_MACHINE})|{_ADDRESS}|{_NUMBER}", re.IGNORECASE)


def masked(text: str) -> str:
    """The text with phone numbers and addresses of people masked. Safe to apply to text that went through it."""
    while (told := _TOLD.sub(_mask, text)) != text:  # what is masked may be what kept a neighbour from being seen
        text = told
    return text


def last_four(text: str) -> str:
    """The text with all digits masked but the last four, if it has enough of them for a phone number."""
    digits = [one.start() for one in _DIGIT.finditer(text)]
    if len(digits) < _SHORTEST:
        return text
    kept = digits[-_SHOWN]
    return _DIGIT.sub("*", text[:kept]) + text[kept:]


def _mask(found: re.Match[str]) -> str:
    if found["nobody"]:
        return found["nobody"]
    if found["at"]:
        return f"{found['scheme']}***{found['at']}"
    return f"{found['sip']}***" if found["sip"] else last_four(found.group())


def masked_account(auth_id: str) -> str:
    """An Auth ID as people may read it."""
    return f"{auth_id[:2]}…{auth_id[-3:]}"
