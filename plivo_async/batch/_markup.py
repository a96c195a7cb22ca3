"""Words and markup of the page: everything of others is escaped, phone numbers are masked. Pure functions."""

from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape

from ..policy import ActivationOutcome
from ..shown._printable import printable
from ..shown._privacy import masked

_ICONS = {
    ActivationOutcome.ACTIVATED: "✓",
    ActivationOutcome.ALREADY_ACTIVE: "✓",
    ActivationOutcome.NOT_FOUND: "○",
    ActivationOutcome.REJECTED: "✕",
    ActivationOutcome.FAILED: "✕",
    ActivationOutcome.UNKNOWN: "?",
    ActivationOutcome.NOT_ATTEMPTED: "○",
}


def plain_text(value: object) -> str:
    """Whatever it is, as text of a page: no markup, nothing that turns a line around, phone numbers masked."""
    return escape(printable(masked(str(value))))


def counted(number: float, word: str = "") -> str:
    """A number, with what it counts."""
    return f"{number:,.0f}{f' {word}' if word else ''}{'s' if word and number != 1 else ''}"


def lasting(seconds: float | None) -> str:
    """A length of time."""
    if seconds is None:
        return "-"
    if seconds < 1:
        return f"{seconds * 1e3:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def clock_time(at: float | None) -> str:
    """A time of day, UTC."""
    return "-" if at is None else f"{datetime.fromtimestamp(at, UTC):%H:%M:%S}"


def share_of(part: float, whole: float) -> str:
    """A part as per cent of the whole."""
    return f"{100 * part / whole:.2f} %" if whole else "-"


def badge(outcome: ActivationOutcome) -> str:
    """An outcome with its sign."""
    words = outcome.value.replace("_", " ")
    return f'<span class="o o-{outcome.value}"><span aria-hidden="true">{_ICONS[outcome]}</span> {words}</span>'


def section(name: str, title: str, sub: str, content: str) -> str:
    """A part of the page with its heading."""
    below = f'\n  <p class="sub">{sub}</p>' if sub else ""
    top = f'<section id="{name}" aria-labelledby="h-{name}">\n  <h2 id="h-{name}">{title}</h2>{below}'
    return f"{top}\n{content}\n</section>"


def drawn_table(classes: str, heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table whose cells are markup; a head that begins with `>` is of numbers."""
    names = list(heads)
    numbers = [name.startswith(">") for name in names]
    top = "".join(
        f'<th scope="col"{_n(right)}>{name.lstrip(">")}</th>' for name, right in zip(names, numbers, strict=True)
    )
    body = "\n".join(
        "<tr>" + "".join(f"<td{_n(right)}>{cell}</td>" for cell, right in zip(row, numbers, strict=True)) + "</tr>"
        for row in rows
    )
    return f'<table class="{classes}"><thead><tr>{top}</tr></thead><tbody>\n{body}\n</tbody></table>'


def _n(right: bool) -> str:
    return ' class="n"' if right else ""
