"""HISTORY, plans, outlooks and signs of form → who of a squad needs the coach: one row each, the most urgent first, as numbers and words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from hiphitch_analysis import norms
from hiphitch_analysis.form.signs import ROWS, UNSEEN, choose_worse, read_sign
from hiphitch_analysis.progress.concerns import ADJUST, GROUPS, NO_DATA, TALK, URGENCY, FormSign, list_concerns
from hiphitch_analysis.progress.gap import Gap, measure_gap
from hiphitch_analysis.progress.history import count_last_sets, doubt_leg
from hiphitch_analysis.progress.outlook import Outlook
from hiphitch_analysis.progress.plan import LADDER, Prescription, plan_next
from hiphitch_analysis.schema import SIDES

SORT_RULE = "Sorted by who needs you first: pain, form that broke, progress that stalled, a left–right gap, then who is ready for the next step."
LOOK_BACK_WEEKS = 8
# Columns of form, by the rows of the form table that they stand for.
FORM = {"level": "Back to level", "tempo": "Tempo", "square": "Pelvis square", "drop": "Size of drop", "trunk": "Trunk upright"}


@dataclass(frozen=True, slots=True)
class LastSets:
    """The last set of each session on one side over the last weeks.

    Attributes
    ----------
    days : tuple of Timestamp
    counts : tuple of int
        Repetitions: clean ones where that set was recorded, else as logged.
    at_least : tuple of bool
        Whether the athlete could have done more: the set stopped at its target, for pain or another reason.
    """

    days: tuple[pd.Timestamp, ...]
    counts: tuple[int, ...]
    at_least: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Goal:
    """When 3 × 45 is reached: 1 in 10, even chance, 9 in 10 (None beyond the horizon); `words` instead where there is no date to draw."""

    early: pd.Timestamp | None
    median: pd.Timestamp | None
    late: pd.Timestamp | None
    chance: float
    words: str


@dataclass(frozen=True, slots=True)
class SquadRow:
    """Everything a squad review says of one athlete.

    Attributes
    ----------
    athlete_id : str
        Pseudonym; the name of the file where a log could not be read.
    group : str
        One of `GROUPS`.
    urgency : str
        Key of `URGENCY`, by which rows are sorted.
    why, then : str
        Why the athlete stands there, and what to do, a sentence each.
    also : tuple of str
        What else would have put the athlete into a group for action, in a few words.
    session : str
        The next session, e.g. ``3 × 30 + 1 kg``; ``rest``; empty where nothing is known.
    direction : {"up", "same", "down", ""}
        Against the last session; empty when resting.
    last_date : Timestamp or None
        Of the last session.
    last_sets : dict of {"left", "right"} to LastSets
        Sides that were logged.
    form : tuple of FormSign
        One for each column of `FORM`.
    gap : Gap or None
        None where it is not known.
    goal : Goal
    """

    athlete_id: str
    group: str
    urgency: str
    why: str
    then: str
    also: tuple[str, ...]
    session: str
    direction: str
    last_date: pd.Timestamp | None
    last_sets: dict[str, LastSets]
    form: tuple[FormSign, ...]
    gap: Gap | None
    goal: Goal


def review_squad(
    history: pd.DataFrame,
    outlooks: Mapping[str, Outlook],
    faults: Mapping[tuple[str, str], pd.DataFrame],
    as_of: pd.Timestamp,
    unread: Sequence[tuple[str, str]] = (),
) -> tuple[SquadRow, ...]:
    """Sum up every athlete of a squad in a row, the most urgent first.

    Parameters
    ----------
    history : DataFrame
        Table HISTORY.
    outlooks : mapping of str to Outlook
        From `look_ahead`; an athlete may be missing.
    faults : mapping of (athlete, side) to DataFrame
        Table FAULTS of the last set of a recording that `choose_recordings` names.
    as_of : Timestamp
        The day of the review.
    unread : sequence of (str, str)
        What could not be read, and why; each gets a row that says so.

    Returns
    -------
    tuple of SquadRow

    Notes
    -----
    Nothing here changes a prescription. Within an urgency the order is that of the pseudonyms: this is no ranking.
    """
    rows = [
        _review(str(name), own, outlooks.get(str(name)), {side: faults[key] for side in SIDES if (key := (str(name), side)) in faults}, as_of)
        for name, own in history.groupby("athlete_id")
    ]
    rows += [_say_unread(name, reason) for name, reason in unread]
    return tuple(sorted(rows, key=lambda row: (list(URGENCY).index(row.urgency), row.athlete_id)))


def choose_recordings(sessions: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Choose the recordings that say how somebody moves now: the last set of each athlete and side, if it is not too old (`norms.FORM_FRESH_DAYS`).

    Parameters
    ----------
    sessions : DataFrame
        Table SESSIONS.
    as_of : Timestamp

    Returns
    -------
    DataFrame
        Rows of SESSIONS.
    """
    fresh = sessions["date"].between(as_of - pd.Timedelta(days=norms.FORM_FRESH_DAYS.value), as_of)
    known = sessions[fresh & sessions["athlete_id"].notna() & sessions["form_score"].notna() & ~doubt_leg(sessions)]
    return known.sort_values(["date", "set"], kind="stable").groupby(["athlete_id", "side"]).tail(1)


