"""One conference on its way to an outcome: which request is next, and what the answers so far prove.

Activating answers 204, or 404 when no conference of that name is waiting. The 404 is the trap: after an attempt whose
answer was lost it may mean "you did it already". So every 404, and every end that leaves doubt, is settled by a look
(one GET of the conference):

    look shows    no attempt of ours can have done it      one of ours may have done it
    Active        already_active                           activated (already_active if it started before our attempts)
    Initialized   activate again                           activate again; unknown when attempts are used up
    nothing live  not_found (after `wait_for`)             unknown (after `wait_for`): it may be over, or still to come

An attempt that may have been applied may also be applied later, whatever its answer was: a 5xx tells who gave up, not
that all behind it did. So "it was not so when looked at" is a reason, and never an outcome, once there is such an
attempt. A 401 is asked once more before it is believed.

Nothing here waits, sends, or reads a clock: `ActivationRun` is told what came back and says what to do next.
"""

import math
from typing import Literal

from ._activation_values import (
    CLOCK_MARGIN,
    ActivationOutcome,
    ActivationRules,
    Look,
    LookStatus,
    News,
    Step,
    Verdict,
)
from ._attempt import Attempt, AttemptOutcome
from ._effect import Effect
from ._retry import GiveUp, RetryAt, decide

_FIRST_POLL, _LONGEST_POLL = 0.5, 5.0  # inferred: people dial in over seconds, and each look costs a request
_NOTHING = "nothing of that name was live"


