"""Every table of the package: columns, units, signs and ranges, defined here and nowhere else.

A table is a plain ``pandas.DataFrame``. A time series has the index ``time_s`` [s]; its rate follows from it. The unit stands in the column's
name. Regions are half-open: a repetition owns the samples with ``start_s <= time_s < end_s``.

Words and signs
---------------
*Stance side* is the leg stood on, the one trained. *Free side* is the leg that hangs. Obliquity is positive with the free side **higher**, so a
pelvic drop is negative; measures of a repetition (``drop_deg``, ``return_error_deg`` …) are magnitudes. Each column's own sign stands in its
``description`` below, which is also the text of ``data/README.md``.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Index, Series

SIDES = ("left", "right")
STOP_REASONS = ("target", "fatigue", "technique", "pain", "other")
TARGET_SOURCES = ("given", "plan", "inferred")
AP_AXES = ("+x", "-x", "+y", "-y", "+z", "-z")
SEXES = ("male", "female")
BODY_MASS_KG, BODY_HEIGHT_M, ANKLE_KG = (20.0, 300.0), (1.0, 2.5), (0.0, 30.0)  # what a person weighs, measures, and hangs on a leg
ATHLETE_ID = r"^[A-Za-z0-9_-]{1,32}$"

ACC = ["acc_x_m_s2", "acc_y_m_s2", "acc_z_m_s2"]
GYR = ["gyr_x_rad_s", "gyr_y_rad_s", "gyr_z_rad_s"]
MAG = ["mag_x_ut", "mag_y_ut", "mag_z_ut"]
QUAT = ["quat_w", "quat_x", "quat_y", "quat_z"]


def _time_index() -> Any:
    return pa.Field(check_name=True, description="[s] time from the recording's start, strictly increasing")


def _column(text: str, **limits: Any) -> Any:
    return pa.Field(nullable=True, description=text, **limits)


class Table(pa.DataFrameModel):
    """Base of all tables: columns beyond the named ones are allowed, numbers are coerced."""

    class Config:
        coerce = True
        strict = False


class Imu(Table):
    """Samples of one inertial sensor, in the sensor's own frame."""

    time_s: Index[float] = _time_index()
    acc_x_m_s2: Series[float] | None = _column("[m/s²] specific force along sensor x: about +9.81 along whatever points up at rest")
    acc_y_m_s2: Series[float] | None = _column("[m/s²] specific force along sensor y")
    acc_z_m_s2: Series[float] | None = _column("[m/s²] specific force along sensor z")
    gyr_x_rad_s: Series[float] | None = _column("[rad/s] angular rate about sensor x, right-handed")
    gyr_y_rad_s: Series[float] | None = _column("[rad/s] angular rate about sensor y, right-handed")
    gyr_z_rad_s: Series[float] | None = _column("[rad/s] angular rate about sensor z, right-handed")
    mag_x_ut: Series[float] | None = _column("[µT] magnetic field along sensor x (read, not used)")
    mag_y_ut: Series[float] | None = _column("[µT] magnetic field along sensor y (read, not used)")
    mag_z_ut: Series[float] | None = _column("[µT] magnetic field along sensor z (read, not used)")
    quat_w: Series[float] | None = _column("[–] device's orientation, sensor → earth (z up), scalar part", ge=-1.001, le=1.001)
    quat_x: Series[float] | None = _column("[–] device's orientation, x part", ge=-1.001, le=1.001)
    quat_y: Series[float] | None = _column("[–] device's orientation, y part", ge=-1.001, le=1.001)
    quat_z: Series[float] | None = _column("[–] device's orientation, z part", ge=-1.001, le=1.001)

    class Config(Table.Config):
        name = "imu"
        description = "read_imu() makes this table."


def _any_name(text: str, ending: str, **limits: Any) -> Any:
    """Return the field of columns that are as many as a file has names, each of them with this ending."""
    return pa.Field(alias=f".+{ending}", regex=True, nullable=True, description=text, **limits)


class Markers(Table):
    """MARKERS: positions of skin markers or joint centres in the room, right-handed, z up; as many markers as the file has, named as in it."""

    time_s: Index[float] = _time_index()
    x_m: Series[float] = _any_name("[m] first horizontal position; empty where the marker was not seen", "_x_m")
    y_m: Series[float] = _any_name("[m] second horizontal position, 90° anticlockwise from the first as seen from above", "_y_m")
    z_m: Series[float] = _any_name("[m] height; + up", "_z_m")

    class Config(Table.Config):
        name = "markers"
        description = "read_pose() makes this table."


