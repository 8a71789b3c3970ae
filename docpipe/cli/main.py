"""The command ``docpipe``: its commands and the one place where errors become exit codes. Imports the command modules."""

from __future__ import annotations

import sys

import typer

from docpipe.cli import (
    accounts,
    audit,
    changing,
    checking,
    demo,
    doctor,
    documents,
    drafting,
    estimating,
    helping,
    measuring,
    report_checking,
    reviewing,
    serving,
    simulating,
    terms,
    translating,
)  # fmt: skip
from docpipe.cli.door import DEFECT, INTERRUPTED, USAGE, out, say, show_error, wants_json
from docpipe.errors import DocpipeError

app = typer.Typer(
    name="docpipe",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Translates regulatory submission documents with language models, stops at checkpoints for people, and puts the "
    "documents together again with their formatting intact.",
)
for module in (
    translating,
    drafting,
    changing,
    estimating,
    documents,
    checking,
    report_checking,
    measuring,
    terms,
    simulating,
    serving,
    doctor,
    demo,
    helping,
):
    module.register(app)
app.add_typer(reviewing.app, name="review")
app.add_typer(audit.app, name="audit")
app.add_typer(accounts.app, name="admin")


def commands_page() -> str:
    """The help page about the commands, for whoever shows help (entry point ``docpipe.help``)."""
    return helping.commands(app)


def run() -> None:
    """Entry point of the console script: runs the command line and exits with a code of ``docpipe help exit-codes``."""
    sys.exit(_code())


def _code() -> int:
    try:
        result = app(standalone_mode=False)
    except DocpipeError as error:
        return show_error(error)
    except typer.Exit as ended:
        return ended.exit_code
    except typer.exceptions.TyperException as error:
        message = error.format_message() if hasattr(error, "format_message") else str(error)
        if wants_json():
            out({"ok": False, "error": {"code": "usage.wrong", "message": message}})
        say(f"Error [usage.wrong] {message}")
        say("  What to do: see docpipe --help, or the command's own --help.")
        return USAGE
    except (KeyboardInterrupt, typer.Abort):
        say("Interrupted. What was done is kept: docpipe resume BATCH goes on.")
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as error:  # noqa: BLE001 - the door: a defect of ours ends with its own exit code, not a traceback with text
        return _defect(error)
    return result if isinstance(result, int) else 0


def _defect(error: Exception) -> int:
    """Says where our defect is (file and line, never values) and gives its exit code."""
    where = []
    trace = error.__traceback__
    while trace is not None:
        where.append(f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}")
        trace = trace.tb_next
    if wants_json():
        out({"ok": False, "error": {"code": "defect.unexpected", "message": type(error).__name__}})
    say(
        f"Error [defect.unexpected] {type(error).__name__} at {' > '.join(where[-6:])}. This is ours: report it with this line."
    )
    return DEFECT


if __name__ == "__main__":
    run()
