"""`docpipe check-report`: a report that people wrote against its data. Imports steps lazily."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from docpipe.cli.door import DONE, PARTIAL, WAITING, Json, out, say, table, text
from docpipe.errors import UsageError

if TYPE_CHECKING:
    from docpipe.steps.check_report import CheckedReport

MOST_SHOWN = 40


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("check-report")(check_report)


def check_report(
    report: Annotated[Path, typer.Argument(help="The report: DOCX or PDF.")],
    kind: Annotated[str, typer.Option("--type", help="Document type: csr, synopsis, narratives, … or a type file.")],
    sources: Annotated[
        list[Path] | None,
        typer.Option("--sources", help="Its data: files, folders, zip archives; may be given more than once."),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--out", help="Folder for the report with notes, findings as HTML and JSON.")
    ] = None,
    off: Annotated[list[str] | None, typer.Option("--off", help="Check ids, numbers or families to leave out.")] = None,
    submit: Annotated[
        bool, typer.Option("--submit", help="As a batch: findings with dispositions on the page; waits for a person.")
    ] = False,
    name: Annotated[str, typer.Option("--name", help="With --submit: a name for lists.")] = "",
    earlier: Annotated[
        str,
        typer.Option(
            "--earlier",
            help="With --submit: the batch of the check of the former version. What was dismissed there stays so; its sources are taken where none are named.",
        ),
    ] = "",
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
    as_json: Json = False,
) -> int:
    """Checks a report that people wrote against its data: numbers, populations, subjects, doses, dates, references, claims.

    Example: docpipe check-report csr.docx --type csr --sources study/ --out checked/
    """
    if earlier and not submit:
        raise UsageError("--earlier goes with --submit: decisions lie in batches.", option="--earlier")
    if not sources and not earlier:
        raise UsageError("Name the report's data with --sources.", option="--sources")
    if folder is not None:
        from docpipe.steps.report_files import made_folder

        made_folder(folder)
    if submit:
        return _submitted(report, kind, sources or [], folder, off or [], name, earlier, quiet=quiet, as_json=as_json)
    from datetime import UTC, datetime

    from docpipe.cli.show import progress
    from docpipe.settings import load
    from docpipe.steps import check_report as steps
    from docpipe.steps.house import log_to_file
    from docpipe.steps.progress import Progress
    from docpipe.steps.progress import report as tell
    from docpipe.steps.report_files import json_line, write_all

    settings = load()
    log_to_file(settings)
    data = steps.report_bytes(report)
    given = steps.sources_given(sources or [], folder)
    chosen = steps.report_type(settings, kind)
    with progress(quiet=quiet):
        checked = steps.check_report(
            settings, data, report.name, chosen, given, off or [],
            lambda stage, done, total: tell(Progress("", report.name, stage, done, total)),
        )  # fmt: skip
    if folder is not None:
        made, missing = write_all(settings, data, checked, folder, datetime.now(UTC))
        say(f"Written: {', '.join(str(p) for p in made)}")
        if missing:
            say(f"There is no copy of the report with notes: {missing}")
    if as_json:
        for finding in checked.findings:
            out(json_line(finding))
        for doubt in checked.doubts:
            say(f"Beware: {doubt}")
    else:
        show(checked)
    return PARTIAL if checked.findings or checked.doubts else DONE


def _submitted(
    report: Path,
    kind: str,
    sources: list[Path],
    folder: Path | None,
    off: list[str],
    name: str,
    earlier: str,
    *,
    quiet: bool,
    as_json: bool,
) -> int:
    """The check as a batch, run here to its checkpoint."""
    from docpipe.cli.session import batch_of, open_for_command
    from docpipe.cli.show import progress
    from docpipe.dispatch import run_here
    from docpipe.model.batch import State
    from docpipe.steps import check_batch, check_review
    from docpipe.steps.check_report import report_bytes, written_before
    from docpipe.steps.collect import Submitted
    from docpipe.steps.draft_orders import take_sources
    from docpipe.steps.house import local_actor
    from docpipe.steps.outcome import error_of
    from docpipe.steps.report_files import write

    house = open_for_command()
    given = Submitted(report.name, report_bytes(report))
    apart = written_before(folder)
    taken = [a for a in take_sources(house, sources) if a.sha256 not in apart] if sources else []
    former = batch_of(house, earlier) if earlier else ""
    batch = check_batch.order_check(house, given, taken, kind, actor=local_actor(), name=name, off=off, earlier=former)
    say(f"Batch {batch.id}.")
    with progress(quiet=quiet):
        run_here(house, batch.id, say)
    state, document = check_batch.state_of(house, batch.id)
    if error := error_of(document):
        say(f"Error [{error['code']}] {error['message']}")
        say(f"  What to do: {error['fix']} (for: {error['who']})")
        return int(error["exit_code"])
    seen = check_review.look(house, batch.id)
    if folder is not None:
        several = ("notes", "html", "json") if seen.notes else ("html", "json")
        write(folder, dict(check_review.files(house, batch.id, what) for what in several))
        say(f"Written into {folder}.")
    if as_json:
        for finding in seen.findings:
            out(check_review.finding_object(finding))
    else:
        show(check_review.checked_of(seen))
        for line in beside_earlier(seen.earlier):
            text(line)
        text(f"\nBatch {batch.id} is {state.value}.")
        if state is State.WAITING:
            text(f"  docpipe review findings {batch.id}        (or the page /batches/{batch.id}/check)")
            text(f"  docpipe review dispose {batch.id} FINDING --reason … --as USER    (or --confirm)")
            text(f"  docpipe review accept {batch.id} --as USER    (closes the check)")
    return WAITING if state is State.WAITING else PARTIAL if seen.findings else DONE


def beside_earlier(told: Mapping[str, Any] | None) -> list[str]:
    """How the findings compare with those of the check that this one follows, in lines."""
    if told is None:
        return []
    lines = [
        f"Since the check {told['batch']}: gone {len(told['gone'])}, new {told['new']}, dismissed there and here {told['carried']}, "
        f"confirmed there and still here {len(told['again'])}."
    ]
    return lines + [f"  gone: {f['check']}  {f['location']}: {f['message']}" for f in told["gone"][:MOST_SHOWN]]


def show(checked: CheckedReport) -> None:
    """The result for people: what was read, what became of the numbers, findings with their evidence."""
    from docpipe.steps.report_shown import evidence_line

    told = checked.summary()
    about = "" if checked.counted else "about "
    pages = "1 page" if checked.pages == 1 else f"{checked.pages} pages"
    text(
        f"{checked.name}: {about}{pages}, checked as {checked.title} against study {checked.study or 'without a name'}"
    )
    files = "1 file" if checked.sources == 1 else f"{checked.sources} files"
    text(f"Sources: {files}" + (f", {len(checked.refused)} of them not usable" if checked.refused else "") + ".")
    for doubt in checked.doubts:
        text(f"Beware: {doubt}")
    for name, code, message in checked.refused[:MOST_SHOWN]:
        text(f"  {name}: {message} ({code})")
    names = {"not_found": "not found", "contradicted": "contradicted by the data"}
    parts = [f"{n} {names.get(k, k)}" for k, n in checked.counts.items() if k != "numbers"]
    text(f"Numbers: {checked.counts.get('numbers', 0)}; {', '.join(parts)}.")
    by = told["findings"]
    text(f"Findings: {by['critical']} critical, {by['major']} major, {by['minor']} minor.\n")
    for finding in checked.findings[:MOST_SHOWN]:
        page = f", page {finding['page']}" if finding["page"] else ""
        text(f"{finding['severity'].upper():8} {finding['check']}  {finding['location']}{page}")
        text(f"  {finding['message']}")
        text(f"  Report: {finding['before'][-60:]}[{finding['text']}]{finding['after'][:60]}")
        if finding["expected"]:
            text(f"  Expected: {finding['expected']}")
        for one in finding["evidence"][:3]:
            text(f"  Evidence: {evidence_line(one)}")
        text()
    if len(checked.findings) > MOST_SHOWN:
        text(f"and {len(checked.findings) - MOST_SHOWN} more: --out FOLDER writes them all, --json prints them.")
    if told["checks"]:
        table(["check", "findings"], [[c, str(n)] for c, n in told["checks"].items()], right=(1,))