class Landmarks(Table):
    """LANDMARKS: points of the body in the picture of one camera, named like left_hip; as many as the file has."""

    time_s: Index[float] = _time_index()
    x_px: Series[float] = _any_name("[px] position from the picture's left edge; empty where nobody was seen", "_x_px")
    y_px: Series[float] = _any_name("[px] position from the picture's upper edge; + down", "_y_px")
    visibility: Series[float] = _any_name("[0–1] how sure the detector was of the point; empty where it does not say", "_visibility", ge=0, le=1)

    class Config(Table.Config):
        name = "landmarks"
        description = "read_pose() makes this table."


class Coordinates(Table):
    """COORDINATES: a motion of an OpenSim model, named as in the model: `pelvis_list_deg` is + left side up and is not obliquity."""

    time_s: Index[float] = _time_index()
    deg: Series[float] | None = _any_name("[°] rotation, in the model's own order of rotations", "_deg")
    m: Series[float] | None = _any_name("[m] translation along the model's axes, y up", "_m")

    class Config(Table.Config):
        name = "coordinates"
        description = "read_pose() makes this table."


class Angles(Table):
    """ANGLES: pelvis angles over time; `obliquity_deg` says what zero is.

    The ± of a 95 % interval is 2.45 times a standard error, not 1.96: Student's t with 6 degrees of freedom, because standard errors are themselves
    known to some 30 % only (`precision.half_width`).
    """

    time_s: Index[float] = _time_index()
    side: Series[str] | None = _column("leg stood on; only where legs are changed within the recording", isin=SIDES)
    obliquity_deg: Series[float] = _column(
        "[°] elevation of the line stance hip → free hip; + free side higher, a drop is −. Zero is the mean of the first quiet stance on both feet "
        "(`zero_unproven`: nothing shows that it was both). Flagged `relative_zero`, as OpenSim always is, it is of a sensor or a device's own "
        "orientation the first quiet stance on whatever feet, else the recording's mean posture; of markers and OpenSim the horizontal; of landmarks "
        "and printed markers what the camera shows for it: the picture's edge, the wall marker or the floor marker",
        ge=-180,
        le=180,
    )
    rotation_deg: Series[float] = _column(
        "[°] axial rotation: read it as change within a repetition; + free side forward. A sensor's is without what changes more slowly than 0.05 Hz "
        "(drift of the heading); markers and printed markers count from the mean of the quiet stance or else from the median, OpenSim from the median"
    )
    tilt_deg: Series[float] = _column("[°] sagittal tilt; + anterior. Zero as of obliquity", ge=-180, le=180)
    obliquity_se_deg: Series[float] | None = _column("[°] standard error of obliquity against level; empty where level is not known", ge=0)
    rotation_se_deg: Series[float] | None = _column("[°] standard error of a change of rotation as large as this rotation", ge=0)
    tilt_se_deg: Series[float] | None = _column("[°] standard error of tilt against quiet standing; empty where level is not known", ge=0)
    trunk_lean_deg: Series[float] | None = _column("[°] trunk from vertical, frontal plane; + toward the stance side", ge=-90, le=90)
    lumbar_bend_deg: Series[float] | None = _column("[°] obliquity minus trunk lean; + side-bend toward the free side", ge=-180, le=180)
    free_leg_angle_deg: Series[float] | None = _column("[°] free leg from vertical, frontal plane; + away from the midline", ge=-90, le=90)
    free_thigh_flexion_deg: Series[float] | None = _column("[°] free thigh from vertical, sagittal plane; + flexion", ge=-180, le=180)
    free_knee_flexion_deg: Series[float] | None = _column("[°] free knee; + flexion", ge=-30, le=180)
    floor_share: Series[float] | None = _column("[0–1] share of the free leg's weight that the floor carries", ge=0, le=1)
    trunk_lean_se_deg: Series[float] | None = _column("[°] standard error of trunk lean", ge=0)
    free_leg_angle_se_deg: Series[float] | None = _column("[°] standard error of the free leg's angle", ge=0)
    free_thigh_flexion_se_deg: Series[float] | None = _column("[°] standard error of the free thigh's flexion", ge=0)
    trunk_late_s: Series[float] | None = _column("[s] how far the trunk sensor's time may be off the pelvis's; only where it may", ge=0)
    free_leg_late_s: Series[float] | None = _column("[s] how far the thigh sensor's time may be off the pelvis's; only where it may", ge=0)

    class Config(Table.Config):
        name = "angles"
        description = "estimate_angles() makes this table."


