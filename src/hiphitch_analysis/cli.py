"""The command line: parse, call, print. Every heavy import waits inside its command, so that ``hiphitch --help`` is instant."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from hiphitch_analysis.cli_report import report_app
from hiphitch_analysis.cli_simulate import simulate_app
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
    Json,
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
    give_json,
    progress_bar,
    read_day,
    read_frame,
    spare_inputs,
)

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="The hip hitch: recordings and logs in, an honest report out."
)
template_app = typer.Typer(no_args_is_help=True, help="Print something to start with.")
app.add_typer(simulate_app, name="simulate")
app.add_typer(report_app, name="report")
app.add_typer(template_app, name="template")

Out = Annotated[Path | None, typer.Option("--out", help="Folder for the results.")]
WeightUnit = Annotated[str | None, typer.Option(metavar="kg|lb", help="Unit of weights, for files that do not say.")]


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder for everything.")] = Path("reports/demo"),
    seed: Annotated[int, typer.Option(min=0, help="Another number, another squad.")] = 2026,
) -> None:
    """Simulate a squad, analyse it, and write its review and a report for each athlete."""
    from hiphitch_analysis.demo import make_demo
    from hiphitch_analysis.report.athlete import write_athlete_report
    from hiphitch_analysis.report.squad import write_squad_report

    with progress_bar() as show:
        squad = make_demo(out, seed, show)
        reports = []
        for i, athlete_id in enumerate(squad.athletes):
            show(i, len(squad.athletes), f"report {athlete_id}")
            reports.append(write_athlete_report(squad.log, squad.analysed, athlete_id, out, example=True))
        review = write_squad_report(squad.log, squad.analysed, out, example=True, progress=show)
    reused = sum(report.reused for report in reports)
    typer.echo(f"{len(reports)} athlete reports" + (f" ({reused} unchanged, reused)" if reused else "") + ":")
    for report in reports:
        typer.echo(f"  {report.path}")
    typer.echo(f"open first, who of the squad needs the coach: {review.path}")
    typer.echo(f"simulated log: {squad.log}\nsimulated recordings: {squad.recordings}\nwhat was found in them: {squad.analysed}")


@app.command()
def analyse(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Recordings: a pelvis sensor, markers, landmarks, a video.")],
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
    json_to: Json = None,
    angles: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Write the pelvis angles over time.")] = None,
    out: Out = None,
) -> None:
    """Find and judge the repetitions in pelvis recordings."""
    from hiphitch_analysis.outputs import write_whole
    from hiphitch_analysis.read.corrections import read_corrections
    from hiphitch_analysis.session import Details, angles_to_csv, describe_session, share_corrections, summarise_session, write_session
    from hiphitch_analysis.session import analyse as analyse_one

    if angles is not None and len(files) > 1:
        raise ValueError(f"--angles: expected one recording, got {len(files)}. Use --out for several: it leaves the angles of each.")
    if out is not None and len({path.name for path in files}) < len(files):
        raise ValueError(
            "--out: two recordings have the same name, and their tables would overwrite each other. Analyse them into folders of their own."
        )
    if len(files) > 1 and (thigh or trunk):
        raise ValueError(f"--thigh and --trunk: expected one pelvis recording beside them, got {len(files)}. Analyse one after the other.")
    spare_inputs([*files, *(file for file in (thigh, trunk, corrections) if file is not None)], angles, json_to)
    details = Details(check_athlete(athlete), read_day(date), session, set_number, ankle_kg, mass_kg, height_m, sex)
    # All are analysed before anything is written: a bad file among good ones leaves nothing half done.
    analyse_file = partial(
        analyse_one,
        stance=stance,
        ap_axis=ap_axis,
        rate_hz=rate_hz,
        format=format,
        sensor=sensor,
        acc_unit=acc_unit,
        gyr_unit=gyr_unit,
        thigh=thigh,
        trunk=trunk,
        frame_px=read_frame(frame),
        markerless=markerless,
        details=details,
    )
    shared = dict.fromkeys(files) if corrections is None else share_corrections(read_corrections(corrections), files)
    sessions = _with_bar(files, lambda file, progress: analyse_file(file, corrections=shared[file], progress=progress))
    seen = []
    for file, analysed in zip(files, sessions, strict=True):
        if out is not None:
            write_session(analysed, out)
            seen += _show_what_was_seen(file, analysed, out)
        if angles is not None:
            write_whole(angles, angles_to_csv(analysed.angles))
    summaries = [summarise_session(analysed) for analysed in sessions]
    if json_to is not None:
        give_json(summaries[0] if len(summaries) == 1 else summaries, json_to)
    if json_to != "-":
        told = "\n\n".join(describe_session(analysed) for analysed in sessions)
        if len(files) > 1 and stance is not None:
            told += f"\n\nall {len(files)} recordings were taken as begun on the {stance} leg (--stance); analyse those of the other leg apart"
        typer.echo(f"{told}\n±: 95 % interval" if "±" in told else told)
        if out is not None:
            typer.echo("\n".join([f"tables: {out}", *seen]))


@app.command()
def markers(pdf: Annotated[Path, typer.Option("--pdf", metavar="FILE.pdf", help="Where the sheet goes.")]) -> None:
    """Write the markers to print, with a page on how to stick them and how to film."""
    from hiphitch_analysis.outputs import write_whole
    from hiphitch_analysis.report.markersheet import make_marker_sheet

    spare_inputs([], pdf)
    typer.echo(f"markers, true to scale on A4: {write_whole(pdf, make_marker_sheet())}")


@app.command()
def progress(
    logs: Annotated[list[Path], typer.Argument(metavar="LOG…", help="Training logs: ours, hand sheets, exports of Strong, Hevy or FitNotes.")],
    athlete: Annotated[str | None, typer.Option(metavar="ID", help="Only this athlete; whose log it is, where a file does not say.")] = None,
    mapping: Map = None,
    plan: Plan = None,
    weight_unit: WeightUnit = None,
    sessions: Annotated[Path | None, typer.Option(metavar="FILE|DIR", help="Analysed recordings, from `analyse --out`.")] = None,
    today: Today = None,
    horizon_weeks: Annotated[int, typer.Option(min=1, max=520, help="How far ahead a date for 3×45 may lie.")] = 26,
    json_to: Json = None,
    out: Out = None,
) -> None:
    """Say where each athlete stands on the ladder to 3×45 and what comes next."""
    from hiphitch_analysis.outputs import write_whole
    from hiphitch_analysis.progress.history import choose_today
    from hiphitch_analysis.progress.summary import describe_progress, summarise_progress
    from hiphitch_analysis.read.analysed import read_sessions
    from hiphitch_analysis.read.log import read_logs
    from hiphitch_analysis.read.words import suggest

    inputs = [*logs, *(file for file in (mapping, plan) if file is not None)]
    spare_inputs(inputs, json_to, out / "progress.json" if out is not None else None)
    with warnings.catch_warnings(record=True) as doubts:
        warnings.simplefilter("always")
        log = read_logs(logs, athlete_id=check_athlete(athlete), mapping=mapping, plan=plan, weight_unit=weight_unit)
    known = sorted(log["athlete_id"].unique())
    if athlete is not None and athlete not in known:
        raise ValueError(f"--athlete: {athlete!r} is not in the log, which has {', '.join(known)}.{suggest(athlete, known)}")
    recorded = read_sessions(sessions) if sessions is not None else None
    as_of = choose_today(log, recorded, read_day(today, "--today"))  # the squad's last day, whoever of it is looked at
    with progress_bar() as show:
        summary = summarise_progress(log, recorded, as_of, horizon_weeks, athlete, show)
    summary["not_inferred"] += [str(doubt.message) for doubt in doubts]
    if json_to is not None:
        give_json(summary, json_to)
    if out is not None:
        write_whole(out / "progress.json", json.dumps(summary, indent=1, ensure_ascii=False))
    if json_to != "-":
        typer.echo(describe_progress(summary))


@app.command()
def workload(
    mass_kg: Annotated[float, typer.Option(help="Body mass.")],
    height_m: Annotated[float, typer.Option(help="Body height.")],
    sex: Annotated[str | None, typer.Option(metavar="male|female", help="For the body segment parameters.")] = None,
    hip_distance_m: Annotated[float | None, typer.Option(help="Between the hip centres, as measured.")] = None,
    ankle_kg: Annotated[float, typer.Option(help="Ankle weight on the free leg.")] = 0.0,
    drop_deg: Annotated[float, typer.Option(help="Drop of the free side; + down.")] = 0.0,
    trunk_lean_deg: Annotated[float, typer.Option(help="Lean of the trunk; + toward the stance side.")] = 0.0,
    free_leg_angle_deg: Annotated[float, typer.Option(help="Free leg from vertical; + away from the midline.")] = 0.0,
    floor_share: Annotated[float, typer.Option(help="Share of the free leg's weight on the floor, 0 to 1.")] = 0.0,
    posture: Annotated[str, typer.Option(metavar="vertical|rigid-leg|rigid-trunk", help="What turns with the pelvis.")] = "vertical",
    phase_s: Annotated[float | None, typer.Option(help="Seconds of lowering, and of raising; without it the posture is held.")] = None,
    torque_nm: Annotated[float | None, typer.Option(help="Strength: isometric test on a fixed dynamometer.")] = None,
    isokinetic_nm: Annotated[float | None, typer.Option(help="Strength: isokinetic peak torque at 60°/s.")] = None,
    force_n: Annotated[float | None, typer.Option(help="Strength: hand-held dynamometer, with --lever-m.")] = None,
    lever_m: Annotated[float | None, typer.Option(help="From the hip to where the dynamometer pushes.")] = None,
    hold_s: Annotated[float | None, typer.Option(help="Strength: side-lying hold of the straight leg, to failure.")] = None,
    max_reps: Annotated[int | None, typer.Option(help="Strength: hip hitches to failure, as described here.")] = None,
    test_se: Annotated[float | None, typer.Option(help="Standard error of that test (SEM), in its own unit.")] = None,
    sets: Annotated[int, typer.Option(help="Sets on one side.")] = 2,
    reps: Annotated[int, typer.Option(help="Repetitions per set.")] = 20,
    rest_s: Annotated[float, typer.Option(help="Seconds between two sets of one side.")] = 60.0,
    effort: Annotated[float, typer.Option(help="Repetitions over those possible that an ankle weight should keep, 0 to 1.")] = 0.8,
    figure: Annotated[Path | None, typer.Option(metavar="FILE.svg", help="Draw the free body to scale, and where the moment comes from.")] = None,
    json_to: Json = None,
) -> None:
    """Say what a posture, a repetition and a set ask of the hip abductors."""
    from hiphitch_analysis.norms import COUNT_S
    from hiphitch_analysis.outputs import write_whole
    from hiphitch_analysis.workload.anthropometry import doubt_build, estimate_body
    from hiphitch_analysis.workload.repetition import Repetition
    from hiphitch_analysis.workload.strength import choose_ability
    from hiphitch_analysis.workload.summary import Plan, describe_workload, summarise_workload

    body = estimate_body(mass_kg, height_m, sex, hip_distance_m=hip_distance_m)
    seconds = COUNT_S.value if phase_s is None else phase_s
    asked = Repetition(drop_deg, seconds, ankle_kg, trunk_lean_deg, free_leg_angle_deg, floor_share, posture)
    tested = {"torque_nm": torque_nm, "isokinetic_nm": isokinetic_nm, "force_n": force_n, "hold_s": hold_s, "max_reps": max_reps}
    ability = choose_ability(body, sex, asked, tested, lever_m, test_se)
    doubt = doubt_build(mass_kg, height_m)
    doubts = [] if doubt is None else [doubt]
    found = summarise_workload(body, asked, ability, Plan(sets, reps, rest_s, effort), moving=phase_s is not None, doubts=doubts)
    spare_inputs([], figure, json_to)
    if figure is not None:
        from hiphitch_analysis.report.mechanics import render_case
        from hiphitch_analysis.workload.effects import Case
        from hiphitch_analysis.workload.repetition import pose, turn_round

        drawn, _ = render_case(body, Case(pose(asked), asked.ankle_kg, turn_round(asked) if phase_s is not None else None))
        write_whole(figure, drawn)
    if json_to is not None:
        give_json(found, json_to)
    if json_to != "-":
        typer.echo(describe_workload(found))


@app.command("import")
def import_command(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Hand sheets, exports of Strong, Hevy or FitNotes, or logs in our CSV.")],
    into: Annotated[Path, typer.Option(metavar="LOG.csv", help="Our log, to add to; made where it is not there.")],
    athlete: Annotated[str | None, typer.Option(metavar="ID", help="Whose log it is, where a file does not say; else only this athlete.")] = None,
    mapping: Map = None,
    plan: Plan = None,
    weight_unit: WeightUnit = None,
) -> None:
    """Add logs of any kind to ours; the same file twice adds nothing."""
    from hiphitch_analysis.read.intake import describe_import, import_logs

    spare_inputs([*files, *([plan] if plan is not None else [])], into, mapping)
    spare_inputs([mapping] if mapping is not None else [], into)
    typer.echo(describe_import(import_logs(files, into, athlete_id=check_athlete(athlete), mapping=mapping, plan=plan, weight_unit=weight_unit)))


@app.command()
def doctor() -> None:
    """Say what is installed here, what could be, and what stands in each other's way."""
    from hiphitch_analysis.doctor import describe_findings, examine

    typer.echo(describe_findings(examine()))


