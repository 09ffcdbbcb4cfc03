"""OpenSim's pelvis coordinates: Baker's closed form, both ways, signs, mirror images, and files of real people."""

import numpy as np
import pandas as pd
import pytest
from tests.recordings import elevation_deg, load_mot, load_trc

from hiphitch_analysis.motion.opensim import COORDINATES, build_coordinates, from_opensim, measure_coordinates, to_opensim
from hiphitch_analysis.reps.detect import detect_reps
from hiphitch_analysis.reps.measure import measure_reps
from hiphitch_analysis.reps.sides import turn_sides

POSES = np.random.default_rng(8).uniform((-60, -40, -180), (60, 40, 180), (500, 3)).T


def coordinates(tilt, list_, rotation, rate_hz=60.0):
    values = np.column_stack(np.broadcast_arrays(tilt, list_, rotation)).astype(float)
    return pd.DataFrame(values, index=pd.Index(np.arange(len(values)) / rate_hz, name="time_s"), columns=list(COORDINATES))


def test_obliquity_in_closed_form():
    tilt, list_, rotation = np.radians(POSES)
    closed = np.arcsin(np.cos(tilt) * np.sin(list_) * np.cos(rotation) - np.sin(tilt) * np.sin(rotation))
    assert np.abs(from_opensim(*POSES)[1] - np.degrees(closed)).max() < 1e-10


def test_heading_and_tilt_are_those_of_the_pelvis_axes():
    # Columns of the rotation matrix written out by hand from Rz(tilt) Rx(list) Ry(rotation): forward and right axis in ground, y up.
    t, s, r = np.radians(POSES)
    forward_y = np.sin(t) * np.cos(r) + np.cos(t) * np.sin(s) * np.sin(r)
    up_y = np.cos(t) * np.cos(s)
    right_x = np.cos(t) * np.sin(r) + np.sin(t) * np.sin(s) * np.cos(r)
    right_z = np.cos(s) * np.cos(r)
    rotation, _, tilt = from_opensim(*POSES)
    assert np.abs(np.sin(np.radians(rotation) - np.arctan2(right_x, right_z))).max() < 1e-10
    assert np.abs(np.radians(tilt) - np.arctan2(-forward_y, up_y)).max() < 1e-10


def test_there_and_back():
    back = to_opensim(*from_opensim(*POSES))
    turned = (np.array(back) - POSES + 180) % 360 - 180
    assert np.abs(turned).max() < 1e-10


def turns_about(axis, angle_rad):
    """Return rotation matrices about one axis, written out; shape (n, 3, 3)."""
    one, two = [(1, 2), (2, 0), (0, 1)]["xyz".index(axis)]
    matrices = np.tile(np.eye(3), (len(angle_rad), 1, 1))
    matrices[:, one, one] = matrices[:, two, two] = np.cos(angle_rad)
    matrices[:, two, one], matrices[:, one, two] = np.sin(angle_rad), -np.sin(angle_rad)
    return matrices


def matrices_of(table):
    """Return the pelvis in ground of a model's coordinates: Rz(tilt) Rx(list) Ry(rotation)."""
    tilt, list_, rotation = np.radians(table[list(COORDINATES)].to_numpy().T)
    return turns_about("z", tilt) @ turns_about("x", list_) @ turns_about("y", rotation)


def upright(n, seed=4):
    """Return rotation matrices of a pelvis that faces anywhere and is up to 50° out of upright about any horizontal axis."""
    rng = np.random.default_rng(seed)
    heading, lean, about = rng.uniform(-np.pi, np.pi, n), np.radians(rng.uniform(0, 50, n)), rng.uniform(-np.pi, np.pi, n)
    return turns_about("y", about) @ turns_about("x", lean) @ turns_about("y", -about) @ turns_about("y", heading)


def coordinates_of(matrices):
    """Return the model's coordinates of a pelvis in ground, in closed form."""
    tilt = np.arctan2(-matrices[:, 0, 1], matrices[:, 1, 1])
    rotation = np.arctan2(-matrices[:, 2, 0], matrices[:, 2, 2])
    return coordinates(*np.degrees([tilt, np.arcsin(matrices[:, 2, 1]), rotation]))


@pytest.mark.parametrize("stance", ["left", "right"])
def test_random_matrices_there_and_back(stance):
    matrices = upright(400)
    table = coordinates_of(matrices)
    assert np.abs(matrices_of(table) - matrices).max() < 1e-12  # the oracle itself
    found = measure_coordinates(table, stance)
    # 1e-9: the arcsine of list loses half the digits near 90°, which leaning by 50° does not reach
    assert np.abs(matrices_of(build_coordinates(found.angles, stance, found.heading_deg)) - matrices).max() < 1e-9
    assert np.abs(matrices_of(build_coordinates(found.angles, stance)) - matrices).max() > 0.1  # without its heading it faces another way


