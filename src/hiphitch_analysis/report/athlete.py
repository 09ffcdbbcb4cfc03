"""The athlete report: what it is made from, and how it is written."""

from __future__ import annotations

import glob
import json
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hiphitch_analysis.progress.capacity import fit_capacity
from hiphitch_analysis.progress.course import Trend
from hiphitch_analysis.progress.forecast import draw_worlds
from hiphitch_analysis.progress.history import choose_today, summarise_log
from hiphitch_analysis.progress.outlook import QUANTILES, Outlook, look_ahead
from hiphitch_analysis.progress.plan import LADDER, Prescription, plan_next
from hiphitch_analysis.progress.sentences import describe_trends, place_measures
from hiphitch_analysis.progress.summary import list_missing
from hiphitch_analysis.progress.trends import fit_trend
from hiphitch_analysis.progress.unlogged import list_unlogged
from hiphitch_analysis.read.analysed import read_angles, read_faults, read_reps, read_sessions
from hiphitch_analysis.read.log import read_log
from hiphitch_analysis.read.logfile import LogDoubt
from hiphitch_analysis.read.words import suggest
from hiphitch_analysis.report.forecast import trace_third_set
from hiphitch_analysis.report.run import Progress
from hiphitch_analysis.report.timeline import format_date
from hiphitch_analysis.report.write import Maker, Written, find_notebook, write_report
from hiphitch_analysis.schema import SIDES
from hiphitch_analysis.workload.dose import sum_weeks

NOTEBOOK = "02_athlete_report.ipynb"
FORECAST_SEED = 0  # of the draws behind the date of 3 × 45
FEW = 5  # others in a log, below which one more or less moves everybody's date by weeks
LEG_DOUBTS = ("stance_against_name", "stance_doubtful", "sensor_reversed", "movement_goes_up")
TREND_DAYS, TREND_WEEKS = 4, 2.0  # from there on a page speaks of weeks


@dataclass(frozen=True, slots=True)
class RecordedSet:
    """The last set of an analysed recording.

    Attributes
    ----------
    recording : str
        The recording's name.
    date : pandas.Timestamp or None
    angles : DataFrame
        Table ANGLES of the whole recording.
    all_reps : DataFrame
        Table REPS of the whole recording.
    reps, faults : DataFrame
        Tables REPS and FAULTS of its last set.
    zero_s : (float, float) or None
        The quiet stance that says what level is [s].
    dose : dict or None
        What that set asked of the hip abductors: a row of table DOSES with its equivalents; None where the body was not known.
    assumptions : tuple of str
        What was taken for granted in it.
    warnings : tuple of str
        What is doubtful about the measurement.
    leg_doubts : tuple of str
        Those of them that say the other leg may have been stood on: then nothing else holds.
    """

    recording: str
    date: pd.Timestamp | None
    angles: pd.DataFrame
    all_reps: pd.DataFrame
    reps: pd.DataFrame
    faults: pd.DataFrame
    zero_s: tuple[float, float] | None
    dose: dict[str, Any] | None
    assumptions: tuple[str, ...]
    warnings: tuple[str, ...]
    leg_doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AthleteData:
    """Everything an athlete report shows.

    Attributes
    ----------
    athlete_id : str
    history : DataFrame
        Table HISTORY of this athlete.
    plan : Prescription
    outlook : Outlook or None
        What the capacity model says, leaning on the whole log; None where no set holds a repetition.
    course : DataFrame
        From `trace_third_set`; no rows without an outlook.
    as_of : Timestamp
        The last day in the log, or of a recording.
    sets : dict of {"left", "right"} to RecordedSet
        The last recorded set of each side; a side never recorded is absent.
    trend : Trend or None
        Of form, or of exertion where form is not known on enough days; None where neither is.
    changes : tuple of str
        What else changed over the weeks, in words.
    weeks : DataFrame
        What each week did, from `sum_weeks`; no rows where nothing was recorded.
    doubts : tuple of str
        What was assumed in reading the log, and recordings that the log knows nothing of.
    """

    athlete_id: str
    history: pd.DataFrame
    plan: Prescription
    outlook: Outlook | None
    course: pd.DataFrame
    as_of: pd.Timestamp
    sets: dict[str, RecordedSet]
    trend: Trend | None
    changes: tuple[str, ...]
    weeks: pd.DataFrame
    doubts: tuple[str, ...]


