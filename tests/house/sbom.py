"""Writes `docs/plivo-async.cdx.json`, the bill of materials that goes into the wheel: `python -m tests.house.sbom`.

CycloneDX 1.6, as PEP 770 wants it under `.dist-info/sboms/`. Nothing is bundled, so it names this package and what its
`pyproject.toml` asks for, with the bounds given there. A test holds that the file is what this writes.
"""

import json
import re
import tomllib
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from plivo_async import __version__

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docs" / "plivo-async.cdx.json"

_NAME = re.compile(r"(?P<name>[\w.-]+)(\[[^]]*\])?(?P<bounds>[^;]*)")


def document() -> dict[str, Any]:
    """The bill of materials."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    own = f"pkg:pypi/{project['name']}@{__version__}"
    needed = [_component(line, "required") for line in project["dependencies"]]
    optional = [
        _component(line, "optional")
        for extra, lines in project["optional-dependencies"].items()
        if extra not in {"dev", "bench"}
        for line in lines
    ]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, own)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "library",
                "bom-ref": own,
                "name": project["name"],
                "version": __version__,
                "purl": own,
                "licenses": [{"license": {"id": project["license"]}}],
            }
        },
        "components": [*needed, *optional],
        "dependencies": [{"ref": own, "dependsOn": [one["bom-ref"] for one in needed]}],
    }


def _component(line: str, scope: str) -> dict[str, Any]:
    found = _NAME.match(line)
    assert found is not None, line
    purl = f"pkg:pypi/{found['name']}"
    bounds = {"name": "plivo-async:versions", "value": found["bounds"].strip()}
    return {
        "type": "library",
        "bom-ref": purl,
        "name": found["name"],
        "scope": scope,
        "purl": purl,
        "properties": [bounds],
    }


def text() -> str:
    """The file."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
