"""Every reference value the analysis leans on: value, unit, range and source.

A value that no paper gives says ``assumption: …`` in its source, and reports show it as such. The simulator does not read this module: its
own priors stay independent of what the analysis believes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Norm:
    """One reference value.

    Attributes
    ----------
    value : float
        The value used.
    unit : str
        Its unit, ``1`` when it has none.
    low, high : float
        The range in which the value could reasonably lie.
    source : str
        Where it comes from, with DOI where there is one; starts with ``assumption:`` when nothing measured stands behind it.
    """

    value: float
    unit: str
    low: float
    high: float
    source: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A working limit of form with the two steps at which going beyond it counts as moderate and as severe (all in the limit's unit)."""

    mild: Norm
    moderate: float
    severe: float


# --- Physics ---------------------------------------------------------------------------------------------------------------------------------
GRAVITY_M_S2 = Norm(9.80665, "m/s²", 9.780, 9.832, "standard gravity (3rd CGPM, 1901); range: equator to pole")

# --- Bodies ----------------------------------------------------------------------------------------------------------------------------------
HIP_DISTANCE_SHARE = Norm(
    0.0985,
    "1",
    0.0914,
    0.1056,
    "between the hip centres, share of body height: mean 0.0990, median 0.0972, SD 0.0071 of the CT landmarks of ten people with instrumented hips "
    "(Bergmann 2016, doi:10.1371/journal.pone.0155612); range: ± one SD",
)
HIP_DISTANCE_SE_M = Norm(0.005, "m", 0.002, 0.010, "assumption: standard error of a hip distance that somebody measured")
LEG_MASS_SPREAD = Norm(0.06, "1", 0.03, 0.10, "assumption: SD of a leg's mass between people of one sex, mass and height, as a share of it")
LENGTH_SPREAD = Norm(0.06, "1", 0.03, 0.10, "assumption: SD of heights of centres and hinges between people of one height, as a share of them")

PASSIVE_FROM_DEG = Norm(15.0, "°", 10.0, 20.0, "assumption: adduction of the hip from which ligaments and the iliotibial band carry")
PASSIVE_NM_KG_DEG = Norm(
    0.03,
    "N·m/kg/°",
    0.0,
    0.06,
    "assumption: how fast their moment grows; that they carry is seen in the EMG, low in the fully dropped position "
    "(Hardcastle & Nade, J Bone Joint Surg Br 1985;67-B:741-6)",
)
HIP_FORCE_BW = Norm(
    2.61,
    "body weights",
    2.19,
    3.28,
    "contact force in ten instrumented hips, standing on one leg, 2.61 ± 0.29 (Bergmann 2016, doi:10.1371/journal.pone.0155612); range: of the ten",
)

# --- What an angle is taken for where nobody measured it -----------------------------------------------------------------------------------------
TRUNK_UPRIGHT_DEG = Norm(3.0, "°", 2.0, 5.0, "assumption: SD of the lean of a trunk that nobody measured, about upright")
LEG_HANGS_DEG = Norm(2.0, "°", 1.0, 4.0, "assumption: SD of the angle of a hanging leg that nobody measured, at a level pelvis")
LEG_FOLLOWS = Norm(
    0.58, "1", 0.3, 0.8, "assumption: a leg that nobody measured hangs, or turns with the pelvis, or anything between: RMS of a share from 0 to 1"
)
LEVEL_UNKNOWN_DEG = Norm(4.0, "°", 2.0, 6.0, "assumption: SD of the obliquity at the top of a repetition where level is not known")

