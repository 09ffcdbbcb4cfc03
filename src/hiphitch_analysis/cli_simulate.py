"""The commands under ``hiphitch simulate``: parse, call, print. Every heavy import waits inside its command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hiphitch_analysis.console import Json, give_json, progress_bar

simulate_app = typer.Typer(no_args_is_help=True, help="Make recordings and logs whose truth is known.")


@simulate_app.command("set")
def simulate_set_command(
    out: Annotated[Path, typer.Option(help="Folder for the recording and its truth.")],
    reps: Annotated[int, typer.Option(help="Repetitions per set.")] = 20,
    stance: Annotated[str, typer.Option(metavar="left|right", help="The leg stood on first.")] = "left",
    drop_deg: Annotated[float, typer.Option(help="How far the free side drops.")] = 8.0,
    lower_s: Annotated[float, typer.Option(help="Time of lowering.")] = 1.0,
    raise_s: Annotated[float, typer.Option(help="Time of raising.")] = 1.0,
    sets: Annotated[int, typer.Option(help="Sets on each side.")] = 1,
    both_sides: Annotated[bool, typer.Option("--both-sides", help="Follow each set by one on the other leg.")] = False,
    rest_s: Annotated[float, typer.Option(help="Rest between sets.")] = 60.0,
    fault: Annotated[list[str] | None, typer.Option(metavar="KEY[:SEVERITY][@REP]", help="A fault to have; `simulate faults` lists them.")] = None,
    strength_nm_kg: Annotated[float | None, typer.Option(help="Let somebody of this strength perform, who tires; else nobody does.")] = None,
    sex: Annotated[str, typer.Option(metavar="male|female")] = "male",
    mass_kg: Annotated[float, typer.Option(help="Body mass.")] = 75.0,
    height_m: Annotated[float, typer.Option(help="Body height.")] = 1.78,
    ankle_kg: Annotated[float, typer.Option(help="Ankle weight on the free leg.")] = 0.0,
    device: Annotated[str, typer.Option(metavar="dot|mtw|phone|ideal", help="Whose noise, bias and clock.")] = "dot",
    rate_hz: Annotated[float | None, typer.Option(help="Samples per second; by default the device's own.")] = None,
    sensor: Annotated[list[str] | None, typer.Option(metavar="pelvis|thigh|trunk", help="Where sensors sit; by default on the pelvis only.")] = None,
    mounting_deg: Annotated[
        tuple[float, float, float],
        typer.Option(metavar="Z Y X", help="Turns of the pelvis sensor away from flat on the sacrum; 180 0 0: upside down."),
    ] = (0.0, 0.0, 0.0),
    soft_tissue: Annotated[float, typer.Option(help="Skin that moves over bone, as a multiple of the usual.")] = 0.0,
    dropped: Annotated[float | None, typer.Option(help="Share of samples lost.")] = None,
    quiet_s: Annotated[float, typer.Option(help="Standing still on both feet before the first set.")] = 5.0,
    walk_off: Annotated[bool, typer.Option("--walk-off", help="End with walking away.")] = False,
    seed: Annotated[int, typer.Option(help="The same seed gives the same files.")] = 0,
    format: Annotated[list[str] | None, typer.Option(help="Vendor formats to write as well: dot, dot_quat, mtw.")] = None,  # noqa: A002
    film: Annotated[list[str] | None, typer.Option(help="Also film it: mediapipe, openpose, landmarks; or markers as trc.")] = None,
    view: Annotated[str, typer.Option(metavar="front|back", help="Side that the camera sees.")] = "front",
    distance_m: Annotated[float, typer.Option(help="Camera from the pelvis.")] = 2.75,
    yaw_deg: Annotated[float, typer.Option(help="Camera to the side; + to the athlete's left.")] = 0.0,
    elevation_deg: Annotated[float, typer.Option(help="Camera above the hips.")] = 0.0,
    roll_deg: Annotated[float, typer.Option(help="Camera turned clockwise.")] = 0.0,
    swapped: Annotated[float, typer.Option(help="Share of frames in which the pose model swaps left and right.")] = 0.0,
) -> None:
    """Simulate one recording: sensor files and truth side by side."""
    from dataclasses import replace

    from hiphitch_analysis.simulate import TIRELESS, Athlete, Body, Camera, PoseModel, simulate_set, write_film, write_set

    camera, model = Camera(view, distance_m, yaw_deg, elevation_deg, roll_deg), PoseModel(swapped=swapped)

    body = Body(sex, mass_kg, height_m)
    if strength_nm_kg is None:
        athlete = replace(TIRELESS, body=body)
    else:
        athlete = Athlete(body=body, strength_left_nm_kg=strength_nm_kg, strength_right_nm_kg=strength_nm_kg)
    simulated = simulate_set(
        reps=reps,
        stance=stance,
        drop_deg=drop_deg,
        lower_s=lower_s,
        raise_s=raise_s,
        sets=sets,
        both_sides=both_sides,
        rest_s=rest_s,
        faults=fault or (),
        athlete=athlete,
        ankle_kg=ankle_kg,
        device=device,
        rate_hz=rate_hz,
        sensors=sensor or ("pelvis",),
        mounting_deg=mounting_deg,
        soft_tissue=soft_tissue,
        dropped=dropped,
        quiet_s=quiet_s,
        walk_off=walk_off,
        seed=seed,
        skeleton_hz=2 * camera.rate_hz if film else None,
    )
    name = f"set_{stance}_{reps}_seed{seed}"
    for path in write_set(simulated, out, name, ("own", *(format or []))):
        typer.echo(path)
    if film and simulated.skeleton is not None:
        for path in write_film(simulated.skeleton, camera, model, out, name, film, seed):
            typer.echo(path)
    if athlete.tires:
        for number, done in enumerate(simulated.sets, 1):
            typer.echo(f"set {number}, {done.side}: {done.complete} of {done.target_reps}, stopped by {done.stop_reason}")


@simulate_app.command("faults")
def simulate_faults_command() -> None:
    """List the faults a simulated athlete can have, and what mild, moderate and severe mean."""
    from hiphitch_analysis.simulate import list_faults

    typer.echo(list_faults())


@simulate_app.command("squad")
def simulate_squad_command(
    out: Annotated[Path, typer.Option(help="Folder for log and recordings.")],
    athletes: Annotated[int, typer.Option(min=1, max=200)] = 6,
    weeks: Annotated[int, typer.Option(min=1, max=104)] = 8,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same files.")] = 2026,
) -> None:
    """Simulate a squad: its training log, some recordings, and the truth."""
    from hiphitch_analysis.simulate import simulate_squad

    with progress_bar() as show:
        squad = simulate_squad(out, seed=seed, athletes=athletes, weeks=weeks, progress=show)
    for path in (squad.log, squad.index, squad.truth, *squad.recordings):
        typer.echo(path)


@simulate_app.command("log")
def simulate_log_command(
    out: Annotated[Path, typer.Option(help="Folder for the log and its truth.")],
    athletes: Annotated[int, typer.Option(min=1, max=2000)] = 6,
    weeks: Annotated[int, typer.Option(min=1, max=104)] = 8,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same files.")] = 2026,
    format: Annotated[  # noqa: A002
        list[str] | None,
        typer.Option(
            metavar="own|hand|strong|strong_2016|strong_2017|strong_android|hevy|fitnotes|fitnotes_old|fitnotes_ios",
            help="How the log is kept, repeatable; an app's file holds one athlete. By default own.",
        ),
    ] = None,
    generator: Annotated[
        str | None,
        typer.Option(
            metavar="squad|reference|mechanistic", help="Demonstration squad, latent capacity with stated effects, or strength and fatigue."
        ),
    ] = None,
    law: Annotated[str | None, typer.Option(metavar="linear|saturating|log", help="Growth over the weeks; reference.")] = None,
    carry_over: Annotated[bool, typer.Option("--carry-over", help="Repetitions done before cost capacity; reference.")] = False,
    attendance: Annotated[float | None, typer.Option(help="Chance of coming to a planned session.")] = None,
    attendance_sd: Annotated[float | None, typer.Option(help="How far athletes differ in it.")] = None,
    illness_rate: Annotated[float | None, typer.Option(help="Chance per week that an illness begins.")] = None,
    pain_stops: Annotated[float | None, typer.Option(help="Chance that pain ends a set.")] = None,
    other_stops: Annotated[float | None, typer.Option(help="Chance that something else ends a set.")] = None,
    typo_rate: Annotated[float | None, typer.Option(help="Chance of a digit left out: 2 for 20.")] = None,
    uncapped_every: Annotated[int | None, typer.Option(help="Every so many sessions the last set has no cap.")] = None,
    ankle_step_kg: Annotated[float | None, typer.Option(help="Ankle weight per step beyond 3×45; 0 repeats 3×45.")] = None,
    unit: Annotated[str, typer.Option(metavar="kg|lb", help="Of weights in an app's file.")] = "kg",
    dates: Annotated[str, typer.Option(metavar="en|us|fr", help="Hevy's form of dates.")] = "en",
    side_in: Annotated[str, typer.Option(metavar="name|notes", help="Where an app's file says the side.")] = "name",
    warm_up: Annotated[bool, typer.Option("--warm-up", help="Begin with a warm-up set in an app's file.")] = False,
    decimal_comma: Annotated[bool, typer.Option("--decimal-comma", help="In Strong's file for Android.")] = False,
    bom: Annotated[bool, typer.Option("--bom", help="Begin an app's file with a byte order mark.")] = False,
) -> None:
    """Simulate the training log of a squad, with the truth beside it."""
    from hiphitch_analysis.simulate import Habits, write_season

    season = {
        "attendance": attendance,
        "attendance_sd": attendance_sd,
        "illness_rate": illness_rate,
        "pain_stops": pain_stops,
        "other_stops": other_stops,
        "typo_rate": typo_rate,
        "uncapped_every": uncapped_every,
        "ankle_step_kg": ankle_step_kg,
    }
    given = {name: value for name, value in season.items() if value is not None}
    habits = Habits(unit, dates, side_in, warm_up, decimal_comma, bom)
    for path in write_season(out, generator, athletes, weeks, seed, law, carry_over, given, format or ("own",), habits):
        typer.echo(path)


@simulate_app.command("policies")
def simulate_policies_command(
    athletes: Annotated[int, typer.Option(min=1, max=1000, help="In each squad.")] = 40,
    weeks: Annotated[int, typer.Option(min=1, max=104, help="Length of the season.")] = 26,
    squads: Annotated[int, typer.Option(min=2, max=1000, help="Their spread says how sure the figures are.")] = 20,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same figures.")] = 0,
    law: Annotated[str, typer.Option(metavar="linear|saturating|log", help="Growth over the weeks; reference.")] = "linear",
    generator: Annotated[
        str,
        typer.Option(metavar="reference|mechanistic", help="Latent capacity, or strength and fatigue; the latter is slow: try 2 squads of 6."),
    ] = "reference",
    stimulus_reps: Annotated[
        float | None,
        typer.Option(help="Assume that growth follows training: so many effective repetitions per leg and week for the usual pace."),
    ] = None,
    json_to: Json = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for tables and figure.")] = None,
) -> None:
    """Compare progression policies: when 3×45 is done, what fails on the way, what stays in reserve."""
    from hiphitch_analysis.progress.policies import record_policies, say_pace, summarise_policies, train_under
    from hiphitch_analysis.report.policies import say_policies, tabulate_policies, write_policies
    from hiphitch_analysis.simulate import Stimulus

    stimulus = None if stimulus_reps is None else Stimulus(stimulus_reps)
    with progress_bar() as show:
        runs = train_under(None, squads, athletes, weeks, seed, generator, law, stimulus=stimulus, progress=show)
    table = summarise_policies(runs)
    if json_to is not None:
        made = {"generator": generator, "law": law, "squads": squads, "athletes": athletes, "weeks": weeks, "seed": seed}
        give_json({**made, "assumption": say_pace(stimulus), "policies": record_policies(table)}, json_to)
    written = write_policies(runs, table, out) if out is not None else ()
    if json_to != "-":
        typer.echo(f"{tabulate_policies(table)}\n\n{say_policies(table)}\n{say_pace(stimulus)}")
        for path in written:
            typer.echo(path)
