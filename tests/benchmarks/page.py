"""Puts fresh tables into the page that shows them. Pure functions."""

from collections.abc import Mapping

_END = "<!-- end -->"


def refreshed(text: str, blocks: Mapping[str, str]) -> str:
    """The page with what stands between `<!-- benchmark: name -->` and `<!-- end -->` replaced, for each name given.

    Raises:
        ValueError: The page has no place for a name, or more than one.
    """
    for name, block in blocks.items():
        begin = f"<!-- benchmark: {name} -->"
        if text.count(begin) != 1:
            raise ValueError(f"the page has {text.count(begin)} places for {name!r}, not one")
        before, _, after = text.partition(begin)
        if _END not in after:
            raise ValueError(f"the place for {name!r} has no end")
        text = f"{before}{begin}\n\n{block.strip()}\n\n{_END}{after.partition(_END)[2]}"
    return text
