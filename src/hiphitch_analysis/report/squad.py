"""The squad review: what it is made from, and how it is written."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from hiphitch_analysis import norms
from hiphitch_analysis.progress.capacity import Capacity, fit_capacity
from hiphitch_analysis.progress.course import ATHLETES_FOR_MIXED, Trend
from hiphitch_analysis.progress.history import choose_today, summarise_log
from hiphitch_analysis.progress.outlook import Outlook, look_ahead
from hiphitch_analysis.progress.plan import LADDER
from hiphitch_analysis.progress.review import FORM, SquadRow, choose_recordings, review_squad
from hiphitch_analysis.progress.sentences import place_measures
from hiphitch_analysis.progress.summary import list_missing
from hiphitch_analysis.progress.trends import fit_trend
from hiphitch_analysis.progress.unlogged import list_unlogged
from hiphitch_analysis.read.analysed import read_sessions
from hiphitch_analysis.read.log import read_log
from hiphitch_analysis.read.logfile import LogDoubt, refuse_repeats
from hiphitch_analysis.report.athlete import FORECAST_SEED
from hiphitch_analysis.report.lastsets import find_recording, read_last_set
from hiphitch_analysis.report.write import Maker, Written, find_notebook, write_report

NOTEBOOK, TITLE = "03_squad_review.ipynb", "Hip hitch: squad review"
TREND_DAYS, TREND_WEEKS = 4, 2.0  # of an athlete, from there on a page speaks of weeks
LONGEST_REASON = 200  # characters of what is wrong with a file

Paths = str | Path | Sequence[str | Path]


@dataclass(frozen=True, slots=True)
class SquadData:
    """Everything a squad review shows.

    Attributes
    ----------
    rows : tuple of SquadRow
        One per athlete and per unusable file, the most urgent first.
    as_of : Timestamp
        The last day in the log, or of a recording.
    history : DataFrame
        Table HISTORY of all.
    capacity : Capacity or None
        None where no set holds a repetition.
    outlooks : dict of str to Outlook
        What the capacity model says, by athlete.
    trend : Trend or None
        Of form, or of exertion where form is not known on enough days; None where neither is for at least five athletes.
    limits : tuple of str
        What could not be seen.
    """

    rows: tuple[SquadRow, ...]
    as_of: pd.Timestamp
    history: pd.DataFrame
    capacity: Capacity | None
    outlooks: dict[str, Outlook]
    trend: Trend | None
    limits: tuple[str, ...]


def load_squad(
    log: Paths, analysed: str | Path | None = None, mapping: str | Path | None = None, plan: str | Path | None = None, today: str | None = None
) -> SquadData:
    """Read a squad's logs and analysed recordings, and fit the whole squad once.

    Parameters
    ----------
    log : str, Path or sequence of them
        Training logs.
    analysed : str or Path, optional
        Folder that ``hiphitch analyse --out`` left; without it form is not known.
    mapping, plan : str or Path, optional
        As for `read_log`.
    today : str, optional
        Day of the review, like 2026-01-31; by default the last day in the log, or of a recording.

    Returns
    -------
    SquadData

    Raises
    ------
    ValueError
        No log can be read. One among several that cannot gets a row that says so, and so does an athlete with a set logged twice.
    """
    paths = [log] if isinstance(log, str | Path) else list(log)
    table, unread, doubts = _read_logs(paths, mapping, plan)
    sessions = read_sessions(analysed) if analysed is not None else None
    history, as_of = summarise_log(table, sessions), choose_today(table, sessions, None if today is None else pd.Timestamp(today))
    capacity = fit_capacity(table) if (table["reps"] > 0).any() else None
    outlooks = look_ahead(capacity, LADDER, as_of, seed=FORECAST_SEED) if capacity is not None else {}
    faults, lost = _read_faults(sessions, analysed, as_of)
    rows = review_squad(history, outlooks, faults, as_of, unread)
    told = [*list_unlogged(table, sessions), *lost, *_limit_form(rows), *_limit_capacity(capacity, outlooks), *list_missing(table), *doubts]
    return SquadData(rows, as_of, history, capacity, outlooks, _follow(table, sessions), tuple(dict.fromkeys(told)))


def write_squad_report(
    log: Paths,
    analysed: str | Path | None,
    out: str | Path,
    *,
    mapping: str | Path | None = None,
    plan: str | Path | None = None,
    today: str | None = None,
    example: bool = False,
    beside: Mapping[str, Maker] | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> Written:
    """Write the page that says who of a squad needs the coach: ``squad.html`` in `out`.

    Parameters
    ----------
    log, analysed, mapping, plan, today
        As for `load_squad`.
    out : str or Path
        Folder.
    example : bool, default False
        Mark the page as an example with simulated people.
    beside, progress
        As for `write_report`.

    Returns
    -------
    Written

    Raises
    ------
    ValueError
        As `load_squad`, at once rather than from within the notebook. Nothing is written then.
    """
    paths = [log] if isinstance(log, str | Path) else list(log)
    table, _, _ = _read_logs(paths, mapping, plan)
    sessions = read_sessions(analysed) if analysed is not None else None
    choose_today(table, sessions, None if today is None else pd.Timestamp(today))
    files = {"analysed": analysed, "mapping": mapping, "plan": plan}
    parameters = {name: str(Path(path).resolve()) if path is not None else None for name, path in files.items()}
    told = {"log": [str(Path(path).resolve()) for path in paths], **parameters, "today": today, "example": example}
    page, seeds = Path(out) / "squad.html", {"forecast": FORECAST_SEED}
    return write_report(find_notebook(NOTEBOOK), page, told, TITLE, beside=beside, seeds=seeds, progress=progress)


def list_tables(data: SquadData) -> dict[str, pd.DataFrame]:
    """Name the tables behind a squad review.

    Parameters
    ----------
    data : SquadData

    Returns
    -------
    dict of str to DataFrame
        ``athletes``, one row each in the order of the page; ``history``, one per athlete, session and side.
    """
    kept = ("athlete_id", "group", "urgency", "why", "then", "session", "direction")
    rows = [{**{name: getattr(row, name) for name in kept}, "also": " ".join(row.also), "date": row.last_date} for row in data.rows]
    return {"athletes": pd.DataFrame(rows), "history": data.history}


def _read_logs(
    paths: Sequence[str | Path], mapping: str | Path | None, plan: str | Path | None
) -> tuple[pd.DataFrame, list[tuple[str, str]], list[str]]:
    """Return the readable logs as one table, the others and athletes logged twice by name with what is wrong, and doubts."""
    tables, unread, doubts = {}, [], []
    for number, path in enumerate(map(Path, paths)):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", LogDoubt)
            try:
                tables[number] = read_log(path, mapping=mapping, plan=plan)
            except (ValueError, OSError) as error:
                if len(paths) == 1:
                    raise
                unread.append((path.name, _shorten(str(error))))
        doubts += [str(doubt.message) for doubt in caught]
    if not tables:
        raise ValueError(f"logs: expected at least one that can be read, got {len(paths)} that cannot. {unread[0][1] if unread else 'Name one.'}")
    table = pd.concat(tables, names=["file", "row"])
    table = table[~table.duplicated()]
    twice = []
    for name, rows in table.groupby("athlete_id"):
        try:
            refuse_repeats(rows, [Path(paths[number]).name for number in rows.index.get_level_values("file")], "log")
        except ValueError as error:
            twice.append((str(name), _shorten(str(error))))
    table = table[~table["athlete_id"].isin([name for name, _ in twice])].reset_index(drop=True)
    if table.empty:
        raise ValueError(twice[0][1])
    return table, [*unread, *twice], doubts


def _shorten(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_REASON else f"{line[:LONGEST_REASON].rsplit(' ', 1)[0]} …"


def _read_faults(
    sessions: pd.DataFrame | None, analysed: str | Path | None, as_of: pd.Timestamp
) -> tuple[dict[tuple[str, str], pd.DataFrame], list[str]]:
    """Return table FAULTS of the recordings that say how each athlete moves now, and a sentence on each that cannot be read."""
    faults, lost = {}, []
    if sessions is not None and analysed is not None:
        for row in choose_recordings(sessions, as_of).itertuples():
            try:
                place = find_recording(Path(analysed), row.recording)
                faults[row.athlete_id, row.side] = read_last_set(place, row.recording, row.side)[1]
            except (ValueError, OSError) as error:
                lost.append(f"{row.athlete_id}, {row.side} leg: {_shorten(str(error))}")
    return faults, lost


def _limit_form(rows: Sequence[SquadRow]) -> list[str]:
    """Say whose form is not known, and which points no recording of the squad shows."""
    known = [row for row in rows if row.last_sets]
    unseen = {row.athlete_id for row in known if all(point.sign.status == "unseen" for point in row.form)}
    blind = [name for i, name in enumerate(FORM) if all(row.form[i].sign.status == "unseen" for row in known if row.athlete_id not in unseen)]
    who = "The whole squad" if len(unseen) == len(known) else _name(sorted(unseen))
    told = [f"{who}: no recording of the last {norms.FORM_FRESH_DAYS.value:g} days, so form is not known."] if unseen else []
    if blind and len(unseen) < len(known):
        told.append(f"{', '.join(blind)}: not observable in any of these recordings; one sensor on the pelvis sees neither trunk nor free leg.")
    return told


def _limit_capacity(capacity: Capacity | None, outlooks: Mapping[str, Outlook]) -> list[str]:
    if capacity is None:
        return ["No set holds a repetition: nothing can be said of capacity."]
    capped = capacity.sets["says"].ne("between")
    told = [
        f"{int(capped.sum())} of {len(capped)} sets stopped at their target, for pain or another reason, and only say “at least”. "
        "Such sets cannot show a plateau, and a gap between the sides that both hide behind one target stays hidden."
    ]
    floor = sorted(name for name, outlook in outlooks.items() if outlook.only_at_least)
    if floor:
        told.append(f"{_name(floor)}: no set is known to have ended in fatigue, so capacity is a lower bound; one set without a target would tell.")
    if len(capacity.left_out):
        told.append(f"{len(capacity.left_out)} sets were left out: {', '.join(sorted(set(capacity.left_out['why'])))}.")
    return told


def _name(athletes: Sequence[str], most: int = 8) -> str:
    return ", ".join(athletes) if len(athletes) <= most else f"{', '.join(athletes[:most])} and {len(athletes) - most} more"


def _follow(log: pd.DataFrame, sessions: pd.DataFrame | None) -> Trend | None:
    """Return the trend of the squad's form, else of its exertion, of those athletes whose days allow one."""
    tables = place_measures(log, sessions)
    for measure in ("form_score", "rpe"):
        table = tables.get(measure)
        if table is None:
            continue
        known = table.dropna(subset=[measure])
        weeks = known.groupby("athlete_id")["week"]
        enough = weeks.nunique().ge(TREND_DAYS) & weeks.agg(np.ptp).ge(TREND_WEEKS)
        if enough.sum() >= ATHLETES_FOR_MIXED:
            return fit_trend(known[known["athlete_id"].isin(enough.index[enough])], measure)
    return None
