"""Lists page by page: which links are followed, and what iterating over them promises."""

import asyncio
import copy
import dataclasses
import gc
import json
import pickle
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

import anyio
import anyio.lowlevel
import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from plivo_async import DecodeError, ServerError
from plivo_async.emulator import Emulator, Settings
from plivo_async.models import Accepted, PageMeta, Participant
from plivo_async.policy import Effect
from plivo_async.resources._pages import Page, Pages
from plivo_async.wire import (
    Account,
    Answer,
    Request,
    conference,
    list_conferences,
    list_participants,
    next_page,
    page_at,
)

from ..support import in_memory
from ..wire.support import names

BASE = "https://api.plivo.com"
AUTH_ID = "MAXXXXXXXXXXXXXXXXXX"
OURS = f"/v1/Account/{AUTH_ID}"
LIST = list_conferences({"status": "initialized"})
PEOPLE = list_participants(conference("support-4812"))


def follow(link: str, base_url: str = BASE, like: Request = LIST) -> tuple[str, str]:
    """Path and query of the next request."""
    request = next_page(link, base_url, AUTH_ID, like)
    assert (request.operation, request.target) == (like.operation, like.target)
    assert (request.effect, request.method, request.body) == (Effect.SAFE, "GET", None)
    return request.path, request.query


# ---- Links ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "limit=20&offset=20",
        "",
        "cursor=eyJpZCI6NX0%3D&limit=20",
        "offset=20&limit=5&status=active&status=ended",
        "creation_time__gt=2026-11-24+12%3A00",
        "a=%zz&b=%",
        "q='(x)';y|z?u/v:w@[1]",
    ],
)
def test_a_query_is_kept_as_it_is(query: str) -> None:
    """Order, repetitions, an opaque cursor; nothing is added, an `offset` least of all."""
    link = f"{OURS}/MultiPartyCall/?{query}"
    assert follow(link) == ("MultiPartyCall/", query.replace("|", "%7C"))


@pytest.mark.parametrize(
    ("base_url", "link"),
    [
        (BASE, f"https://api.plivo.com{OURS}/MultiPartyCall/?offset=20"),
        (BASE, f"HTTPS://API.plivo.com:443{OURS}/MultiPartyCall/?offset=20"),
        ("http://127.0.0.1:8808", f"http://127.0.0.1:8808{OURS}/MultiPartyCall/?offset=20"),
        ("http://[::1]", f"http://[::1]:80{OURS}/MultiPartyCall/?offset=20"),
        ("https://gateway.example/plivo", f"{OURS}/MultiPartyCall/?offset=20"),
        ("https://gateway.example/plivo", f"/plivo{OURS}/MultiPartyCall/?offset=20"),
        ("https://gateway.example/plivo", f"https://gateway.example/plivo{OURS}/MultiPartyCall/?offset=20"),
    ],
)
def test_a_link_may_name_our_own_server(base_url: str, link: str) -> None:
    """Scheme, host and port are ours; with what stands in front of `/v1`, or without."""
    assert follow(link, base_url) == ("MultiPartyCall/", "offset=20")


