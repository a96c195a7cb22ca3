"""From a routed request to an answer: access, arguments, operation, result. No I/O, no clock of its own.

To add an operation: a line in `_routes.ROUTES` and a function in `HANDLERS` under the same name.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ..world import _rules as rules
from ..world._callbacks import flag_text
from ..world._machine import Machine
from ..world._settings import Settings
from ..world._values import Hook, RuleError
from . import _operations_account as account
from . import _operations_applications as applications
from . import _operations_calls as calls
from . import _operations_conferences as conferences
from . import _operations_files as files
from . import _operations_live_calls as live_calls
from . import _operations_participants as participants
from . import _operations_recordings as recordings
from . import _operations_sounds as sounds
from ._answers import JSON, Answer, json_answer, refusal
from ._arguments import asynchronous, read_arguments
from ._auth import Account
from ._job import Asked, Job, RefusedError, Result

Handler = Callable[[Job], Result]

HANDLERS: Mapping[str, Handler] = {
    "list": conferences.list_conferences,
    "get": conferences.get,
    "activate": conferences.activate,
    "end": conferences.end,
    "add-participant": participants.add_participant,
    "list-participants": participants.list_participants,
    "get-participant": participants.get_participant,
    "update-participant": participants.update_participant,
    "kick": participants.kick,
    "start-recording": recordings.start_recording,
    "stop-recording": recordings.stop_recording,
    "pause-recording": recordings.pause_recording,
    "resume-recording": recordings.resume_recording,
    "start-participant-recording": recordings.start_participant_recording,
    "stop-participant-recording": recordings.stop_participant_recording,
    "pause-participant-recording": recordings.pause_participant_recording,
    "resume-participant-recording": recordings.resume_participant_recording,
    "play": sounds.play,
    "stop-play": sounds.stop_play,
    "speak": sounds.speak,
    "stop-speak": sounds.stop_speak,
    "list-calls": calls.list_calls,
    "make-call": calls.make_call,
    "hang-up-all": calls.hang_up_all,
    "get-call": calls.get_call,
    "transfer-call": live_calls.transfer,
    "hang-up": calls.hang_up,
    "start-call-recording": live_calls.start_recording,
    "stop-call-recording": live_calls.stop_recording,
    "play-to-call": live_calls.play,
    "stop-play-to-call": live_calls.stop_play,
    "speak-to-call": live_calls.speak,
    "stop-speak-to-call": live_calls.stop_speak,
    "send-digits": live_calls.send_digits,
    "cancel-request": calls.cancel_request,
    "list-recordings": files.list_recordings,
    "get-media": files.get_media,
    "get-recording": files.get_recording,
    "delete-recording": files.delete_recording,
    "get-account": account.get_account,
    "update-account": account.update_account,
    "list-subaccounts": account.list_subaccounts,
    "create-subaccount": account.create_subaccount,
    "get-subaccount": account.get_subaccount,
    "update-subaccount": account.update_subaccount,
    "delete-subaccount": account.delete_subaccount,
    "list-applications": applications.list_applications,
    "create-application": applications.create_application,
    "get-application": applications.get_application,
    "update-application": applications.update_application,
    "delete-application": applications.delete_application,
    "list-numbers": applications.list_numbers,
    "get-number": applications.get_number,
    "update-number": applications.update_number,
    "give-up-number": applications.give_up_number,
}
"""Each operation of `_routes.ROUTES` by name."""


class Api:
    """The REST API of one account.

    Args:
        account: Whose it is.
        machine: Its world.
        settings: How it behaves where nobody knows.
        expect: Is told of every address that something may be told at.
    """

    __slots__ = ("_expect", "account", "machine", "settings")

    def __init__(
        self,
        account: Account,
        machine: Machine,
        settings: Settings,
        expect: Callable[[str], None] = lambda _url: None,
    ) -> None:
        self._expect = expect
        self.account = account
        self.machine = machine
        self.settings = settings

    def barred(self, asked: Asked) -> Answer | None:
        """The 401, 403, or 404 of a request that never gets to the account; None for one that does."""
        if asked.route.auth_id is None:
            return self.refusal(asked, RefusedError(404, "not found"))
        if asked.route.operation == "get-media" and not self.settings.media_protected:
            return None
        if not self.account.accepts(asked.authorization):
            challenge = (("WWW-Authenticate", 'Basic realm="Plivo"'),)
            return self.refusal(asked, RefusedError(401, "authentication failed", challenge))
        if asked.route.auth_id != self.account.auth_id:
            return self.refusal(asked, RefusedError(403, "the path names another account"))
        return None

    def answer(self, asked: Asked, now: float) -> Answer:
        """Carry out a request that is not barred; `now` is in seconds since the emulator started."""
        route = asked.route
        try:
            if route.operation is None:
                headers = (("Allow", ", ".join(route.allow)),) if route.allow else ()
                raise RefusedError(route.refusal or 404, route.detail, headers)
            return self._carried_out(HANDLERS[route.operation], asked, now)
        except RefusedError as refused:
            return self.refusal(asked, refused)

    def _carried_out(self, handler: Handler, asked: Asked, now: float) -> Answer:
        arguments = read_arguments(asked)
        for key, value in arguments.items():
            if key.endswith("_url") and isinstance(value, str):
                self._expect(value)
        hook = asynchronous(arguments)
        if asked.route.operation == "start-call-recording" and self.settings.call_record_callback == "result":
            hook = None
        job = Job(
            asked=asked,
            arguments=arguments,
            auth_id=self.account.auth_id,
            machine=self.machine,
            settings=self.settings,
            now=now,
        )
        try:
            result = handler(job)
        except RuleError as rule:
            if hook is None:
                raise RefusedError(rule.status, rule.detail) from None
            result = Result(rule.status, {"error": rule.detail})
        return self._told(asked, result) if hook is None else self._spawned(asked, result, hook, now)

    def _told(self, asked: Asked, result: Result) -> Answer:
        if result.media is not None:
            kind, content = result.media
            return Answer(result.status, content, (("Content-Type", kind),))
        if result.content is None:
            # Ruby's SDK can't do without the type, although there is nothing that has it. Inferred to be Plivo's way.
            return Answer(result.status, headers=JSON, applied=result.applied)
        return json_answer(result.status, {"api_id": asked.new_api_id(), **result.content}, applied=result.applied)

    def _spawned(self, asked: Asked, result: Result, hook: Hook, now: float) -> Answer:
        """An asynchronous request: carried out at once, its result told to nobody but the callback.

        That is told the values of the JSON that the answer would have been, but for lists and objects, as callbacks
        are told everything: inferred.
        """
        api_id = asked.new_api_id()
        rules.note_callback(self.machine, hook, {"api_id": api_id, **self._plain(result.content or {})}, now)
        content = {"message": "async api spawned", "api_id": api_id}
        return json_answer(self.settings.async_status, content, applied=result.applied)

    def _plain(self, content: Mapping[str, Any]) -> dict[str, str]:
        return {key: self._text(value) for key, value in content.items() if not isinstance(value, dict | list)}

    def _text(self, value: object) -> str:
        if isinstance(value, bool):
            return flag_text(self.settings, value)
        return "" if value is None else str(value)

    def refusal(self, asked: Asked, refused: RefusedError) -> Answer:
        """The answer to a refused request, in the shape that the settings ask for."""
        content = {"api_id": asked.new_api_id(), "error": refused.detail}
        return refusal(self.settings.error_body, refused.status, content, refused.headers)