# --- Strength and fatigue ------------------------------------------------------------------------------------------------------------------------
_SUGIMOTO = "concentric at 60°/s, standing, 36 athletes (Sugimoto 2014, doi:10.1097/JSM.0000000000000059)"
ISOKINETIC_NM_KG = {
    "male": Norm(1.29, "N·m/kg", 1.05, 1.53, f"{_SUGIMOTO}; range: ± one SD"),
    "female": Norm(1.13, "N·m/kg", 0.93, 1.33, f"{_SUGIMOTO}; range: ± one SD"),
}
ISOMETRIC_TO_ISOKINETIC = Norm(
    1.12,
    "1",
    1.0,
    1.25,
    "assumption: holding beats shortening at 60°/s by so much, and stays below lengthening (831 runners: 1.62 and 1.41 N·m/kg, 1.25 times; "
    "Ramskov 2014, PMC3924610)",
)
STRENGTH_SPREAD = Norm(0.23, "1", 0.17, 0.30, "SD between people over their mean: 0.18 in Sugimoto 2014, 0.23 in Ramskov 2014 (831 runners)")
DYNAMOMETER_CV = Norm(
    0.08, "1", 0.04, 0.10, "assumption: day-to-day error of a hand-held test; 3.7 to 6.1 % on a fixed device (Widler 2009), 9.8 % in PMC6101381"
)
TORQUE_CV = Norm(0.05, "1", 0.037, 0.061, "day-to-day error of a stabilised isometric test, 16 people (Widler 2009, J Bone Joint Surg Am 91-A:2666)")
HOLD_SEM_S = Norm(11.5, "s", 8.0, 15.0, "SEM of an isometric hip-abductor endurance test, 52 women (Van Cant, ICC 0.84)")
HIP_FATIGUE_PER_S = Norm(
    0.01500,
    "1/s",
    0.00970,
    0.0182,
    "assumption: the hip's muscles tire like the knee's (F of Frey-Law 2012, doi:10.1016/j.jbiomech.2012.04.018), which fits a measured hold of "
    "105 s (Lehecka 2021, doi:10.26603/001c.29592); no value was published for the hip; range: pooled joints to shoulder",
)
HIP_RECOVERY_PER_S = Norm(0.00149, "1/s", 0.00091, 0.00168, "assumption: as the fatigue rate (R of Frey-Law 2012)")
REST_MULTIPLIER = Norm(15.0, "1", 8.0, 29.0, "recovery at rest over recovery under load (Looft 2018, doi:10.1016/j.jbiomech.2018.06.005)")
FATIGUE_SPREAD = Norm(
    0.30, "1", 0.2, 0.5, "assumption: SD between people of the logarithm of both rates; pooled joints lie 1.5 of them below the knee"
)
FORM_SPREAD = Norm(
    0.05, "1", 0.02, 0.10, "assumption: SD of how much more a set's repetitions ask than those meant: a drop that grows, a leg that turns in"
)

# --- Recording -------------------------------------------------------------------------------------------------------------------------------
QUIET_STANCE_S = Norm(3.0, "s", 3.0, 5.0, "assumption: shortest two-footed stance that averages body sway enough for a zero")
AXIS_DISAGREEMENT_DEG = Norm(15.0, "°", 10.0, 20.0, "assumption: beyond it a mounting yaw costs more than about 1° RMS of obliquity in walking")