@pytest.mark.parametrize(
    "link",
    [
        f"https://evil.example{OURS}/MultiPartyCall/?offset=20",
        f"https://api.plivo.com.evil.example{OURS}/MultiPartyCall/",
        f"https://api.plivo.com@evil.example{OURS}/MultiPartyCall/",
        f"https://user:pw@api.plivo.com{OURS}/MultiPartyCall/",
        f"https://api.plivo.com:8443{OURS}/MultiPartyCall/",
        f"http://api.plivo.com{OURS}/MultiPartyCall/",
        f"ftp://api.plivo.com{OURS}/MultiPartyCall/",
        f"https:{OURS}/MultiPartyCall/",
        f"https://api.plivo.com\\@evil.example{OURS}/MultiPartyCall/",
        f"//evil.example{OURS}/MultiPartyCall/",
        f"//api.plivo.com{OURS}/MultiPartyCall/",
        f"/{OURS}/MultiPartyCall/",
        f"\\\\evil.example{OURS}/MultiPartyCall/",
        "/v1/Account/MAYYYYYYYYYYYYYYYYYY/MultiPartyCall/?offset=20",
        f"/v1/Account/{AUTH_ID.lower()}/MultiPartyCall/?offset=20",
        f"/v1/Account/{AUTH_ID}X/MultiPartyCall/",
        f"/v2/Account/{AUTH_ID}/MultiPartyCall/",
        "/MultiPartyCall/?offset=20",
        "MultiPartyCall/?offset=20",
        "?limit=20&offset=20",
        OURS,
        f"{OURS}/",
        f"{OURS}?offset=20",
        f"{OURS}/?offset=20",
        f"{OURS}//MultiPartyCall/",
        f"{OURS}/../MAYYYYYYYYYYYYYYYYYY/MultiPartyCall/",
        f"{OURS}/MultiPartyCall/../../MAYYYYYYYYYYYYYYYYYY/",
        f"{OURS}/%2e%2E/MAYYYYYYYYYYYYYYYYYY/MultiPartyCall/",
        f"{OURS}/MultiPartyCall/.?offset=20",
        f"{OURS}/..\\MAYYYYYYYYYYYYYYYYYY/",
        f"{OURS}/MultiPartyCall/?offset=20\\",
        f"{OURS}/MultiPartyCall/?offset=20#top",
        f"{OURS}/MultiPartyCall/#top",
        f"{OURS}/MultiPartyCall/?offset=20\r\nX-Evil: 1",
        f"{OURS}/Multi\x00PartyCall/",
        f"{OURS}/MultiPartyCall/?a=\x7f",
        f"{OURS}/MultiPartyCall/?a=\x85",
        f"{OURS}/MultiPartyCall/?a=\ud800",
        f"{OURS}/MultiParty Call/?offset=20",
        f"{OURS}/MultiPartyCall/?cursor=" + "x" * 60_000,
        f"{OURS}/MultiPartyCall/?cursor=" + "é" * 20_000,
        "",
        " ",
        "next",
    ],
    ids=lambda link: repr(link)[:70],
)
@pytest.mark.parametrize("base_url", [BASE, "https://api.plivo.com/v1"])
def test_a_link_that_leads_elsewhere_is_refused(link: str, base_url: str) -> None:
    """Whoever writes it does not choose where our credentials go; the message says how, and doesn't repeat it."""
    with pytest.raises(ValueError, match=r"^it[ s']") as caught:
        follow(link, base_url)
    assert "evil" not in str(caught.value)
    assert "\n" not in str(caught.value)


@given(names, st.sampled_from(["", "?limit=20&offset=20"]))
def test_names_in_links_are_encoded_or_not(name: str, query: str) -> None:
    """Plivo's examples leave names as they are, whatever is in them; either way the same list is walked on."""
    like = list_participants(conference(name))
    for shown in (name, quote(name, safe=""), quote(name)):
        link = f"{OURS}/MultiPartyCall/name_{shown}/Participant/{query}"
        assert follow(link, like=like) == (like.path, query[1:])


def test_another_list_of_ours_may_follow() -> None:
    """A link by UUID after one by name, for example."""
    path = "MultiPartyCall/uuid_8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e/Participant/"
    assert follow(f"{OURS}/{path}?offset=20", like=PEOPLE) == (path, "offset=20")


@given(st.text() | st.text(st.sampled_from("/?#%.\\:@ \n2eE[]é")).map(lambda text: f"{OURS}/MultiPartyCall/{text}"))
def test_whatever_the_link_it_stays_with_us(link: str) -> None:
    """A `ValueError`, or a URL that httpx sends to our server, below our account, as it is."""
    try:
        path, query = follow(link)
    except ValueError:
        return
    url = httpx.URL(f"{BASE}{OURS}/{path}" + (f"?{query}" if query else ""))
    assert (url.scheme, url.host, url.port, url.userinfo) == ("https", "api.plivo.com", None, b"")
    assert url.path.startswith(f"{OURS}/")
    assert not url.fragment
    assert ".." not in url.path.split("/")
    assert url.raw_path.isascii()