class Reps(Table):
    """REPS: one row per lower-and-raise cycle, as found by ``detect_reps`` and measured by ``measure_reps``; ± from standard errors as in ANGLES."""

    rep: Series[int] = pa.Field(ge=1, description="number of the row, counted through the whole recording")
    set: Series[int] = pa.Field(ge=1, description="number of the set within the recording")
    side: Series[str] | None = _column("stance side", isin=SIDES)
    kind: Series[str] = pa.Field(
        isin=("complete", "partial", "aborted", "left out"),
        description="only complete ones are counted; partial: the raise regains less than half the drop; aborted: no raise follows the lowering, "
        "or the recording cuts it off; left out: by a person, see CORRECTIONS",
    )
    corrected: Series[str] | None = _column(
        "what a person did to it: moved, added or left out; empty when it is as found; only where something was corrected",
        isin=("moved", "added", "left out"),
    )
    found_rep: Series[int] | None = pa.Field(ge=1, description="number by which CORRECTIONS calls it; only where something was corrected")
    confidence: Series[float] | None = _column(
        "[0–1] chance that the cycle is a repetition and of this kind; empty where a person set its times", ge=0, le=1
    )
    start_s: Series[float] = pa.Field(description="[s] the lowering begins")
    bottom_s: Series[float] = pa.Field(description="[s] lowest point")
    end_s: Series[float] = pa.Field(description="[s] the raise ends")
    top_deg: Series[float] | None = _column("[°] obliquity where the lowering begins", ge=-180, le=180)
    bottom_deg: Series[float] | None = _column("[°] obliquity at the lowest point", ge=-180, le=180)
    drop_deg: Series[float] | None = _column("[°] obliquity at start minus at bottom; magnitude", ge=0, le=360)
    return_error_deg: Series[float] | None = _column(
        "[°] how far below level the raise ends; negative = above level (hike); empty without a two-footed zero"
    )
    rotation_range_deg: Series[float] | None = _column("[°] largest minus smallest axial rotation within the repetition", ge=0)
    tilt_range_deg: Series[float] | None = _column("[°] largest minus smallest sagittal tilt within the repetition", ge=0)
    drop_se_deg: Series[float] | None = _column("[°] standard error of drop_deg", ge=0)
    return_error_se_deg: Series[float] | None = _column("[°] standard error of return_error_deg", ge=0)
    rotation_range_se_deg: Series[float] | None = _column("[°] standard error of rotation_range_deg", ge=0)
    tilt_drift_deg: Series[float] | None = _column("[°] sagittal tilt at the top against that before the set's first lowering; + anterior")
    tilt_drift_se_deg: Series[float] | None = _column("[°] standard error of tilt_drift_deg", ge=0)
    sway_deg_s: Series[float] | None = _column("[°/s] root mean square turning of the pelvis that does not go with the lowering and raising", ge=0)
    trunk_lean_max_deg: Series[float] | None = _column(
        "[°] greatest lean of the trunk toward the stance side in the repetition; negative = it never got there"
    )
    trunk_lean_max_se_deg: Series[float] | None = _column("[°] standard error of trunk_lean_max_deg", ge=0)
    trunk_pull_deg: Series[float] | None = _column(
        "[°] farthest the trunk bends toward the free side in the raise, off the way from bottom to end", ge=0
    )
    trunk_pull_se_deg: Series[float] | None = _column("[°] standard error of trunk_pull_deg", ge=0)
    thigh_lift_deg: Series[float] | None = _column("[°] greatest flexion of the free thigh in the raise minus that at the bottom", ge=0)
    thigh_lift_se_deg: Series[float] | None = _column("[°] standard error of thigh_lift_deg", ge=0)
    leg_in_deg: Series[float] | None = _column("[°] free leg toward the midline, beyond what it turns with the pelvis; negative = away")
    leg_in_se_deg: Series[float] | None = _column("[°] standard error of leg_in_deg", ge=0)
    leg_gain: Series[float] | None = _column(
        "[–] turning of the free leg per turning of the pelvis, frontal plane: 1 = one unit, 0 = the leg hangs still"
    )
    leg_gain_se: Series[float] | None = _column("[–] standard error of leg_gain", ge=0)
    floor_share_max: Series[float] | None = _column(
        "[0–1] largest share of the free leg's weight that the floor carries in the repetition", ge=0, le=1
    )
    lower_s: Series[float] | None = _column("[s] start to bottom", ge=0)
    raise_s: Series[float] | None = _column("[s] bottom to end", ge=0)
    pause_s: Series[float] | None = _column("[s] end to the next repetition's start; empty for a set's last", ge=0)
    peak_velocity_deg_s: Series[float] | None = _column("[°/s] fastest obliquity change of the raise; magnitude", ge=0)
    regularity: Series[float] | None = _column("[−1–1] correlation of its time-normalised curve with the mean of the set's other ones", ge=-1, le=1)
    unmeasured: Series[str] | None = _column("why the measures of this repetition are empty; empty when it was measured")
    lower_sparc: Series[float] | None = _column("[–] smoothness of the lowering, spectral arc length; negative, nearer to 0 = smoother", le=0)
    raise_sparc: Series[float] | None = _column("[–] smoothness of the raise, spectral arc length; negative, nearer to 0 = smoother", le=0)
    faults: Series[object] | None = _column("list of the faults seen in this repetition, keys as in form.points.POINTS")

    class Config(Table.Config):
        name = "reps"
        description = "detect_reps() makes this table, measure_reps() adds the measures."


