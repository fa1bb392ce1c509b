"""Runs a command line of typer: a user's mistake is one line and status 2, Ctrl-C another."""

import typer

from ..building.environment import SetupError
from ..errors import PercepNetError
from ..requirements import EXTRAS, how_to_install
from ..workers import INTERRUPTED
from .terminal import complain

UsageError = typer.BadParameter.__base__
BAD_INPUT = 2


def run_app(app, program, arguments=None, label="error"):
    """Runs one command line and returns its exit status. label: what begins a line about a mistake."""
    try:
        status = app(arguments, standalone_mode=False, prog_name=program)
    except (UsageError, PercepNetError, SetupError, OSError) as error:
        complain(describe(error, program), label)
        return BAD_INPUT
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in EXTRAS:
            raise
        complain(how_to_install(package), label)
        return BAD_INPUT
    except Exception as error:
        if not was_interrupted(error):
            raise
        status = INTERRUPTED
    if status == INTERRUPTED:
        complain("interrupted", label)
    return status or 0


def describe(error, program):
    """One line that says what is wrong and what to do."""
    if isinstance(error, UsageError):
        command = error.ctx.command_path if error.ctx else program
        return f"{error.format_message().rstrip('.')}: see `{command} --help`"
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return str(error)


def was_interrupted(error):
    """Did Ctrl-C lead to this error? It ends the browser as well, so that closing it fails."""
    while error and not isinstance(error, KeyboardInterrupt):
        error = error.__context__
    return error is not None


def help_without_command(context: typer.Context):
    """The callback of a program that shows its help where no command is given."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
