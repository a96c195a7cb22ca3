"""Which conferences there are."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from ._conferences import Conference

T = TypeVar("T")


class View(Mapping[str, T]):
    """Things as they are now, whenever it is read. Iterating goes over those that were there when it began."""

    __slots__ = ("_those",)

    def __init__(self, those: Mapping[str, T]) -> None:
        self._those = those

    def __getitem__(self, key: str) -> T:
        return self._those[key]

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._those))

    def __len__(self) -> int:
        return len(self._those)

    def __repr__(self) -> str:
        return repr(dict(self))


class Registry:
    """All conferences of one account, by name and by UUID."""

    def __init__(self) -> None:
        self._newest: dict[str, Conference] = {}
        self._by_uuid: dict[str, Conference] = {}
        self.newest: Mapping[str, Conference] = View(self._newest)
        self.by_uuid: Mapping[str, Conference] = View(self._by_uuid)

    def newest_first(self) -> Iterator[Conference]:
        """Every conference, the one created last first. Source: captured lists."""
        return reversed(self._by_uuid.values())

    def live(self, name: str) -> Conference | None:
        """The live conference of that name."""
        found = self._newest.get(name)
        return found if found is not None and found.live else None

    def enter(self, conference: Conference) -> None:
        """Take a new one in.

        Raises:
            ValueError: A live conference has its name, or any its UUID.
        """
        if self.live(conference.friendly_name) is not None:
            raise ValueError(f"a live conference is called {conference.friendly_name!r} already")
        if conference.mpc_uuid in self._by_uuid:
            raise ValueError(f"there is a conference with the UUID {conference.mpc_uuid} already")
        self._newest[conference.friendly_name] = self._by_uuid[conference.mpc_uuid] = conference
