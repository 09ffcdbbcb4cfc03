"""LOG (+ SESSIONS) → HISTORY: one row per athlete, session and side."""

from __future__ import annotations

import pandas as pd

from hiphitch_analysis.schema import History, Log, Sessions, check_table

LEG_IN_DOUBT = ("stance_against_name", "stance_doubtful")  # flags of recordings that may be of the other leg
OPTIONAL = ["session", "target_reps", "ankle_kg", "pain", "stop_reason", "amrap"]


def summarise_log(log: pd.DataFrame, sessions: pd.DataFrame | None = None) -> pd.DataFrame:
    """Sum a training log up to one row per athlete, session and side.

    Parameters
    ----------
    log : DataFrame
        Table LOG.
    sessions : DataFrame, optional
        Table SESSIONS: the form of those sets that were recorded, joined by athlete, date and side, and by the session's number where both tables
        give it (without it: the last session of that day). A side recorded after its last session in the log keeps that session, with the
        recording's form: whoever did not write it down moved all the same. Recordings whose leg is in doubt decide nothing.

    Returns
    -------
    DataFrame
        Table HISTORY, ordered by athlete, session and side.

    Notes
    -----
    A set that stopped at its target is *capped*: it says "at least this many". Without a stop reason a set is taken to be capped when it reached
    its target and was no AMRAP set.

    Examples
    --------
    >>> log = pd.DataFrame({"athlete_id": "A01", "date": ["2026-01-05"] * 2, "side": "left", "set": [1, 2], "target_reps": 20, "reps": [20, 17]})
    >>> history = summarise_log(log)
    >>> history[["sets_done", "reps_last", "reps_min"]].iloc[0].tolist(), bool(history["complete"].iloc[0])
    ([2, 17, 17], False)
    """
    log = check_table(log, Log)
    log = log.reindex(columns=[*log.columns, *(c for c in OPTIONAL if c not in log)])
    reached = (log["reps"] >= log["target_reps"]).fillna(False).astype(bool)
    no_cap = log["amrap"].eq(True).fillna(False).astype(bool)
    by_reason = log["stop_reason"].eq("target").fillna(False).astype(bool)
    log["capped"] = (by_reason | (log["stop_reason"].isna() & reached)) & ~no_cap
    log["done"] = reached | (log["target_reps"].isna() & (by_reason | no_cap))  # a set without a cap has nothing to miss
    log["given"] = _given_numbers(log)
    log["session"] = number_sessions(log)
    sets = log.sort_values(["athlete_id", "session", "side", "set"], kind="stable").groupby(["athlete_id", "session", "side"], sort=False)
    last = sets.tail(1).set_index(["athlete_id", "session", "side"])
    history = pd.DataFrame(
        {
            "date": last["date"],
            "given": last["given"],
            "last_set": last["set"],
            "sets_done": sets["set"].nunique(),
            "target_reps": sets["target_reps"].max(),
            "reps_last": last["reps"],
            "reps_min": sets["reps"].min(),
            "stop_last": last["stop_reason"],
            "pain_stop": sets["stop_reason"].agg(lambda reasons: bool((reasons == "pain").any())),
            "capped": last["capped"],
            "complete": sets["done"].all(),
            "ankle_kg": sets["ankle_kg"].max().fillna(0.0),
            "pain": sets["pain"].max(),
        }
    ).reset_index()
    history = _join_form(history, sessions)
    return check_table(history[list(History.to_schema().columns)], History)


def count_last_sets(history: pd.DataFrame) -> pd.DataFrame:
    """Add to HISTORY what the last set of each session came to.

    Parameters
    ----------
    history : DataFrame
        Table HISTORY.

    Returns
    -------
    DataFrame
        With ``count``, its repetitions: the clean ones where that set was recorded, else those logged; and ``kind``: ``capped`` (at least so many),
        ``exact``, or ``pain`` where pain stopped it.
    """
    lost = (history["judged_reps"] - history["clean_reps"]).where(history["recorded_last"]).fillna(0)
    # where some were not clean, form went before the target did: exactly that many were good
    kind = pd.Series("exact", index=history.index).mask(history["capped"] & (lost == 0), "capped").mask(history["stop_last"].eq("pain"), "pain")
    return history.assign(kind=kind, count=(history["reps_last"] - lost).clip(lower=0).astype(int))


