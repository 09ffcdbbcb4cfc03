"""The athlete in front of a phone: the skeleton beside the truth, the camera beside closed forms, the pose model beside what was asked."""

import json
import math

import numpy as np
import pandas as pd
import pytest

import hiphitch_analysis as hh
from hiphitch_analysis.simulate.camera import EXACT, Camera, PlacedCamera, PoseModel, estimate_pose, place_camera, project_skeleton, shake_hand
from hiphitch_analysis.simulate.posefiles import BODY_25B, format_openpose, format_trc, write_film, write_landmarks
from hiphitch_analysis.simulate.skeleton import JOINTS


@pytest.fixture(scope="module")
def made():
    return hh.simulate_set(3, "left", 9.0, seed=12, skeleton_hz=60.0, lean_deg=4.0)


def at(table, name, unit="m"):
    return table[[f"{name}_{axis}_{unit}" for axis in ("xyz" if unit == "m" else "xy")]].to_numpy()


def elevation(table, upper, lower):
    """Elevation of the line from `lower` to `upper` above the horizontal [°], whichever way it points."""
    line = at(table, upper) - at(table, lower)
    return np.degrees(np.arcsin(line[:, 2] / np.linalg.norm(line, axis=1)))


def test_the_skeleton_is_as_the_truth_says(made):
    """Standing on the left leg the free hip is the right one: its elevation is obliquity against the room, for hips and both pairs of spines."""
    truth = np.interp(made.skeleton.index, made.angles.index, made.angles["obliquity_deg"])
    for free, stance in (("right_hip", "left_hip"), ("RASI", "LASI"), ("RPSI", "LPSI")):
        error = elevation(made.skeleton, free, stance) - truth
        # The zero of the truth is the mean of quiet stance, a few hundredths of a degree; sampling at 60 Hz is exact at its own instants.
        assert np.ptp(error) < 0.02
        assert abs(error.mean()) < 0.2


def test_bones_keep_their_length_and_feet_stand_on_the_floor(made):
    # The pelvis is rigid; a leg gives way by the millimetres that the body sways over a foot that stands.
    for one, other, give_m in (
        ("left_hip", "right_hip", 1e-9),
        ("LASI", "RPSI", 1e-9),
        ("left_hip", "left_knee", 0.01),
        ("right_knee", "right_ankle", 0.01),
    ):
        length = np.linalg.norm(at(made.skeleton, one) - at(made.skeleton, other), axis=1)
        assert np.ptp(length) < give_m
    stance_ankle = at(made.skeleton, "left_ankle")
    assert np.ptp(stance_ankle, axis=0).max() < 1e-9  # it stands from beginning to end
    assert np.ptp(at(made.skeleton, "right_ankle")[:, 2]) > 0.01  # the free one hangs and goes down with the pelvis
    assert 0.0 < stance_ankle[:, 2].mean() < 0.12


def test_a_leaning_trunk_is_seen(made):
    neck, hinge = at(made.skeleton, "C7"), (at(made.skeleton, "LPSI") + at(made.skeleton, "RPSI")) / 2
    repetition = made.reps.iloc[1]
    window = (made.skeleton.index >= repetition["start_s"]) & (made.skeleton.index < repetition["end_s"])
    lean = np.degrees(np.arctan2((neck - hinge)[window, 1], (neck - hinge)[window, 2]))
    assert lean.mean() > 2  # toward the left, the stance side


def still(left=(0.0, 0.1, 0.0), right=(0.0, -0.1, 0.0)):
    """A skeleton that stands still with its hips at these places [m]."""
    places = dict.fromkeys(JOINTS, (0.0, 0.0, 0.5)) | {"left_hip": left, "right_hip": right}
    columns = {f"{name}_{axis}_m": [place[i]] * 2 for name, place in places.items() for i, axis in enumerate("xyz")}
    return pd.DataFrame(columns, index=pd.Index([0.0, 1.0], name="time_s"))


def image_angle(seen, view="front"):
    """Angle of the line from the right to the left hip above the image's horizontal [°], left hip up +."""
    dx, dy = (at(seen, "left_hip", "px") - at(seen, "right_hip", "px"))[0]
    return math.degrees(math.atan2(-dy, dx if view == "front" else -dx))


@pytest.mark.parametrize("view", ["front", "back"])
def test_which_side_is_where(view):
    seen = project_skeleton(still(), Camera(view=view))
    left_is_right_of_right = at(seen, "left_hip", "px")[0, 0] > at(seen, "right_hip", "px")[0, 0]
    assert left_is_right_of_right == (view == "front")
    assert at(seen, "left_hip", "px")[0, 1] == pytest.approx(960)


