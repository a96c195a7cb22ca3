"""Reading XML that answers a callback: elements with their lines. Pure.

No document type and no entities, which nobody needs here and which cost others dearly; bounded in size and in depth.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from ._letters import MOST_XML

_DEEPEST = 20
_MOST_ELEMENTS = 5_000


class XmlError(Exception):
    """It can't be read."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line
        self.why = why


@dataclass(slots=True)
class Element:
    """One element."""

    name: str
    line: int
    """1 for the first."""
    attributes: dict[str, str]
    """As they are written."""
    text: str = ""
    """What stands directly in it, without the white space around."""
    children: "list[Element]" = field(default_factory=list)

    def __iter__(self) -> "Iterator[Element]":
        return iter(self.children)


class _Reader:
    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._data
        self.parser.StartDoctypeDeclHandler = lambda *_: self.refuse("a document type is not allowed")
        self.parser.EntityDeclHandler = lambda *_: self.refuse("entities are not allowed")
        self.parser.buffer_text = True
        self.open: list[Element] = []
        self.root: Element | None = None
        self._count = 0

    def refuse(self, why: str) -> NoReturn:
        raise XmlError(self.parser.CurrentLineNumber, why)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        element = Element(name, self.parser.CurrentLineNumber, attributes)
        self._count += 1
        if len(self.open) >= _DEEPEST or self._count > _MOST_ELEMENTS:
            self.refuse("too deep, or too many elements")
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def _end(self, _: str) -> None:
        element = self.open.pop()
        element.text = element.text.strip()

    def _data(self, data: str) -> None:
        self.open[-1].text += data


def read_xml(data: bytes) -> Element:
    """The document's `<Response>`.

    Raises:
        XmlError: It is too long, no XML, or not a `<Response>`.
    """
    if len(data) > MOST_XML:
        raise XmlError(1, f"longer than {MOST_XML // 1024} KB")
    reader = _Reader()
    try:
        reader.parser.Parse(data, True)
    except expat.ExpatError as error:
        raise XmlError(error.lineno, expat.ErrorString(error.code)) from None
    except (LookupError, ValueError) as error:  # an encoding that isn't known, or that can't be used here
        raise XmlError(1, f"its encoding: {error}") from None
    root = reader.root
    if root is None or root.name != "Response":
        raise XmlError(1 if root is None else root.line, "the outermost element is not <Response>")
    return root