# --- What makes a pelvis sensor's angles wrong (standard deviations) ------------------------------------------------------------------------------
MOUNTING_YAW_DEG = Norm(8.0, "°", 4.0, 15.0, "assumption: how far a sensor worn flat on the sacrum is turned to the side")
GIVEN_AXIS_DEG = Norm(5.0, "°", 3.0, 10.0, "assumption: how far a forward axis that the user states is off")
SHIFT_DIRECTION_DEG = Norm(10.0, "°", 5.0, 20.0, "assumption: how far the weight shift onto one leg departs from straight sideways")
TILT_COUPLING = Norm(0.15, "1", 0.05, 0.4, "assumption: sagittal tilt in step with the repetitions, as a share of the drop")
SKIN_SHARE = Norm(
    0.05, "1", 0.02, 0.29, "assumption: share of a pelvis angle that the skin under the sensor does not follow; nobody measured a hip hitch"
)
SYNCED_S = Norm(0.01, "s", 0.002, 0.02, "maker of the Xsens DOT, 'Synchronization Explained': clocks drift apart by 2 ms in 30, 10 ms in 60 minutes")
TIME_OF_DAY_S = Norm(0.1, "s", 0.01, 1.0, "assumption: how far two devices that were set by a network or a computer are apart")
SKIN_BULGE_DEG = Norm(0.3, "°", 0.1, 1.0, "assumption: how far the sensor turns when the muscles under it take the weight on one leg")
CHANGE_NOISE_DEG = Norm(0.15, "°", 0.03, 0.25, "assumption: three times what simulated rigid sensors with known axes show (study angles)")
REST_NOISE_DEG = Norm(0.25, "°", 0.15, 0.4, "simulated sets: 0.21° with half, 0.32° with one and a half of a typical adult's sway (study reps)")
DRIFT_DEG = Norm(0.12, "°", 0.05, 0.5, "assumption: between 0.05° (simulated rigid sensors, study angles) and 0.3° (BROAD, slow movement)")
HEADING_DEG = Norm(0.3, "°", 0.2, 1.5, "measured on simulated rigid sensors (study angles): range of axial rotation in one repetition against truth")
DEVICE_DRIFT_DEG = Norm(0.75, "°", 0.5, 1.5, "assumption: inclination error of a maker's own orientation filter")
GRAVITY_NOISE_DEG = Norm(0.3, "°", 0.2, 1.0, "assumption: change within a slow repetition from gravity alone")
GRAVITY_SHARE = Norm(0.08, "1", 0.01, 0.3, "assumption: share of an angle that the pelvis's own acceleration adds where gravity is all there is")

# --- What makes angles from markers and cameras wrong (standard deviations) -----------------------------------------------------------------------
MARKER_SKIN_DEG = Norm(
    0.6,
    "°",
    0.3,
    1.9,
    "measured on 22 trials of one person against a bone model fitted to the same markers: mean of the ASIS and PSIS lines 0.3–0.6° in squats and "
    "sit-to-stand, 0.9° in walking; ASIS line alone 0.5–0.7° and 1.9°. Nobody measured a hip hitch",
)
MARKER_LINE_DEG = Norm(1.4, "°", 0.5, 2.2, "measured on the same 22 trials: ASIS line alone 1.4° on average, 2.2° at worst; PSIS line 0.7° and 1.6°")
MARKER_SHARE = Norm(
    0.1, "1", 0.02, 0.3, "assumption: between squats, where nothing was lost, and the 29 % that one person's ASIS line lost in walking"
)
MARKER_PLACED_DEG = Norm(2.0, "°", 1.0, 4.0, "assumption: 5–7 mm of misplacement turn a line of 24 cm by so much from the pelvis's own sideways axis")
MARKER_TRUNK_DEG = Norm(
    1.2,
    "°",
    0.7,
    2.5,
    "measured on five trials of one person against a bone model: 0.7–1.2° in walking, jump and squat, 2.4° with the trunk swung or turned",
)
MARKER_LEG_DEG = Norm(1.5, "°", 0.5, 3.0, "assumption: hip joint centre from a regression, 15–20 mm on a leg of 80 cm, and the skin over the ankle")
KEYPOINT_DEG = Norm(
    2.5, "°", 1.2, 5.0, "assumption: hip keypoints of several cameras; against markers 1.2–1.9° (OpenCap monocular) to 4.3° (rms, two phones)"
)
MODEL_DEG = Norm(
    1.5, "°", 0.5, 4.3, "assumption: a model's pelvis angle, fitted to nobody knows what: 0.5–1° from markers, 1.2–4.3° from phones (OpenCap)"
)

