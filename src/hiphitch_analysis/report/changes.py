"""REPS of one set → how it changed on the way, in one sentence for a coach."""

from __future__ import annotations

import pandas as pd

from hiphitch_analysis.report.palette import side_style
from hiphitch_analysis.reps.fatigue import FatigueOnset, contrast_fresh_tired, find_fatigue_onset

# What is said of a measure that grew and of one that shrank, and in which unit; worst for the exercise first.
WORDS = {
    "return_error_deg": ("{} more short of level", "{} less short of level", "°"),
    "drop_deg": ("drops {} larger", "drops {} smaller", "°"),
    "rotation_range_deg": ("twists by {} more", "twists by {} less", "°"),
    "trunk_lean_max_deg": ("trunk {} further over the stance leg", "trunk {} less over the stance leg", "°"),
    "raise_s": ("raises {} slower", "raises {} quicker", "\N{NO-BREAK SPACE}s"),
    "lower_s": ("lowers {} slower", "lowers {} quicker", "\N{NO-BREAK SPACE}s"),
    "peak_velocity_deg_s": ("raises {} faster at their fastest", "raises {} slower at their fastest", "°/s"),
}
MOST = 3  # changes named


def say_changes(side: str, reps: pd.DataFrame) -> str:
    """Say from which repetition on the form of a set goes, and how its end differs from its beginning.

    Parameters
    ----------
    side : {"left", "right"}
        Stance side.
    reps : DataFrame
        Table REPS of one set, with measures.

    Returns
    -------
    str
        One or two sentences, with 80 % limits of the repetition and 95 % limits of each difference.

    Notes
    -----
    The change is estimated from all measures at once, whereas a strip of repetitions marks each by its own limit: a set may stop short of level some
    repetitions before or after.

    Examples
    --------
    >>> import numpy as np
    >>> number = np.arange(1, 31)
    >>> times = {"start_s": 2.0 * number, "bottom_s": 2.0 * number + 1, "end_s": 2.0 * number + 2, "lower_s": 1.0, "raise_s": 1.0, "drop_deg": 8.0}
    >>> reps = pd.DataFrame({"rep": number, "set": 1, "side": "left", "kind": "complete", **times})
    >>> say_changes("left", reps)
    'left leg: every measure is the same in every repetition.'
    """
    word = side_style(side).word
    onset = find_fatigue_onset(reps)
    if onset.rep is None:
        return f"{word} leg: {onset.reason}."
    named = _name_changes(reps, onset)
    span = f"{onset.low}" if onset.low == onset.high else f"{onset.low} to {onset.high}"
    when = f"from about rep {onset.rep} on (80 % sure: {span})" if onset.low > reps["rep"].min() + 1 else "from the beginning"
    return f"{word} leg: all measures together, form changes {when}." + (f" {named}." if named else "")


def _name_changes(reps: pd.DataFrame, onset: FatigueOnset) -> str:
    """Name the measures whose difference is surely not zero; empty without one. Where too little came before the onset, thirds are compared."""
    contrast, against = contrast_fresh_tired(reps, onset), "After it"
    if contrast.empty:
        contrast, against = contrast_fresh_tired(reps), "Last third against first"
    contrast = contrast.set_index("measure")
    sure = contrast[(contrast["low"] > 0) | (contrast["high"] < 0)]
    named = []
    for measure in [name for name in WORDS if name in sure.index][:MOST]:
        more, less, unit = WORDS[measure]
        difference, low, high = sure.loc[measure, ["difference", "low", "high"]].astype(float)
        size = f"{abs(difference):.1f}{unit} ({min(abs(low), abs(high)):.1f} to {max(abs(low), abs(high)):.1f})"
        named.append((more if difference > 0 else less).format(size))
    return f"{against}: {'; '.join(named)}" if named else ""
