"""A report as one HTML page: no script, nothing from the network, light and dark, and on paper.

Everything of others in it is escaped, phone numbers are masked, and its policy lets a browser load nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import files

from ..policy import ActivationOutcome, Attempt
from ._activation import Activation
from ._figures import MOST_FAILURES, Figures, Group, figures, label, percentile, trouble
from ._journal_run import JournalRun
from ._markup import badge, clock_time, counted, drawn_table, lasting, plain_text, section, share_of

_MEANINGS = {
    ActivationOutcome.ACTIVATED: "It is live, and we did it.",
    ActivationOutcome.ALREADY_ACTIVE: "It was live before; somebody else did it.",
    ActivationOutcome.NOT_FOUND: "Nothing of that name waits.",
    ActivationOutcome.REJECTED: "Plivo said no for good.",
    ActivationOutcome.FAILED: "Not carried out; attempts are used up.",
    ActivationOutcome.UNKNOWN: "It may be live; looking didn't settle it.",
    ActivationOutcome.NOT_ATTEMPTED: "Nothing was sent for it.",
}
_URGENT = {  # the order in which people should look, and what to do
    ActivationOutcome.UNKNOWN: ("Look before you repeat", "The same command with the same journal looks first."),
    ActivationOutcome.FAILED: ("Run it again", "People may be waiting in it. Repeating is safe."),
    ActivationOutcome.REJECTED: ("Read Plivo's words", "Repeating it as it is won't help."),
    ActivationOutcome.NOT_FOUND: ("Check the names", "If people may still be dialling in, --wait-for 5m keeps trying."),
    ActivationOutcome.NOT_ATTEMPTED: ("Run it again", "Nothing was sent for these."),
}
_KNOWN_BY = {"answer": "by Plivo's answer", "lookup": "seen by a look"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(
    activations: Iterable[Activation],
    *,
    limit: int | None,
    per: float,
    elapsed: float,
    source: str = "",
    about: Mapping[str, str] | None = None,
    where: Callable[[int], str] | None = None,
    runs: Sequence[JournalRun] = (),
    detailed: bool = True,
) -> str:
    """The page.

    Args:
        activations: What became of each; walked once.
        limit: Requests allowed in `per` seconds; None if none was set.
        per: Seconds.
        elapsed: Seconds that the run took.
        source: What the names came from, for its head.
        about: What else is known of the run, a line each.
        where: Says where the item at a position of the input stands.
        runs: The processes that worked on its journal.
        detailed: Whether attempts and times are known; if they aren't, the page says so, and leaves them out.
    """
    found = figures(activations, per)
    rate = None if limit is None else limit / per
    parts = [
        _head(found, source),
        _header(found, rate, elapsed, source, len(runs), detailed=detailed),
        "<main>",
        _attention(found),
        _outcomes(found),
        _timeline(found, limit, per),
        _shares(found, rate),
        _speed(found) if detailed else "",
        _trouble(found) if detailed else "",
        _failures(found, where),
        _about({**(about or {}), **_parts(runs)}),
        "</main>",
        _foot(),
    ]
    return "\n".join(part for part in parts if part) + "\n"


# ---- Parts ----------------------------------------------------------------------------------------------------------


def _head(found: Figures, source: str) -> str:
    style = files(__package__).joinpath("report.css").read_text(encoding="utf-8")
    title = f"{found.live:,} of {found.total:,} conferences live"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">\n'
        f"<title>{title} · {plain_text(source) or 'plivo-async'}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        '<svg class="defs" width="0" height="0" aria-hidden="true"><defs><pattern id="p-outage" width="6" height="6" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="p-b" width="6" height="6"/>'
        '<line class="p-l" x1="0" y1="0" x2="0" y2="6"/></pattern></defs></svg>'
    )


def _header(found: Figures, rate: float | None, elapsed: float, source: str, parts: int, *, detailed: bool) -> str:
    began = "" if found.began is None else f"{datetime.fromtimestamp(found.began, UTC):%A %d %B %Y}, times in UTC"
    left = found.total - found.live
    attention = f'▲ <a href="#attention">{left:,} need attention</a>' if left else "✓ Nothing needs attention"
    floor = None if not rate else max(0.0, found.requests / rate)
    facts = [
        (
            "Started, ended",
            clock_time(found.began),
            f"to {clock_time(found.ended)}{f', in {parts} parts' if parts > 1 else ''}",
        ),
        ("Took", lasting(elapsed), "" if floor is None else f"at least {lasting(floor)} at this limit"),
        ("Pace", _pace(found.requests, elapsed), "" if rate is None else f"limit {rate:g} per s"),
        ("Requests", f"{found.requests:,}", f"{counted(found.looks, 'look')}, {counted(found.repeats, 'repeat')}"),
        ("Refused (429)", f"{found.refused:,}", f"{share_of(found.refused, found.requests)} of requests"),
        ("Outage", lasting(found.out_of_reach), f"from {clock_time(found.outages[0][0])}" if found.outages else "none"),
    ]
    if not detailed:
        facts = [facts[1], ("Requests", "not known", "the states of shards tell outcomes only")]
    told = "".join(f"<div><dt>{name}</dt><dd>{what}<small>{more}</small></dd></div>" for name, what, more in facts)
    return (
        f'<header>\n<div class="mast"><span>plivo-async · activation report</span><span>'
        f"{' · '.join(part for part in (plain_text(source), began) if part)}</span></div>\n"
        f"<h1>{found.live:,} of {found.total:,} conferences are live</h1>\n"
        f'<p class="attn{"" if left else " fine"}">{attention}</p>\n<dl class="facts">{told}</dl>\n</header>'
    )


def _pace(requests: int, elapsed: float) -> str:
    return f"{requests / elapsed:.1f} per s" if elapsed else "-"


def _attention(found: Figures) -> str:
    if not found.groups:
        return ""
    order = list(_URGENT)
    groups = sorted(found.groups.values(), key=lambda group: (order.index(group.outcome), -group.count))
    items = "\n".join(map(_group, groups))
    sub = (
        f"{counted(found.total - found.live, 'conference')} in {counted(len(groups), 'group')}, most urgent first. "
        '<a href="#failures">Each of them is listed below.</a>'
    )
    return section("attention", "What needs attention", sub, f'<ol class="groups" role="list">{items}</ol>')


def _group(group: Group) -> str:
    title, step = _URGENT[group.outcome]
    said = "" if group.status_code is None else f" The last answer was {group.status_code}"
    said += f": “{plain_text(group.words)}”." if group.words and said else "." if said else ""
    more = group.count - len(group.examples)
    examples = ", ".join(f"<code>{plain_text(one)}</code>" for one in group.examples)
    return (
        f'<li class="group"><div class="gn"><span class="big">{group.count:,}</span>{badge(group.outcome)}</div>'
        f'<div class="gt"><p>{_MEANINGS[group.outcome]}{said}</p><p class="eg">{examples}'
        f"{f' and {more:,} more' if more else ''}</p></div>"
        f'<div class="gd"><p><span class="lbl">Next</span> <b>{title}.</b> {step}</p></div></li>'
    )


def _outcomes(found: Figures) -> str:
    rows = [
        (
            badge(outcome),
            f"{found.counts[outcome]:,}",
            share_of(found.counts[outcome], found.total),
            _MEANINGS[outcome],
            _known_by(found, outcome),
        )
        for outcome in ActivationOutcome
    ]
    rows.append(("<b>all</b>", f"<b>{found.total:,}</b>", "<b>100.00 %</b>" if found.total else "-", "", ""))
    heads = ("Outcome", ">Conferences", ">Share", "What is so", "Known by")
    sub = "Each item of the input has exactly one. The first two are success."
    return section("outcomes", "All outcomes", sub, drawn_table("outcomes", heads, rows))


def _known_by(found: Figures, outcome: ActivationOutcome) -> str:
    told = [(how, found.known_by[outcome, how]) for how in ("answer", "lookup")]
    return ", ".join(f"{count:,} {_KNOWN_BY[how]}" for how, count in told if count)


def _timeline(found: Figures, limit: int | None, per: float) -> str:
    if not found.bars:
        return ""
    most = None if limit is None else limit * found.width / per
    top = max([bar.first + bar.again for bar in found.bars] + ([most] if most else []) + [1])
    span = found.width * len(found.bars)
    low = found.bars[0].at
    bands = "".join(
        f'<rect x="{100 * (start - low) / span:.2f}%" width="{100 * (end - start) / span:.2f}%" y="0" height="300"/>'
        for start, end in found.outages
    )
    bars = "".join(_bar(found, index, top) for index in range(len(found.bars)))
    line = ""
    if most:
        y = 290 - 160 * most / top
        line = (
            f'<line class="limit" x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text class="limittext" x="100%" y="{y - 4:.1f}" text-anchor="end">limit {most:g}</text>'
        )
    points = " ".join(
        f"{100 * (index + 1) / len(found.bars):.2f},{100 - 100 * bar.live / max(1, found.total):.2f}"
        for index, bar in enumerate(found.bars)
    )
    plot = (
        '<svg class="plot" height="320" role="img" aria-label="Requests and live conferences over time">'
        f'<g class="band">{bands}</g><text x="0" y="12">live so far, of {found.total:,}</text>'
        '<svg x="0" y="18" width="100%" height="80" viewBox="0 0 100 100" preserveAspectRatio="none">'
        f'<polygon class="area" points="0,100 {points} 100,100"/>'
        f'<polyline class="curve" points="0,100 {points}"/></svg>'
        f'<text x="0" y="122">requests in each {found.width:g} s, at most {top:g}</text>{bars}{line}'
        f'<line class="axis" x1="0" x2="100%" y1="290" y2="290"/><text x="0" y="308">{clock_time(low)}</text>'
        f'<text x="100%" y="308" text-anchor="end">{clock_time(low + span)}</text></svg>'
        '<ul class="key" role="list"><li>■ first requests</li><li>■ looks and repeats (darker)</li>'
        "<li>▨ Plivo out of reach</li></ul>"
    )
    rows = [(clock_time(bar.at), f"{bar.first:,}", f"{bar.again:,}", f"{bar.live:,}") for bar in found.bars]
    table = drawn_table("rows", ("From", ">First requests", ">Looks and repeats", ">Live at the end"), rows)
    sub = "Where the bars reach the dashed line, the limit was used to the full."
    content = f"<figure>{plot}</figure>\n<details><summary>The same as a table</summary>{table}</details>"
    return section("time", "The run over time", sub, content)


def _bar(found: Figures, index: int, top: float) -> str:
    bar = found.bars[index]
    x, width = 100 * index / len(found.bars), 100 / len(found.bars)
    first, again = 160 * bar.first / top, 160 * bar.again / top
    said = f"{clock_time(bar.at)}: {bar.first + bar.again:,} requests, {bar.again:,} of them looks or repeats"
    return (
        f'<g><title>{said}</title><rect class="b1" x="{x:.2f}%" width="{width:.2f}%" y="{290 - first:.1f}" '
        f'height="{first:.1f}"/><rect class="b2" x="{x:.2f}%" width="{width:.2f}%" y="{290 - first - again:.1f}" '
        f'height="{again:.1f}"/></g>'
    )


def _shares(found: Figures, rate: float | None) -> str:
    if rate is None or not found.elapsed:
        return ""
    outage = min(found.elapsed, found.out_of_reach)
    limited = min(found.elapsed - outage, found.at_the_limit(rate))
    rows = [
        ("At the limit", limited, "At least nine tenths of the limit were used. Only a higher limit shortens this."),
        ("Plivo out of reach", outage, "Nothing was answered; one request at a time was tried."),
        ("The rest", found.elapsed - outage - limited, "Permits were free: starting up, waiting for answers, the end."),
    ]
    cells = [(name, lasting(length), share_of(length, found.elapsed), why) for name, length, why in rows]
    sub = "Each moment counts once: an outage before the limit, the limit before the rest."
    return section(
        "share", "Where the time went", sub, drawn_table("share", ("", ">Time", ">Share", "What it means"), cells)
    )


def _speed(found: Figures) -> str:
    kinds = [
        ("Plivo's answer", "answers", found.answers),
        ("In line before the first try", "conferences", found.queued),
        ("Pause before a repeat or a look", "times", found.pauses),
    ]
    rows = [
        (
            f"{name}<small> {len(values):,} {what}</small>",
            *(lasting(percentile(values, share)) for share in (0.5, 0.9, 0.99)),
            lasting(values[-1] if values else None),
        )
        for name, what, values in kinds
    ]
    sub = "Answers only, 429s among them; requests without a clear answer are counted below."
    table = drawn_table("perc", ("", ">p50", ">p90", ">p99", ">Longest"), rows)
    return section("speed", "How fast Plivo answered, and how long things waited", sub, table)


def _trouble(found: Figures) -> str:
    if not found.trouble:
        return section(
            "trouble", "What went wrong on the way", "", "<p>Nothing: every request was simply answered.</p>"
        )
    rows = [(plain_text(kind), f"{count:,}") for kind, count in found.trouble.most_common()]
    doubts = [(badge(outcome), f"{found.doubts[outcome]:,}") for outcome in ActivationOutcome if found.doubts[outcome]]
    left = drawn_table("", ("Requests that were not simply answered", ">" + counted(found.trouble.total())), rows)
    right = drawn_table("", ("What became of conferences in doubt", ">" + counted(found.doubts.total())), doubts)
    sub = "A lost answer may hide a success, so none is taken for a failure: it is looked at."
    content = f'<div class="two"><div>{left}</div><div>{right if doubts else ""}</div></div>'
    return section("trouble", "What went wrong on the way, and what became of it", sub, content)


def _failures(found: Figures, where: Callable[[int], str] | None) -> str:
    if not found.failures:
        return ""
    rows = [
        (
            f"{one.position + 1:,}" if where is None else plain_text(where(one.position)),
            f'<span class="name">{plain_text(label(one))}</span>',
            badge(one.outcome),
            plain_text("" if one.error is None else one.error),
            f"<code>{plain_text(_trail(one.attempts))}</code>",
        )
        for one in found.failures
    ]
    left = found.total - found.live
    shown = f"All {left:,} are shown." if left <= MOST_FAILURES else f"The first {MOST_FAILURES} of {left:,} are shown."
    table = drawn_table("failures", (">Item", "Conference", "Outcome", "Why", "Requests made"), rows)
    sub = f"In the order of the input. {shown} Of phone numbers only the last digits are shown."
    return section("failures", f"The {left:,} that need attention", sub, table)


def _trail(attempts: Iterable[Attempt]) -> str:
    told: Callable[[Attempt], str] = lambda one: f"{one.method} {one.status_code or trouble(one) or one.error}"  # noqa: E731
    return " → ".join(map(told, attempts))


def _about(about: Mapping[str, str]) -> str:
    if not about:
        return ""
    told = "".join(f"<dt>{plain_text(name)}</dt><dd>{plain_text(what)}</dd>" for name, what in about.items())
    return section("about", "About this run", "", f'<dl class="facts2">{told}</dl>')


def _parts(runs: Sequence[JournalRun]) -> dict[str, str]:
    """When each process worked on it, where there was more than one; in between, nothing was sent."""
    return {
        f"Part {number} of {len(runs)}": f"{one.began_at:%Y-%m-%d %H:%M:%S} to "
        f"{'an end that nobody wrote down' if one.ended_at is None else f'{one.ended_at:%H:%M:%S} UTC'}, "
        f"process {one.pid} on {one.host}, plivo-async {one.version}"
        for number, one in enumerate(runs if len(runs) > 1 else (), 1)
    }


def _foot() -> str:
    return (
        "<footer><p>This page is one file. It has no script, loads nothing and sends nothing. It names conferences: "
        "treat it as you treat those names.</p><p>A look is a request that reads a conference's state (GET), no more. "
        "p90: nine in ten were no longer than this.</p></footer>\n</body>\n</html>"
    )
