"""Many calls with all kinds of XML, and people and requests that interfere: at each moment everything is sound."""

import random

import anyio
import pytest

from plivo_async.emulator import CallbackAnswer, Emulator, Faults

from ..world.support import sound, sound_call
from .support import STATUS, Receiver, emulator

pytestmark = pytest.mark.anyio
MEET = f'<MultiPartyCall role="customer" statusCallbackUrl="{STATUS}" '
PIECES = (
    "<Speak>Hello</Speak>",
    '<Play loop="0">http://a/b</Play>',
    '<Wait length="3"/>',
    f'{MEET}onExitActionUrl="http://app.example/1">a</MultiPartyCall>',
    f'{MEET}endMpcOnExit="true">a</MultiPartyCall>',
    f'{MEET}stayAlone="true" maxParticipants="3">b</MultiPartyCall>',
    "<Redirect>http://app.example/2</Redirect>",
    "<Hangup/>",
    '<Hangup reason="busy"/>',
    '<Hangup schedule="5"/>',
    "<PreAnswer><Wait/></PreAnswer>",
    f'<Record maxLength="4" callbackUrl="{STATUS}"/>',
    '<Record recordSession="true"/>',
    '<GetInput inputType="dtmf" numDigits="2" action="http://app.example/3"><Speak>?</Speak></GetInput>',
    "<Dial><Number>14157654321</Number><Number>14157654322</Number></Dial>",
    '<Dial action="http://app.example/4"><Number>14157654323</Number></Dial>',
    "<Sing/>",
    "&",
)


def script(dice: random.Random) -> str:
    """Some pieces, one behind the other."""
    return "".join(dice.choices(PIECES, [*[1.0] * (len(PIECES) - 1), 0.2], k=dice.randrange(5)))


def act(plivo: Emulator, dice: random.Random, uuids: list[str]) -> None:
    """Somebody does something, or nothing."""
    live = [leg for leg in plivo.calls.values() if leg.call_uuid in uuids and not leg.over]
    choice = dice.randrange(7)
    if choice == 0:
        plivo.advance(dice.choice([0, 0.5, 3, 60]))
    elif choice == 1 and plivo.conferences:
        name = dice.choice(list(plivo.conferences))
        if plivo.conferences[name].status != "Ended":
            plivo.end_conference(name, cause=dice.choice([1000, 3000]))
    elif choice == 2 and live:
        plivo.end_call(dice.choice(live).call_uuid)
    elif choice == 3 and live:
        leg = dice.choice(live)
        if leg.live:
            plivo.phone(leg.from_).press(dice.choice("12#*"))
    elif choice == 4 and live:
        plivo.phone(dice.choice(live).from_).hang_up()


def all_sound(plivo: Emulator) -> None:
    """Every call, and every conference."""
    for leg in plivo.calls.values():
        sound_call(leg, plivo._machine)
    for room in plivo.conferences_by_uuid.values():
        sound(room, most=10, may_be_empty=True)


def crowd_receiver(dice: random.Random) -> Receiver:
    """One that answers anything: XML, nothing, 500, a broken connection."""
    receiver = Receiver(takes=0.2)

    def answering(_: dict[str, str]) -> CallbackAnswer | int | None:
        if dice.random() < 0.05:
            raise OSError("broken")
        if receiver.requests[-1].url == STATUS:
            return dice.choice([None, None, None, 500])
        if dice.random() < 0.1:
            return 500
        return CallbackAnswer(body=f"<Response>{script(dice)}</Response>".encode())

    receiver.answering = answering
    return receiver


@pytest.mark.parametrize("seed", range(12))
async def test_a_crowd_with_xml(seed: int) -> None:
    """Calls are in one state, conferences add up, nothing is left to do in the end, and every callback has a fate."""
    dice = random.Random(seed)
    receiver = crowd_receiver(dice)
    faults = Faults(callbacks_lost=0.1, callbacks_twice=0.1, callbacks_late=0.1, callbacks_shuffled=0.1)
    async with emulator(receiver, faults=faults, seed=seed) as plivo:
        plivo.phone("14157654321").answers(after=2, talks=5)
        plivo.phone("14157654322").rejects(after=1)
        plivo.phone("14157654323").busy()
        uuids: list[str] = []
        for number in range(60):
            if number < 25:
                call = plivo.incoming_call(from_=f"4420718{number:05}", answer_url="http://app.example/0")
                uuids.append(call.call_uuid)
            for _ in range(3):
                act(plivo, dice, uuids)
                await anyio.sleep(dice.choice([0, 0.1, 1]))
                all_sound(plivo)
        plivo.advance(7200)  # a call that was redirected in circles ends somewhere
        for uuid in [leg.call_uuid for leg in plivo.calls.values() if not leg.over]:
            if not plivo.calls[uuid].over:  # another one's end may have been its own
                plivo.end_call(uuid)
        await plivo.delivered()
        assert all(leg.over for leg in plivo.calls.values())
        assert all(one.over for one in plivo.deliveries)
        assert (plivo._courier.busy, plivo._conversations._running, plivo._courier._desk._lanes) == (0, {}, {})
        states = {one.state for one in plivo.deliveries}
        assert states <= {"delivered", "refused", "failed", "lost"}
        assert "delivered" in states
