"""The `frameloom` command: gathers the commands and turns errors into exit codes.

    FrameloomError, wrong usage -> one line on standard error, exit code 2 (the user can mend it)
    Ctrl-C                      -> exit code 130
    anything else               -> traceback, exit code 1 (a defect of ours)

Nothing heavy is imported here: `frameloom --help` answers in under a second.
"""

import sys
from collections.abc import Sequence
from typing import Annotated, Any, cast

import typer
from typer.core import TyperGroup

from frameloom.cli import (
    characters,
    compose,
    data,
    edit,
    enhance,
    find,
    inspect,
    learn,
    live,
    make,
    music,
    puppet,
    speak,
    summarise,
    talk,
)
from frameloom.core.errors import FrameloomError
from frameloom.core.provenance import version


class _Stoppable(TyperGroup):
    """Says that it was stopped, wherever a command does not say more itself."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; Ctrl-C ends it with one line."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as stop:
            typer.echo(f"frameloom: {str(stop) or 'stopped'}", err=True)
            raise typer.Exit(130) from stop


app = typer.Typer(cls=_Stoppable, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
app.add_typer(make.app)
app.add_typer(live.app)
app.add_typer(learn.app)
app.add_typer(edit.app, name="edit")
app.add_typer(edit.gallery)
app.add_typer(enhance.app, name="enhance")
app.add_typer(summarise.app, name="summarise")
app.add_typer(compose.app, name="compose")
app.add_typer(music.app)
app.add_typer(talk.app, name="talk")
app.add_typer(speak.app)
app.add_typer(characters.app, name="characters")
app.add_typer(find.app)
app.add_typer(puppet.app)
app.add_typer(inspect.app)
app.add_typer(data.app, name="data")

# Typer does not export the base of its usage errors.
UsageError = cast("type[typer.BadParameter]", typer.BadParameter.__mro__[1])


@app.callback(invoke_without_command=True)
def frameloom(
    context: typer.Context,
    show_version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    """Generate, predict, train and evaluate video."""
    if show_version:
        typer.echo(version())
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code."""
    try:
        code = app(args=arguments, prog_name="frameloom", standalone_mode=False)
    except UsageError as error:
        where = error.ctx.command_path if error.ctx else "frameloom"
        message = error.format_message().rstrip(".")
        typer.echo(f"{where}: {message[0].lower()}{message[1:]}; see {where} --help", err=True)
        return 2
    except FrameloomError as error:
        typer.echo(f"frameloom: {error}", err=True)
        return 2
    return code if isinstance(code, int) else 0


def run() -> None:
    """Run the command line of this process and exit."""
    sys.exit(main())
