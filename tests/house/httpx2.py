"""Runs the client's tests with httpx2 in httpx's place: `python -m tests.house.httpx2 [pytest's arguments]`.

httpx2 lets a program do this: after `httpx2.alias_httpx()` each `import httpx` and `import httpcore` brings its own.
Here it comes before all else, in the tests' processes and in those that they start.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
FIRST = "import httpx2\n\nhttpx2.alias_httpx()\n"
PROOF = "import httpcore, httpx; print(httpcore.__name__, httpx.__name__, httpx.__version__)"

# What stands between the client and httpx.
CLIENT = ("client", "credentials", "logs", "options", "request", "secrets", "tls")
TESTS = (
    "tests/transport",
    "tests/wire/test_on_the_wire.py",
    "tests/resources/test_stored_recordings.py",
    *(f"tests/client/test_{one}.py" for one in CLIENT),
)
LEFT_OUT = {
    f"tests/transport/test_aiohttp{which}.py": "aiohttp takes httpx's place in it" for which in ("", "_sockets")
}
_EARLY = "ignore::pytest.PytestAssertRewriteWarning"  # httpx2 brings anyio, whose plugin pytest would have rewritten


def in_its_place(folder: Path) -> dict[str, str]:
    """The environment of a Python that finds httpx2 where httpx is asked for."""
    (folder / "sitecustomize.py").write_text(FIRST, encoding="ascii")
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))}


def proven(environment: Mapping[str, str]) -> str:
    """Which version of httpx2 is there.

    Raises:
        RuntimeError: It is not httpx2 that is imported.
    """
    told = subprocess.run([sys.executable, "-c", PROOF], env=environment, check=True, capture_output=True, text=True)  # noqa: S603
    core, name, version = told.stdout.split()
    if (core, name) != ("httpcore2", "httpx2"):
        raise RuntimeError(f"import httpcore, httpx brings {core} and {name}, not httpcore2 and httpx2")
    return version


def main(more: list[str]) -> int:
    """Say what is run and what isn't, and run it; its exit code is pytest's."""
    with tempfile.TemporaryDirectory() as folder:
        environment = in_its_place(Path(folder))
        print(f"httpx2 {proven(environment)} in httpx's place: {', '.join(TESTS)}", flush=True)  # noqa: T201
        for path, why in LEFT_OUT.items():
            print(f"  without {path}: {why}", flush=True)  # noqa: T201
        left_out = [f"--ignore={path}" for path in LEFT_OUT]
        pytest = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "-W", _EARLY, *left_out, *TESTS, *more]
        return subprocess.run(pytest, cwd=ROOT, env=environment, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