def load_athlete(
    log: str | Path,
    analysed: str | Path | None,
    athlete_id: str,
    mapping: str | Path | None = None,
    plan: str | Path | None = None,
    today: str | None = None,
) -> AthleteData:
    """Read one athlete's log and analysed recordings.

    Parameters
    ----------
    log : str or Path
        Training log of any format that `read_log` knows.
    analysed : str or Path or None
        Folder that ``hiphitch analyse --out`` left.
    athlete_id : str
        Pseudonym; whose log it is, where the file does not say.
    mapping, plan : str or Path, optional
        As for `read_log`.
    today : str, optional
        Day of the decision, like 2026-01-31; by default the last day in the log, or of a recording.

    Returns
    -------
    AthleteData

    Raises
    ------
    ValueError
        A file that cannot be read, or an athlete who is not in the log.
    """
    table, sessions, doubts = _read_tables(log, analysed, athlete_id, mapping, plan)
    history, as_of = (
        summarise_log(table[table["athlete_id"].eq(athlete_id)], sessions),
        choose_today(table, sessions, None if today is None else pd.Timestamp(today)),
    )
    outlook, course = _look(table, athlete_id, as_of)
    prescribed, trend = plan_next(history, as_of, outlook), _follow(table, sessions, athlete_id)
    shown = trend.measure if trend is not None else None
    changes = tuple(
        entry["sentence"]
        for entry in describe_trends(table, sessions)
        if entry["athlete_id"] == athlete_id
        and entry["changed"]
        and entry["measure"] != shown
        and _enough(entry["n_days"], entry["last_week"] - entry["first_week"])
    )
    weeks = pd.DataFrame(columns=["week", "impulse_nms"]) if sessions is None else sum_weeks(sessions, table)
    mine = weeks[weeks["athlete_id"].eq(athlete_id)] if len(weeks) else weeks
    doubts = [*list_unlogged(table, sessions, athlete_id), *doubts, *list_missing(table), *_say_leaning(table)]
    if prescribed.because == "short of level":
        doubts.append("The date counts repetitions as they were logged, short of level or not.")
    sets = _last_sets(sessions, analysed, athlete_id)
    return AthleteData(athlete_id, history, prescribed, outlook, course, as_of, sets, trend, changes, mine, tuple(doubts))


def _look(log: pd.DataFrame, athlete_id: str, as_of: pd.Timestamp) -> tuple[Outlook | None, pd.DataFrame]:
    """Return what the model says of an athlete, and the third set over the weeks; neither without a repetition."""
    capacity = fit_capacity(log) if (log["reps"] > 0).any() else None
    if capacity is None or athlete_id not in capacity.athletes:
        return None, pd.DataFrame(columns=["date", "side", *QUANTILES])
    outlook = look_ahead(capacity, LADDER, as_of, seed=FORECAST_SEED)[athlete_id]
    return outlook, trace_third_set(capacity, draw_worlds(capacity, seed=FORECAST_SEED), athlete_id, as_of)


def _follow(log: pd.DataFrame, sessions: pd.DataFrame | None, athlete_id: str) -> Trend | None:
    """Return the trend of the measure worth a figure, of the whole squad: one athlete's slope leans on the others'."""
    tables = place_measures(log, sessions)
    for measure in ("form_score", "rpe"):
        table = tables.get(measure)
        weeks = pd.Series(dtype=float) if table is None else table.loc[table["athlete_id"].eq(athlete_id) & table[measure].notna(), "week"]
        if table is not None and len(weeks) and _enough(weeks.nunique(), float(np.ptp(weeks))):
            return fit_trend(table.dropna(subset=[measure]), measure)
    return None


def _enough(days: int, weeks: float) -> bool:
    return days >= TREND_DAYS and weeks >= TREND_WEEKS


def _say_leaning(log: pd.DataFrame) -> list[str]:
    """Say on whose sets a date leans beside the athlete's own."""
    others = log["athlete_id"].nunique() - 1
    if not others:
        return ["The date leans on this log alone and on what is assumed of people; with a squad in the log it leans on the squad."]
    return (
        [f"The date leans on the sets of {others} other athlete{'s' if others > 1 else ''} in this log as well; so few move each other's dates."]
        if others < FEW
        else []
    )


