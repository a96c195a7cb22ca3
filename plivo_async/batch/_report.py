"""What became of many conferences."""

import csv
import io
import itertools
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Protocol, Self, TypeVar, overload

from .._errors import ActivationFailures
from .._public import public
from ..policy import ActivationOutcome, AttemptOutcome
from ..shown._cells import defused
from ..shown._jsonable import Jsonable
from ._activation import Activation
from ._journal_ledger import read_journal
from ._journal_run import JournalRun, lasted
from ._ledger import Ledger

_SHOWN = 5
_COLUMNS = ("position", "name", "uuid", "outcome", "live", "confirmed_by", "attempts", "started_at", "elapsed", "error")


class Rows(Protocol):
    """Where a report has its activations: one for each place, in input order.

    Attributes:
        detailed: Whether attempts and times are known.
    """

    detailed: ClassVar[bool]

    @property
    def counts(self) -> Counter[ActivationOutcome]:
        """How many ended in each outcome."""
        ...

    def __len__(self) -> int: ...
    def __getitem__(self, row: int) -> Activation: ...
    def __iter__(self) -> Iterator[Activation]: ...
    def whole(self) -> Iterator[Activation]:
        """Those that did not end like nearly all, in order; no failure is missing."""
        ...


@public
class ActivationReport(Jsonable, Sequence[Activation]):
    """The outcomes of many activations, in input order: a sequence of `Activation`, one for each item of the input.

    `print(report)` shows the counts and the first failures.
    """

    __slots__ = ("_ledger", "elapsed", "runs")

    _ledger: Rows
    elapsed: float
    """Seconds that all of it took."""
    runs: tuple[JournalRun, ...]
    """The processes that worked on its journal, the first one first; none where there is no journal."""

    def __init__(self, activations: Iterable[Activation], elapsed: float, runs: tuple[JournalRun, ...] = ()) -> None:
        """Put activations into input order.

        Args:
            activations: In any order; a `Ledger` is in input order.
            elapsed: Seconds that all of it took.
            runs: The processes that worked on its journal.
        """
        self.elapsed = elapsed
        self.runs = runs
        if isinstance(activations, Ledger):
            self._ledger = activations
            return
        rows = sorted(activations, key=lambda activation: activation.position)
        self._ledger = Ledger(len(rows))
        for row, activation in enumerate(rows):
            self._ledger.put(row, activation)

    @overload
    def __getitem__(self, index: int) -> Activation: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Activation, ...]: ...
    def __getitem__(self, index: int | slice) -> Activation | tuple[Activation, ...]:
        if isinstance(index, slice):
            return tuple(map(self._ledger.__getitem__, range(len(self))[index]))
        return self._ledger[range(len(self))[index]]

    def __len__(self) -> int:
        return len(self._ledger)

    def __iter__(self) -> Iterator[Activation]:
        return iter(self._ledger)

    @property
    def counts(self) -> Mapping[ActivationOutcome, int]:
        """How many ended in each outcome; outcomes that nothing ended in are there with 0."""
        counts = self._ledger.counts  # a journal is asked for them
        return {outcome: counts[outcome] for outcome in ActivationOutcome}

    @property
    def detailed(self) -> bool:
        """Whether attempts and times are known.

        Of a batch that was merged from the states of its shards they aren't: `attempts` are empty, `requests` and
        `refused` are 0, and nothing says when.
        """
        return self._ledger.detailed

    @property
    def succeeded(self) -> bool:
        """Whether every conference is live."""
        return all(outcome.succeeded for outcome in self._ledger.counts)

    @property
    def failures(self) -> tuple[Activation, ...]:
        """Those that are no success, in input order."""
        return tuple(activation for activation in self._ledger.whole() if not activation.succeeded)

    @property
    def requests(self) -> int:
        """How many attempts were made in all, looks included; of an item that was given twice they count once."""
        return sum(len(activation.attempts) for activation in self._unique())

    @property
    def refused(self) -> int:
        """How many attempts were answered 429."""
        return sum(
            attempt.outcome is AttemptOutcome.REFUSED
            for activation in self._unique()
            for attempt in activation.attempts
        )

    def raise_for_failures(self) -> None:
        """Return if every conference is live.

        Raises:
            ActivationFailures: Some aren't; it holds the error of each of them, in input order.
        """
        errors = [activation.error for activation in self._ledger.whole() if activation.error is not None]
        if errors:
            raise ActivationFailures(f"{len(errors):,} of {len(self):,} conferences are not known to be live", errors)

    def to_dict(self, *, columns: Mapping[str, Sequence[object]] | None = None) -> dict[str, Any]:
        """All of it as plain JSON types.

        Args:
            columns: What else is known of the items of the input, by name: values by position. Each activation has its
                own under `input`.
        """
        return {
            "elapsed": round(self.elapsed, 6),
            **({"runs": [run.to_dict() for run in self.runs]} if self.runs else {}),
            "counts": {outcome.value: count for outcome, count in self.counts.items()},
            "activations": [
                activation.to_dict() | ({} if columns is None else {"input": _own(columns, activation.position)})
                for activation in self._ledger
            ],
        }

    def to_json(self, *, indent: int | None = None, columns: Mapping[str, Sequence[object]] | None = None) -> str:
        """All of it as JSON text; the arguments are those of `json.dumps` and `to_dict`."""
        return json.dumps(self.to_dict(columns=columns), ensure_ascii=False, indent=indent)

    def to_html(
        self,
        *,
        source: str = "",
        limit: int | None = None,
        per: float = 5.0,
        about: Mapping[str, str] | None = None,
        where: Callable[[int], str] | None = None,
    ) -> str:
        """All of it as one page for people: outcomes, pace, failures and what to do next, without script or network.

        Phone numbers in it are masked. Of failures the first 200 are listed, and all are counted.

        Args:
            source: What the names came from, for its head.
            limit: Requests that were allowed in `per` seconds, to be drawn; None for no limit.
            per: Seconds; bars are that wide, or wider if there were more than 60.
            about: What else is known of the run, a line each: account, machine, input.
            where: Says where the item at a position of the input stands, as `line 7`; None shows the position.
        """
        from ._page import page  # only who wants one pays for it

        return page(
            self._ledger,
            limit=limit,
            per=per,
            elapsed=lasted(self.runs) if self.runs else self.elapsed,
            source=source,
            about=about,
            where=where,
            runs=self.runs,
            detailed=self.detailed,
        )

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Self:
        """The report of a journal, finished or not: rows are read when they are looked at.

        What has no outcome yet is `not_attempted`, or `unknown` if an activation may have been sent.

        Args:
            path: The journal, as `start(names, journal=path)` writes it. It may be written meanwhile.

        Raises:
            JournalError: There is none, or it is something else.
        """
        rows, runs = read_journal(path)
        return report_of(rows, lasted(runs), runs, cls=cls)

    def to_csv(self, *, columns: Mapping[str, Sequence[object]] | None = None) -> str:
        """A line for each item, after a line of column names; `attempts` is a number, `error` a sentence.

        People open it in spreadsheets: a text that would be taken for a formula there, as it begins with `=`, `+`, `-`,
        `@`, a tab or a carriage return, has an apostrophe before it. `to_json()` has it as it is.

        Args:
            columns: What else is known of the items of the input, by name: values by position. They come last; one that
                is called as a column of ours gets `input_` before its name.
        """
        more = columns or {}
        names = [f"input_{name}" if name in _COLUMNS else name for name in more]
        lines = [_csv_line([*_COLUMNS, *map(defused, names)])]
        for activation in self._ledger:
            row = {**activation.to_dict(), "attempts": len(activation.attempts)}
            row["error"] = "" if activation.error is None else str(activation.error)
            row["live"] = "" if activation.live is None else str(activation.live).lower()
            cells = [*(row[column] for column in _COLUMNS), *_own(more, activation.position).values()]
            lines.append(_csv_line("" if cell is None else defused(str(cell)) for cell in cells))
        return "".join(lines)

    def __str__(self) -> str:
        lines = [summary(self.counts, self.elapsed)]
        failures = (activation for activation in self._ledger.whole() if not activation.succeeded)
        lines += [f"  {_clipped(str(activation))}" for activation in itertools.islice(failures, _SHOWN)]
        failed = sum(count for outcome, count in self._ledger.counts.items() if not outcome.succeeded)
        if failed > _SHOWN:
            lines.append(f"  … and {failed - _SHOWN:,} more; see .failures")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<ActivationReport of {len(self):,}: {summary(self.counts, self.elapsed)}>"

    def _unique(self) -> Iterator[Activation]:
        seen: set[tuple[str | None, str | None]] = set()
        for activation in self._ledger:
            key = (activation.name, activation.uuid)
            if key == (None, None) or key not in seen:
                seen.add(key)
                yield activation