def _given_numbers(log: pd.DataFrame) -> pd.Series:
    """Return the log's own session numbers; where a day has one number in some rows only, it holds for all of that athlete's rows of the day."""
    days = log.groupby(["athlete_id", "date"])["session"]
    return log["session"].fillna(days.transform("min").where(days.transform("nunique") == 1))


def number_sessions(log: pd.DataFrame) -> pd.Series:
    """Count each athlete's sessions from 1 in the order of their dates; two numbered sessions on one day stay two."""
    key = log[["athlete_id", "date"]].assign(session=_given_numbers(log).fillna(-1.0))
    order = key.drop_duplicates().sort_values(["athlete_id", "date", "session"])
    order["number"] = order.groupby("athlete_id").cumcount() + 1
    return pd.Series(key.merge(order, how="left")["number"].to_numpy(), index=log.index)


def doubt_leg(sessions: pd.DataFrame) -> pd.Series:
    """Return which rows of table SESSIONS may be of the other leg than they say."""
    return sessions["flags"].fillna("").str.split().map(lambda flags: bool(set(flags).intersection(LEG_IN_DOUBT))).astype(bool)


def choose_today(log: pd.DataFrame, sessions: pd.DataFrame | None = None, today: pd.Timestamp | None = None) -> pd.Timestamp:
    """Return the day of the decision: the one given, else the last of which something is known, in the log or of a recording of somebody in it.

    Parameters
    ----------
    log : DataFrame
        Table LOG.
    sessions : DataFrame, optional
        Table SESSIONS.
    today : Timestamp, optional

    Returns
    -------
    Timestamp

    Raises
    ------
    ValueError
        A day before the last one known: what came after it would be used to foretell it.
    """
    days = log["date"]
    if sessions is not None:
        days = pd.concat([days, sessions.loc[sessions["athlete_id"].isin(log["athlete_id"]) & (sessions["n_reps"] > 0), "date"].dropna()])
    last = pd.Timestamp(days.max())
    if today is not None and today < last:
        raise ValueError(
            f"today: expected {last:%Y-%m-%d} or later, the last day in the log or of a recording, got {today:%Y-%m-%d}. Shorten the log."
        )
    return last if today is None else today


def _join_form(history: pd.DataFrame, sessions: pd.DataFrame | None) -> pd.DataFrame:
    """Add what was recorded of each session and side: the last recorded set's form."""
    day, measures = ["athlete_id", "date", "side"], ["form_score", "judged_reps", "clean_reps"]
    if sessions is None:
        return history.assign(**dict.fromkeys(measures, float("nan")), recorded_last=False, recorded_on=pd.NaT)
    sessions = check_table(sessions, Sessions)
    sessions = sessions[~doubt_leg(sessions)].reindex(columns=[*day, "session", "set", "n_reps", *measures])
    sessions = sessions[sessions["n_reps"] > 0].dropna(subset=["athlete_id", "date"])
    pairs = history.reset_index(names="row").merge(sessions.rename(columns={"session": "said", "set": "recorded_set"}), on=day)
    unsaid = pairs["said"].isna() | pairs["given"].isna()
    last_of_day = pairs["session"].eq(pairs.groupby(day)["session"].transform("max"))
    pairs = pairs[pairs["said"].eq(pairs["given"]) | (unsaid & last_of_day)]
    last = pairs.sort_values("recorded_set", kind="stable").groupby("row").tail(1).set_index("row")
    joined = history.join(last[[*measures, "recorded_set"]])
    joined["recorded_on"] = joined["date"].where(joined["recorded_set"].notna())
    joined["recorded_last"] = joined["recorded_set"].eq(joined["last_set"])
    return _join_later_form(joined, sessions, measures)


def _join_later_form(history: pd.DataFrame, sessions: pd.DataFrame, measures: list[str]) -> pd.DataFrame:
    """Give the last session of each side the form of a set that was recorded after it."""
    who = ["athlete_id", "side"]
    ends = history.reset_index(names="row").sort_values("session", kind="stable").groupby(who).tail(1)[[*who, "row", "date"]]
    later = sessions.rename(columns={"date": "recorded_on"}).merge(ends, on=who)
    later = later[later["recorded_on"] > later["date"]].sort_values(["recorded_on", "set"], kind="stable").groupby("row").tail(1).set_index("row")
    taken = [*measures, "recorded_on"]
    history.loc[later.index, taken] = later[taken]
    history.loc[later.index, "recorded_last"] = False
    return history
