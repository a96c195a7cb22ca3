"""Recording a conference: the part of its handle that is about this."""

from collections.abc import Awaitable
from functools import partial
from types import NoneType

from ..models import Recording
from ..wire import (
    Conference,
    FileFormat,
    HttpMethod,
    pause_recording,
    resume_recording,
    start_recording,
    stop_recording,
)
from ._changing import Build, change
from ._operation import Operations
from ._settle import Goal, controlling_recording

_RECORDED = "get() shows it in `recording`"


class ConferenceRecording:
    """Starting to record, pausing, going on and stopping."""

    __slots__ = ()

    _operations: Operations
    _conference: Conference

    async def start_recording(
        self,
        *,
        file_format: FileFormat | None = None,
        recording_callback_url: str | None = None,
        recording_callback_method: HttpMethod | None = None,
        transcript: bool | None = None,
        transcription_url: str | None = None,
        deadline: float | None = None,
    ) -> Recording:
        """Record the conference.

        Neither safe nor idempotent: an unclear attempt is not repeated. A supervisor is recorded whether coaching or
        not. Source: Plivo docs, Multiparty Call, "Start recording an MPC"; the transcription arguments: its Python and
        Go SDKs.

        Args:
            file_format: `mp3` or `wav`; None leaves it to Plivo (`mp3`).
            recording_callback_url: Where Plivo tells what becomes of the recording.
            recording_callback_method: How: `GET` or `POST`; sent as `POST` unless given.
            transcript: Whether it is transcribed; None leaves it to Plivo (no).
            transcription_url: Where the transcription goes.
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            PlivoError: As for the class. How Plivo refuses what is recorded already, or isn't Active, is unverified.
        """
        request = start_recording(
            self._conference,
            file_format=file_format,
            recording_callback_url=recording_callback_url,
            recording_callback_method=recording_callback_method,
            transcript=transcript,
            transcription_url=transcription_url,
        )
        return await self._operations.run(request, Recording, deadline, how=_RECORDED)

    async def stop_recording(self, *, deadline: float | None = None) -> None:
        """Stop recording the conference. Idempotent.

        When an answer was lost and the repetition is refused, one look at the conference decides. Source: Plivo docs,
        Multiparty Call, "Stop recording an MPC".

        Args:
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            NotFoundError, BadRequestError: It isn't recorded, or not in a state to be stopped; which of the two Plivo
                answers is unverified.
            PlivoError: As for the class.
        """
        await self._control_recording(stop_recording, "not-recording", deadline)

    async def pause_recording(self, *, deadline: float | None = None) -> None:
        """Pause recording the conference. Idempotent.

        When an answer was lost and the repetition is refused, one look at the conference decides. Source: Plivo docs,
        Multiparty Call, "Pause recording an MPC".

        Args:
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            NotFoundError, BadRequestError: It isn't recorded, or paused already; which Plivo answers is unverified.
            PlivoError: As for the class.
        """
        await self._control_recording(pause_recording, "paused", deadline)

    async def resume_recording(self, *, deadline: float | None = None) -> None:
        """Go on recording the conference after a pause. Idempotent.

        When an answer was lost and the repetition is refused, one look at the conference decides. Source: Plivo docs,
        Multiparty Call, "Resume recording an MPC".

        Args:
            deadline: Seconds for all of it, attempts and waits included; None takes the client's.

        Raises:
            NotFoundError, BadRequestError: Its recording isn't paused; which of the two Plivo answers is unverified.
            PlivoError: As for the class.
        """
        await self._control_recording(resume_recording, "recording", deadline)

    def _control_recording(self, build: Build, goal: Goal, deadline: float | None) -> Awaitable[None]:
        settle = partial(controlling_recording, goal)
        return change(self._operations, self._conference, build, NoneType, deadline, how=_RECORDED, settle=settle)
