"""One conference on its way to an outcome: the whole table, and what no sequence of answers may lead to."""

import itertools
import math
from dataclasses import dataclass, field
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plivo_async.policy import (
    ActivationOutcome,
    ActivationRules,
    ActivationRun,
    Attempt,
    AttemptOutcome,
    Confirm,
    Look,
    LookStatus,
    News,
    RetryPolicy,
    Step,
    Verdict,
    classify,
)

RETRY = RetryPolicy(max_attempts=3)
RULES = ActivationRules(RETRY)
LOOKS = {"active": LookStatus.ACTIVE, "initialized": LookStatus.INITIALIZED, "none": LookStatus.NOT_LIVE}
NOTHING_APPLIED = {
    ActivationOutcome.ALREADY_ACTIVE,
    ActivationOutcome.REJECTED,
    ActivationOutcome.FAILED,
    ActivationOutcome.NOT_FOUND,
    ActivationOutcome.NOT_ATTEMPTED,
}


def attempt_of(word: str, method: str) -> Attempt:
    """The attempt that a word stands for: a status, `lost`, `unsent`, or `html` (a yes that nobody can read)."""
    match word:
        case "lost":
            return Attempt(method, AttemptOutcome.UNCLEAR, None, "ReadTimeout")
        case "unsent":
            return Attempt(method, AttemptOutcome.NOT_SENT, None, "ConnectError")
        case "html":
            return Attempt(method, AttemptOutcome.UNCLEAR, 200, "Unreadable")
    return Attempt(method, classify(int(word), readable=True), int(word))


class Script:
    """Feeds answers, written as words, to a run: `404`, `lost`, `look:active`, `look:503`, `cut` …

    `look:active@60` has been active for 60 seconds; `look:odd` shows a state that nobody knows; `cut` ends the run
    between two requests, `cut!` while one is in flight. Each request takes one second.
    """

    def __init__(self, rules: ActivationRules = RULES, deadline: float = math.inf) -> None:
        self.now = 100.0
        self.run = ActivationRun(rules, self.now, deadline)

    def feed(self, words: str) -> Verdict | None:
        """Feed them all; the verdict, if there is one."""
        for word in words.replace(",", " ").split():
            assert self.run.verdict is None, f"it was over before {word}"
            self._feed(word)
        return self.run.verdict

    def _feed(self, word: str) -> None:
        if word.startswith("cut"):
            method = "POST" if self.run.step is Step.ACTIVATE else "GET"
            self.run.cut_short(attempt_of("lost", method) if word == "cut!" else None, "it was cut short")
            return
        look, _, seen = word.rpartition("look:")
        looking = word.startswith("look:")
        assert not look
        assert looking == (self.run.step is Step.LOOK), f"{word} answers no {self.run.step}"
        assert self.run.due >= self.now
        sent_at = self.run.due
        self.now = sent_at + 1.0
        shown = None
        if looking:
            state, _, ago = seen.partition("@")
            shown = Look(LOOKS[state], float(ago) if ago else None) if state in LOOKS else None
            seen = {"odd": "200", "none": "404"}.get(state, "200" if shown else seen)
        attempt = attempt_of(seen, "GET" if looking else "POST")
        self.run.observe(News(attempt, shown, sent_at, self.now, random=0.5))