@pytest.mark.parametrize(("yaw", "elevation_deg"), [(0, 0), (20, 0), (10, 10), (-30, 10), (40, -10)])
@pytest.mark.parametrize("obliquity", [0.0, -10.0])
def test_the_view_leaks_into_the_angle_as_the_closed_form_says(yaw, elevation_deg, obliquity):
    # From far away: tan a = (sin o cos e − cos o sin ψ sin e) / (cos o cos ψ), with the yaw toward the person's left. At 20 m the hips' 0.2 m subtend
    # half a degree, which perspective is worth.
    o, psi, e = np.radians([obliquity, yaw, elevation_deg])
    half = 0.1
    skeleton = still((0.0, half * np.cos(o), half * np.sin(o)), (0.0, -half * np.cos(o), -half * np.sin(o)))
    camera = Camera(distance_m=20, yaw_deg=yaw, elevation_deg=elevation_deg, focal_px=10_000)
    expected = np.degrees(np.arctan2(np.sin(o) * np.cos(e) - np.cos(o) * np.sin(psi) * np.sin(e), np.cos(o) * np.cos(psi)))
    assert image_angle(project_skeleton(skeleton, camera)) == pytest.approx(float(expected), abs=0.1)


def test_a_camera_turned_clockwise_sees_the_left_hip_higher_from_the_front():
    # The picture turns anticlockwise, and the left hip, at its right, goes up by as much.
    assert image_angle(project_skeleton(still(), Camera(roll_deg=5.0))) == pytest.approx(5.0, abs=1e-9)


def test_size_and_distortion_by_hand():
    seen = project_skeleton(still(), Camera(distance_m=2.0))
    assert at(seen, "left_hip", "px")[0, 0] - at(seen, "right_hip", "px")[0, 0] == pytest.approx(1500 * 0.2 / 2.0)
    bent = project_skeleton(still(), Camera(distance_m=2.0, radial=0.1))
    assert at(bent, "left_hip", "px")[0, 0] - 540 == pytest.approx(1500 * 0.05 * (1 + 0.1 * 0.05**2))


def test_what_is_out_of_the_picture_is_not_visible(made):
    near = project_skeleton(made.skeleton, Camera(distance_m=1.0))
    assert (near["nose_visibility"] == 0).all()
    assert (near["left_hip_visibility"] == 1).all()
    with pytest.raises(ValueError, match="too near"):
        project_skeleton(still((2.0, 0.1, 0.0), (-2.0, -0.1, 0.0)), Camera(distance_m=1.5))


def test_errors_have_the_size_asked_for(made):
    seen = project_skeleton(made.skeleton, Camera(rate_hz=60))
    assert estimate_pose(seen, EXACT).equals(seen)
    model = PoseModel(drift_px=2.0, jitter_px=0.5, drift_s=0.3)
    error = np.concatenate([(estimate_pose(seen, model, seed) - seen)[[f"{name}_x_px" for name in JOINTS]].to_numpy() for seed in range(4)])
    # 80 landmarks of some fifty independent stretches each: 1 % of the spread.
    assert error.std() == pytest.approx(np.hypot(2.0, 0.5), rel=0.03)
    fast = np.diff(error, axis=0).std()
    assert fast == pytest.approx(np.sqrt(2 * 0.5**2 + 2 * 2.0**2 * (1 - np.exp(-1 / 60 / 0.3))), rel=0.03)


