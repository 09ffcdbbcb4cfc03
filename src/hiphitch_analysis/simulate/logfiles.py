"""Write a training log: our own table, the sheet coaches keep by hand, and the exports of training apps."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from hiphitch_analysis.schema import SIDES
from hiphitch_analysis.simulate.exports import APPS, Habits
from hiphitch_analysis.simulate.files import write_whole

LOG_FORMATS = ("own", "hand", *APPS)


def write_log_files(log: pd.DataFrame, out: str | Path, formats: Sequence[str] = ("own",), habits: Habits | None = None) -> tuple[Path, ...]:
    """Write a training log in these formats, an app's as one file per athlete.

    Parameters
    ----------
    log : DataFrame
        Table LOG with all its columns, as the generators make it.
    out : str or Path
        Folder, made if missing.
    formats : sequence of str
        Any of `LOG_FORMATS`: ``own`` is ``log.csv``, ``hand`` is ``log_hand.csv``, an app's is ``<athlete>_<format>.csv``.
    habits : Habits, optional
        How the apps are used.

    Returns
    -------
    tuple of Path

    Raises
    ------
    ValueError
        An unknown format, or one in which these habits cannot be written. Nothing is written then.
    """
    unknown = [name for name in formats if name not in LOG_FORMATS]
    if unknown:
        raise ValueError(f"format: expected {', '.join(LOG_FORMATS)}, got {', '.join(unknown)}. Each is a way to keep a training log.")
    texts: dict[str, str] = {}
    for name in dict.fromkeys(formats):
        if name in APPS:
            texts |= {f"{athlete}_{name}.csv": APPS[name](rows, habits or Habits()) for athlete, rows in log.groupby("athlete_id")}
        elif name == "hand":
            texts["log_hand.csv"] = format_hand(log)
        else:
            texts["log.csv"] = format_log(log)
    return tuple(write_whole(Path(out) / name, text) for name, text in texts.items())


def format_log(log: pd.DataFrame) -> str:
    """Lay out table LOG as CSV: ISO dates, whole numbers without a point, true/false in small letters."""
    plain = log.copy()
    plain["date"] = plain["date"].dt.strftime("%Y-%m-%d")
    plain["amrap"] = plain["amrap"].map({True: "true", False: "false"})
    return str(plain.to_csv(index=False, float_format="%g", lineterminator="\n"))


def format_hand(log: pd.DataFrame) -> str:
    """Lay out table LOG as coaches keep it by hand: one row per athlete and session, left and right in a cell each.

    Equal sets are written together (``3x30``), others one by one (``30/30/28``). Why a set ended stands in the notes where it was neither the target
    nor strength; exertion, rests and body mass have no place.

    Parameters
    ----------
    log : DataFrame
        Table LOG with all its columns.

    Returns
    -------
    str

    Examples
    --------
    >>> from hiphitch_analysis.simulate import draw_squad, simulate_season
    >>> print(format_hand(simulate_season(draw_squad(1, seed=2), weeks=1, seed=3).log), end="")
    athlete,date,left,right,target,ankle kg,notes
    A01,2026-01-05,19/16,2x20,2x20,,
    A01,2026-01-07,18/17,2x20,2x20,,left set 2: form
    A01,2026-01-09,19/18,2x17,2x20,,
    """
    sheet = [_hand_row(rows) for _, rows in log.groupby(["athlete_id", "date", "session"], sort=False, dropna=False)]
    return str(pd.DataFrame(sheet).to_csv(index=False, lineterminator="\n"))


def _hand_row(rows: pd.DataFrame) -> dict[str, str]:
    first = rows.iloc[0]
    cells = {side: _hand_cell(rows.loc[rows["side"] == side].sort_values("set")["reps"].tolist()) for side in SIDES}
    target = "" if pd.isna(first["target_reps"]) else f"{rows['set'].max()}x{first['target_reps']:g}"
    weight = f"{first['ankle_kg']:g}" if first["ankle_kg"] > 0 else ""
    told = [f"{row.side} set {row.set}: {why}" for row in rows.itertuples() if (why := _why(row.stop_reason, row.amrap, row.notes))]
    return {
        "athlete": first["athlete_id"],
        "date": f"{first['date']:%Y-%m-%d}",
        **cells,
        "target": target,
        "ankle kg": weight,
        "notes": "; ".join(told),
    }


def _hand_cell(reps: list[int]) -> str:
    if not reps:
        return ""
    return f"{len(reps)}x{reps[0]}" if len(set(reps)) == 1 else "/".join(map(str, reps))


def _why(stop_reason: str, amrap: bool, notes: str | float) -> str:
    stopped = {"technique": "form", "pain": "pain", "other": "interrupted"}.get(stop_reason, "")
    return ", ".join(filter(None, [stopped, "open end" if amrap else "", notes if isinstance(notes, str) else ""]))