LANDMARK_DEG = Norm(
    2.5,
    "°",
    1.3,
    5.0,
    "measured: hip keypoints of one camera square to the person against four cameras 2.7–3.7° (one person, 1.6 s), obliquely against markers 1.5° in "
    "a squat and 5° in walking; 1.3–2° estimated for a fair view",
)
LANDMARK_TRUNK_DEG = Norm(1.8, "°", 1.0, 2.5, "measured: trunk line of one camera against projected markers 1.0–2.5° in four clips of one person")
TRUNK_PITCH_DEG = Norm(
    4.0, "°", 2.0, 10.0, "assumption: bending forwards and back in a set, standard deviation; an oblique camera sees it as leaning"
)
LANDMARK_COUNTED = Norm(
    0.485,
    "1",
    0.41,
    0.56,
    "simulated sets (study views): share counted exactly, of 200 sets of ten with drops of 3–12° before one camera; within two standard errors",
)
LANDMARK_SHARE = Norm(0.1, "1", 0.03, 0.3, "measured: slope 1.04 in the view square to the person, 0.8–1.3 in oblique ones (one person)")
CAMERA_ELEVATION_DEG = Norm(5.0, "°", 0.0, 15.0, "assumption: a lens 20 cm off the hips' height, 2.5 m away")
TURNING_DEG = Norm(
    5.0, "°", 2.0, 8.0, "assumption: axial rotation within a hip hitch, standard deviation; a lens off hip height sees it as obliquity"
)
HIPS_PER_TRUNK = Norm(
    0.40, "1", 0.35, 0.45, "assumption: hip centres 0.115 of body height apart, shoulder to hip 0.288 (Drillis and Contini, in Winter's Biomechanics)"
)
SHOULDERS_PER_TRUNK = Norm(0.69, "1", 0.60, 0.78, "assumption: shoulder joints 0.20 of body height apart, shoulder to hip 0.288; acromia 0.23")
TRUNK_M = Norm(0.49, "m", 0.42, 0.56, "assumption: shoulder to hip is 0.288 of a body height of 1.7 m (Drillis and Contini)")
CLEAR_DROP_DEG = Norm(
    5.0, "°", 4.0, 6.0, "assumption: with a larger standard error a usual drop of 8° would show as none at all in more than one repetition of twelve"
)
OBLIQUE_DEG = Norm(25.0, "°", 20.0, 30.0, "assumption: off the square view by more, a drop looks over 10 % too large and keypoints follow the limbs")
HIP_WIDTH_PX = Norm(60.0, "px", 50.0, 100.0, "one pixel of error between hips so far apart is 1.4°")

# --- Standard errors of a repetition's measures, for tables that carry none of their own ------------------------------------------------------------
DROP_SE_DEG = Norm(0.5, "°", 0.3, 1.5, "assumption: change within a repetition; skin moves with the bone over so few degrees")
RETURN_SE_DEG = Norm(1.0, "°", 0.5, 2.0, "assumption: a return error also carries the error of the zero")
ROTATION_SE_DEG = Norm(1.0, "°", 0.5, 2.0, "assumption: axial rotation within one repetition, heading drift removed")
TILT_DRIFT_SE_DEG = Norm(0.5, "°", 0.3, 1.5, "assumption: as a drop, over a whole set")
SWAY_SE_DEG_S = Norm(0.15, "°/s", 0.05, 0.3, "assumption: three times what simulated sensors on moving skin show")
TRUNK_LEAN_SE_DEG = Norm(1.0, "°", 0.5, 2.0, "assumption: carries the error of the zero, as a return error")
TRUNK_PULL_SE_DEG = Norm(0.5, "°", 0.3, 1.5, "assumption: a change within a repetition, as a drop")
THIGH_LIFT_SE_DEG = Norm(1.0, "°", 0.5, 2.0, "assumption: a change within a repetition over soft tissue softer than a pelvis's")
LEG_IN_SE_DEG = Norm(1.5, "°", 0.5, 3.0, "assumption: carries the error of the zero and of how the sensor is turned")
LEG_GAIN_SE = Norm(0.12, "1", 0.05, 0.3, "assumption: two angles of some 8° each known to half a degree")
FLOOR_SHARE_SE = Norm(0.03, "1", 0.01, 0.10, "assumption: a bathroom scale or an insole")
PHASE_SE_S = Norm(0.05, "s", 0.02, 0.10, "assumption: where a slow movement begins and ends cannot be told better")
OFF_BEAT_SE = Norm(0.03, "1", 0.01, 0.05, "assumption: what the standard error of a phase amounts to in a repetition of two seconds")