@template_app.command("log")
def template_log(
    hand_sheet: Annotated[bool, typer.Option("--hand-sheet", help="One row per date instead of one per set, to keep by hand.")] = False,
) -> None:
    """Print an empty training log with two example rows."""
    from hiphitch_analysis.templates import hand_sheet_template, log_template

    typer.echo(hand_sheet_template() if hand_sheet else log_template(), nl=False)


@template_app.command("corrections")
def template_corrections() -> None:
    """Print a file of rep corrections with two example rows, for --corrections."""
    from hiphitch_analysis.templates import corrections_template

    typer.echo(corrections_template(), nl=False)


@template_app.command("protocol")
def template_protocol() -> None:
    """Print the recording protocol, one page."""
    from hiphitch_analysis.templates import protocol

    typer.echo(protocol(), nl=False)


def main() -> None:
    """Run the command line: bad input is one line on stderr and exit code 2."""
    from typer.exceptions import TyperException

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # a Windows console may not know × or °
    try:
        code = app(standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("hiphitch: stopped", err=True)
        code = 130
    except (ValueError, TyperException, OSError, RuntimeError) as error:
        text = error.format_message() if isinstance(error, TyperException) else str(error)
        typer.echo(f"hiphitch: {' '.join(text.split())}", err=True)
        code = 1 if isinstance(error, RuntimeError) else 2
    sys.exit(code)


def _with_bar(files: list[Path], work: Callable[..., Any]) -> list[Any]:
    """Return what `work` makes of each file, showing how far it is, within a file too: a video takes long."""
    results = []
    with progress_bar() as show:
        for i, file in enumerate(files):
            show(i, len(files), file.name)
            results.append(work(file, progress=lambda done, total, text, before=i: show(before * total + done, len(files) * total, text)))
    return results


def _show_what_was_seen(file: Path, analysed: Any, out: Path) -> list[str]:
    """Leave the contact sheet of a video of printed markers, and say so."""
    from hiphitch_analysis.read.markertracks import MarkerTracks

    if not isinstance(analysed.source, MarkerTracks):
        return []  # and matplotlib need not be loaded
    from hiphitch_analysis.report.contactsheet import PRIVACY, write_contact_sheet

    return [f"what was seen: {write_contact_sheet(file, analysed, out)}", f"  {PRIVACY}"]


if __name__ == "__main__":
    main()
