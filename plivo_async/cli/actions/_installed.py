"""What is installed: the versions that run, and whether they are those that this package was made for."""

import platform
import ssl
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement

from ..._version import __version__
from ._finding import Finding

_NAME = "plivo-async"
_OF_CONTRIBUTORS = ("dev", "bench")  # extras that no user installs


def of_versions(needed: Sequence[Requirement], have: Mapping[str, str]) -> Iterator[Finding]:
    """What to say of them.

    Args:
        needed: What this package asks for; with a marker, what an extra of it does.
        have: The version of each package that is there.
    """
    core = [f"{one.name} {have[one.name]}" for one in needed if one.marker is None and one.name in have]
    openssl = " ".join(ssl.OPENSSL_VERSION.split()[:2])
    words = (f"{_NAME} {__version__}", f"Python {platform.python_version()}", *core, openssl)
    yield Finding("ok", ", ".join(words))
    for one in needed:
        found = have.get(one.name)
        if found is None or one.specifier.contains(found, prereleases=True):
            continue
        wanted = f"{one.name}{one.specifier}"
        if one.marker is None:
            yield Finding("wrong", f"{one.name} {found} is installed; needed: {wanted}", f"pip install '{wanted}'")
        else:
            extra = str(one.marker).rpartition("==")[2].strip(" '\"")
            advice = f"if you use that: pip install '{wanted}'"
            yield Finding("warning", f"{one.name} {found} is installed; the extra {extra} needs: {wanted}", advice)


def versions() -> list[Finding]:
    """What to say of this machine's."""
    try:
        asked = [Requirement(line) for line in requires(_NAME) or ()]
    except PackageNotFoundError:  # run from a folder, without having been installed
        asked = []
    needed = [one for one in asked if not _is_of_contributors(one)]
    have = {}
    for one in needed:
        try:
            have[one.name] = version(one.name)
        except PackageNotFoundError:
            continue
    return list(of_versions(needed, have))


def _is_of_contributors(one: Requirement) -> bool:
    return one.marker is not None and any(one.marker.evaluate({"extra": extra}) for extra in _OF_CONTRIBUTORS)
