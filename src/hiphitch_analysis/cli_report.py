"""The commands of ``hiphitch report``: parse, call, print. Every heavy import waits inside its command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hiphitch_analysis.console import (
    AccUnit,
    AnkleKg,
    ApAxis,
    Athlete,
    Corrections,
    Day,
    FileFormat,
    Frame,
    GyrUnit,
    HeightM,
    Map,
    Markerless,
    MassKg,
    Plan,
    RateHz,
    Sensor,
    SessionNumber,
    SetNumber,
    Sex,
    Stance,
    Thigh,
    Today,
    Trunk,
    check_athlete,
    progress_bar,
    read_day,
    read_frame,
    spare_inputs,
)

if TYPE_CHECKING:
    from hiphitch_analysis.report.write import Written

report_app = typer.Typer(no_args_is_help=True, help="Write reports: a page, its tables as CSV, and a JSON that says what it was made from.")

OutFolder = Annotated[Path, typer.Option("--out", help="Folder for the report.")]
Pdf = Annotated[bool, typer.Option("--pdf", help="As PDF/UA as well (extra pdf).")]


@report_app.command("athlete")
def report_athlete(
    log: Annotated[Path, typer.Argument(metavar="LOG", help="Training log.")],
    athlete: Annotated[str, typer.Option(metavar="ID", help="Pseudonym of the athlete.")],
    sessions: Annotated[Path | None, typer.Option(metavar="DIR", help="Analysed recordings, from `analyse --out`.")] = None,
    mapping: Map = None,
    plan: Plan = None,
    today: Today = None,
    out: OutFolder = Path("reports"),
    pdf: Annotated[bool, typer.Option("--pdf", help="Also the sheet of one A4 page, and the whole page, as PDF/UA (extra pdf).")] = False,
) -> None:
    """Write the page a coach reads: what next, and why."""
    from hiphitch_analysis.report.athlete import find_unlogged, write_athlete_report
    from hiphitch_analysis.report.sheet import plan_pdfs

    check_athlete(athlete)
    read_day(today, "--today")
    spare_inputs([file for file in (log, mapping, plan) if file is not None], out / f"athlete_{athlete}.html")
    beside = plan_pdfs(log, sessions, athlete, mapping=mapping, plan=plan, today=today) if pdf else None
    with progress_bar() as show:
        written = write_athlete_report(log, sessions, athlete, out, mapping=mapping, plan=plan, today=today, beside=beside, progress=show)
    _tell(written)
    for doubt in find_unlogged(log, sessions, athlete, mapping, plan):
        typer.echo(f"  ! {doubt}")


@report_app.command("squad")
def report_squad(
    logs: Annotated[list[Path], typer.Argument(metavar="LOG…", help="Training logs of the squad, in one file or several.")],
    sessions: Annotated[Path | None, typer.Option(metavar="DIR", help="Analysed recordings, from `analyse --out`.")] = None,
    mapping: Map = None,
    plan: Plan = None,
    today: Today = None,
    out: OutFolder = Path("reports"),
    pdf: Pdf = False,
) -> None:
    """Write the page that says who of a squad needs the coach today, and why."""
    from hiphitch_analysis.report.pdf import make_pdf, need_typst
    from hiphitch_analysis.report.squad import TITLE, write_squad_report

    if pdf:
        need_typst()
    read_day(today, "--today")
    spare_inputs([*logs, *(file for file in (mapping, plan) if file is not None)], out / "squad.html")
    beside = {"squad.pdf": lambda page: make_pdf(page, TITLE, wide=True)} if pdf else None
    with progress_bar() as show:
        written = write_squad_report(logs, sessions, out, mapping=mapping, plan=plan, today=today, beside=beside, progress=show)
    _tell(written)


@report_app.command("session")
def report_session(
    recording: Annotated[Path, typer.Argument(metavar="RECORDING", help="One recording, of any kind that `analyse` takes.")],
    stance: Stance = None,
    ap_axis: ApAxis = None,
    rate_hz: RateHz = None,
    format: FileFormat = None,  # noqa: A002
    sensor: Sensor = None,
    acc_unit: AccUnit = None,
    gyr_unit: GyrUnit = None,
    frame: Frame = None,
    markerless: Markerless = False,
    thigh: Thigh = None,
    trunk: Trunk = None,
    athlete: Athlete = None,
    mass_kg: MassKg = None,
    height_m: HeightM = None,
    sex: Sex = None,
    ankle_kg: AnkleKg = None,
    date: Day = None,
    session: SessionNumber = None,
    set_number: SetNumber = 1,
    corrections: Corrections = None,
    out: OutFolder = Path("reports"),
    pdf: Pdf = False,
) -> None:
    """Write the page of one recording: what was in it, and how sure that is."""
    from hiphitch_analysis.read.corrections import read_corrections
    from hiphitch_analysis.report.recording import write_recording_report
    from hiphitch_analysis.session import Details

    # Refused here, in a word, rather than from within the notebook.
    read_frame(frame)
    Details(check_athlete(athlete), read_day(date), session, set_number, ankle_kg, mass_kg, height_m, sex)
    if corrections is not None:
        read_corrections(corrections)
    said = {
        "stance": stance,
        "ap_axis": ap_axis,
        "rate_hz": rate_hz,
        "file_format": format,
        "sensor": sensor,
        "acc_unit": acc_unit,
        "gyr_unit": gyr_unit,
    }
    who = {"athlete": athlete, "mass_kg": mass_kg, "height_m": height_m, "sex": sex, "ankle_kg": ankle_kg, "date": date, "session": session}
    files = {name: None if path is None else str(path) for name, path in (("thigh", thigh), ("trunk", trunk), ("corrections", corrections))}
    with progress_bar() as show:
        given = {**said, **who, **files, "frame": frame, "markerless": markerless, "set_number": set_number}
        written = write_recording_report(recording, out, given, pdf=pdf, progress=show)
    _tell(written)


@report_app.command("notebooks")
def report_notebooks(out: OutFolder = Path("reports")) -> None:
    """Run every notebook on the demonstration squad and write it, with its code, as a page."""
    from hiphitch_analysis.demo import make_demo
    from hiphitch_analysis.report.export import read_title
    from hiphitch_analysis.report.run import list_parameters, read_notebook
    from hiphitch_analysis.report.write import list_notebooks, write_report

    with progress_bar() as show:
        squad = make_demo(out / "demo", progress=show)
        demonstration: dict[str, str | bool] = {"log": str(squad.log.resolve()), "analysed": str(squad.analysed.resolve()), "example": True}
        pages = []
        for path in list_notebooks():
            notebook = read_notebook(path)
            parameters = demonstration if set(demonstration) <= set(list_parameters(notebook)) else {}
            title = read_title(notebook) or path.stem
            target = out / f"{path.stem}.html"
            pages.append(write_report(path, target, parameters, title, show_code=True, folder=path.parent, progress=show))
    for page in pages:
        _tell(page)


def _tell(written: Written) -> None:
    """Print where a report lies, and what lies beside it."""
    typer.echo(f"{written.path}{' (unchanged, reused)' if written.reused else ''}")
    beside = [path.name for path in written.files if path != written.path]
    typer.echo(f"  beside it: {', '.join(sorted(beside))}")