# ---- Iterating -----------------------------------------------------------------------------------------------------


def body(objects: list[Any], link: object = None, **meta: Any) -> Answer:
    """A page of participants' member ids, with a link to the next one."""
    shown = [{"member_id": one, "mpc_uuid": "u", "call_uuid": "c", "role": "agent"} for one in objects]
    data = {"api_id": "a", "meta": {"limit": 2, "next": link, **meta}, "objects": shown}
    return Answer(200, {}, json.dumps(data).encode())


def link_to(offset: int) -> str:
    """A link as Plivo writes it."""
    return f"{OURS}/MultiPartyCall/name_support-4812/Participant/?limit=2&offset={offset}"


class Server:
    """Answers with the page for each query; an exception in its place is raised.

    Attributes:
        asked: The queries that came, in order.
        open: How many are being answered.
    """

    def __init__(self, pages: dict[str, Answer | Exception] | Callable[[str], Answer]) -> None:
        self.pages = pages
        self.asked: list[str] = []
        self.open = 0

    async def __call__(self, request: Request) -> Answer:
        """Answer one request, after a second."""
        assert request.path == PEOPLE.path
        self.asked.append(request.query)
        self.open += 1
        try:
            await anyio.sleep(1)
        finally:
            self.open -= 1
        page = self.pages(request.query) if callable(self.pages) else self.pages[request.query]
        if isinstance(page, Exception):
            raise page
        return page

    @property
    def list(self) -> Pages[Participant]:
        """The list."""
        return Pages(Participant, PEOPLE, self, Account(BASE, AUTH_ID))


def place(query: str) -> tuple[int, int]:
    """The offset and the limit that a query asks for."""
    asked = dict(part.split("=") for part in query.split("&") if part)
    return int(asked.get("offset", 0)), int(asked.get("limit", 2))


def shown(everyone: Sequence[int], query: str) -> Answer:
    """The page of a list that a query asks for."""
    offset, limit = place(query)
    after = offset + limit
    return body(
        list(everyone[offset:after]),
        link_to(after) if after < len(everyone) else None,
        count=len(everyone),
        offset=offset,
    )


FIRST, SECOND, THIRD, FOURTH = "", "limit=2&offset=1", "limit=2&offset=2", "limit=2&offset=3"
"""The queries of four pages of two, each of which begins with the last one of the page before."""


def four_pages() -> Server:
    """Five participants, two on a page."""
    return Server({query: shown([1, 2, 3, 4, 5], query) for query in (FIRST, SECOND, THIRD, FOURTH)})


async def collected(pages: Pages[Participant]) -> tuple[list[str], Exception | None]:
    """The member ids that came, and what ended it."""
    found = []
    try:
        async for one in pages:
            found.append(one.member_id)  # noqa: PERF401  (some are wanted when it fails)
    except Exception as error:  # noqa: BLE001  (returned)
        return found, error
    return found, None


@pytest.mark.anyio
async def test_all_objects_of_all_pages() -> None:
    """In their order, each once; a page is fetched when its first object is wanted, and none before."""
    server = four_pages()
    pages = server.list
    assert server.asked == []
    seen = [(one.member_id, len(server.asked)) async for one in pages]
    assert seen == [("1", 1), ("2", 1), ("3", 2), ("4", 3), ("5", 4)]


@pytest.mark.anyio
async def test_iterating_again_begins_anew() -> None:
    """Two at once do not disturb each other, either."""
    server = four_pages()
    pages = server.list
    assert await collected(pages) == await collected(pages) == (["1", "2", "3", "4", "5"], None)
    first, second = aiter(pages), aiter(pages)
    assert [(await anext(first)).member_id for _ in range(3)] == ["1", "2", "3"]
    assert [(await anext(second)).member_id for _ in range(5)] == ["1", "2", "3", "4", "5"]
    assert (await anext(first)).member_id == "4"
    assert len(server.asked) == 4 + 4 + 3 + 4