@pytest.mark.parametrize("stance", ["left", "right"])
def test_obliquity_is_the_elevation_of_the_line_from_the_stance_hip_to_the_free_hip(stance):
    matrices = upright(400)
    to_free = matrices @ np.array([0.0, 0.0, 1.0 if stance == "left" else -1.0])  # the pelvis's Z points right
    elevation = np.degrees(np.arctan2(to_free[:, 1], np.hypot(to_free[:, 0], to_free[:, 2])))
    found = measure_coordinates(coordinates_of(matrices), stance)
    assert np.abs(found.angles["obliquity_deg"] - elevation).max() < 1e-9


@pytest.mark.parametrize("stance", ["left", "right"])
def test_a_table_there_and_back(stance):
    table = coordinates(5 * np.sin(np.arange(200) / 30), -8 * np.sin(np.arange(200) / 20) ** 2, np.linspace(40, 48, 200))
    found = measure_coordinates(table, stance)
    assert np.abs(build_coordinates(found.angles, stance, found.heading_deg) - table).max().max() < 1e-10
    facing_x = build_coordinates(found.angles, stance)  # without the heading obliquity and tilt, which do not know it, have to agree
    there, again = (from_opensim(*t[list(COORDINATES)].to_numpy().T) for t in (table, facing_x))
    assert np.abs(there[1] - again[1]).max() < 1e-10
    assert np.abs(there[2] - again[2]).max() < 1e-10
    assert np.median(again[0]) == pytest.approx(0.0, abs=1e-9)


def test_legs_in_turn_there_and_back():
    table = coordinates(4.0, np.r_[np.full(50, 6.0), np.full(50, -6.0)], np.linspace(-170, 350, 100))
    found = measure_coordinates(table, "left")
    turned = turn_sides(found.angles, pd.Series(["left"] * 50 + ["right"] * 50, index=table.index))
    assert np.abs(build_coordinates(turned, "left", found.heading_deg) - table).max().max() < 1e-9  # and turns are counted on


@pytest.mark.parametrize("heading", [np.nan, np.inf])
def test_a_heading_that_nobody_knows_is_refused(heading):
    angles = measure_coordinates(coordinates(0, [0, 0], 0), "left").angles
    with pytest.raises(ValueError, match=r"heading_deg: expected degrees, got (nan|inf)"):
        build_coordinates(angles, "left", heading)


@pytest.mark.parametrize(("stance", "drop"), [("left", 8.0), ("right", -8.0)])
def test_signs_in_words(stance, drop):
    # Facing X: list 8 lifts the left side, rotation 5 brings the right side forward, tilt −6 tips the pelvis anteriorly.
    angles = measure_coordinates(coordinates([0, -6, 0, 0], [0, 0, 8, 0], [0, 0, 0, 5]), stance).angles
    assert angles["obliquity_deg"].iloc[2] == pytest.approx(-drop)
    assert angles["tilt_deg"].iloc[1] == pytest.approx(6.0)
    assert angles["rotation_deg"].iloc[3] == pytest.approx(5.0 if stance == "left" else -5.0)


def test_mirror_image_swaps_sides_only():
    tilt, list_, rotation = (POSES[:, :50].T * 0.3).T
    one = measure_coordinates(coordinates(tilt, list_, rotation), "left").angles
    other = measure_coordinates(coordinates(tilt, -list_, -rotation), "right").angles
    assert np.abs(one - other).max().max() < 1e-10


def test_facing_another_way_changes_neither_obliquity_nor_tilt():
    rotation, left_up, tilt = from_opensim(*(POSES[:, :50] * 0.3))
    facing = [measure_coordinates(coordinates(*to_opensim(rotation + turn, left_up, tilt)), "left").angles for turn in (0.0, 137.0)]
    assert np.abs(facing[0] - facing[1]).max().max() < 1e-9


def test_a_person_turning_round_does_not_wrap():
    angles = measure_coordinates(coordinates(*to_opensim(np.linspace(0, 720, 300), np.zeros(300), np.zeros(300))), "left").angles
    assert np.abs(np.diff(angles["rotation_deg"]) - 720 / 299).max() < 1e-9


@pytest.mark.parametrize("stance", ["left", "right"])
def test_trunk_and_free_leg_in_closed_form(stance):
    """Level pelvis facing X: lumbar bending about X leans the trunk to the right, adduction takes the thigh to the midline, flexion lifts it."""
    free = "r" if stance == "left" else "l"
    turns = {"lumbar_extension_deg": 0.0, "lumbar_bending_deg": 6.0, "lumbar_rotation_deg": 0.0}
    turns |= {f"hip_flexion_{free}_deg": [0.0, 0.0, 30.0], f"hip_adduction_{free}_deg": [0.0, -10.0, 0.0], f"hip_rotation_{free}_deg": 5.0}
    angles = measure_coordinates(coordinates(0, [0, 0, 0], 0).assign(**turns, **{f"knee_angle_{free}_deg": [0, -20, -60]}), stance).angles
    assert angles["trunk_lean_deg"].to_numpy() == pytest.approx(6.0 if stance == "right" else -6.0)
    assert angles["lumbar_bend_deg"].to_numpy() == pytest.approx(-angles["trunk_lean_deg"].to_numpy())
    assert angles["free_leg_angle_deg"].to_numpy() == pytest.approx([0.0, 10.0, 0.0], abs=1e-9)
    assert angles["free_thigh_flexion_deg"].to_numpy() == pytest.approx([0.0, 0.0, 30.0], abs=1e-9)
    assert angles["free_knee_flexion_deg"].tolist() == [0.0, 20.0, 60.0]  # a model in which flexion is negative