class Corrections(Table):
    """CORRECTIONS: what a person changed in the repetitions found, by hand or on screen; one row per repetition, of one recording or several."""

    recording: Series[str] = pa.Field(description="the recording's file name without folder and ending")
    rep: Series[int] = pa.Field(ge=1, description="number of the repetition as found, in REPS without corrections; a number beyond those adds one")
    start_s: Series[float] = _column("[s] the lowering begins; empty = as found", ge=0)
    bottom_s: Series[float] = _column("[s] lowest point; empty = as found", ge=0)
    end_s: Series[float] = _column("[s] the raise ends; empty = as found", ge=0)
    keep: Series[bool] = pa.Field(description="false: left out, neither counted nor judged")

    class Config(Table.Config):
        name = "corrections"
        description = "`recording,rep,start_s,bottom_s,end_s,keep`; edit_reps() writes this table."


class Loads(Table):
    """LOADS: what the hip abductors of the stance leg hold and move over time, of a person standing on that leg."""

    time_s: Index[float] = _time_index()
    moment_nm: Series[float] = _column("[N·m] hip-abductor moment about the stance hip; + keeps the free side up; empty where nothing was measured")
    moment_se_nm: Series[float] = _column("[N·m] standard error of moment_nm, of angles and body together", ge=0)
    pelvis_nm: Series[float] = _column("[N·m] of it, weight of the pelvis times its lever arm")
    upper_nm: Series[float] = _column("[N·m] of it, weight of trunk, head and arms")
    leg_nm: Series[float] = _column("[N·m] of it, weight of the free leg")
    ankle_nm: Series[float] = _column("[N·m] of it, the ankle weight")
    floor_nm: Series[float] = _column("[N·m] of it, what the floor takes away; ≤ 0")
    acceleration_nm: Series[float] = _column("[N·m] of it, what acceleration adds")
    adduction_deg: Series[float] = _column("[°] adduction of the stance hip; + adducted")
    passive_nm: Series[float] = _column("[N·m] what ligaments could carry of moment_nm when the hip hangs: an assumption, not subtracted", ge=0)
    muscle_low_n: Series[float] = _column("[N] gluteus medius and minimus, the lower of two published geometries", ge=0)
    muscle_high_n: Series[float] = _column("[N] the same, the higher one", ge=0)
    joint_low_bw: Series[float] = _column("[body weights] contact force in the stance hip, the lower of two published geometries", ge=0)
    joint_high_bw: Series[float] = _column("[body weights] the same, the higher one", ge=0)

    class Config(Table.Config):
        name = "loads"
        description = "measure_loads() makes this table."