class ActivationRun:
    """The state of one activation.

    Attributes:
        attempts: All attempts so far, looks included.
        step: The next request; meaningless once `verdict` is there.
        due: Monotonic seconds before which that request is not to be sent.
        uuid: The MPC UUID of the conference that is meant, if a look has told; an activation goes to that one alone.
        verdict: The outcome; None until there is one.
    """

    __slots__ = (
        "_deadline",
        "_doubted_at",
        "_looks",
        "_maybe_sent",
        "_missing",
        "_polls",
        "_posts",
        "_refusal",
        "_rules",
        "_unauthorized",
        "_wait_until",
        "attempts",
        "due",
        "step",
        "uuid",
        "verdict",
    )

    def __init__(
        self, rules: ActivationRules, now: float, deadline: float = math.inf, maybe_sent: float | None = None
    ) -> None:
        """Begin with an activation, or, where an earlier run may have sent one, with a look.

        Args:
            rules: The settings.
            now: Monotonic seconds.
            deadline: Monotonic seconds at which it has to be over.
            maybe_sent: When an earlier run may have sent the first one, in seconds since 1970 on the server's clock.
        """
        self._rules = rules
        self._maybe_sent = maybe_sent
        self._deadline = deadline
        self._wait_until = now + rules.wait_for
        self._doubted_at: float | None = None  # when the first attempt was sent that may have been applied
        self._refusal = False  # the last POST was answered no, and not 404
        self._missing = False  # nothing was waiting when last asked
        self._posts = self._looks = 0  # attempts at the present step; `_posts` starts anew with each poll
        self._polls = 0
        self._unauthorized = 0  # 401s in a row
        self.attempts: tuple[Attempt, ...] = ()
        self.step: Step = Step.ACTIVATE
        if maybe_sent is not None:
            self.step = Step.LOOK
        self.uuid: str | None = None
        self.due: float = now
        self.verdict: Verdict | None = None

    @property
    def doubtful(self) -> bool:
        """Whether an attempt of ours may have been applied without our having seen a yes."""
        return self._doubted_at is not None or self._maybe_sent is not None

    @property
    def wants_look(self) -> bool:
        """Whether it has asked for a look without which its outcome would stay in doubt."""
        return self.verdict is None and self.step is Step.LOOK and not self._missing

    def observe(self, news: News) -> None:
        """Take in the answer to the request that `step` asked for, or the lack of one."""
        self.attempts += (news.attempt,)
        activating = self.step is Step.ACTIVATE
        self._posts += news.counts and activating
        self._looks += news.counts and not activating
        if news.attempt.status_code == 401 and news.attempt.outcome is AttemptOutcome.ANSWERED:
            self._unauthorized += 1
            self._refused_or_stray(news)
            return
        if news.attempt.outcome is AttemptOutcome.ANSWERED:
            self._unauthorized = 0
        if activating:
            self._activation_came_back(news)
        else:
            self._look_came_back(news)

    def cut_short(self, cut: Attempt | None, reason: str) -> None:
        """End it now: the run was cancelled or stopped, or the deadline has passed.

        Args:
            cut: The attempt that was broken off although it may be on its way; None if there was none.
            reason: Why, in a few words.
        """
        if self.verdict is not None:
            return
        if cut is not None:
            self.attempts += (cut,)
        if cut is not None and self.step is Step.ACTIVATE:
            self._end(ActivationOutcome.UNKNOWN, None, reason=reason)
        elif self._unauthorized:
            self._credentials_refused()
        elif self._missing and not self.doubtful:
            self._not_found(reason)
        elif self.doubtful or self.step is Step.LOOK:
            self._end(ActivationOutcome.UNKNOWN, None, reason=reason)
        elif any(attempt.outcome is not AttemptOutcome.NOT_SENT for attempt in self.attempts):
            self._end(ActivationOutcome.FAILED, None, reason=reason)
        else:
            self._end(ActivationOutcome.NOT_ATTEMPTED, None, reason=reason)

    def _activation_came_back(self, news: News) -> None:
        self._missing = False
        if news.attempt.succeeded:
            self._end(ActivationOutcome.ACTIVATED, True, "answer")
        elif news.attempt.outcome is AttemptOutcome.ANSWERED:
            self._refusal = news.attempt.status_code != 404
            self._answered_no(news)
        else:
            if news.attempt.outcome is AttemptOutcome.UNCLEAR:
                self._doubted_at = news.sent_at if self._doubted_at is None else self._doubted_at
            decision = self._decide(news, Effect.IDEMPOTENT, self._posts)
            if isinstance(decision, RetryAt):
                self.due = decision.at
            elif self.doubtful:
                self._look_or_unknown(news, decision.reason)
            else:
                self._end(ActivationOutcome.FAILED, None, reason=decision.reason)

    def _answered_no(self, news: News) -> None:
        if self.doubtful:
            self._look_or_unknown(news, f"an answer was lost before the {news.attempt.status_code}")
        elif self._refusal:
            self._end(ActivationOutcome.REJECTED, None, "answer")
        elif self._rules.confirm == "always":
            self._look(news.now)
        else:
            self._poll_or_end(news)

    def _look_or_unknown(self, news: News, reason: str) -> None:
        if self._rules.confirm == "never":
            self._end(ActivationOutcome.UNKNOWN, None, reason=reason)
        else:
            self._look(news.now)

    def _look(self, now: float) -> None:
        self.step, self.due, self._looks = Step.LOOK, now, 0

    def _look_came_back(self, news: News) -> None:
        if news.look is not None:
            self._looked(news.look, news)
        elif news.attempt.outcome is AttemptOutcome.ANSWERED:
            self._end(ActivationOutcome.UNKNOWN, None, reason=f"the look was answered {news.attempt.status_code}")
        else:
            decision = self._decide(news, Effect.SAFE, self._looks)
            if isinstance(decision, RetryAt):
                self.due = decision.at
            else:
                self._end(ActivationOutcome.UNKNOWN, None, reason=f"looking did not settle it: {decision.reason}")

    def _looked(self, look: Look, news: News) -> None:
        if self._maybe_sent is not None:
            self._looked_after_an_earlier_run(look, news, self._maybe_sent)
        elif look.status is LookStatus.ACTIVE:
            ours = self.doubtful and not self._started_before_us(look, news.now)
            self._end(ActivationOutcome.ACTIVATED if ours else ActivationOutcome.ALREADY_ACTIVE, True, "lookup")
        elif look.status is LookStatus.INITIALIZED:
            self._still_waiting(news)
        elif self.doubtful and look.started_ago is not None:
            self._over(look, news.now)
        elif self._refusal:
            self._end(ActivationOutcome.UNKNOWN, None, reason=self._seen(_NOTHING, news))
        else:
            self._poll_or_end(news)

    def _over(self, look: Look, now: float) -> None:
        """Told of a UUID only, and for good: nothing that arrives later revives it."""
        if self._started_before_us(look, now):
            self._not_found("it was started before our first attempt had left, and is over")
        else:
            reason = "it was started after our first attempt had left, and is over"
            self._end(ActivationOutcome.UNKNOWN, False, "lookup", reason)

    def _looked_after_an_earlier_run(self, look: Look, news: News, sent_at: float) -> None:
        """What a look proves if somebody who is gone may have sent an activation of ours at `sent_at`.

        A name is no identity: what waits under it now may be the next conference, unless it was there before.
        """
        first = sent_at - CLOCK_MARGIN
        if look.status is LookStatus.ACTIVE:
            theirs = look.started_at is not None and look.started_at < first
            self._end(ActivationOutcome.ALREADY_ACTIVE if theirs else ActivationOutcome.ACTIVATED, True, "lookup")
        elif look.status is LookStatus.INITIALIZED and look.created_at is not None and look.created_at < first:
            self.uuid = look.uuid
            self._still_waiting(news)
        elif look.status is LookStatus.INITIALIZED:
            reason = "an earlier run may have started it and it is over; what waits under that name now may be another"
            self._end(ActivationOutcome.UNKNOWN, False, "lookup", reason)
        else:
            reason = "an earlier run may have started it, and nothing of that name is live any more"
            self._end(ActivationOutcome.UNKNOWN, False, "lookup", reason)

    def _still_waiting(self, news: News) -> None:
        """Activate again, unless that has been tried often enough."""
        self._missing = False
        if not self._refusal and self._posts < self._rules.retry.max_attempts:
            wait = self._rules.retry.delay(self._posts, None, news.random) if self._posts > 1 else 0.0
            self.step, self.due = Step.ACTIVATE, news.now + wait
        elif self.doubtful:
            self._end(ActivationOutcome.UNKNOWN, None, reason=self._seen("it was still waiting", news))
        elif self._refusal:
            self._end(ActivationOutcome.REJECTED, False, "lookup")
        else:
            self._end(ActivationOutcome.FAILED, False, "lookup", "it is still waiting, and all attempts are used up")

    def _started_before_us(self, look: Look, now: float) -> bool:
        if look.started_ago is None or self._doubted_at is None:
            return False
        return look.started_ago > now - self._doubted_at + look.margin

    def _poll_or_end(self, news: News) -> None:
        """Nothing is waiting: ask again while `wait_for` lasts, by the same request as before."""
        self._missing = True
        wait = min(_LONGEST_POLL, _FIRST_POLL * 2.0 ** min(self._polls, 10)) * (0.5 + news.random / 2)
        at = min(news.now + wait, self._wait_until)  # the last time at the very end
        if news.now < at < self._deadline:
            self._polls += 1
            self._posts = self._looks = 0
            self.due = at
        elif self.doubtful:
            self._end(ActivationOutcome.UNKNOWN, None, reason=self._seen(_NOTHING, news))
        else:
            self._not_found()

    def _seen(self, what: str, news: News) -> str:
        ago = (
            ""
            if self._doubted_at is None
            else f", {news.now - self._doubted_at:.1f} s after the first doubtful attempt"
        )
        return f"{what} when looked at{ago}, but an attempt may yet arrive"

    def _not_found(self, reason: str | None = None) -> None:
        looked = self.step is Step.LOOK
        self._end(ActivationOutcome.NOT_FOUND, False if looked else None, "lookup" if looked else None, reason)

    def _decide(self, news: News, effect: Effect, attempts_made: int) -> RetryAt | GiveUp:
        return decide(
            self._rules.retry,
            effect,
            news.attempt,
            attempts_made=attempts_made,
            now=news.now,
            deadline=self._deadline,
            random=news.random,
            budget_allows=news.budget_allows,
        )

    def _refused_or_stray(self, news: News) -> None:
        """Ask once more: one 401 may be a fault on Plivo's side, and every name of a batch would stand on it."""
        at = news.now + self._rules.retry.delay(1, None, news.random)
        made = self._posts if self.step is Step.ACTIVATE else self._looks
        if self._unauthorized == 1 and made < self._rules.retry.max_attempts and at < self._deadline:
            self.due = at
        else:
            self._credentials_refused()

    def _credentials_refused(self) -> None:
        if self.step is Step.ACTIVATE and not self.doubtful:
            self._end(ActivationOutcome.REJECTED, None, "answer")
        else:
            self._end(ActivationOutcome.UNKNOWN, None, reason="the credentials were refused before it could be settled")

    def _end(
        self,
        outcome: ActivationOutcome,
        live: bool | None,
        confirmed_by: Literal["answer", "lookup"] | None = None,
        reason: str | None = None,
    ) -> None:
        self.verdict = Verdict(outcome, live, confirmed_by, reason)
