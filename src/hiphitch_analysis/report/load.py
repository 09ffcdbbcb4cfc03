"""What a set asked of the hip muscles, and what stands for a kilogram at the ankle, in sentences for a coach."""

from __future__ import annotations

from typing import Any

import pandas as pd

from hiphitch_analysis.report.palette import side_style

_SPACE = "\N{NO-BREAK SPACE}"


def say_load(side: str, dose: dict[str, Any]) -> str:
    """Say what a set asked of the hip muscles of the stance leg.

    Parameters
    ----------
    side : {"left", "right"}
        Stance side.
    dose : dict
        One row of table DOSES with its ``equivalents``, as in the JSON of ``hiphitch analyse``.

    Returns
    -------
    str
        One or two sentences; the first with the 95 % limits of the moment.

    Examples
    --------
    >>> dose = {"mean_nm": 66.0, "mean_se_nm": 7.0, "joint_low_bw": 2.8, "joint_high_bw": 3.2, "work_j": 9.2, "equivalents": None}
    >>> print(say_load("left", dose).replace(_SPACE, " "))
    left leg: the hip muscles held 66 N·m on average (52 to 80), 9.2 J in each raise; the hip joint carried up to 2.8 to 3.2 times body weight.
    """
    word = side_style(side).word
    if dose["mean_nm"] is None:
        return f"{word} leg: too little of the set was measured to say what it asked of the hip muscles."
    mean, give = dose["mean_nm"], 1.96 * dose["mean_se_nm"]
    held = f"{word} leg: the hip muscles held {mean:.0f}{_SPACE}N·m on average ({mean - give:.0f} to {mean + give:.0f})"
    raised = "" if dose["work_j"] is None else f", {dose['work_j']:.1f}{_SPACE}J in each raise"
    joint = (
        ""
        if dose["joint_low_bw"] is None
        else f"; the hip joint carried up to {dose['joint_low_bw']:.1f} to {dose['joint_high_bw']:.1f} times body weight"
    )
    return f"{held}{raised}{joint}.{_say_equivalents(dose['equivalents'], int(dose.get('n_reps', 0)))}"


def say_week(weeks: pd.DataFrame) -> str:
    """Say what the last week did, side by side.

    Parameters
    ----------
    weeks : DataFrame
        Rows of `sum_weeks` of one athlete.

    Returns
    -------
    str
        A sentence; empty where no impulse is known.
    """
    known = weeks.dropna(subset=["impulse_nms"])
    if known.empty:
        return ""
    last = known[known["week"].eq(known["week"].max())]
    told = [
        f"{round(row.impulse_nms, -2):,.0f}{_SPACE}N·m·s in {row.reps} repetitions standing {side_style(row.side).word}" for row in last.itertuples()
    ]
    guessed = (last["estimated_share"] * last["impulse_nms"]).sum() / last["impulse_nms"].sum()
    where = f" ({100 * guessed:.0f}{_SPACE}% of it from repetitions that were logged and not recorded)" if guessed >= 0.005 else ""
    return f"In the week of {last['week'].iloc[0].day} {last['week'].iloc[0]:%b} the hip muscles did {' and '.join(told)}{where}."


def _say_equivalents(found: dict[str, Any] | None, reps: int) -> str:
    if found is None or any(found[name]["median"] is None for name in ("reps", "drop_deg")):
        return ""
    more, deeper = found["reps"]["median"], found["drop_deg"]["median"]
    share = f"{100 * found['moment_share']:.1f}{_SPACE}% to the load"
    return f" One kilogram more at the ankle adds {share}: as hard as {more:.1f} repetitions more than {reps}, or as {deeper:.1f}° more drop."