class Doses(Table):
    """DOSES: one row per set: what it asked of the hip abductors, from the first lowering to the end of the last raise."""

    set: Series[int] = pa.Field(ge=1, description="number of the set within the recording")
    side: Series[str] = _column("stance side", isin=SIDES)
    n_reps: Series[int] = pa.Field(ge=0, description="complete repetitions")
    load_s: Series[float] = _column("[s] time under load", ge=0)
    impulse_nms: Series[float] = _column("[N·m·s] moment over time; empty where a tenth of the set or more was not measured")
    impulse_se_nms: Series[float] = _column("[N·m·s] standard error of impulse_nms", ge=0)
    mean_nm: Series[float] = _column("[N·m] mean moment")
    mean_se_nm: Series[float] = _column(
        "[N·m] standard error of mean_nm; the same error in all sets of one person, but for the angles; 1.96 of it are the ± of a 95 % interval",
        ge=0,
    )
    mean_nm_kg: Series[float] = _column("[N·m/kg] mean moment per body mass")
    peak_nm: Series[float] = _column("[N·m] median over the repetitions of their highest moment")
    acceleration_share: Series[float] = _column("[–] median over the repetitions of what acceleration adds at that moment, as a share of it")
    work_j: Series[float] = _column("[J] median over the repetitions of the work of the raise")
    muscle_low_n: Series[float] = _column("[N] median over the repetitions of their highest muscle force, lower geometry", ge=0)
    muscle_high_n: Series[float] = _column("[N] the same, higher geometry", ge=0)
    joint_low_bw: Series[float] = _column("[body weights] median over the repetitions of their highest joint force, lower geometry", ge=0)
    joint_high_bw: Series[float] = _column("[body weights] the same, higher geometry", ge=0)
    hanging_s: Series[float] = _column("[s] time in which ligaments could carry part of it", ge=0)
    mean_share: Series[float] = _column("[–] mean moment over strength, median", ge=0)
    mean_share_low: Series[float] = _column("[–] its lower end, 80 % interval", ge=0)
    mean_share_high: Series[float] = _column("[–] its upper end, 80 % interval", ge=0)
    above_half_s: Series[float] = _column("[s] time above half of strength, at the strength's median", ge=0)

    class Config(Table.Config):
        name = "doses"
        description = "measure_doses() makes this table."


class Faults(Table):
    """FAULTS: one row per set and coaching point, whether or not it was broken."""

    set: Series[int] = pa.Field(ge=1, description="number of the set within the recording")
    fault: Series[str] = pa.Field(description="key of the coaching point, as in form.points.POINTS, and oblique_pull")
    observable: Series[bool] = pa.Field(description="false: this route cannot see it, and nothing else of the row counts")
    value: Series[float] = _column("the set's value in the coaching point's unit: median of the repetitions beyond the limit, else of all")
    value_se: Series[float] | None = _column("standard error of value, in its unit", ge=0)
    unit: Series[str] = _column("unit of value and limit")
    limit: Series[float] = _column("working limit from norms")
    chance: Series[float] = _column("[0–1] chance that the fault is there, given the measurement's standard error", ge=0, le=1)
    severity: Series[str] = pa.Field(isin=("none", "mild", "moderate", "severe", "not observable"), description="how far beyond the limit")
    reps: Series[object] = _column("list of the repetitions that are marked with it, as in REPS")
    first_rep: Series[float] = _column("the repetition where the last unbroken run of the fault began; empty if none")
    finding: Series[str] = pa.Field(description="one sentence: what was seen")
    cue: Series[str] = _column("a few words to say aloud")

    class Config(Table.Config):
        name = "faults"
        description = "find_faults() makes this table."


class Log(Table):
    """LOG: the training log, one row per set."""

    athlete_id: Series[str] = pa.Field(str_matches=ATHLETE_ID, description="pseudonym: letters, digits, - and _, at most 32")
    date: Series[pd.Timestamp] = pa.Field(description="ISO date of the session")
    session: Series[float] | None = _column("number of the session of that athlete", ge=0)
    side: Series[str] = pa.Field(isin=SIDES, description="stance side: left or right")
    set: Series[int] = pa.Field(ge=1, le=50, description="number of the set on that side within the session")
    target_reps: Series[float] | None = _column("repetitions prescribed", ge=1, le=1000)
    reps: Series[int] = pa.Field(ge=0, le=1000, description="good repetitions done")
    ankle_kg: Series[float] | None = _column("[kg] ankle weight on the free leg", ge=0, le=30)
    body_mass_kg: Series[float] | None = _column("[kg] body mass", ge=20, le=300)
    rest_s: Series[float] | None = _column("[s] rest before this set", ge=0, le=7200)
    rpe: Series[float] | None = _column("[0–10] rating of perceived exertion", ge=0, le=10)
    pain: Series[float] | None = _column("[0–10] pain", ge=0, le=10)
    technique: Series[float] | None = _column("[0–10] coach's rating of technique", ge=0, le=10)
    stop_reason: Series[str] | None = _column("why the set ended: target, fatigue, technique, pain or other", isin=STOP_REASONS)
    amrap: Series[pd.BooleanDtype] | None = _column("true: as many repetitions as possible, no target caps the set")
    notes: Series[str] | None = _column("free text")
    target_source: Series[str] | None = _column(
        "where target_reps comes from: given (logged with the set), plan (a plan file) or inferred (from the other sets); empty without a target",
        isin=TARGET_SOURCES,
    )

    class Config(Table.Config):
        name = "log"
        description = "read_log() makes this table; `hiphitch template log` writes an empty one."