@pytest.mark.parametrize(
    ("answers", "outcome", "live", "confirmed_by"),
    [
        # a clear yes
        ("204", "activated", True, "answer"),
        ("429 503 204", "activated", True, "answer"),
        ("lost 204", "activated", True, "answer"),
        ("unsent unsent 204", "activated", True, "answer"),
        # a clear no
        ("400", "rejected", None, "answer"),
        ("401 401", "rejected", None, "answer"),
        ("403", "rejected", None, "answer"),
        ("405", "rejected", None, "answer"),
        ("409", "rejected", None, "answer"),
        ("422", "rejected", None, "answer"),
        ("302", "rejected", None, "answer"),
        ("501", "rejected", None, "answer"),
        ("429 403", "rejected", None, "answer"),
        # by UUID: over, and started after ours had left, or long before
        ("lost 404 look:none@1", "unknown", False, "lookup"),
        ("lost 400 look:none@1", "unknown", False, "lookup"),
        ("lost 404 look:none@60", "not_found", False, "lookup"),
        ("404 look:none@1", "not_found", False, "lookup"),
        ("unsent 401 401", "rejected", None, "answer"),
        ("401 cut", "rejected", None, "answer"),
        ("401 cut!", "unknown", None, None),
        # a stray 401, and nothing else of it
        ("401 204", "activated", True, "answer"),
        ("401 404 look:401 look:active", "already_active", True, "lookup"),
        ("404 look:initialized 401 204", "activated", True, "answer"),
        ("lost 401 404 look:active", "activated", True, "lookup"),
        # 404, and none of our attempts can have done anything
        ("404 look:active", "already_active", True, "lookup"),
        ("404 look:none", "not_found", False, "lookup"),
        ("404 look:initialized 204", "activated", True, "answer"),
        ("404 look:initialized 403", "rejected", None, "answer"),
        ("404 look:initialized 404 look:active", "already_active", True, "lookup"),
        ("404 look:initialized 404 look:initialized 404 look:initialized", "failed", False, "lookup"),
        ("429 404 look:active", "already_active", True, "lookup"),
        ("unsent 404 look:active", "already_active", True, "lookup"),
        # 404 after an answer was lost: ours may have done it
        ("lost 404 look:active", "activated", True, "lookup"),
        ("500 404 look:active", "activated", True, "lookup"),
        ("html 404 look:active", "activated", True, "lookup"),
        ("408 404 look:active", "activated", True, "lookup"),
        ("404 look:initialized lost 404 look:active", "activated", True, "lookup"),
        ("lost 404 look:none", "unknown", None, None),
        ("lost 404 look:initialized 204", "activated", True, "answer"),
        # one that was active before our first doubtful attempt was not activated by it
        ("lost 404 look:active@60", "already_active", True, "lookup"),
        ("lost 404 look:active@2", "activated", True, "lookup"),
        ("404 look:active@0", "already_active", True, "lookup"),
        # attempts are used up, and none can have been applied
        ("429 429 429", "failed", None, None),
        ("unsent unsent unsent", "failed", None, None),
        ("unsent 429 unsent", "failed", None, None),
        ("404 look:initialized 429 429", "failed", None, None),
        # attempts are used up, and one may have been applied: look
        ("lost lost lost look:active", "activated", True, "lookup"),
        ("lost lost lost look:none", "unknown", None, None),
        ("lost lost lost look:initialized", "unknown", None, None),  # one may yet arrive
        ("502 504 408 look:initialized", "unknown", None, None),
        ("524 look:initialized 429 429 look:initialized", "unknown", None, None),
        ("500 503 html look:initialized", "unknown", None, None),  # whoever gave up says nothing of who works on
        ("500 429 429 look:initialized", "unknown", None, None),
        ("500 429 429 look:active", "activated", True, "lookup"),
        # a no after an answer was lost: the one before may have been applied
        ("lost 403 look:active", "activated", True, "lookup"),
        ("lost 403 look:active@60", "already_active", True, "lookup"),
        ("lost 403 look:initialized", "unknown", None, None),
        ("500 403 look:initialized", "unknown", None, None),
        ("500 403 look:none", "unknown", None, None),
        ("lost 401 401", "unknown", None, None),
        # looking didn't settle it
        ("404 look:403", "unknown", None, None),
        ("404 look:401 look:401", "unknown", None, None),
        ("404 look:odd", "unknown", None, None),
        ("404 look:500 look:lost look:503", "unknown", None, None),
        ("404 look:unsent look:429 look:unsent", "unknown", None, None),
        ("lost 404 look:html look:429 look:active", "activated", True, "lookup"),
        # cut short
        ("cut", "not_attempted", None, None),
        ("unsent cut", "not_attempted", None, None),
        ("cut!", "unknown", None, None),
        ("lost cut", "unknown", None, None),
        ("429 cut", "failed", None, None),
        ("404 cut", "unknown", None, None),
        ("404 cut!", "unknown", None, None),
        ("404 look:initialized cut", "failed", None, None),
        ("404 look:initialized cut!", "unknown", None, None),
        ("lost 404 look:initialized cut", "unknown", None, None),
    ],
)
def test_activation_outcome_of_every_course(
    answers: str, outcome: str, live: bool | None, confirmed_by: Literal["answer", "lookup"] | None
) -> None:
    """The table of outcomes: what each course of answers proves, and what that stands on."""
    script = Script()
    verdict = script.feed(answers)
    assert verdict is not None
    assert (verdict.outcome, verdict.live, verdict.confirmed_by) == (outcome, live, confirmed_by)
    assert len(script.run.attempts) == len(answers.replace("cut!", "lost").replace("cut", "").split())
    assert verdict.outcome.succeeded == (outcome in {"activated", "already_active"})
    assert (verdict.reason is None) <= (outcome not in {"unknown", "failed", "not_attempted"})