@pytest.mark.anyio
async def test_one_page_at_a_time() -> None:
    """`await` gives the first one, and each leads to the next."""
    server = four_pages()
    page = await server.list
    assert [one.member_id for one in page.objects] == ["1", "2"]
    assert page.meta == PageMeta(count=5, limit=2, offset=0, next=link_to(2), api_id="a")
    assert page.has_next
    second = await page.next()
    assert second is not None
    assert [one.member_id for one in second.objects] == ["3"]
    third = await second.next()
    assert third is not None
    fourth = await third.next()
    assert fourth is not None
    assert (fourth.has_next, await fourth.next()) == (False, None)
    assert server.asked == [FIRST, SECOND, THIRD, FOURTH]
    assert await page.next() == second
    assert len(server.asked) == 5


@pytest.mark.anyio
async def test_page_by_page() -> None:
    """All pages, one after the other, and then no more, however often it is asked."""
    server = four_pages()
    pages = server.list.pages()
    assert [len(page.objects) async for page in pages] == [2, 1, 1, 1]
    with pytest.raises(StopAsyncIteration):
        await anext(pages)
    assert len(server.asked) == 4


@pytest.mark.anyio
async def test_pages_without_objects() -> None:
    """An empty list is one empty page; an empty page in between is no end."""
    assert await collected(Server({"": body([])}).list) == ([], None)
    server = Server({"": body([], link_to(2)), "limit=2&offset=2": body([1])})
    assert await collected(server.list) == (["1"], None)
    bare = Server({"": Answer(200, {}, b'{"objects": []}')})
    page = await bare.list
    assert (page.meta, page.has_next) == (PageMeta(), False)


@pytest.mark.anyio
async def test_an_opaque_cursor() -> None:
    """It is handed back as it came, alone."""
    link = f"{OURS}/MultiPartyCall/name_support-4812/Participant/?cursor=eyJ%2Fx%3D&limit=2"
    server = Server({"": body([1], link), "cursor=eyJ%2Fx%3D&limit=2": body([2])})
    assert await collected(server.list) == (["1", "2"], None)


def unlinked(objects: list[Any], **meta: Any) -> Answer:
    """A page that has no place for links, as in one example of the documents."""
    data = json.loads(body(objects, **meta).body)
    del data["meta"]["next"]
    return Answer(200, {}, json.dumps(data).encode())


@pytest.mark.anyio
async def test_without_a_place_for_links_the_count_decides() -> None:
    """Nobody is left out of a list because its pages name no other; a null there is the end all the same."""
    server = Server(
        {
            "": unlinked([1, 2], count=5, offset=0),
            "offset=1": unlinked([2, 3], count=5, offset=1),
            "offset=2": unlinked([3, 4], count=5, offset=2),
            "offset=3": unlinked([4, 5], count=5, offset=3),
        }
    )
    assert await collected(server.list) == (["1", "2", "3", "4", "5"], None)
    assert server.asked == ["", "offset=1", "offset=2", "offset=3"]
    for last in (
        body([1, 2], None, count=5, offset=0),
        unlinked([1, 2], offset=0),
        unlinked([1, 2], count=2, offset=0),
        unlinked([1, 2], count=2),
    ):
        page = await Server({"": last}).list
        assert (page.has_next, await page.next()) == (False, None)
    assert (await collected(Server({"": unlinked([], count=5, offset=0)}).list)) == ([], None)


@pytest.mark.anyio
async def test_an_offset_that_is_ignored_ends() -> None:
    """A server that gives the same page whatever it is asked for ends in an error and not in an endless list."""
    server = Server(lambda query: unlinked([1, 2], count=5, offset=0))
    found, error = await collected(server.list)
    assert found == ["1", "2"]
    assert isinstance(error, DecodeError)
    assert "nothing new" in error.message
    assert len(server.asked) < 10


