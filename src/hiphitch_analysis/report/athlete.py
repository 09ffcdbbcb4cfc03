"""The athlete report: what it is made from, and how it is written."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

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
from hiphitch_analysis.read.analysed import read_sessions
from hiphitch_analysis.read.log import read_log
from hiphitch_analysis.read.logfile import LogDoubt
from hiphitch_analysis.read.words import suggest
from hiphitch_analysis.report.forecast import trace_third_set
from hiphitch_analysis.report.lastsets import RecordedSet, read_last_sets
from hiphitch_analysis.report.run import Progress
from hiphitch_analysis.report.timeline import format_date
from hiphitch_analysis.report.write import Maker, Written, find_notebook, write_report
from hiphitch_analysis.workload.dose import sum_weeks

NOTEBOOK = "02_athlete_report.ipynb"
FORECAST_SEED = 0  # of the draws behind the date of 3 × 45
FEW = 5  # others in a log, below which one more or less moves everybody's date by weeks
TREND_DAYS, TREND_WEEKS = 4, 2.0  # from there on a page speaks of weeks


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
    sets = read_last_sets(sessions, analysed, athlete_id)
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


def _absolute(path: str | Path) -> str:
    """Return `path` for a notebook that may run elsewhere."""
    return str(Path(path).resolve())