# --- Form: working limits ------------------------------------------------------------------------------------------------------------------------
_PROPOSAL = "assumption: working proposal of this project, from the exercise's own wording"
DROP_SMALL_DEG = Limit(
    Norm(4.0, "°", 3.0, 5.0, f"{_PROPOSAL}; 4° is the MDC of a goniometer, Youdas 2007, doi:10.1123/jsr.16.4.326"), moderate=3.0, severe=2.0
)
DROP_LARGE_DEG = Limit(Norm(10.0, "°", 8.0, 12.0, _PROPOSAL), moderate=12.0, severe=15.0)
ROTATION_RANGE_DEG = Limit(Norm(5.0, "°", 4.0, 7.0, _PROPOSAL), moderate=8.0, severe=12.0)
RETURN_ERROR_DEG = Limit(
    Norm(2.0, "°", 1.0, 3.0, f"{_PROPOSAL}; 2° is the SEM of a goniometer, Youdas 2007, doi:10.1123/jsr.16.4.326"), moderate=3.0, severe=5.0
)
PHASE_FAST_S = Limit(Norm(0.7, "s", 0.6, 0.8, f"{_PROPOSAL}; one count down, one count up at 60 beats per minute"), moderate=0.6, severe=0.45)
OFF_BEAT = Limit(
    Norm(0.15, "1", 0.10, 0.20, f"{_PROPOSAL}; share by which a repetition's duration leaves that of its neighbours"), moderate=0.25, severe=0.40
)
HIKE_DEG = Limit(Norm(-2.0, "°", -3.0, -1.0, f"{_PROPOSAL}; as far above level as an incomplete return is below"), moderate=-3.0, severe=-5.0)
TRUNK_LEAN_DEG = Limit(
    Norm(3.0, "°", 2.0, 5.0, f"{_PROPOSAL}; a lean of 5° over the stance leg takes 12 % off the hip abductors in this project's model"),
    moderate=5.0,
    severe=10.0,
)
TRUNK_PULL_DEG = Limit(Norm(3.0, "°", 2.0, 5.0, f"{_PROPOSAL}; as the lean over the stance leg"), moderate=5.0, severe=10.0)
THIGH_LIFT_DEG = Limit(Norm(5.0, "°", 4.0, 8.0, f"{_PROPOSAL}; the free leg hangs"), moderate=12.0, severe=25.0)
LEG_IN_DEG = Limit(
    Norm(5.0, "°", 3.0, 8.0, f"{_PROPOSAL}; a leg drawn in by 10° takes 13 % off the hip abductors in this project's model"),
    moderate=8.0,
    severe=20.0,
)
LEG_APART = Limit(Norm(0.3, "1", 0.2, 0.4, f"{_PROPOSAL}; 0.2 would be wished, two worn sensors resolve 0.15"), moderate=0.45, severe=0.8)
FLOOR_SHARE = Limit(
    Norm(0.10, "1", 0.05, 0.15, f"{_PROPOSAL}; a quarter of the leg's weight on the floor takes 10 % off the hip abductors in this project's model"),
    moderate=0.2,
    severe=0.5,
)
TILT_DRIFT_DEG = Limit(Norm(5.0, "°", 3.0, 8.0, f"{_PROPOSAL}; the lumbar spine stays neutral"), moderate=7.0, severe=12.0)
SWAY_DEG_S = Limit(Norm(2.0, "°/s", 1.5, 3.0, f"{_PROPOSAL}; about twice what a simulated steady set shows"), moderate=2.8, severe=5.0)
TRAVEL_OF_ANOTHER_M = Norm(0.10, "m", 0.06, 0.15, "assumption: on one leg the pelvis sways and drops by a few centimetres; a squat takes 30")
DROP_OF_ANOTHER_DEG = Norm(25.0, "°", 20.0, 30.0, "assumption: a hip adducts by 20 to 30° at most; a median drop beyond is no hip hitch")
TILT_OF_ANOTHER_DEG = Norm(25.0, "°", 20.0, 30.0, "assumption: twice what counts as severe tipping; in squats the pelvis tips by 20 to 45°")
MARK_CHANCE = Norm(
    0.7,
    "1",
    0.5,
    0.9,
    "assumption: a single repetition is called faulty when that is at least so likely; at a half every second call at the limit is wrong",
)
FAULT_SHARE = Norm(0.15, "1", 0.10, 0.25, "assumption: a set has a fault when at least this share of its repetitions has it")

