"""Builds the docs as a site: `python -m tests.house.site FOLDER`.

README is its first page, the pages of `docs/` are the others, the reference is cut into a page for each area, and the
navigation is README's own list of pages. Beside the pages are `llms.txt` (which pages there are) and `llms-full.txt`
(all of them in one), for programs that read. Nothing in it is fetched from elsewhere.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "docs" / "site.toml"
REPOSITORY = "https://github.com/plivo-async/plivo-async/blob/main/"

_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)#\s]*)(#[^)\s]*)?\)")
_FENCE = re.compile(r"^(```|~~~)")
_COMMENT = re.compile(r"^<!--.*-->\n", re.MULTILINE)
_GROUP = re.compile(r"^([A-Z][a-z]+(?: [a-z]+)*)(?: it)?: ?(.*)$")


@dataclass(frozen=True)
class Page:
    """One page of the site: where it is, what it is called, and its text."""

    path: str
    title: str
    text: str


def pages() -> list[Page]:
    """All of them, README first, ready to be built; links lead from one to the other."""
    texts = {"index.md": (ROOT / "README.md").read_text(encoding="utf-8")}
    texts |= {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("*.md"))}
    areas = dict(_areas(texts["reference.md"]))
    homes = {anchor: path for path, text in areas.items() for anchor in _anchors(text)}
    head = texts["reference.md"].partition("\n## ")[0].partition("\n* [")[0]
    listed = "\n".join(f"* [{_title(text)}]({path})" for path, text in areas.items())
    texts |= {"reference.md": f"{head}\n\n{listed}\n", **areas}
    return [Page(path, _title(text), _linked(path, text, homes)) for path, text in texts.items()]


def _areas(reference: str) -> Iterator[tuple[str, str]]:
    """The reference, cut at its areas."""
    for part in reference.split("\n## ")[1:]:
        title = part.partition("\n")[0]
        text = re.sub(r"^##(#+) ", r"#\1 ", part.partition("\n")[2], flags=re.MULTILINE)
        yield f"reference-{_anchor(title)}.md", f"# {title}\n{text}"


def _anchors(text: str) -> list[str]:
    return [_anchor(line.lstrip("# ")) for line in _prose(text) if line.startswith("#")]


def _prose(text: str) -> Iterator[str]:
    """Lines that are no code."""
    fenced = False
    for line in text.splitlines():
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            yield line


def _anchor(title: str) -> str:
    """What a heading is called in links."""
    return re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-")


def _title(text: str) -> str:
    return next(line for line in _prose(text) if line.startswith("# ")).removeprefix("# ").replace("`", "")


def _linked(path: str, text: str, homes: Mapping[str, str]) -> str:
    """A page's text as the site needs it: links of the repository become links of the site."""

    def link(found: re.Match[str]) -> str:
        words, target, anchor = found[1], found[2], found[3] or ""
        if "://" in target or target.startswith("mailto:"):
            return found[0]
        if path == "index.md":
            target = target.removeprefix("docs/")
        if target == "../README.md":
            target = "index.md"
        if (path.startswith("reference") and not target) or target == "reference.md":
            home = homes.get(anchor.removeprefix("#"))
            return f"[{words}]({home or 'reference.md'}{anchor if home else ''})"
        if target and not target.endswith((".md", ".svg", ".png")):
            base = "" if target.startswith("..") else "docs/"
            return f"[{words}]({REPOSITORY}{base}{target.removeprefix('../')})"
        return f"[{words}]({target}{anchor})"

    lines, fenced = [], False
    for line in _COMMENT.sub("", text).splitlines():
        fenced ^= _FENCE.match(line) is not None
        lines.append(line if fenced else _LINK.sub(link, line))
    images = "\n".join(lines) + "\n"
    return images.replace("](docs/", "](") if path == "index.md" else images


def navigation(all_pages: list[Page]) -> list[tuple[str, list[Page]]]:
    """README's list of pages: in groups, in its order; the areas of the reference follow it.

    Raises:
        ValueError: A page is in no group: nobody would find it.
    """
    known = {page.path: page for page in all_pages}
    groups: list[tuple[str, list[Page]]] = []
    left = dict(known)
    for line in (ROOT / "README.md").read_text(encoding="utf-8").partition("## Read on")[2].splitlines():
        if line.startswith("## "):
            break
        if group := _GROUP.match(line):
            groups.append((group[1], []))
        for found in _LINK.finditer(line):
            if (page := left.pop(found[2].removeprefix("docs/"), None)) is not None:
                groups[-1][1].append(page)
                if page.path == "reference.md":
                    areas = [path for path in left if path.startswith("reference-")]
                    groups[-1][1].extend(left.pop(path) for path in areas)
    left.pop("index.md")
    if left:
        raise ValueError(f"README's list of pages lacks {', '.join(left)}")
    return groups


def build(folder: Path) -> None:
    """Build the site into a folder, strictly.

    Raises:
        subprocess.CalledProcessError: A page links to what isn't there, or the like.
    """
    all_pages = pages()
    groups = navigation(all_pages)
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "pages"
        source.mkdir()
        for page in all_pages:
            (source / page.path).write_text(page.text, encoding="utf-8")
        for picture in [*(ROOT / "docs").glob("*.svg"), *(ROOT / "docs").glob("*.png")]:
            shutil.copy(picture, source)
        config = CONFIG.read_text(encoding="utf-8").replace("nav = []", _nav(groups))
        (Path(scratch) / "zensical.toml").write_text(config, encoding="utf-8")
        zensical = Path(sys.executable).with_name("zensical")
        done = subprocess.run(  # noqa: S603
            [str(zensical), "build", "--strict", "--clean"],
            cwd=scratch,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"the site could not be built:\n{done.stdout}")
        shutil.copytree(Path(scratch) / "site", folder, dirs_exist_ok=True)
    (folder / "llms.txt").write_text(_llms(groups), encoding="utf-8")
    whole = "\n".join(page.text for page in all_pages)
    (folder / "llms-full.txt").write_text(whole, encoding="utf-8")


def _nav(groups: list[tuple[str, list[Page]]]) -> str:
    lines = ["nav = [", '  { "plivo-async" = "index.md" },']
    for title, entries in groups:
        told = ", ".join(f'{{ "{entry.title}" = "{entry.path}" }}' for entry in entries)
        lines.append(f'  {{ "{title}" = [{told}] }},')
    return "\n".join([*lines, "]"])


def _llms(groups: list[tuple[str, list[Page]]]) -> str:
    """Which pages there are, as https://llmstxt.org has it."""
    about = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["project"]["site_description"]
    lines = ["# plivo-async", "", f"> {about}", "", "All pages in one: [llms-full.txt](llms-full.txt)"]
    for title, entries in groups:
        lines += [
            "",
            f"## {title}",
            "",
            *(f"- [{page.title}]({_address(page.path)}): {_first(page)}" for page in entries),
        ]
    return "\n".join(lines) + "\n"


def _address(path: str) -> str:
    return f"{path.removesuffix('.md')}/"


def _first(page: Page) -> str:
    """The first sentence of a page."""
    text = " ".join(line for line in _prose(page.text) if line and line[0] not in "#<|!").strip()
    return re.split(r"(?<=[.:]) ", re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text))[0]


def main() -> None:
    """Build it where the command line says."""
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m tests.house.site FOLDER")
    build(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