@pytest.mark.parametrize(
    ("confirm", "answers", "outcome", "live"),
    [
        ("ambiguous", "404", "not_found", None),
        ("ambiguous", "429 404", "not_found", None),
        ("ambiguous", "lost 404 look:active", "activated", True),
        ("ambiguous", "lost 404 look:none", "unknown", None),
        ("ambiguous", "lost lost lost look:active", "activated", True),
        ("ambiguous", "403", "rejected", None),
        ("never", "404", "not_found", None),
        ("never", "lost 404", "unknown", None),
        ("never", "lost 403", "unknown", None),
        ("never", "lost lost lost", "unknown", None),
        ("never", "lost 204", "activated", True),
        ("never", "429 429 429", "failed", None),
    ],
)
def test_activation_looks_as_often_as_confirm_says(
    confirm: Confirm, answers: str, outcome: str, live: bool | None
) -> None:
    """`ambiguous` looks only where an answer was lost, `never` not at all, and says unknown where it would have to."""
    verdict = Script(ActivationRules(RETRY, confirm=confirm)).feed(answers)
    assert verdict is not None
    assert (verdict.outcome, verdict.live) == (outcome, live)


@pytest.mark.parametrize(
    ("confirm", "answers", "outcome", "live"),
    [
        ("always", "404 look:none look:none look:initialized 204", "activated", True),
        ("always", "404 look:none look:active", "already_active", True),
        ("always", "lost 404 look:none look:active", "activated", True),
        ("always", "404 look:none look:503 look:none look:initialized 429 204", "activated", True),
        ("always", "404 look:none look:503 look:503 look:503", "unknown", None),
        ("always", "404 look:none cut", "not_found", False),
        ("always", "404 look:none cut!", "not_found", False),
        ("ambiguous", "404 404 404 204", "activated", True),
        ("ambiguous", "404 429 429 404 429 429 404 204", "activated", True),
        ("ambiguous", "404 lost 404 look:active", "activated", True),
        ("ambiguous", "404 cut", "not_found", None),
        ("ambiguous", "404 cut!", "unknown", None),
        ("never", "404 404 204", "activated", True),
        ("never", "404 404 500 404", "unknown", None),
    ],
)
def test_activation_waits_for_people_to_dial_in(
    confirm: Confirm, answers: str, outcome: str, live: bool | None
) -> None:
    """`wait_for` asks again, each time with its full number of attempts, until somebody waits."""
    verdict = Script(ActivationRules(RETRY, confirm=confirm, wait_for=60.0)).feed(answers)
    assert verdict is not None
    assert (verdict.outcome, verdict.live) == (outcome, live)


def asked_while_nothing_waits(wait_for: float, deadline: float) -> list[float]:
    """The seconds after which the look is repeated while it shows nothing."""
    script = Script(ActivationRules(RETRY, wait_for=wait_for), 100.0 + deadline)
    script.feed("404")
    asked = []
    while script.run.verdict is None:
        asked.append(script.run.due - 100.0)
        script.now = script.run.due
        shown = Look(LookStatus.NOT_LIVE)
        script.run.observe(News(attempt_of("404", "GET"), shown, script.now, script.now, random=0.999))
    assert script.run.verdict.outcome is ActivationOutcome.NOT_FOUND
    assert all(later - earlier <= 5.0 for earlier, later in itertools.pairwise(asked))
    return asked


@pytest.mark.parametrize(("wait_for", "last"), [(0.0, 1.0), (0.4, 1.0), (1.1, 1.1), (3.0, 3.0), (30.0, 30.0)])
def test_activation_asks_until_the_wait_is_over(wait_for: float, last: float) -> None:
    """It asks further and further apart, at most 5 s, and the last time at the very end of `wait_for`."""
    assert asked_while_nothing_waits(wait_for, deadline=math.inf)[-1] == pytest.approx(last)


