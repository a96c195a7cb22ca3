"""What both engines' commands take, under the same names."""

from typing import Annotated

import typer

Account = Annotated[str, typer.Option(metavar="NAME", help="What the account is called on the workers.")]
NewBatch = Annotated[str | None, typer.Option(metavar="NAME", help="What to call it; a new name if left out.")]
ShardSize = Annotated[int, typer.Option(min=1, max=10_000, metavar="N", help="Conferences in a shard.")]
