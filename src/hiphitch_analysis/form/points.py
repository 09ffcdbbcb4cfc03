"""The coaching points: what each looks at, why it matters, its working limit, what to say, and how to see it where a sensor cannot.

Each is one function of table REPS that gives a value per repetition, empty where the recording does not show it. The percentages of muscle moment
are those of this project's frontal-plane model of standing on one leg, for an adult of usual build.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hiphitch_analysis import norms
from hiphitch_analysis.norms import Limit, Norm

BEAT_REPS, BEAT_LEAST = 5, 4  # neighbours on one side that tell a beat, and the fewest that can: three are often long or short by chance
DRIFT_REPS = 3  # a drift is slow, sway is not


@dataclass(frozen=True, slots=True)
class CoachingPoint:
    """One coaching point that repetitions can be held against.

    Attributes
    ----------
    key : str
        Name of the fault in tables.
    title : str
        Name of the coaching point for people, said as it should be.
    measure : callable
        REPS of one set → one value per repetition.
    limit : Limit
        Working limit and the steps to moderate and severe.
    standard_error : Norm
        Of the measurement, common to all repetitions of a set, in the measure's unit; for tables that carry none of their own.
    se_column : str or None
        Column of REPS with the measurement's own standard error.
    beyond : {1, -1}
        1: the fault lies above the limit; −1: below.
    finding : str
        What was seen, with ``{value}`` for the size of the set's value and ``{unit}``.
    cue : str
        What to say.
    why : str
        Why it matters, with what the model or the literature says of it.
    look : str
        How to see it when this recording does not show it.
    """

    key: str
    title: str
    measure: Callable[[pd.DataFrame], pd.Series]
    limit: Limit
    standard_error: Norm
    se_column: str | None
    beyond: int
    finding: str
    cue: str
    why: str
    look: str


def read_column(name: str) -> Callable[[pd.DataFrame], pd.Series]:
    """Return the function of REPS that gives its column `name`; NaN for every repetition where the table has none."""

    def measure(reps: pd.DataFrame) -> pd.Series:
        return reps[name].astype(float) if name in reps else pd.Series(np.nan, index=reps.index)

    return measure


def leg_apart(reps: pd.DataFrame) -> pd.Series:
    """Return by how much the free leg turns less or more than the pelvis, as a share of the pelvis's turning [–]."""
    return (read_column("leg_gain")(reps) - 1.0).abs()


def tilt_drift(reps: pd.DataFrame) -> pd.Series:
    """Return how far the pelvis has tipped since the set began [°], as the mean of three repetitions."""
    drift = read_column("tilt_drift_deg")(reps)
    return drift.rolling(DRIFT_REPS, center=True, min_periods=1).mean().abs().where(drift.notna())


def faster_phase(reps: pd.DataFrame) -> pd.Series:
    """Return the duration of the quicker of lowering and raise [s]."""
    return reps[["lower_s", "raise_s"]].min(axis=1)


def off_beat(reps: pd.DataFrame) -> pd.Series:
    """Return how far each repetition's duration lies from the beat around it, as a share.

    The beat is the mean of the neighbours on both sides; or of those before it or after it alone, whichever is nearer, where these keep a beat
    themselves: a set that slows down steadily is tired, one that changes its tempo once has another tempo, and neither is uneven.
    """
    duration = reps["lower_s"] + reps["raise_s"]
    around = duration.rolling(2 * BEAT_REPS + 1, center=True, min_periods=1)
    beats = [(around.sum() - duration) / (around.count() - 1).replace(0, np.nan)]
    for side in (duration, duration[::-1]):
        window = side.rolling(BEAT_REPS, min_periods=BEAT_LEAST)
        kept = window.std() < norms.OFF_BEAT.mild.value * window.mean()
        beats.append(window.mean().where(kept).shift(1))
    off = pd.concat(beats, axis=1).rdiv(duration, axis=0).sub(1.0).abs().min(axis=1)
    return off.fillna(0.0).where(duration.notna())