def test_the_page_at_an_offset() -> None:
    """The same request, filters and all, from there on."""
    like = list_conferences({"status": "active", "limit": 5, "offset": 10})
    assert page_at(15, like).query == "status=active&limit=5&offset=15"
    assert page_at(2, PEOPLE) == dataclasses.replace(PEOPLE, query="offset=2")
    assert page_at(15, like, 6).query == "status=active&limit=6&offset=15"


@pytest.mark.anyio
@pytest.mark.parametrize("link", [None, "null", ""])
async def test_no_link_no_page(link: object) -> None:
    """Null, and what stands for it."""
    page = await Server({"": body([1], link)}).list
    assert (page.has_next, await page.next()) == (False, None)


@pytest.mark.anyio
async def test_a_page_that_fails() -> None:
    """The pages before it have been given; the error is that of the page. Going on asks for that page again."""
    server = four_pages()
    assert isinstance(server.pages, dict)
    server.pages[SECOND] = ServerError("down")
    pages = server.list
    assert await collected(pages) == (["1", "2"], server.pages[SECOND])
    walk = aiter(pages)
    assert [(await anext(walk)).member_id for _ in range(2)] == ["1", "2"]
    with pytest.raises(ServerError):
        await anext(walk)
    server.pages[SECOND] = body([2, 3])
    assert [one.member_id async for one in walk] == ["3"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(200, {}, b""), "a page must be an object, not null"),
        (Answer(200, {}, b"<html>"), "a page must be an object, not null"),
        (Answer(200, {}, b'{"api_id": "b"}'), "objects must be an array, not null"),
        (Answer(200, {}, b'{"api_id": "b", "objects": [1]}'), r"objects\[0\]: Participant must be an object"),
    ],
)
async def test_a_page_that_cant_be_read(answer: Answer, words: str) -> None:
    """A `DecodeError` with the facts; what came before was given."""
    server = Server({FIRST: body([1, 2], link_to(2)), SECOND: answer})
    found, error = await collected(server.list)
    assert found == ["1", "2"]
    assert isinstance(error, DecodeError)
    with pytest.raises(DecodeError, match=f"^List participants 'support-4812' was answered 200, .*{words}"):
        raise error
    assert (error.operation, error.target, error.status_code) == ("List participants", "support-4812", 200)
    assert error.detail == (answer.body.decode() or None)
    assert error.api_id == ("b" if b"api_id" in answer.body else None)
    assert error.started_at is not None


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("https://evil.example/x", "another server"),
        ("//evil.example/x", "another server"),
        ("/v1/Account/MAYYYYYYYYYYYYYYYYYY/MultiPartyCall/", "the account's own"),
        (f"{OURS}/../../evil", "climbs"),
        (5, "no text"),
        ([link_to(2)], "no text"),
        ("\ud800" * 600, "surrogate"),
    ],
)
async def test_a_link_that_cant_be_followed(link: object, words: str) -> None:
    """The page that names it is given whole; then it is a `DecodeError`, and nothing was sent there."""
    server = Server({"": body([1, 2], link)})
    found, error = await collected(server.list)
    assert found == ["1", "2"]
    assert isinstance(error, DecodeError)
    assert words in str(error)
    assert (error.operation, error.target, error.status_code) == ("List participants", "support-4812", 200)
    assert (error.api_id, server.asked) == ("a", [""])
    assert error.detail is not None
    assert len(error.detail) <= 500
    json.dumps(error.to_dict()).encode()
    page = await server.list
    assert page.has_next
    with pytest.raises(DecodeError):
        await page.next()


@pytest.mark.anyio
@pytest.mark.parametrize("back_to", [0, 2, 4, 6])
async def test_links_in_a_circle(back_to: int) -> None:
    """A page that was there before isn't asked for again; a server's mistake is no endless loop."""

    def page(query: str) -> Answer:
        offset, _ = place(query)
        return shown(range(8), query) if offset < 6 else body([6, 7], link_to(back_to))

    server = Server(page)
    found, error = await collected(server.list)
    assert found == [str(one) for one in range(8)]
    assert len(server.asked) == 7
    assert isinstance(error, DecodeError)
    assert "circle" in str(error)


