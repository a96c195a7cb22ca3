"""What several commands take, under the same names; no more is imported for it than help and completion need."""

from typing import Annotated

import typer

from .._completion import column as complete_column

BaseUrl = Annotated[
    str, typer.Option(metavar="URL", envvar="PLIVO_BASE_URL", help="Where Plivo is, or an emulator.", show_envvar=True)
]
Timeout = Annotated[str, typer.Option(metavar="TIME", help="Bounds one attempt.")]
MaxAttempts = Annotated[int, typer.Option(min=1, max=100, metavar="N", help="Attempts, the first one too.")]
Limit = Annotated[str, typer.Option(metavar="N/SECONDS|none", help="The account's limit; Plivo's default is 300/5.")]
Shared = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        envvar="PLIVO_RATE_LIMIT_URL",
        show_envvar=True,
        help="Where the limit is shared with other processes: sqlite:////run/plivo/budget.db, redis://host:6379/0.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress; nothing at all if all went well.")]
File = Annotated[
    str,
    typer.Argument(metavar="FILE|-", help="Text, one name per line; CSV; JSON as of mpc list --json; - for stdin."),
]
Column = Annotated[
    str | None,
    typer.Option(
        metavar="NAME|NUMBER",
        autocompletion=complete_column,
        help="The column, by name or by number from 1 (of JSON: the key). Makes FILE a CSV whatever its suffix. "
        "If left out: friendly_name, name or conference (with --uuid: mpc_uuid or uuid).",
    ),
]
Header = Annotated[
    bool | None,
    typer.Option(
        "--header/--no-header",
        help="Whether the first CSV row holds column names.",
        show_default="unless --column is a number",
    ),
]
Uuids = Annotated[bool, typer.Option("--uuid", help="FILE holds MPC UUIDs, not friendly names.")]
WaitFor = Annotated[
    str, typer.Option(metavar="TIME", help="How long to keep trying a conference that isn't waiting yet: 30, 5m.")
]

# Of both engines.
Account = Annotated[str, typer.Option(metavar="NAME", help="What the account is called on the workers.")]
NewBatch = Annotated[str | None, typer.Option(metavar="NAME", help="What to call it; a new name if left out.")]
ShardSize = Annotated[int, typer.Option(min=1, max=10_000, metavar="N", help="Conferences in a shard.")]