class Sessions(Table):
    """SESSIONS: one row per analysed set, as left by ``hiphitch analyse --out``."""

    recording: Series[str] = pa.Field(description="the recording's file name without folder and ending")
    athlete_id: Series[str] = pa.Field(nullable=True, str_matches=ATHLETE_ID, description="pseudonym; empty when not given")
    date: Series[pd.Timestamp] = pa.Field(nullable=True, description="ISO date; empty when not given")
    session: Series[float] = _column("number of the session of that athlete", ge=0)
    side: Series[str] = pa.Field(isin=SIDES, description="stance side")
    set: Series[int] = pa.Field(ge=1, description="number of the set")
    n_reps: Series[int] = pa.Field(ge=0, description="complete repetitions")
    drop_deg: Series[float] = _column("[°] median drop", ge=0)
    return_error_deg: Series[float] = _column("[°] median return error; empty without a two-footed zero")
    rotation_range_deg: Series[float] = _column("[°] median rotation range", ge=0)
    rep_s: Series[float] = _column("[s] median time of lowering and raising together", ge=0)
    form_score: Series[float] = _column("[0–100] form score", ge=0, le=100)
    form_low: Series[float] = _column("[0–100] lower end of the score's 95 % interval", ge=0, le=100)
    form_high: Series[float] = _column("[0–100] upper end of the score's 95 % interval", ge=0, le=100)
    impulse_nms: Series[float] = _column("[N·m·s] hip-abductor moment over time; empty where body mass or height was not given", ge=0)
    route: Series[str] = pa.Field(
        description="how the angles were obtained: vqf, device or accelerometer; markers, landmarks, coordinates or printed markers"
    )
    flags: Series[str] = _column("doubts about the measurement, separated by spaces; empty when none")
    judged_reps: Series[float] | None = _column("complete repetitions whose return to level was measured; empty when none was", ge=0)
    clean_reps: Series[float] | None = _column("those of them that came back to level", ge=0)

    class Config(Table.Config):
        name = "sessions"
        description = "`hiphitch analyse --out` makes this table."


class History(Table):
    """HISTORY: the log (and, where a set was recorded, its form) summed up to one row per athlete, session and side."""

    athlete_id: Series[str] = pa.Field(str_matches=ATHLETE_ID, description="pseudonym")
    session: Series[int] = pa.Field(ge=1, description="number of the session of that athlete, in the order of the dates")
    date: Series[pd.Timestamp] = pa.Field(description="ISO date")
    side: Series[str] = pa.Field(isin=SIDES, description="stance side")
    sets_done: Series[int] = pa.Field(ge=1, description="sets in the log")
    target_reps: Series[float] = _column("repetitions prescribed per set; empty when the log does not say")
    reps_last: Series[int] = pa.Field(ge=0, description="repetitions of the last set")
    reps_min: Series[int] = pa.Field(ge=0, description="repetitions of the poorest set")
    stop_last: Series[str] = _column("why the last set ended", isin=STOP_REASONS)
    pain_stop: Series[bool] = pa.Field(description="a set was stopped by pain")
    capped: Series[bool] = pa.Field(description="true: the last set stopped at its target, so the athlete could do at least this many")
    complete: Series[bool] = pa.Field(description="every set reached its target")
    ankle_kg: Series[float] = pa.Field(ge=0, description="[kg] ankle weight")
    pain: Series[float] = _column("[0–10] worst pain of the session; empty when not logged", ge=0, le=10)
    form_score: Series[float] = _column("[0–100] form score of the last recorded set; empty when none was recorded", ge=0, le=100)
    judged_reps: Series[float] = _column("repetitions of the last recorded set whose return to level was measured; empty when none was", ge=0)
    clean_reps: Series[float] = _column("those of them that came back to level", ge=0)
    recorded_last: Series[bool] = pa.Field(description="the recorded set is the last one of the session")
    recorded_on: Series[pd.Timestamp] = _column(
        "ISO date of that recording; later than date where it is of a session that is not in the log; empty when none was recorded"
    )

    class Config(Table.Config):
        name = "history"
        description = "summarise_log() makes this table."