@pytest.mark.parametrize("wait_for", [10.0, 60.0, math.inf])
def test_activation_asks_only_before_the_deadline(wait_for: float) -> None:
    """However long it may wait, nothing is planned at or past the deadline."""
    assert 4.0 < asked_while_nothing_waits(wait_for, deadline=10.0)[-1] < 10.0


def test_activation_gives_up_at_the_deadline_with_a_look() -> None:
    """No attempt is planned at or past the deadline; what is in doubt is looked at without delay."""
    script = Script(deadline=101.0)
    script.feed("lost")
    assert (script.run.step, script.run.due) == (Step.LOOK, 101.0)
    certain = Script(deadline=101.0)
    verdict = certain.feed("unsent")
    assert verdict is not None
    assert verdict.outcome is ActivationOutcome.FAILED


def test_activation_repeats_nothing_on_an_exhausted_budget() -> None:
    """With no retry left on credit, an unclear attempt is looked at, and one that wasn't sent is the end."""
    run = ActivationRun(RULES, 0.0)
    run.observe(News(attempt_of("500", "POST"), None, 0.0, 1.0, 0.5, budget_allows=False))
    assert (run.step, run.due) == (Step.LOOK, 1.0)
    run = ActivationRun(RULES, 0.0)
    run.observe(News(attempt_of("unsent", "POST"), None, 0.0, 1.0, 0.5, budget_allows=False))
    assert run.verdict is not None
    assert run.verdict.outcome is ActivationOutcome.FAILED


@pytest.mark.parametrize("ago", [0.0, 1.0, 2.0, 3.0, 4.5, 5.0])
def test_activation_reused_name_started_before_us_only_beyond_clock_errors(ago: float) -> None:
    """A start within two seconds of our first doubtful attempt, on the server's clock, may be its doing."""
    run = ActivationRun(RULES, 0.0)
    run.observe(News(attempt_of("lost", "POST"), None, sent_at=10.0, now=11.0, random=0.5))
    run.observe(News(attempt_of("404", "POST"), None, sent_at=12.0, now=12.0, random=0.5))
    run.observe(News(attempt_of("200", "GET"), Look(LookStatus.ACTIVE, ago), sent_at=12.5, now=13.0, random=0.5))
    assert run.verdict is not None
    before_us = ago > 13.0 - 10.0 + 2.0
    assert run.verdict.outcome == ("already_active" if before_us else "activated")


def test_activation_verdict_is_given_once() -> None:
    """Cutting short what has ended changes nothing."""
    script = Script()
    verdict = script.feed("204")
    script.run.cut_short(attempt_of("lost", "POST"), "too late")
    assert script.run.verdict is verdict
    assert len(script.run.attempts) == 1


words = st.sampled_from(
    ["204", "404", "404", "403", "429", "500", "502", "503", "524", "lost", "html", "unsent", "401", "302"]
)
sights = st.sampled_from(
    [
        "active",
        "active@0",
        "active@50",
        "initialized",
        "initialized",
        "none",
        "none",
        "odd",
        "500",
        "lost",
        "429",
        "403",
    ]
)
rules = st.builds(
    ActivationRules,
    st.builds(lambda attempts: RetryPolicy(max_attempts=attempts), st.integers(1, 5)),
    st.sampled_from(["always", "ambiguous", "never"]),
    st.sampled_from([0.0, 0.0, 0.4, 3.0, 20.0]),
)


@dataclass
class Ledger:
    """What our attempts at a conference may have done, as far as the answers tell."""

    may_be_applied: bool = False
    posts: int = 0

    def enter(self, step: Step, attempt: Attempt) -> None:
        """Book one answer."""
        if step is Step.ACTIVATE:
            self.posts += 1
            self.may_be_applied = self.may_be_applied or attempt.outcome is AttemptOutcome.UNCLEAR