_TRUNK = "One sensor on the pelvis cannot see the trunk: wear a second sensor on the breastbone, or watch from behind."
_LEG = "One sensor on the pelvis cannot see the free leg: wear a second sensor on the thigh, or watch from the front."
_LEVEL = "Without standing on both feet first, level is not known: stand still for 5 s on both feet, then record again."
_TURNING = "Without a gyroscope turning cannot be seen: watch from above or behind."

POINTS: tuple[CoachingPoint, ...] = (
    CoachingPoint(
        "incomplete_return", "Back to level", read_column("return_error_deg"), norms.RETURN_ERROR_DEG, norms.RETURN_SE_DEG, "return_error_se_deg", 1,
        "The pelvis stops {value:.1f}{unit} short of level.", "Squeeze the standing hip: belt level.",
        "The last degrees up to level are the abductors' work; who stops short hangs between repetitions instead of holding.", _LEVEL,
    ),
    CoachingPoint(
        "hike_above_level", "Not above level", read_column("return_error_deg"), norms.HIKE_DEG, norms.RETURN_SE_DEG, "return_error_se_deg", -1,
        "The raise ends {value:.1f}{unit} above level.", "Stop at level: belt straight.",
        "Above level the muscles between ribs and pelvis of the free side may help. The movement shows the hike, not which muscle makes it.", _LEVEL,
    ),
    CoachingPoint(
        "drop_too_large", "Small drop", read_column("drop_deg"), norms.DROP_LARGE_DEG, norms.DROP_SE_DEG, "drop_se_deg", 1,
        "The pelvis drops {value:.0f}{unit}, more than the exercise wants.", "Smaller. Half that drop.",
        "Lower down the muscle's lever arm shrinks and passive tissue takes over, and a large drop turns the pelvis out of square.",
        "This recording does not show the drop.",
    ),
    CoachingPoint(
        "drop_too_small", "Drop large enough", read_column("drop_deg"), norms.DROP_SMALL_DEG, norms.DROP_SE_DEG, "drop_se_deg", -1,
        "The pelvis drops only {value:.1f}{unit}.", "Let the belt sink a little lower.",
        "Without a drop there is nothing to raise; 4° is the smallest change that a goniometer can show.",
        "This recording does not show the drop.",
    ),
    CoachingPoint(
        "pelvis_not_square", "Pelvis square", read_column("rotation_range_deg"), norms.ROTATION_RANGE_DEG, norms.ROTATION_SE_DEG,
        "rotation_range_se_deg", 1, "The pelvis twists {value:.0f}{unit} while it moves.", "Both hip bones face the wall.",
        "A pelvis that turns has left the frontal plane, in which the exercise works. Its own rule is that too large a drop turns it.", _TURNING,
    ),
    CoachingPoint(
        "trunk_lean_stance", "Trunk upright", read_column("trunk_lean_max_deg"), norms.TRUNK_LEAN_DEG, norms.TRUNK_LEAN_SE_DEG,
        "trunk_lean_max_se_deg", 1, "The trunk leans {value:.0f}{unit} over the standing leg.", "Chest stays in the middle.",
        "Leaning over the standing leg brings the weight nearer to its hip: 5° take about 12 % off the abductors.", _TRUNK,
    ),
    CoachingPoint(
        "trunk_lean_free", "Raise without bending the trunk", read_column("trunk_pull_deg"), norms.TRUNK_PULL_DEG, norms.TRUNK_PULL_SE_DEG,
        "trunk_pull_se_deg", 1, "The trunk bends {value:.0f}{unit} toward the free side in the raise.", "Ribs still, pull with the standing hip.",
        "It is the visible sign of pulling up with the free side's oblique. The pull itself is inside the body: at a given posture it changes "
        "nothing of the moment that the abductors must give, and the bend adds to it.", _TRUNK,
    ),
    CoachingPoint(
        "leg_lifted", "Free leg hanging", read_column("thigh_lift_deg"), norms.THIGH_LIFT_DEG, norms.THIGH_LIFT_SE_DEG, "thigh_lift_se_deg", 1,
        "The free thigh is lifted by {value:.0f}{unit} in the raise.", "Let the leg hang. The hip lifts it.",
        "Lifting the knee forwards does not make the leg lighter: the static moment at the standing hip stays the same. What is lost is the pelvis's "
        "way: the hip flexors raise the leg instead.", _LEG,
    ),
    CoachingPoint(
        "leg_drawn_in", "Leg straight below its hip", read_column("leg_in_deg"), norms.LEG_IN_DEG, norms.LEG_IN_SE_DEG, "leg_in_se_deg", 1,
        "The free leg is drawn in by {value:.0f}{unit}.", "Leg hangs straight down.",
        "A leg drawn toward the midline is lighter to hold: 10° take about 13 % off the abductors.", _LEG,
    ),
    CoachingPoint(
        "hip_and_leg_apart", "Hip and leg one unit", leg_apart, norms.LEG_APART, norms.LEG_GAIN_SE, "leg_gain_se", 1,
        "The free leg moves {value:.0%} differently from the pelvis.", "Hip and leg move as one.",
        "The pelvis carries the leg down and up; a leg that does its own way takes over part of the travel.", _LEG,
    ),
    CoachingPoint(
        "foot_resting", "Free foot off the floor", read_column("floor_share_max"), norms.FLOOR_SHARE, norms.FLOOR_SHARE_SE, None, 1,
        "The floor carries {value:.0%} of the free leg.", "Foot off the floor.",
        "What the floor carries the abductors do not: a quarter of the leg's weight on it takes about 10 % off.",
        "Weight on the free foot cannot be seen by a motion sensor: watch the foot, or put a scale under it.",
    ),
    CoachingPoint(
        "lumbar_not_neutral", "Lower back neutral", tilt_drift, norms.TILT_DRIFT_DEG, norms.TILT_DRIFT_SE_DEG, "tilt_drift_se_deg", 1,
        "The pelvis has tipped {value:.0f}{unit} since the set began.", "Belly firm, back still.",
        "A pelvis that tips takes the lower back with it. One sensor sees the pelvis, not the spine.",
        "This recording does not show the pelvis's tilt: watch from the side.",
    ),
    CoachingPoint(
        "tempo_too_fast", "Slow tempo", faster_phase, norms.PHASE_FAST_S, norms.PHASE_SE_S, None, -1,
        "The quicker half of the movement takes {value:.2f} {unit}.", "Count one down, one up.",
        "At one second a phase the acceleration adds 2–4 % to the moment, at half a second 8–16 %: momentum, and less time under load.",
        "This recording does not show when the phases begin and end.",
    ),
    CoachingPoint(
        "tempo_uneven", "Even tempo", off_beat, norms.OFF_BEAT, norms.OFF_BEAT_SE, None, 1,
        "Single repetitions are {value:.0%} off the beat.", "Same beat, every rep.",
        "An even beat makes repetitions comparable: the same time under load in each.",
        "This recording does not show when the phases begin and end.",
    ),
    CoachingPoint(
        "loss_of_balance", "Steady stand", read_column("sway_deg_s"), norms.SWAY_DEG_S, norms.SWAY_SE_DEG_S, None, 1,
        "The pelvis sways at {value:.1f}{unit} beside the movement.", "Fingertips on the wall, eyes on one point.",
        "Who fights for balance trains balance; the abductors' steady work is lost, and the foot comes down.", _TURNING,
    ),
)  # fmt: skip

# What no motion shows, whatever is worn.
OBLIQUE_KEY = "oblique_pull"
OBLIQUE_TITLE = "Glutes pull, not the oblique"
OBLIQUE_LOOK = "The muscle that pulls cannot be seen in the movement: put a hand on it, or measure EMG."
