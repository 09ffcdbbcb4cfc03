"""What commands share: an option for JSON, where JSON goes, and a bar that shows how far the work is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

Json = Annotated[str | None, typer.Option("--json", metavar="-|FILE", help="Print everything as JSON (-), or write it to a file.")]


def give_json(value: Any, where: str) -> None:
    """Print a value as JSON where `where` is ``-``, else write it to that file."""
    from hiphitch_analysis.outputs import write_whole

    text = json.dumps(value, indent=1, ensure_ascii=False, default=str)
    if where == "-":
        typer.echo(text)
    else:
        write_whole(where, text + "\n")


@contextmanager
def progress_bar() -> Iterator[Callable[[int, int, str], None]]:
    """Yield a function (done, total, text) that moves a bar on stderr; in a file or pipe it shows nothing."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total, text: bar.update(task, completed=done, total=total, description=text)
