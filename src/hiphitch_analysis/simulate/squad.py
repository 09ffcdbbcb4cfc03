"""A squad worth a coach's look: a season's log and recordings of the last sessions, in several vendors' formats."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hiphitch_analysis.schema import SIDES
from hiphitch_analysis.simulate.athlete import Athlete, Technique
from hiphitch_analysis.simulate.exports import Habits
from hiphitch_analysis.simulate.files import FORMATS, format_json, format_table, write_whole
from hiphitch_analysis.simulate.log import SimulatedLog, draw_athletes, simulate_log
from hiphitch_analysis.simulate.logfiles import write_log_files
from hiphitch_analysis.simulate.performance import Task, match_capacity, perform
from hiphitch_analysis.simulate.recording import SimulatedSet, simulate_set, write_set

Progress = Callable[[int, int, str], None]

# Who the first six are, as habits laid over a drawn athlete; further ones stay as drawn. `capacity` is repetitions to failure, left and right, in
# week 0: the strength is chosen that gives it.
STORIES: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "clean and ready to move up",
        {
            "capacity": (31, 31),
            "weekly_gain": 0.27,
            "attendance": 0.95,
            "drop_deg": 7.0,
            "return_deficit_left_deg": 0.3,
            "return_deficit_right_deg": 0.3,
            "tired_lean_deg": 0.5,
            "variability": 0.05,
            "pain_rate": 0.0,
        },
    ),
    (
        "stops short of level on the right when tired",
        {
            "capacity": (27, 21),
            "weekly_gain": 0.15,
            "attendance": 0.9,
            "return_deficit_left_deg": 0.8,
            "return_deficit_right_deg": 6.0,
            "pain_rate": 0.0,
        },
    ),
    ("twists because the drop is too big", {"drop_deg": 12.5, "rotation_per_deg": 1.0, "attendance": 0.85, "pain_rate": 0.0}),
    ("too fast", {"lower_s": 0.55, "raise_s": 0.5, "drop_deg": 6.5, "attendance": 0.85, "pain_rate": 0.0}),
    ("a long absence", {"attendance": 0.9, "absence_weeks": (3.0, 3.0), "pain_rate": 0.0}),
    ("pain on the left", {"attendance": 0.85, "pain_rate": 0.35, "pain_level": 6.0, "pain_side": "left"}),
)

DEVICE = {"own": "dot", "dot": "dot", "dot_quat": "dot", "mtw": "mtw"}
# How the sensor sits, by athlete: a little askew, as belts sit; every third one upside down.
ASKEW_DEG = 6.0
SOFT_TISSUE = 1.0  # the sensors of a squad sit on skin


@dataclasses.dataclass(frozen=True, slots=True)
class SquadFiles:
    """What `simulate_squad` wrote.

    Attributes
    ----------
    log : Path
        Table LOG of the whole squad.
    index : Path
        ``recordings.csv``: one row per recording with what the analysis has to be told about it.
    truth : Path
        ``truth.json``: athletes, their stories and the capacity behind every set.
    recordings : tuple of Path
        The vendor files.
    """

    log: Path
    index: Path
    truth: Path
    recordings: tuple[Path, ...]


def simulate_squad(
    out: str | Path, seed: int = 0, athletes: int = 6, weeks: float = 8, recordings_per_side: int = 2, progress: Progress | None = None
) -> SquadFiles:
    """Simulate a squad's season and write log, recordings and truth.

    Parameters
    ----------
    out : path
        Folder, made if missing.
    seed : int
        Seed, 0 or more; the same seed writes the same bytes.
    athletes : int
        Number of athletes. The first six tell a story each (see `STORIES`), by their habits alone.
    weeks : float
        Length of the season [weeks].
    recordings_per_side : int
        Recordings per athlete and side: the last set of the latest sessions.
    progress : callable, optional
        Called with recordings done, recordings in total and a short text.

    Returns
    -------
    SquadFiles

    Raises
    ------
    ValueError
        See `simulate_log`; fewer than one athlete or a negative number of recordings.
    """
    if athletes < 1 or recordings_per_side < 0:
        raise ValueError(
            f"athletes, recordings_per_side: expected at least 1 and 0, got {athletes!r} and {recordings_per_side!r}. A demo has 6 and 2."
        )
    folder = Path(out)
    season = simulate_log(_tell_stories(draw_athletes(athletes, seed)), weeks, seed)
    chosen = _choose_sets(season.log, recordings_per_side)
    rows, paths = [], []
    for number, place in enumerate(chosen.index):
        entry, simulated = _record(season, place, seed)
        paths.append(write_set(simulated, folder, entry.pop("name"), [entry["format"]], entry["date"])[0])
        rows.append({"file": paths[-1].name, **entry})
        if progress is not None:
            progress(number + 1, len(chosen), paths[-1].name)
    index = write_whole(folder / "recordings.csv", format_table(pd.DataFrame(rows, columns=["file", *INDEX]), 2))
    log, truth = _write_season(season, folder, seed, weeks)
    return SquadFiles(log, index, truth, tuple(paths))


def write_log(
    out: str | Path, seed: int = 0, athletes: int = 6, weeks: float = 8, formats: Sequence[str] = ("own",), habits: Habits | None = None
) -> tuple[Path, ...]:
    """Write the season of a squad, as ``log.csv`` if not asked otherwise, and the athletes and capacities behind it as ``truth.json``.

    Parameters
    ----------
    out : str or Path
        Folder.
    seed, athletes, weeks
        As for `simulate_squad`.
    formats, habits
        As for `write_log_files`.

    Returns
    -------
    tuple of Path
        The files of the log, and the truth.
    """
    season = simulate_log(_tell_stories(draw_athletes(athletes, seed)), weeks, seed)
    return _write_season(season, Path(out), seed, weeks, formats, habits)


def _write_season(
    season: SimulatedLog, folder: Path, seed: int, weeks: float, formats: Sequence[str] = ("own",), habits: Habits | None = None
) -> tuple[Path, ...]:
    files = write_log_files(season.log, folder, formats, habits)
    return *files, write_whole(folder / "truth.json", format_json(_describe(season, seed, weeks)))


INDEX = ("athlete_id", "date", "session", "side", "set", "format", "mass_kg", "height_m", "sex", "ankle_kg")


def _tell_stories(athletes: tuple[Athlete, ...]) -> list[Athlete]:
    told = [_lay_over(athlete, habits) for athlete, (_, habits) in zip(athletes, STORIES, strict=False)]
    return [*told, *athletes[len(told) :]]


def _lay_over(athlete: Athlete, habits: dict[str, Any]) -> Athlete:
    """Give an athlete the habits of a story, those of technique among them, and the strength for its capacity."""
    form = {field.name for field in dataclasses.fields(Technique)}
    technique = dataclasses.replace(athlete.technique, **{name: value for name, value in habits.items() if name in form})
    other = {name: value for name, value in habits.items() if name not in form and name != "capacity"}
    told = dataclasses.replace(athlete, technique=technique, **other)
    for side, capacity in zip(SIDES, habits.get("capacity", ()), strict=False):
        told = match_capacity(told, side, capacity)
    return told


def _choose_sets(log: pd.DataFrame, per_side: int) -> pd.DataFrame:
    """Pick the last set of each side in the latest sessions of each athlete; a set of no repetition has no recording."""
    last = log[log["reps"] > 0].groupby(["athlete_id", "session", "side"]).tail(1)
    return last.sort_values(["athlete_id", "session"], kind="stable").groupby(["athlete_id", "side"]).tail(per_side)


def _record(season: SimulatedLog, place: Any, seed: int) -> tuple[dict[str, Any], SimulatedSet]:
    """Simulate the recording of one logged set: its repetitions, its tiredness, that athlete's habits."""
    row = season.log.loc[place]
    number = next(i for i, athlete in enumerate(season.athletes) if athlete.id == row["athlete_id"])
    athlete = season.athletes[number]
    form = list(FORMATS)[(number + 1) % len(FORMATS)]
    # The strength of that day is the one with which the capacity behind the logged set is reached: tiredness is then right where the set ended.
    of_the_day = match_capacity(athlete, row["side"], season.capacity.loc[place, "capacity"], float(row["ankle_kg"]))
    noise = int(np.random.default_rng([seed, 7, number, int(row["session"]), SIDES.index(row["side"])]).integers(2**31))
    of_the_day = _see_it_through(of_the_day, row, noise)
    rng = np.random.default_rng([seed, 6, number])
    askew = rng.normal([180.0 if number % 3 == 2 else 0.0, 0.0, 0.0], ASKEW_DEG)
    simulated = simulate_set(
        reps=int(row["reps"]),
        stance=row["side"],
        seed=noise,
        athlete=of_the_day,
        ankle_kg=float(row["ankle_kg"]),
        device=DEVICE[form],
        mounting_deg=tuple(askew.round(2).tolist()),
        soft_tissue=SOFT_TISSUE,
    )
    date = row["date"].strftime("%Y-%m-%d")
    values = (athlete.id, date, int(row["session"]), row["side"], int(row["set"]), form)
    body = (float(row["body_mass_kg"]), athlete.body.height_m, athlete.body.sex, float(row["ankle_kg"]))
    entry = dict(zip(INDEX, values + body, strict=True))
    return {"name": f"{athlete.id}_{date}_{row['side']}_set{row['set']}", **entry}, simulated


def _see_it_through(athlete: Athlete, row: pd.Series, seed: int) -> Athlete:
    """Give an athlete whom human noise makes fail before the repetitions in the log the little more strength they took."""
    task = Task(int(row["reps"]), (row["side"],), ankle_kg=float(row["ankle_kg"]))
    for _ in range(50):
        if perform(athlete, task, seed)[0].complete == row["reps"]:
            break
        athlete = dataclasses.replace(
            athlete, strength_left_nm_kg=1.01 * athlete.strength_left_nm_kg, strength_right_nm_kg=1.01 * athlete.strength_right_nm_kg
        )
    return athlete


def _describe(season: SimulatedLog, seed: int, weeks: float) -> dict[str, Any]:
    stories = [text for text, _ in STORIES]
    people = []
    for number, athlete in enumerate(season.athletes):
        story = stories[number] if number < len(stories) else "as drawn"
        people.append({"story": story, **dataclasses.asdict(athlete)})
    capacity = season.capacity.assign(date=season.capacity["date"].dt.strftime("%Y-%m-%d")).round(3)
    return {"seed": seed, "weeks": weeks, "athletes": people, "capacity": capacity.to_dict("records")}
