"""What Plivo asks and tells: callers get XML that lets them wait, and whatever happens goes to `client.events`."""

from fastapi import FastAPI

from plivo_async import AsyncClient, xml
from plivo_async.webhooks import AnswerRequested, Event, ExitActionRequested, Receiver, Router
from plivo_async.webhooks.starlette import endpoint

from .settings import Settings

ANSWER = "/plivo/answer"
EVENTS = "/plivo/events"


def add_routes(app: FastAPI, settings: Settings, client: AsyncClient) -> None:
    """Two addresses: one for those who call in, one for all that is told.

    Requests that aren't signed with our token get 403. The answers of dialled agents are told at `EVENTS`, so none of
    them is taken for a caller.
    """
    receiver = Receiver([settings.auth_token], base_url=settings.public_url)
    events_url = f"{settings.public_url}{EVENTS}"
    answers, events = Router(), Router()

    @answers.on(AnswerRequested)
    async def let_them_wait(event: AnswerRequested) -> xml.Response:
        return xml.Response(
            xml.Speak("Welcome. Somebody will be with you in a moment."),
            xml.MultiPartyCall(
                f"call-{event.call_uuid}",  # a name that no other conference has
                role="customer",
                start_mpc_on_enter=False,
                end_mpc_on_exit=True,
                status_callback_url=events_url,
                on_exit_action_url=events_url,
            ),
        )

    @events.on(ExitActionRequested)
    async def say_goodbye(_event: ExitActionRequested) -> xml.Response:
        return xml.Response(xml.Speak("Goodbye."), xml.Hangup())

    events.on(Event)(client.events.feed)
    app.add_route(ANSWER, endpoint(receiver, answers), methods=["POST"])
    app.add_route(EVENTS, endpoint(receiver, events), methods=["POST"])