def test_a_turned_and_tilted_person_leans_no_less():
    """The whole person turned by 70°: trunk and leg are told against the pelvis's own frontal plane."""
    turns = {"lumbar_extension_deg": -10.0, "lumbar_bending_deg": 6.0, "lumbar_rotation_deg": 3.0}
    turns |= {"hip_flexion_r_deg": 20.0, "hip_adduction_r_deg": -10.0, "hip_rotation_r_deg": 5.0}
    straight = from_opensim([5.0] * 2, [-4.0] * 2, [0.0] * 2)
    turned = to_opensim(straight[0] + 70.0, straight[1], straight[2])
    one, other = (measure_coordinates(coordinates(*pelvis).assign(**turns), "left").angles for pelvis in (to_opensim(*straight), turned))
    assert np.abs(one - other).max().max() < 1e-9


def test_gaps_stay_empty_and_are_said():
    table = coordinates(np.zeros(100), np.zeros(100), np.zeros(100))
    table.iloc[10:30, 1] = np.nan
    found = measure_coordinates(table, "left")
    assert found.angles["obliquity_deg"].isna().sum() == 20
    assert found.flags == ("relative_zero", "gaps")
    assert build_coordinates(found.angles, "left").isna().all(axis=1).sum() == 20


@pytest.mark.parametrize(
    ("table", "stance", "told"),
    [
        (coordinates(0, [0, 0], 0).drop(columns="pelvis_list_deg"), "left", "missing column pelvis_list_deg"),
        (coordinates(0, [0, 0], 0), "both", "expected left or right"),
        (coordinates(0, [np.nan, np.nan], 0), "left", "got none"),
        (coordinates(0, [80, 80], 0), "left", "lies on its side"),
    ],
)
def test_refuses(table, stance, told):
    with pytest.raises(ValueError, match=told):
        measure_coordinates(table, stance)


def test_repetitions_are_measured_with_standard_errors():
    time_s = np.arange(0, 20, 1 / 60)
    found = measure_coordinates(coordinates(0, 8 * np.sin(np.pi * time_s / 2.5) ** 2, 0), "left")
    reps = measure_reps(found.angles, detect_reps(found.angles), found.relative_zero, found.precision)
    complete = reps[reps["kind"] == "complete"]
    assert len(complete) == 8
    assert complete["drop_deg"].median() == pytest.approx(8.0, abs=0.1)  # the low-pass at 5 Hz takes less
    assert complete["return_error_deg"].isna().all()
    assert complete["drop_se_deg"].between(2.2, 2.4).all()  # √2 of 1.5°, and a tenth of 8°


# --- Real people ---------------------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("stance", ["left", "right"])
@pytest.mark.parametrize("name", ["expert1/squatsAsym1", "expert1/walking1", "opensim_gait/hamner_subject02_running_ik"])
def test_a_real_motion_there_and_back(shared, name, stance):
    model = load_mot(shared(f"{name}.mot"))
    found = measure_coordinates(model, stance)
    assert np.abs(build_coordinates(found.angles, stance, found.heading_deg) - model[list(COORDINATES)]).max().max() < 1e-10


def test_pelvis_list_fails_where_the_person_is_turned(shared):
    """Single-leg balance, rotation −75 to −100°: the hip line of the markers the model was fitted to, against both readings of the same model."""
    folder = shared("pose2sim/balancing")
    model = load_mot(folder / "S00_P00_T01_BalancingTrial_filt_butterworth_0-100_body25b.mot")
    line = elevation_deg(load_trc(folder / "S00_P00_T01_BalancingTrial_0-100_filt_butterworth.trc"), "LHip", "RHip")
    assert len(model) == len(line) == 100
    naive = model["pelvis_list_deg"].to_numpy() - line
    ours = measure_coordinates(model, "right").angles["obliquity_deg"].to_numpy() - line
    assert np.sqrt((naive**2).mean()) > 20  # 29° in POSE.md §5
    assert np.sqrt((ours**2).mean()) < 3.5


@pytest.mark.parametrize("name", ["subject01_walk1_ik", "hamner_subject02_running_ik"])
def test_walking_and_running_are_within_normal_ranges(shared, name):
    """The pelvis stays within ±10° of level in walking and running, and where the person faces X, list and obliquity are nearly the same."""
    model = load_mot(shared(f"opensim_gait/{name}.mot"))
    obliquity = measure_coordinates(model, "right").angles["obliquity_deg"]
    assert obliquity.abs().max() < 15
    # sin(tilt) sin(rotation) is what list lacks: 20° and 15° give 5°
    assert np.abs(obliquity - model["pelvis_list_deg"]).max() < 6