class TruthReps(Table):
    """The simulator's own list of repetitions, written beside each recording it makes."""

    rep: Series[int] = pa.Field(ge=1, description="number of the row, counted through the whole recording")
    set: Series[int] = pa.Field(ge=1, description="number of the set within the recording")
    side: Series[str] = pa.Field(isin=SIDES, description="stance side")
    kind: Series[str] = pa.Field(isin=("complete", "partial", "aborted"), description="as in REPS")
    start_s: Series[float] = pa.Field(description="[s] the lowering begins")
    bottom_s: Series[float] = pa.Field(description="[s] lowest point")
    end_s: Series[float] = pa.Field(description="[s] the raise ends")
    drop_deg: Series[float] = pa.Field(ge=0, description="[°] obliquity at start minus at bottom")
    return_error_deg: Series[float] = pa.Field(description="[°] how far below level the raise ends; negative = above")
    rotation_range_deg: Series[float] = pa.Field(ge=0, description="[°] largest minus smallest axial rotation")
    tilt_range_deg: Series[float] = pa.Field(ge=0, description="[°] largest minus smallest sagittal tilt")
    brain_effort: Series[float] = pa.Field(ge=0, description="[–] highest load over what the tired muscle has left; 1 = failure")
    faults: Series[str] = pa.Field(description="faults asked for, keys of simulate.FAULTS, separated by spaces; empty when none")

    class Config(Table.Config):
        name = "truth_reps"
        description = "simulate_set() makes this table."


def _effort(text: str, **limits: Any) -> Any:
    return pa.Field(ge=0, description=f"{text}, standing on this leg", **limits)


class TruthEffort(Table):
    """What the hip abductors of each leg had to give in a simulated recording, and how tired that made them."""

    time_s: Index[float] = _time_index()
    left_demand_nm: Series[float] = _effort("[N·m] moment the abductors give")
    left_load: Series[float] = _effort("[–] that moment as a share of strength")
    left_active: Series[float] = _effort("[0–1] active share of the muscle", le=1)
    left_fatigued: Series[float] = _effort("[0–1] fatigued share of the muscle", le=1)
    left_brain_effort: Series[float] = _effort("[–] load over what is not fatigued; 1 = failure")
    right_demand_nm: Series[float] = _effort("[N·m] as for the left")
    right_load: Series[float] = _effort("[–] as for the left")
    right_active: Series[float] = _effort("[0–1] as for the left", le=1)
    right_fatigued: Series[float] = _effort("[0–1] as for the left", le=1)
    right_brain_effort: Series[float] = _effort("[–] as for the left")

    class Config(Table.Config):
        name = "truth_effort"
        description = "simulate_set() makes this table."


TABLES: tuple[type[Table], ...] = (
    Imu,
    Markers,
    Landmarks,
    Coordinates,
    Angles,
    Reps,
    Corrections,
    Loads,
    Doses,
    Faults,
    Log,
    Sessions,
    History,
    TruthReps,
    TruthEffort,
)
KEPT = (Angles, Reps, Corrections, Doses, Faults, Sessions)  # written as csv, and opened by the reader of the table's name


def check_table(table: pd.DataFrame, model: type[Table]) -> pd.DataFrame:
    """Check `table` against `model` and return it with its columns coerced.

    Parameters
    ----------
    table : DataFrame
        The table to check; it is not changed.
    model : Table
        One of the classes of this module, e.g. `Angles`.

    Returns
    -------
    DataFrame
        A coerced copy.

    Raises
    ------
    ValueError
        All faults of the table in one message: what, expected, got, what to do.

    Examples
    --------
    >>> check_table(pd.DataFrame({"rep": [1]}), Faults)
    Traceback (most recent call last):
    ...
    ValueError: faults: missing column 'set', 'fault', ... (got 'rep'). find_faults() makes this table. read_faults() opens one kept as csv.
    """
    config: Any = model.Config
    faults = []
    schema = model.to_schema()
    timed = schema.index is not None
    if timed and table.index.name != "time_s":
        faults.append("missing index 'time_s'")
    missing = [_spell(name, column) for name, column in schema.columns.items() if column.required and not _has(table, name, column)]
    if missing:
        faults.append(f"missing column {_quoted(missing)} (got {_quoted(table.columns) or 'none'})")
    if not faults:
        if timed and not (table.index.is_monotonic_increasing and table.index.is_unique):
            faults.append("time_s does not increase from row to row")
        try:
            checked = model.validate(table, lazy=True)
        except pa.errors.SchemaErrors as error:
            faults += _sentences(error.failure_cases, model)
    if faults:
        raise ValueError(f"{config.name}: {'; '.join(faults)}. {config.description}{name_reader(model)}")
    return checked