@pytest.mark.anyio
async def test_cursors_in_a_circle() -> None:
    """Nor is it behind a link that says nothing of where it leads."""
    base = f"{OURS}/MultiPartyCall/name_support-4812/Participant/?cursor="
    server = Server({"": body([1], base + "a"), "cursor=a": body([2], base + "b"), "cursor=b": body([3], base + "a")})
    found, error = await collected(server.list)
    assert (found, server.asked) == (["1", "2", "3"], ["", "cursor=a", "cursor=b"])
    assert isinstance(error, DecodeError)
    assert "circle" in str(error)


@pytest.mark.anyio
@pytest.mark.parametrize("objects", [[], [1]])
async def test_a_cursor_that_never_ends(objects: list[Any]) -> None:
    """A new link each time, and nothing new behind it: that is told, not followed for ever."""
    server = Server(lambda query: body(objects, link_to(len(query) + len(server.asked))))
    found, error = await collected(server.list)
    assert found == [str(one) for one in objects]
    assert isinstance(error, DecodeError)
    assert "nothing new" in str(error)
    assert len(server.asked) < 10


@pytest.mark.anyio
async def test_what_moves_down_meanwhile_comes_once() -> None:
    """Somebody joins between the pages, so that the second begins with the first of the first."""
    server = Server({FIRST: body([1, 2], link_to(2)), SECOND: body([1, 2], link_to(3)), THIRD: body([2, 3])})
    assert await collected(server.list) == (["1", "2", "3"], None)


@pytest.mark.anyio
async def test_pages_without_a_link_and_without_an_offset_go_on() -> None:
    """The request's own offset is known."""

    def page(query: str) -> Answer:
        offset, _ = place(query)
        data = json.loads(body([offset, offset + 1][: 5 - offset]).body)
        return Answer(200, {}, json.dumps(data | {"meta": {"count": 5}}).encode())

    assert await collected(Server(page).list) == (["0", "1", "2", "3", "4"], None)


@pytest.mark.anyio
async def test_leaving_early_leaves_nothing_behind() -> None:
    """No request under way, no generator to be closed, no warning."""
    server = four_pages()
    async for one in server.list:
        if one.member_id == "3":
            break
    async for page in server.list.pages():
        assert page.has_next
        break
    gc.collect()
    await anyio.lowlevel.checkpoint()
    assert (server.open, len(server.asked)) == (0, 3)  # two in the first loop


@pytest.mark.anyio
async def test_cancelled_between_pages() -> None:
    """The wait ends at once, and the list can be walked again."""
    server = four_pages()
    pages = server.list
    found: list[str] = []
    with anyio.move_on_after(1.5):
        async for one in pages:
            found.append(one.member_id)  # noqa: PERF401  (some are wanted when it is cut short)
    assert (found, server.open) == (["1", "2"], 0)
    assert (await collected(pages))[0] == ["1", "2", "3", "4", "5"]


@pytest.mark.asyncio
async def test_pages_as_a_task() -> None:
    """`ensure_future` and `gather` take them; what takes coroutines only says what does."""
    first, second = await asyncio.gather(four_pages().list, asyncio.ensure_future(four_pages().list))
    assert first == second
    with pytest.raises(TypeError, match="ensure_future"):
        asyncio.create_task(four_pages().list)  # type: ignore[arg-type]  # noqa: RUF006  (none comes of it)


@pytest.mark.anyio
async def test_pages_show_what_they_are() -> None:
    """In a debugger: what is listed; a page shows its objects and compares by them."""
    pages = four_pages().list
    assert repr(pages).startswith("<Pages of Participant: List participants 'support-4812'; to be awaited or iterated")
    page = await pages
    assert repr(page).startswith("Page(objects=(Participant(member_id='1'")
    assert "Server" not in repr(page)
    assert page == await pages
    assert isinstance(page, Page)


