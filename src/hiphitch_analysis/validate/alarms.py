"""How often does an alarm sound for an athlete whose capacity grows all season as it should? Simulated squads, looked at week by week."""

from __future__ import annotations

from typing import Any

import pandas as pd

from hiphitch_analysis.progress.capacity import fit_capacity
from hiphitch_analysis.progress.outlook import look_ahead
from hiphitch_analysis.simulate import draw_squad, simulate_season

ATHLETES = 40
FIRST_WEEK, SEASON_WEEKS = 4, 26


def watch_season(seed: int) -> pd.DataFrame:
    """Simulate a squad that grows linearly for a season, look at its log after every week, and note each alarm when it begins.

    Parameters
    ----------
    seed : int

    Returns
    -------
    DataFrame
        One row per athlete: ``seed, athlete_id``, and how often each kind of alarm began, ``below`` and ``plateau``.
    """
    season = simulate_season(draw_squad(ATHLETES, seed=seed), SEASON_WEEKS, seed)
    weeks = season.sets["week"].to_numpy()
    began = pd.DataFrame(0, index=season.athletes.index, columns=["below", "plateau"])
    before: set[tuple[str, str]] = set()
    for week in range(FIRST_WEEK, SEASON_WEEKS + 1):
        log = season.log[weeks < week]
        outlooks = look_ahead(fit_capacity(log), (), log["date"].max())
        sounding = {(name, alarm.split()[0].rstrip(":")) for name, outlook in outlooks.items() for alarm in outlook.alarms}
        for name, kind in sounding - before:
            began.loc[name, kind] += 1
        before = sounding
    return began.rename_axis("athlete_id").reset_index().assign(seed=seed)


def summarise_alarms(rows: pd.DataFrame) -> dict[str, Any]:
    """Return false alarms per athlete and season, of each kind and together, and the share of athletes without any."""
    kinds = rows[["below", "plateau"]]
    return {
        "athlete_seasons": len(rows),
        **{f"{kind}_per_season": round(float(kinds[kind].mean()), 3) for kind in kinds},
        "per_season": round(float(kinds.sum(axis=1).mean()), 3),
        "without_any": round(float((kinds.sum(axis=1) == 0).mean()), 3),
    }