def name_reader(model: type[Table]) -> str:
    """Return the sentence that names the reader of `model`, a blank before it; nothing for a table that has none beside its maker."""
    config: Any = model.Config
    return f" read_{config.name}() opens one kept as csv." if model in KEPT else ""


def describe_table(model: type[Table]) -> pd.DataFrame:
    """Return the data dictionary of `model`: one row per column with its type, whether it is required, and its meaning."""
    schema = model.to_schema()
    index = [] if schema.index is None else [(schema.index.name, str(schema.index.dtype), True, schema.index.description)]
    columns = [(_spell(name, column), str(column.dtype), bool(column.required), column.description) for name, column in schema.columns.items()]
    return pd.DataFrame(index + columns, columns=["column", "type", "required", "meaning"])


def other_side(side: str) -> str:
    """Return the other of left and right."""
    return SIDES[1 - SIDES.index(side)]


def data_dictionary() -> str:
    """Return the data dictionary of every table as Markdown, the generated part of ``data/README.md``."""
    parts = []
    for model in TABLES:
        rows = [f"| `{r.column}` | {r.type} | {'yes' if r.required else 'no'} | {r.meaning} |" for r in describe_table(model).itertuples()]
        config: Any = model.Config
        parts += [
            f"### {config.name}",
            "",
            inspect.cleandoc(model.__doc__ or ""),
            "",
            "| column | type | required | meaning |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    return "\n".join(parts)


def _has(table: pd.DataFrame, name: str, column: Any) -> bool:
    return name in table.columns if not column.regex else any(re.match(name, str(other)) for other in table.columns)


def _spell(name: str, column: Any) -> str:
    """Return a column's name as a reader sees it; of columns with any name, ``<name>`` and the ending."""
    return name.replace(".+", "<name>", 1) if column.regex else name


def _sentences(cases: pd.DataFrame, model: type[Table]) -> Iterable[str]:
    """Turn pandera's failure cases into one short sentence per column, with the first offending rows and the allowed values."""
    fields = model.to_schema().columns
    columns: dict[Any, Any] = {}
    for name in cases["column"].unique():
        columns[name] = next((field for key, field in fields.items() if key == name or (field.regex and re.match(key, str(name)))), None)
    for column, group in cases.groupby("column", sort=False, dropna=False):
        check = str(group["check"].iloc[0])
        got = _quoted(group["failure_case"].drop_duplicates().head(3))
        rows = [int(i) + 1 for i in group["index"].drop_duplicates().head(3) if isinstance(i, int)]
        where = f" in row {', '.join(map(str, rows))}" if rows else ""
        if check.startswith("coerce") or check.startswith("dtype"):
            kind = {
                "float64": "a number",
                "int64": "a whole number",
                "datetime64[ns]": "a date like 2026-01-31",
                "boolean": "true or false",
                "bool": "true or false",
            }.get(str(columns[column].dtype), str(columns[column].dtype))
            yield f"{column} must be {kind}, got {got}{where}"
        elif check == "not_nullable":
            yield f"{column} is empty{where}"
        else:
            yield f"{column} must be {_limits(columns[column])}, got {got}{where}"


def _limits(column: Any) -> str:
    words = []
    for check in column.checks:
        stats = check.statistics
        words += [f"one of {_quoted(stats['allowed_values'])}"] if "allowed_values" in stats else []
        words += [f"at least {stats['min_value']:g}"] if "min_value" in stats else []
        words += [f"at most {stats['max_value']:g}"] if "max_value" in stats else []
        words += ["1 to 32 letters, digits, - or _"] if "pattern" in stats else []
    return " and ".join(words)


def _quoted(names: Iterable[Any]) -> str:
    return ", ".join(repr(n) if isinstance(n, str) else f"{n:g}" if isinstance(n, float) else str(n) for n in names)