def test_swaps_collapses_and_losses_come_in_the_share_asked_for(made):
    seen = project_skeleton(made.skeleton, Camera(rate_hz=60))
    model = PoseModel(0.0, 0.0, swapped=0.3, collapsed=0.1, lost=0.1)
    shares = []
    for seed in range(40):
        made_up = estimate_pose(seen, model, seed)
        width = made_up["left_hip_x_px"] - made_up["right_hip_x_px"]
        usual = (seen["left_hip_x_px"] - seen["right_hip_x_px"]).median()
        shares.append([(width < 0).mean(), (width.abs() < 0.5 * usual).mean(), width.isna().mean()])
        assert (made_up["left_hip_visibility"].dropna() == 1).all()  # a pose model does not know
    swapped, collapsed, lost = np.mean(shares, axis=0)
    # Of frames not lost; runs of six frames in 40 films of a thousand: about 0.01.
    assert lost == pytest.approx(0.1, abs=0.02)
    assert swapped == pytest.approx(0.3 * 0.9, abs=0.03)
    assert collapsed == pytest.approx(0.1 * 0.9, abs=0.02)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Camera(view="above"), "view: expected front or back"),
        (lambda: Camera(distance_m=0.5), "distance_m: expected 1 to 20"),
        (lambda: PoseModel(lost=1.0), "lost: expected 0 to below 1"),
        (lambda: PoseModel(drift_px=-1.0), "drift_px"),
        (lambda: hh.simulate_set(1, skeleton_hz=1.0), "skeleton_hz"),
        (lambda: write_landmarks(pd.DataFrame(), Camera(), ".", "x", ["dlc"]), "formats"),
    ],
)
def test_what_no_phone_does_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_files_hold_the_same_landmarks(made, tmp_path):
    camera = Camera(yaw_deg=5)
    seen = estimate_pose(project_skeleton(made.skeleton.iloc[:120], camera), PoseModel(lost=0.2), seed=3)
    own, mediapipe, frames = write_landmarks(seen, camera, tmp_path, "film")
    back = pd.read_csv(own, index_col="time_s")
    pd.testing.assert_frame_equal(back, seen, atol=6e-4, check_names=False, check_index_type=False, rtol=0)
    table = pd.read_csv(mediapipe)
    np.testing.assert_allclose(table["left_foot_index_y"] * 1920, seen["left_toe_y_px"], atol=2e-3)
    assert table["left_hip_x"].dropna().between(0, 1).all()
    files = sorted(frames.iterdir())
    assert len(files) == len(seen)
    first = next(i for i in range(len(seen)) if seen["nose_x_px"].notna().iloc[i])
    points = json.loads(files[first].read_text("utf-8"))["people"][0]["pose_keypoints_2d"]
    assert len(points) == 75
    hip = BODY_25B.index("left_hip")
    assert points[3 * hip] == pytest.approx(seen["left_hip_x_px"].iloc[first], abs=1e-3)
    empty = int(seen["nose_x_px"].isna().to_numpy().nonzero()[0][0])
    assert json.loads(list(format_openpose(seen))[empty])["people"] == []


def test_a_film_with_its_truth(made, tmp_path):
    written = write_film(made.skeleton, Camera(), EXACT, tmp_path, "film", ["trc", "landmarks"])
    assert [path.name for path in written] == ["film_landmarks.csv", "film_markers.trc", "film_truth_landmarks.csv"]
    assert written[0].read_text("utf-8") == written[2].read_text("utf-8")  # a pose model without error
    assert [path.name for path in write_film(made.skeleton, Camera(), EXACT, tmp_path, "only", ["trc"])] == ["only_markers.trc"]


def test_a_trc_in_millimetres_with_y_up(made):
    text = format_trc(made.skeleton.iloc[:50], "static", noise_mm=0.0)
    lines = text.splitlines()
    names = [name for name in lines[3].split("\t")[2:] if name]
    cells = lines[6].split("\t")
    i = 2 + 3 * names.index("LASI")
    x, y, z = at(made.skeleton, "LASI")[0]
    assert [float(cell) for cell in cells[i : i + 3]] == pytest.approx([1000 * x, 1000 * z, -1000 * y], abs=1e-3)
    assert lines[2].split("\t")[4] == "mm"
    assert len(cells) == 2 + 3 * len(names)


def test_a_turned_phone_sees_the_same_picture_warped(made):
    """Turned about its lens: a roll is that of a phone put up so, the picture is the old one warped, and the middle goes where it must."""
    camera = Camera(yaw_deg=10, elevation_deg=5)
    steady = place_camera(made.skeleton, camera)
    places = np.random.default_rng(0).normal(steady.target, 0.4, (8, 3))
    rolled = place_camera(made.skeleton, Camera(yaw_deg=10, elevation_deg=5, roll_deg=3))
    np.testing.assert_allclose(steady.turn(0, 0, 3).project(places), rolled.project(places), atol=1e-6)
    turned = steady.turn(1, 2, 3)
    assert isinstance(turned, PlacedCamera)
    warped = np.column_stack([steady.project(places), np.ones(8)]) @ steady.warp_to(turned).T
    np.testing.assert_allclose(warped[:, :2] / warped[:, 2:], turned.project(places), atol=1e-6)
    x, y = steady.turn(0, 1, 0).project(steady.target[None])[0]
    assert (x, y) == pytest.approx((540 + 1500 * math.tan(math.radians(1)), 960))  # turned to the left, the athlete is right of the middle


def test_a_hand_shakes_as_much_as_asked():
    turns = shake_hand(np.arange(0, 120, 0.01), 0.7, np.random.default_rng(5))
    np.testing.assert_allclose(turns.std(axis=0), 0.7, rtol=0.15)  # half of what was drawn is used
    power = np.abs(np.fft.rfft(turns, axis=0)) ** 2
    hz = np.fft.rfftfreq(len(turns), 0.01)
    assert power[hz < 2.1].sum() > 0.99 * power.sum()