# --- What a change of form must exceed ----------------------------------------------------------------------------------------------------------
FORM_SCORE_MDC95 = Norm(
    8.2,
    "0–100",
    7.9,
    8.6,
    "simulated sets (study faults): smallest change between two recordings beyond chance at 95 %, 353 athletes in 1,409 recordings with another "
    "day's sway, device and mounting; range: 95 % interval by χ² with 1,056 degrees of freedom; nobody measured it on people",
)

# --- How repetitions change ------------------------------------------------------------------------------------------------------------------------
COUPLING_SPREAD_DEG = Norm(
    2.0, "°", 1.0, 4.0, "assumption: drops closer together than four standard errors of one do not show what a larger one does"
)
COUNT_S = Norm(1.0, "s", 0.8, 1.3, f"{_PROPOSAL}; one count down, one count up at 60 beats per minute; range: working tempo of either phase")

# --- Progression: the rules in use until the censored model speaks ---------------------------------------------------------------------------------
COMPLETE_SESSIONS_TO_ADVANCE = Norm(2, "sessions", 1, 3, "assumption: two complete sessions in a row before the next step")
FORM_TO_ADVANCE = Norm(70, "0–100", 60, 80, "assumption: a recorded form score below this holds the next step back")
FAILED_SESSIONS_TO_STEP_BACK = Norm(3, "sessions", 2, 4, "assumption: three sessions in a row far short of the target step back once")
FAR_SHORT_SHARE = Norm(0.75, "1", 0.6, 0.85, "assumption: the poorest set below this share of its target is far short")
PAIN_STOP = Norm(5, "0–10", 4, 6, "assumption: pain at or above this, or a set stopped by pain, holds the programme")
RESTART_GAP_DAYS = Norm(14, "days", 10, 21, "assumption: after a longer break restart one step lower")
FIRST_ANKLE_KG = Norm(0.5, "kg", 0.25, 1.0, "assumption: smallest usual step of an ankle weight")
CHANCE_TO_ADVANCE = Norm(0.5, "1", 0.4, 0.7, "assumption: the next step should be likelier to be completed than not")
CHANCE_TO_ADVANCE_EARLY = Norm(0.9, "1", 0.8, 0.95, "assumption: so sure of the next step, one complete session is enough")
CHANCE_FOR_ANKLE_WEIGHT = Norm(0.8, "1", 0.7, 0.9, "assumption: chance of 3 × 45 with repetitions to spare, on two session days running")
REPS_TO_SPARE = Norm(2, "repetitions", 1, 3, "assumption: good repetitions that could still be done after the target")
ALARM_DRIFT = Norm(0.25, "SD", 0.25, 0.5, "tuned on simulated squads (study alarms): a day counts from so far below expectation, in SDs of a day")
ALARM_SUM = Norm(2.5, "SD", 2.0, 3.0, "tuned on simulated squads (study alarms): days below expectation add up to so much before they alarm")
PLATEAU_CHANCE = Norm(0.9, "1", 0.8, 0.95, "assumption: chance that nothing was gained in three weeks, from which on a plateau is named")
PLATEAU_WEEKS = Norm(3.0, "weeks", 2.0, 4.0, "assumption: over how long a plateau has to last to be named")

# --- Review of a squad: who needs the coach -------------------------------------------------------------------------------------------------------
FORM_FRESH_DAYS = Norm(28, "days", 14, 42, "assumption: an older recording no longer says how somebody moves today")
DATE_FROM_WEEKS = Norm(4.0, "weeks", 3.0, 6.0, "assumption: from fewer weeks of log straight and slowing growth cannot be told apart (study dates)")
GAP_TO_NAME_REPS = Norm(
    5.0, "repetitions", 3.0, 8.0, "assumption: a smaller left–right gap changes nothing in training; how repeatable it is, nobody measured"
)
