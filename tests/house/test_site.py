"""The docs as a site: every page is found, every link leads somewhere, and nothing comes from elsewhere."""

import re
from pathlib import Path

import pytest

from . import site


def test_every_page_is_in_the_navigation_once() -> None:
    """In README's order; a page that README doesn't name is an error."""
    pages = site.pages()
    listed = [page.path for _, group in site.navigation(pages) for page in group]
    assert sorted([*listed, "index.md"]) == sorted(page.path for page in pages)
    with pytest.raises(ValueError, match=r"lacks lost\.md"):
        site.navigation([*pages, site.Page("lost.md", "Lost", "# Lost\n")])


def test_the_reference_is_cut_into_areas_and_nothing_is_lost() -> None:
    """Each line of the one page is on some page."""
    told = "\n".join(page.text for page in site.pages() if page.path.startswith("reference-"))
    headings = re.findall(
        r"^### (\S+)$", (site.ROOT / "docs" / "reference.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert headings
    assert [name for name in headings if f"\n## {name}\n" not in told] == []


@pytest.mark.long
@pytest.mark.real_time
def test_it_builds_strictly_and_is_whole(tmp_path: Path) -> None:
    """No link leads nowhere, no script, style, font or picture is another host's."""
    pytest.importorskip("zensical")
    site.build(tmp_path)
    pages = {path: path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.html")}
    anchors = {path: set(re.findall(r'\sid="([^"]+)"', text)) for path, text in pages.items()}
    for path, text in pages.items():
        assert not re.findall(r"""<(?:script|link|img|iframe)[^>]+(?:src|href)=["']?(?:https?:)?//""", text), path
        for target in re.findall(r'<a[^>]+href="([^"]+)"', text) if path.name == "index.html" else ():
            there, _, anchor = target.partition("#")
            if ":" in there:
                continue
            found = (path.parent / there).resolve() if there else path
            found = found / "index.html" if found.is_dir() else found
            assert found.exists(), f"{path}: {target}"
            assert not anchor or anchor in anchors[found], f"{path}: {target}"
    listed = (tmp_path / "llms.txt").read_text(encoding="utf-8")
    for name in re.findall(r"\]\(([^)]+)/\)", listed):
        assert (tmp_path / name / "index.html").exists(), name
    assert "# Tutorial" in (tmp_path / "llms-full.txt").read_text(encoding="utf-8")