@settings(max_examples=500, deadline=None)
@given(
    rules,
    st.lists(words, max_size=50),
    st.lists(sights, max_size=50),
    st.integers(0, 60),
    st.sampled_from([20.0, math.inf]),
)
def test_activation_always_ends_and_never_claims_too_much(
    rules: ActivationRules, posts: list[str], looks: list[str], cut_after: int, time: float
) -> None:
    """Whatever is answered: it ends, keeps its bounds, and denies having done only what it can't have done."""
    script, ledger = Script(rules, 100.0 + time), Ledger()
    run = script.run
    posts_before_poll = 0
    for number in range(1000):
        if run.verdict is not None:
            break
        if number == cut_after:
            script.feed("cut")
            break
        step, before = run.step, script.now
        word = (
            (posts.pop() if posts else "404") if step is Step.ACTIVATE else "look:" + (looks.pop() if looks else "none")
        )
        script.feed(word)
        ledger.enter(step, run.attempts[-1])
        posts_before_poll = posts_before_poll + 1 if step is Step.ACTIVATE else posts_before_poll
        assert posts_before_poll <= rules.retry.max_attempts
        if word in {"404", "look:none"}:
            posts_before_poll = 0 if run.step is step else posts_before_poll
        if run.verdict is None:
            assert run.due >= script.now > before
    verdict = run.verdict
    assert verdict is not None, "it never ends"
    assert_consistent(verdict, run, rules, ledger)


def assert_consistent(verdict: Verdict, run: ActivationRun, rules: ActivationRules, ledger: Ledger) -> None:
    """See that a verdict says no more than the answers do."""
    if verdict.outcome in NOTHING_APPLIED - {ActivationOutcome.ALREADY_ACTIVE}:
        assert not ledger.may_be_applied
    if verdict.outcome is ActivationOutcome.NOT_ATTEMPTED:
        assert all(attempt.outcome is AttemptOutcome.NOT_SENT for attempt in run.attempts)
    if verdict.outcome is ActivationOutcome.ALREADY_ACTIVE:
        assert verdict.live
        assert verdict.confirmed_by == "lookup"
    if verdict.outcome is ActivationOutcome.NOT_FOUND:
        assert (verdict.live is False) == (verdict.confirmed_by == "lookup")
        assert verdict.confirmed_by == "lookup" or rules.confirm != "always"
    if verdict.outcome is ActivationOutcome.UNKNOWN:
        assert verdict.live is None
    if rules.confirm == "never":
        assert all(attempt.method == "POST" for attempt in run.attempts)
    assert ledger.posts == sum(attempt.method == "POST" for attempt in run.attempts)


@dataclass
class Server:
    """One conference, and whose doing its state is: none, initialized, active or ended."""

    state: Literal["none", "initialized", "active", "ended"]
    activated_at: float = -math.inf
    by_us: bool = False
    applied: int = 0
    late: list[float] = field(default_factory=list)  # when attempts of ours arrive that nobody waits for any more

    def activate(self, now: float, *, ours: bool) -> bool:
        """Whether somebody was waiting, so that this activated it."""
        if self.state != "initialized":
            return False
        self.state, self.activated_at, self.by_us = "active", now, ours
        self.applied += ours
        return True

    def meddle(self, what: str, now: float) -> None:
        """Let somebody else do something, if the state admits it."""
        if what == "someone activates":
            self.activate(now, ours=False)
        elif what == "someone ends" and self.state in {"initialized", "active"}:
            self.state = "ended"
        elif what == "someone dials in" and self.state == "none":
            self.state = "initialized"

    def arrive(self, now: float) -> None:
        """Let the late attempts arrive that are due."""
        for at in sorted(self.late):
            if at <= now:
                self.activate(at, ours=True)
        self.late = [at for at in self.late if at > now]


# fault: what the client sees (None: the true answer), whether the server carries it out: now, never, or late
FAULTS: dict[str, tuple[str | None, Literal["now", "never", "late"]]] = {
    "none": (None, "now"),
    "answer lost": ("lost", "now"),
    "request lost": ("lost", "never"),
    "request late": ("lost", "late"),
    "not sent": ("unsent", "never"),
    "429": ("429", "never"),
    "500 applied": ("500", "now"),
    "500 not applied": ("500", "never"),
    "503 applied": ("503", "now"),
    "502 applied": ("502", "now"),
    "500 late": ("500", "late"),
    "503 late": ("503", "late"),
    "html late": ("html", "late"),
    "502 late": ("502", "late"),
    "504 late": ("504", "late"),
    "520 late": ("520", "late"),
    "408 late": ("408", "late"),
    "html instead": ("html", "now"),
    "html before": ("html", "never"),
    "403": ("403", "never"),
    "401": ("401", "never"),
}
MEDDLING = ["", "", "", "", "someone activates", "someone ends", "someone dials in"]
events = st.tuples(
    st.sampled_from(["none"] * 6 + ["request late"] * 3 + list(FAULTS)),
    st.sampled_from([0.0, 0.01, 0.4, 3.0]),  # out, and back
    st.sampled_from(MEDDLING),
    st.floats(0, 1, exclude_max=True),
    st.booleans(),  # whether a look tells when it became active
    st.sampled_from([0.1, 5.0, 1000.0]),  # how late "late" is
)


