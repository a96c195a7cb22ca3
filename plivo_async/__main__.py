"""The command line: `plivo-async`, or `python -m plivo_async`."""

import sys

_INSTALL = """\
plivo-async: the commands need the extra "cli" ({missing} is not installed); install it with:  \
pip install "plivo-async[cli]"
"""


def main() -> None:
    """Run the command line; without the extra `cli`, say how to install it."""
    try:
        from .cli import run

        run()
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in {"typer", "rich"}:
            raise
        sys.stderr.write(_INSTALL.format(missing=missing))
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
