"""Recordings that the log knows nothing of: said by name, for what is left out in silence looks as if nobody had recorded."""

from __future__ import annotations

import pandas as pd

from hiphitch_analysis.progress.history import doubt_leg


def list_unlogged(log: pd.DataFrame, sessions: pd.DataFrame | None, only: str | None = None) -> list[str]:
    """Say which recordings no set of the log belongs to, and what becomes of them.

    Parameters
    ----------
    log : DataFrame
        Table LOG.
    sessions : DataFrame or None
        Table SESSIONS.
    only : str, optional
        Of this athlete only, and of recordings that are nobody's.

    Returns
    -------
    list of str
        A sentence for each day and side, and one for those without an athlete, or of somebody who is not in the log.

    Examples
    --------
    >>> log = pd.DataFrame({"athlete_id": ["A01"], "date": [pd.Timestamp("2026-02-20")], "side": ["left"]})
    >>> row = {"athlete_id": "A01", "date": pd.Timestamp("2026-03-02"), "side": "left", "set": 3, "recording": "r1", "n_reps": 30, "flags": ""}
    >>> list_unlogged(log, pd.DataFrame([row]))[0]
    'A01: the session of 2 Mar 2026 is not in the log (form counts, repetitions do not). Write it there; recorded were left set 3 with 30 repetitions'
    """
    if sessions is None:
        return []
    recorded = sessions[sessions["n_reps"] > 0]
    known = set(log["athlete_id"])
    nobodys, strangers = recorded["athlete_id"].isna(), recorded["athlete_id"].notna() & ~recorded["athlete_id"].isin(known)
    told = []
    if count := recorded.loc[nobodys, "recording"].nunique():
        told.append(f"{_count(count)} no athlete: not used. Analyse {_them(count)} again with --athlete")
    for name, rows in recorded[strangers].groupby("athlete_id"):
        count = rows["recording"].nunique()
        told.append(f"{_count(count, 'belongs to', 'belong to')} {name}, who is not in the log: not used")
    own = recorded[~nobodys & ~strangers]
    own = own if only is None else own[own["athlete_id"].eq(only)]
    for name, rows in own[doubt_leg(own)].groupby("athlete_id"):
        told.append(f"{name}: {', '.join(sorted(set(rows['recording'])))} may be of the other leg, so its form decides nothing. Check --stance")
    for name, rows in own[own["date"].isna()].groupby("athlete_id"):
        count = rows["recording"].nunique()
        told.append(f"{name}: {_count(count)} no date: form is shown, but decides nothing. Analyse {_them(count)} again with --date")
    days, ends = ["athlete_id", "date", "side"], log.groupby(["athlete_id", "side"])["date"].max()
    missing = own.dropna(subset=["date"]).merge(log[days].drop_duplicates(), how="left", on=days, indicator=True)
    missing = missing[missing["_merge"].eq("left_only")]
    ended = missing[["athlete_id", "side"]].apply(tuple, axis=1).map(ends) if len(missing) else missing["date"]
    missing = missing.assign(later=ended.isna() | (missing["date"] > ended))
    for (name, date, later), rows in missing.groupby(["athlete_id", "date", "later"]):
        what = "form counts, repetitions do not" if later else "not used"
        sets = ", ".join(f"{row.side} set {row.set} with {row.n_reps} repetitions" for row in rows.sort_values(["side", "set"]).itertuples())
        told.append(f"{name}: the session of {date.day} {date:%b %Y} is not in the log ({what}). Write it there; recorded were {sets}")
    return told


def _count(number: int, one: str = "names", many: str = "name") -> str:
    return f"{number} recording {one}" if number == 1 else f"{number} recordings {many}"


def _them(number: int) -> str:
    return "it" if number == 1 else "them"