def _read_tables(
    log: str | Path, analysed: str | Path | None, athlete_id: str, mapping: str | Path | None, plan: str | Path | None
) -> tuple[pd.DataFrame, pd.DataFrame | None, list[str]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", LogDoubt)
        table = read_log(log, athlete_id=athlete_id, mapping=mapping, plan=plan)
    known = sorted(table["athlete_id"].unique())
    if athlete_id not in known:
        raise ValueError(f"athlete: {athlete_id!r} is not in the log, which has {', '.join(known)}.{suggest(athlete_id, known)}")
    return table, read_sessions(analysed) if analysed else None, [str(doubt.message) for doubt in caught]


def list_tables(data: AthleteData) -> dict[str, pd.DataFrame]:
    """Name the tables behind an athlete report.

    Parameters
    ----------
    data : AthleteData

    Returns
    -------
    dict of str to DataFrame
        ``history``, one row per session and side; ``reps`` and ``faults`` of the last recorded sets; ``chances`` of completing each step; ``course``
        of the third set; ``trend``, one row per day and side; ``weeks``. What is not known is absent.
    """
    shown = {"reps": [recorded.reps for recorded in data.sets.values()], "faults": [r.faults.assign(side=side) for side, r in data.sets.items()]}
    tables = {name: pd.concat(parts, ignore_index=True) for name, parts in shown.items() if parts}
    of_trend = {} if data.trend is None else {"trend": data.trend.points[data.trend.points["athlete_id"].eq(data.athlete_id)]}
    of_model = {} if data.outlook is None else {"chances": data.outlook.chances, "course": data.course}
    return {"history": data.history, **tables, **of_model, **of_trend, **({"weeks": data.weeks} if len(data.weeks) else {})}


def find_unlogged(
    log: str | Path, analysed: str | Path | None, athlete_id: str, mapping: str | Path | None = None, plan: str | Path | None = None
) -> list[str]:
    """Say which recordings the log knows nothing of, for whoever does not read the page to its end; arguments as for `load_athlete`."""
    table, sessions, _ = _read_tables(log, analysed, athlete_id, mapping, plan)
    return list_unlogged(table, sessions, athlete_id)


def list_facts(data: AthleteData) -> list[str]:
    """List what stands above the headline: the last session, its day, and that of a recording after it."""
    last, recorded = data.history["date"].max(), data.history["recorded_on"].max()
    facts = [f"session {data.history['session'].max()}", format_date(last)]
    facts += [f"recorded {format_date(recorded)}"] if recorded > last else []
    return [*facts, f"as of {format_date(data.as_of)}"] if data.as_of > max(last, recorded if pd.notna(recorded) else last) else facts


def next_step(plan: Prescription) -> int:
    """Return the place of the next session on the ladder, ``len(LADDER)`` for the ankle weight; while resting, of the last one."""
    if plan.ready_for_ankle_weight:
        return len(LADDER)
    return LADDER.index((plan.sets, plan.reps)) if plan.sets else plan.step


def write_athlete_report(
    log: str | Path,
    analysed: str | Path | None,
    athlete_id: str,
    out: str | Path,
    *,
    mapping: str | Path | None = None,
    plan: str | Path | None = None,
    today: str | None = None,
    example: bool = False,
    beside: Mapping[str, Maker] | None = None,
    progress: Progress | None = None,
) -> Written:
    """Write the page a coach reads: ``athlete_ID.html`` in `out`.

    Parameters
    ----------
    log, analysed, athlete_id, mapping, plan, today
        As for `load_athlete`.
    out : str or Path
        Folder.
    example : bool, default False
        Mark the page as an example with simulated people.
    beside, progress
        As for `write_report`; `plan_pdfs` names the PDFs.

    Returns
    -------
    Written

    Raises
    ------
    ValueError
        As `load_athlete`, at once rather than from within the notebook.
    """
    table, sessions, _ = _read_tables(log, analysed, athlete_id, mapping, plan)
    choose_today(table, sessions, None if today is None else pd.Timestamp(today))
    files = {"log": log, "analysed": analysed, "mapping": mapping, "plan": plan}
    parameters = {
        **{name: _absolute(path) if path else None for name, path in files.items()},
        "athlete": athlete_id,
        "today": today,
        "example": example,
    }
    page, title, seeds = Path(out) / f"athlete_{athlete_id}.html", f"Hip hitch: {athlete_id}", {"forecast": FORECAST_SEED}
    return write_report(find_notebook(NOTEBOOK), page, parameters, title, beside=beside, seeds=seeds, progress=progress)


def _last_sets(sessions: pd.DataFrame | None, analysed: str | Path | None, athlete_id: str) -> dict[str, RecordedSet]:
    if sessions is None or analysed is None:
        return {}
    mine = sessions[sessions["athlete_id"].eq(athlete_id) & sessions["form_score"].notna()].sort_values(
        ["date", "set"], kind="stable", na_position="first"
    )
    last = {side: mine[mine["side"].eq(side)].tail(1) for side in SIDES}
    return {
        side: _read_set(Path(analysed), row["recording"].iloc[0], side, row["date"].dropna().squeeze() if row["date"].notna().any() else None)
        for side, row in last.items()
        if len(row)
    }


def pick_leg_doubts(flags: Iterable[str], warnings: Iterable[str]) -> tuple[str, ...]:
    """Pick from a recording's doubts those that say the other leg may have been stood on.

    Parameters
    ----------
    flags, warnings : iterable of str
        The same doubts, as codes and as sentences.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> pick_leg_doubts(["few_samples", "sensor_reversed"], ["a few", "the other leg was stood on"])
    ('the other leg was stood on',)
    """
    return tuple(warning for flag, warning in zip(flags, warnings, strict=True) if flag in LEG_DOUBTS)


def find_recording(analysed: Path, recording: str) -> Path:
    """Find the folder in which `analyse` left the tables of a recording.

    Parameters
    ----------
    analysed : Path
        Folder that ``hiphitch analyse --out`` left, or the table of sessions in it.
    recording : str
        Name of the recording.

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        Its table of repetitions is not there, or more than once.
    """
    folder = analysed.parent if analysed.is_file() else analysed
    found = sorted(folder.rglob(f"{glob.escape(recording)}_reps.csv"))
    if not found:
        raise ValueError(f"{recording}_reps.csv: expected beside the sessions in {folder.name}, not there. Run `hiphitch analyse --out` again.")
    if len(found) > 1:
        raise ValueError(f"{recording}_reps.csv: expected once in {folder.name}, found {len(found)} times. Keep one analysis of each recording.")
    return found[0].parent


def read_last_set(place: Path, recording: str, side: str) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Read a recording's repetitions on one side, the faults of the last set of them, and that set's number.

    Parameters
    ----------
    place : Path
        From `find_recording`.
    recording : str
    side : {"left", "right"}

    Returns
    -------
    DataFrame
        Table REPS.
    DataFrame
        Table FAULTS of one set.
    int
    """
    reps, faults = read_reps(place / f"{recording}_reps.csv"), read_faults(place / f"{recording}_faults.csv")
    reps = reps[reps["side"].eq(side)] if "side" in reps else reps
    number = reps.loc[reps["kind"].eq("complete"), "set"].max()
    return reps, faults[faults["set"].eq(number)], number


def _read_set(analysed: Path, recording: str, side: str, date: pd.Timestamp | None) -> RecordedSet:
    place = find_recording(analysed, recording)
    reps, faults, number = read_last_set(place, recording, side)
    summary = json.loads((place / f"{recording}.json").read_text(encoding="utf-8"))
    work = summary.get("workload")
    zero = summary["quality"]["calibration"]["zero_s"]
    angles = read_angles(place / f"{recording}_angles.csv")
    if "side" in angles:
        angles = angles[angles["side"].eq(side)]
    return RecordedSet(
        recording=recording,
        date=date,
        angles=angles,
        all_reps=reps,
        reps=reps[reps["set"].eq(number)],
        faults=faults,
        zero_s=tuple(zero) if zero else None,
        dose=next((dose for dose in work["sets"] if dose["set"] == number), None) if work else None,
        assumptions=tuple(work["assumptions"]) if work else (),
        warnings=tuple(summary["warnings"]),
        leg_doubts=pick_leg_doubts(summary["quality"]["flags"], summary["warnings"]),
    )


def _absolute(path: str | Path) -> str:
    """Return `path` for a notebook that may run elsewhere."""
    return str(Path(path).resolve())