@pytest.mark.long
@settings(max_examples=2500, deadline=None)
@given(
    rules,
    st.sampled_from(["none", "initialized", "initialized", "active", "ended"]),
    st.floats(0, 1, exclude_max=True),
    st.lists(events, max_size=30),
)
def test_activation_verdict_never_contradicts_the_server(
    rules: ActivationRules,
    state: Literal["none", "initialized", "active", "ended"],
    fraction: float,
    script: list[tuple[str, float, str, float, bool, float]],
) -> None:
    """Against a server that loses, delays and meddles: the verdict is true, and stays true when all has arrived."""
    now = 100.0 + fraction
    server = Server(state, activated_at=now - 50 if state == "active" else -math.inf)
    run = ActivationRun(rules, now)
    first_sent, seen, told = math.inf, server.state, False
    for fault, delay, meddling, random, tells_start, lateness in script:
        server.meddle(meddling, now)
        sent_at = max(now, run.due)
        first_sent = min(first_sent, sent_at)
        arrived = sent_at + delay
        now = arrived + delay
        server.arrive(arrived)
        attempt, look = exchange(server, run.step, fault, arrived, tells_start, lateness)
        seen, told = server.state, tells_start or attempt.method == "POST"
        server.meddle(meddling, now)
        run.observe(News(attempt, look, sent_at, now, random))
        if run.verdict is not None:
            break
    else:
        run.cut_short(None, "the script is over")
    verdict = run.verdict
    assert verdict is not None
    if verdict.live is not None and run.attempts[-1].outcome is AttemptOutcome.ANSWERED:
        assert verdict.live == (seen == "active")
    server.arrive(math.inf)
    assert_true(verdict, server, first_sent if told else -math.inf)


def exchange(
    server: Server, step: Step, fault: str, arrived: float, tells_start: bool, lateness: float
) -> tuple[Attempt, Look | None]:
    """One request to the server, under a fault: the attempt as the client sees it, and what a look showed."""
    shown, carried_out = FAULTS[fault]
    if step is Step.ACTIVATE:
        word = "204" if carried_out == "now" and server.activate(arrived, ours=True) else "404"
        if carried_out == "late":
            server.late.append(arrived + lateness)
        return attempt_of(shown or word, "POST"), None
    if shown is not None:
        return attempt_of(shown, "GET"), None
    if server.state in {"none", "ended"}:
        return attempt_of("404", "GET"), Look(LookStatus.NOT_LIVE)
    if server.state == "initialized":
        return attempt_of("200", "GET"), Look(LookStatus.INITIALIZED)
    ago = math.floor(arrived) - math.floor(server.activated_at)  # `Date` and `start_time` are whole seconds
    return attempt_of("200", "GET"), Look(LookStatus.ACTIVE, ago if tells_start else None)


def assert_true(verdict: Verdict, server: Server, since: float) -> None:
    """Compare a verdict with what has happened, late attempts included.

    Args:
        verdict: What the run says.
        server: What is so.
        since: When our first attempt was sent, if the server told when the conference became active.
    """
    if verdict.outcome is ActivationOutcome.ACTIVATED:
        margin = 2.0 + 1.0 + 3.0  # the run's own, a second of rounding, and the longest way back of an answer
        assert server.activated_at >= since - margin
        assert server.by_us or verdict.confirmed_by == "lookup"
    if verdict.outcome in NOTHING_APPLIED:
        assert server.applied == 0
    if verdict.outcome is ActivationOutcome.ALREADY_ACTIVE:
        assert server.activated_at > -math.inf