@pytest.mark.anyio
async def test_a_page_is_data() -> None:
    """It pickles, copies and becomes a dictionary as what is on it; its list, with the client, stays behind."""
    page = await four_pages().list
    for twin in (pickle.loads(pickle.dumps(page)), copy.copy(page), copy.deepcopy(page)):  # noqa: S301
        assert twin == page
        assert hash(twin) == hash(page)
        with pytest.raises(TypeError, match="belongs to no client"):
            await twin.next()
    assert list(dataclasses.asdict(page)) == ["objects", "meta"]
    assert await page.next() is not None


@pytest.mark.anyio
async def test_fastapi_answers_with_a_page() -> None:
    """With its objects and its place in the list, typed or not, and nothing of the client."""
    page = await four_pages().list
    app = FastAPI()

    @app.get("/plain")
    async def plain() -> Any:
        return page

    @app.get("/typed", response_model=Page[Participant])
    async def typed() -> Any:
        return page

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
        answers = [(await client.get(path)).json() for path in ("/plain", "/typed")]
    assert answers[0] == answers[1]
    assert list(answers[0]) == ["objects", "meta"]
    assert [one["member_id"] for one in answers[0]["objects"]] == ["1", "2"]


@pytest.mark.anyio
async def test_a_list_of_what_has_no_fields() -> None:
    """Any model can be listed."""
    server = Server({"": Answer(200, {}, b'{"objects": [{"message": "m"}]}')})
    [one] = [one async for one in Pages(Accepted, PEOPLE, server, Account(BASE, AUTH_ID))]
    assert one == Accepted(message="m")


# ---- Against the emulator --------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_emulator_every_conference_once() -> None:
    """45 of them, 20 on a page, with the filter on all pages; the totals are right."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        for number in range(45):
            plivo.add_conference(f"room {number}/ü?", status="active" if number < 25 else "initialized")
        everyone = [page async for page in client.mpc.list().pages()]
        assert [(len(page.objects), page.meta.count, page.meta.offset) for page in everyone] == [
            (20, 45, 0),
            (19, 45, 19),
            (6, 45, 38),
        ]
        assert len({call.mpc_uuid for page in everyone for call in page.objects}) == 45
        live = [call async for call in client.mpc.list(status="active", limit=7)]
        assert {call.friendly_name for call in live} == {f"room {number}/ü?" for number in range(25)}
        assert len(live) == 25


@pytest.mark.anyio
@pytest.mark.parametrize("settings", [Settings(), Settings(page_links="cursor")], ids=["offset", "cursor"])
async def test_emulator_acting_while_listing(settings: Settings) -> None:
    """Each one that is started leaves the list; none is left out all the same, where pages are counted."""
    async with Emulator(port=None, settings=settings) as plivo, in_memory(plivo) as client:
        for number in range(60):
            plivo.add_conference(f"room {number}")
        async for call in client.mpc.list(status="initialized"):
            await client.mpc.start(call.friendly_name)
        live = sum(one.status == "Active" for one in plivo.conferences.values())
        assert live == 60 if settings.page_links == "offset" else live < 60


@pytest.mark.anyio
async def test_emulator_lists_without_links() -> None:
    """All participants, on pages that name no other."""
    async with Emulator(port=None, settings=Settings(participant_links=False)) as plivo, in_memory(plivo) as client:
        plivo.add_conference("room", waiting=5)
        found = [person.member_id async for person in client.mpc("room").participants(limit=2)]
        assert found == ["5", "4", "3", "2", "1"]


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["a b", "a/b?c#d", "e%41", "Östermalm", "..", "a\\b"])
async def test_emulator_participants_of_any_name(name: str) -> None:
    """Whatever the name, its pages are found."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.add_conference(name, status="active", waiting=7)
        people = [one async for one in client.mpc(name).participants(limit=3)]
        assert len({one.member_id for one in people}) == 7
        assert len(plivo.requests) == 3