def write_headline(rows: tuple[SquadRow, ...]) -> str:
    """Say in one line who needs the coach, how many can move up, and of whom nothing is known.

    Parameters
    ----------
    rows : tuple of SquadRow
        At least one.

    Returns
    -------
    str

    Examples
    --------
    >>> write_headline((_say_unread("log.csv", "No date in line 3."),))
    'Nobody needs a word today. 1 has no fresh data.'
    """
    count = {group: sum(row.group == group for row in rows) for group in GROUPS}
    up, talk = sum(row.direction == "up" for row in rows), count[TALK]
    told = [f"{talk} of {len(rows)} need{'s' if talk == 1 else ''} a word today." if talk else "Nobody needs a word today."]
    if count[ADJUST] and not talk:
        told.append(f"{count[ADJUST]} need{'s' if count[ADJUST] == 1 else ''} another plan.")
    told += [f"{up} can move up."] if up else []
    told += [f"{count[NO_DATA]} {'has' if count[NO_DATA] == 1 else 'have'} no fresh data."] if count[NO_DATA] else []
    return " ".join(told)


def _review(name: str, history: pd.DataFrame, outlook: Outlook | None, faults: Mapping[str, pd.DataFrame], as_of: pd.Timestamp) -> SquadRow:
    plan = plan_next(history, as_of, outlook)
    form, gap = _read_form(faults), measure_gap(outlook)
    last_date = history["date"].max()
    first, *others = list_concerns(plan, outlook, form, gap, last_date, as_of)
    why = first.why
    if first.urgency == "ready" and all(point.sign.status == "unseen" for point in form):
        why += " Form not recorded."
    return SquadRow(
        athlete_id=name,
        group=URGENCY[first.urgency],
        urgency=first.urgency,
        why=why,
        then=first.then,
        also=tuple(other.why for other in others if URGENCY[other.urgency] in (TALK, ADJUST)),
        session=_say_session(plan),
        direction=_direction(plan),
        last_date=last_date,
        last_sets=_last_sets(history, as_of),
        form=form,
        gap=gap,
        goal=_say_goal(plan, outlook, history, as_of),
    )


def _say_unread(name: str, reason: str) -> SquadRow:
    form = tuple(FormSign(column, UNSEEN, "", "", "") for column in FORM)
    goal = Goal(None, None, None, math.nan, "needs a log")
    return SquadRow(name, NO_DATA, "unread", reason, "Mend the file, then look again.", (), "", "", None, {}, form, None, goal)


def _read_form(faults: Mapping[str, pd.DataFrame]) -> tuple[FormSign, ...]:
    tables = {side: table.set_index("fault") for side, table in faults.items()}
    columns = []
    for name, row in FORM.items():
        signs = [(side, read_sign(table, ROWS[row])) for side, table in tables.items()]
        if not signs or all(sign.status == "unseen" for _, sign in signs):
            columns.append(FormSign(name, UNSEEN, "", "", ""))
            continue
        side, sign = signs[choose_worse([sign for _, sign in signs])]
        told = tables[side].loc[sign.fault]
        columns.append(FormSign(name, sign, side, str(told["finding"]), str(told["cue"])))
    return tuple(columns)


def _say_goal(plan: Prescription, outlook: Outlook | None, history: pd.DataFrame, as_of: pd.Timestamp) -> Goal:
    if outlook is None or math.isnan(outlook.prob_within_horizon):
        return Goal(None, None, None, math.nan, "no date yet: one set without a target would tell")
    early, median, late = (outlook.date_3x45[name] for name in ("p10", "median", "p90"))
    weeks = (history["date"].max() - history["date"].min()).days / 7.0
    words = ""
    if plan.because == "pain":
        words = "on hold while there is pain"
    elif plan.because == "break":
        words = "needs a new session"
    elif not outlook.only_at_least and late is not None and median is not None and late <= as_of:
        words = f"reached {median.day} {median:%b}"
    elif weeks < norms.DATE_FROM_WEEKS.value:
        words = f"too early for a date: from week {norms.DATE_FROM_WEEKS.value + 1:.0f}"
    elif outlook.only_at_least and early is not None and early <= as_of:
        words = "perhaps reached: one set without a target would tell"
    elif early is None:
        words = "not within the half year ahead, most likely"
    return Goal(early, median, late, outlook.prob_within_horizon, words)


def _say_session(plan: Prescription) -> str:
    if not plan.sets:
        return "rest"
    return f"{plan.sets} × {plan.reps}" + (f" + {plan.ankle_kg:g} kg" if plan.ankle_kg > 0 else "")


def _direction(plan: Prescription) -> str:
    if not plan.sets:
        return ""
    if plan.action in ("advance", "add ankle weight"):
        return "up"
    return "down" if LADDER.index((plan.sets, plan.reps)) < plan.step else "same"


def _last_sets(history: pd.DataFrame, as_of: pd.Timestamp) -> dict[str, LastSets]:
    recent = count_last_sets(history[history["date"] > as_of - pd.Timedelta(weeks=LOOK_BACK_WEEKS)]).sort_values("session", kind="stable")
    more = recent["kind"].ne("exact") | (recent["stop_last"].eq("other") & recent["count"].eq(recent["reps_last"]))
    sides = {side: recent[recent["side"].eq(side)].assign(more=more) for side in SIDES if history["side"].eq(side).any()}
    return {side: LastSets(tuple(rows["date"]), tuple(map(int, rows["count"])), tuple(map(bool, rows["more"]))) for side, rows in sides.items()}