_Report = TypeVar("_Report", bound=ActivationReport)


@overload
def report_of(rows: Rows, elapsed: float, runs: tuple[JournalRun, ...] = ()) -> ActivationReport: ...
@overload
def report_of(rows: Rows, elapsed: float, runs: tuple[JournalRun, ...] = (), *, cls: type[_Report]) -> _Report: ...
def report_of(
    rows: Rows,
    elapsed: float,
    runs: tuple[JournalRun, ...] = (),
    *,
    cls: type[ActivationReport] = ActivationReport,
) -> ActivationReport:
    """The report of what is in input order already, and is read when it is looked at."""
    report = cls.__new__(cls)
    report._ledger, report.elapsed, report.runs = rows, elapsed, runs
    return report


def _own(columns: Mapping[str, Sequence[object]], position: int) -> dict[str, object]:
    return {name: values[position] for name, values in columns.items()}


def summary(counts: Mapping[ActivationOutcome, int], elapsed: float) -> str:
    """One line: `9,988 activated · 9 already active · 3 not found  (3m 14s)`."""
    parts = [f"{count:,} {outcome.value.replace('_', ' ')}" for outcome, count in counts.items() if count]
    return f"{' · '.join(parts) or 'nothing to activate'}  ({duration(elapsed)})"


def duration(seconds: float) -> str:
    """Seconds for people: `0.4s`, `14s`, `3m 14s`, `2h 05m`."""
    if round(seconds, 1) < 10:
        return f"{seconds:.1f}s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 1:
        return f"{rest}s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h {minutes:02}m" if hours else f"{minutes}m {rest:02}s"


def _csv_line(fields: Iterable[object]) -> str:
    """One line, ended by a line feed. Before Python 3.13 a lone carriage return is quoted only if it ends lines."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(fields)
    return line.getvalue().removesuffix("\r\n") + "\n"


def _clipped(line: str, longest: int = 300) -> str:
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
