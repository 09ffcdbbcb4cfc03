"""FAULTS of a set → one sign for each group of coaching points that a coach names in one breath: good, watch, mend first, not seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from hiphitch_analysis.form.points import OBLIQUE_KEY, OBLIQUE_TITLE

# One row of a form table each.
ROWS: dict[str, tuple[str, ...]] = {
    "Back to level": ("incomplete_return", "hike_above_level"),
    "Size of drop": ("drop_too_small", "drop_too_large"),
    "Pelvis square": ("pelvis_not_square",),
    "Tempo": ("tempo_too_fast", "tempo_uneven"),
    "Lower back neutral": ("lumbar_not_neutral",),
    "Steady stand": ("loss_of_balance",),
    "Trunk upright": ("trunk_lean_stance",),
    "Free leg hanging": ("leg_lifted", "leg_drawn_in", "hip_and_leg_apart"),
    "Free foot off the floor": ("foot_resting",),
    OBLIQUE_TITLE: ("trunk_lean_free", OBLIQUE_KEY),
}
RANK = {"mend": 0, "watch": 1, "good": 2, "unseen": 3}
SURE = 0.80  # a sign is filled from this certainty on
# A repetition that is not back at level does not count: that fault is mended first however small it is.
ALWAYS_FIRST = "incomplete_return"


@dataclass(frozen=True, slots=True)
class Sign:
    """What some coaching points of one set come to.

    Attributes
    ----------
    status : {"good", "watch", "mend", "unseen"}
    sure : float
        Chance [0–1] that the sign is right; NaN when not seen.
    fault : str
        Key of the coaching point that it speaks of; empty where the table has none of them.
    """

    status: str
    sure: float
    fault: str


UNSEEN = Sign("unseen", float("nan"), "")


def read_sign(faults: pd.DataFrame, keys: Iterable[str]) -> Sign:
    """Read the sign of the worst of some coaching points.

    Parameters
    ----------
    faults : DataFrame
        Table FAULTS of one set, indexed by ``fault``.
    keys : iterable of str
        Coaching points, as in ``POINTS``.

    Returns
    -------
    Sign
        Where one of them could not be seen, the others being well is not enough: then it is unseen.

    Notes
    -----
    A fault beyond the moderate limit, and every set that stops short of level, is to be mended first; a mild one is to be watched.

    Examples
    --------
    >>> row = {"fault": "tempo_too_fast", "observable": True, "chance": 0.9, "severity": "mild"}
    >>> read_sign(pd.DataFrame([row]).set_index("fault"), ["tempo_too_fast"])
    Sign(status='watch', sure=0.9, fault='tempo_too_fast')
    """
    rows = [(key, faults.loc[key]) for key in keys if key in faults.index]
    worst = min((_judge(key, fault) for key, fault in rows if fault["observable"]), key=lambda sign: RANK[sign.status], default=None)
    unseen = [key for key, fault in rows if not fault["observable"]]
    if worst is not None and (worst.status != "good" or not unseen):
        return worst
    return Sign("unseen", float("nan"), unseen[-1] if unseen else "")


def choose_worse(signs: Sequence[Sign]) -> int:
    """Return the place of the sign that speaks for all: of faults the surer one, of good signs the less sure one; what was seen before what was not.

    Examples
    --------
    >>> choose_worse([Sign("good", 0.99, ""), Sign("good", 0.7, "")])
    1
    """
    return min(range(len(signs)), key=lambda i: (RANK[signs[i].status], signs[i].sure if signs[i].status == "good" else -signs[i].sure))


def _judge(key: str, fault: pd.Series) -> Sign:
    chance = float(fault["chance"])
    if fault["severity"] == "none":
        return Sign("good", 1.0 - chance, key)
    return Sign("mend" if fault["severity"] in ("moderate", "severe") or key == ALWAYS_FIRST else "watch", chance, key)
