"""One phone call: what can be asked of it and done to it."""

from collections.abc import Sequence
from types import NoneType

from .._public import public
from ..models import Call, LiveCall, Recording
from ..wire import (
    ChannelType,
    FileFormat,
    HttpMethod,
    Legs,
    Request,
    SpeechType,
    TranscriptionType,
    get_call,
    get_live_call,
    get_queued_call,
    hang_up,
    play_to_call,
    record_call,
    send_digits_to_call,
    speak_to_call,
    stop_playing_to_call,
    stop_recording_call,
    stop_speaking_to_call,
    transfer,
)
from ._ending_calls import end_call
from ._legs import CallEnd, Patience, one_leg
from ._operation import Operations

_ENDED = "get() finds its record once it is over, get_live() finds it while it goes on"
_HEARD = "only those in the call can tell"
_RECORDED = "client.recordings.list(call_uuid=…) shows it once it is over"
_TRANSFERRED = "the URL that it was to go on with was requested if it was"
_STILL = "only those in the call can tell, but stopping again does no harm"


@public
class CallHandle:
    """One phone call, by its UUID; made without a request.

    Every method raises `InvalidArgumentError` (a `ValueError`) or `TypeError` for a wrong argument, before anything is
    sent, and otherwise a `PlivoError`: `NotFoundError` if there is no such call in the state that it needs,
    `OutcomeUnknownError` if it may have been carried out, `NotSentError` if it was not, `DecodeError` if the answer
    can't be read, another `ResponseError` if Plivo refused it. Handles compare by what they mean.
    """

    __slots__ = ("_operations", "_uuid")

    def __init__(self, operations: Operations, uuid: str) -> None:
        """Made by `client.calls(…)`."""
        self._operations = operations
        self._uuid = uuid

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CallHandle):
            return NotImplemented
        return (self._operations, self._uuid) == (other._operations, other._uuid)

    def __hash__(self) -> int:
        return hash((self._operations, self._uuid))

    def __repr__(self) -> str:
        return f"<CallHandle {self._uuid}>"

    # ---- Looking ------------------------------------------------------------------------------------------------

    async def get(self, *, deadline: float | None = None) -> Call:
        """Its record. Safe.

        Only a call that is over has one, some seconds after its end. Source: Plivo docs, Call, "Retrieve a call".

        Args:
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            NotFoundError: It isn't over, its record isn't there yet or no more (90 days), or there is no such call.
            PlivoError: As for the class.
        """
        return await self._operations.run(get_call(self._uuid), Call, deadline)

    async def get_live(self, *, deadline: float | None = None) -> LiveCall:
        """The call as it is, while it rings or goes on. Safe. Source: Plivo docs, Call, "Retrieve a live call".

        Args:
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            NotFoundError: It isn't live.
            PlivoError: As for the class.
        """
        return await self._operations.run(get_live_call(self._uuid), LiveCall, deadline)

    async def get_queued(self, *, deadline: float | None = None) -> LiveCall:
        """The call as it is, while it isn't dialled yet. Safe. Source: Plivo's SDKs.

        Args:
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            NotFoundError: It isn't queued.
            PlivoError: As for the class.
        """
        return await self._operations.run(get_queued_call(self._uuid), LiveCall, deadline)

    async def outcome(
        self,
        *,
        interval: float = 2.0,
        patience: float = 30.0,
        until_ended: bool = False,
        deadline: float | None = None,
    ) -> CallEnd:
        """Look until it is known how it ended, or that it was answered. Safe.

        For many calls `client.calls.outcomes` costs less.

        Args:
            interval: Seconds from one look to the next, 1 or more; each look costs up to three requests.
            patience: Seconds for which it may be neither queued, nor live, nor on record.
            until_ended: Wait for its record also while it goes on: where a key must be pressed, or a machine is not
                to count, that somebody has picked up is no outcome.
            deadline: Seconds for all of it, after which it is `unknown`. None: the client's.

        Raises:
            InvalidArgumentError, TypeError: An argument is wrong.
            PlivoError: A look was refused for good, as by a 401.
        """
        wait = Patience.checked(interval, patience, until_ended=until_ended)
        return await one_leg(self._operations, self._uuid, wait, self._operations.options.within(deadline))

    # ---- Changing -----------------------------------------------------------------------------------------------

    async def hang_up(self, *, deadline: float | None = None) -> None:
        """End it, or stop ringing. Idempotent.

        When an answer was lost and the repetition finds nothing to end, its record decides, which takes some seconds.
        That it works on calls that a conference has made is inferred, and unverified while they are queued or ring.
        Source: Plivo docs, Call, "Hang up a call".

        Args:
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            NotFoundError: It isn't live, and this hasn't ended it.
            OutcomeUnknownError: It may be over, and no look has settled it.
            PlivoError: As for the class.
        """
        await end_call(self._operations, hang_up(self._uuid), self._uuid, deadline, _ENDED)

    async def transfer(
        self,
        *,
        aleg_url: str | None = None,
        aleg_method: HttpMethod | None = None,
        bleg_url: str | None = None,
        bleg_method: HttpMethod | None = None,
        deadline: float | None = None,
    ) -> None:
        """Let it go on with the XML of another URL: this side, the side that its XML has dialled, or both.

        Neither safe nor idempotent, for the XML would run from its beginning again. To bring a live call into a
        conference there is `client.mpc(…).add_participant(call_uuid=…)`. Source: Plivo docs, Call, "Transfer a call".

        Args:
            aleg_url: Where this side goes on.
            aleg_method: How it is requested; sent as POST unless given.
            bleg_url: Where the other side goes on.
            bleg_method: How it is requested; sent as POST unless given.
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            PlivoError: As for the class.
        """
        arguments = {
            "aleg_url": aleg_url,
            "aleg_method": aleg_method,
            "bleg_url": bleg_url,
            "bleg_method": bleg_method,
        }
        await self._do(transfer(self._uuid, arguments), deadline, _TRANSFERRED)

    async def start_recording(
        self,
        *,
        time_limit: int | None = None,
        file_format: FileFormat | None = None,
        record_channel_type: ChannelType | None = None,
        transcription_type: TranscriptionType | None = None,
        transcription_url: str | None = None,
        transcription_method: HttpMethod | None = None,
        callback_url: str | None = None,
        callback_method: HttpMethod | None = None,
        deadline: float | None = None,
    ) -> Recording:
        """Record it. Neither safe nor idempotent. Source: Plivo docs, Call, "Record a call".

        Args:
            time_limit: Seconds, 1 to 86400; None leaves it to Plivo: 60.
            file_format: `mp3` or `wav`; None leaves it to Plivo (`mp3`).
            record_channel_type: `mono` or `stereo`; None leaves it to Plivo.
            transcription_type: `auto` has it transcribed.
            transcription_url: Where the transcription goes.
            transcription_method: How it is sent there.
            callback_url: Where Plivo tells what becomes of the recording.
            callback_method: How.
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            PlivoError: As for the class.
        """
        arguments = {
            "time_limit": time_limit,
            "file_format": file_format,
            "record_channel_type": record_channel_type,
            "transcription_type": transcription_type,
            "transcription_url": transcription_url,
            "transcription_method": transcription_method,
            "callback_url": callback_url,
            "callback_method": callback_method,
        }
        return await self._operations.run(record_call(self._uuid, arguments), Recording, deadline, how=_RECORDED)

    async def stop_recording(self, recording_url: str | None = None, *, deadline: float | None = None) -> None:
        """Stop recording it. Idempotent. Source: Plivo docs, Call, "Stop recording a call".

        Args:
            recording_url: Of the one recording to stop; None stops all.
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            PlivoError: As for the class.
        """
        await self._do(stop_recording_call(self._uuid, recording_url), deadline, _STILL)

    async def play(
        self,
        urls: str | Sequence[str],
        *,
        length: int | None = None,
        legs: Legs | None = None,
        loop: bool | None = None,
        mix: bool | None = None,
        deadline: float | None = None,
    ) -> None:
        """Play mp3 or wav files. Neither safe nor idempotent. Source: Plivo docs, Call, "Play audio on a call".

        Args:
            urls: One, or several that are played one after another.
            length: Seconds after which it is stopped; None plays to the end.
            legs: Who hears it: `aleg`, `bleg` or `both`; None leaves it to Plivo (`aleg`).
            loop: Whether it begins again; None leaves it to Plivo (no).
            mix: Whether others are heard meanwhile; None leaves it to Plivo (yes).
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            PlivoError: As for the class.
        """
        arguments = {"urls": urls, "length": length, "legs": legs, "loop": loop, "mix": mix}
        await self._do(play_to_call(self._uuid, arguments), deadline, _HEARD)

    async def stop_playing(self, *, deadline: float | None = None) -> None:
        """Stop what is played. Idempotent. Source: Plivo docs, Call, "Stop playing audio".

        Args:
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            PlivoError: As for the class.
        """
        await self._do(stop_playing_to_call(self._uuid), deadline, _STILL)

    async def speak(
        self,
        text: str,
        *,
        voice: str | None = None,
        language: str | None = None,
        legs: Legs | None = None,
        loop: bool | None = None,
        mix: bool | None = None,
        type: SpeechType | None = None,  # noqa: A002  (Plivo's name)
        deadline: float | None = None,
    ) -> None:
        """Speak a text. Neither safe nor idempotent. Source: Plivo docs, Call, "Speak text on a call".

        Args:
            text: What is spoken.
            voice: `WOMAN`, `MAN`, or one of Polly's as `Polly.Joanna`; None leaves it to Plivo (`WOMAN`).
            language: As `en-US`; None leaves it to Plivo.
            legs: Who hears it: `aleg`, `bleg` or `both`; None leaves it to Plivo (`aleg`).
            loop: Whether it begins again; None leaves it to Plivo (no).
            mix: Whether others are heard meanwhile; None leaves it to Plivo (yes).
            type: `text` or `ssml`; None leaves it to Plivo.
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            PlivoError: As for the class.
        """
        arguments = {"text": text, "voice": voice, "language": language, "legs": legs, "loop": loop, "mix": mix}
        await self._do(speak_to_call(self._uuid, {**arguments, "type": type}), deadline, _HEARD)

    async def stop_speaking(self, *, deadline: float | None = None) -> None:
        """Stop what is spoken. Idempotent. Source: Plivo docs, Call, "Stop speaking text".

        Args:
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            PlivoError: As for the class.
        """
        await self._do(stop_speaking_to_call(self._uuid), deadline, _STILL)

    async def send_digits(self, digits: str, *, leg: Legs | None = None, deadline: float | None = None) -> None:
        """Send tones. Neither safe nor idempotent. Source: Plivo docs, Call, "Send DTMF".

        Args:
            digits: Digits, `#`, `*`, `w` (waits 0.5 s), `W` (waits 1 s).
            leg: Who hears them: `aleg`, `bleg` or `both`; None leaves it to Plivo (`aleg`).
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            PlivoError: As for the class.
        """
        await self._do(send_digits_to_call(self._uuid, {"digits": digits, "leg": leg}), deadline, _HEARD)

    async def _do(self, request: Request, deadline: float | None, how: str) -> None:
        await self._operations.run(request, NoneType, deadline, how=how)
