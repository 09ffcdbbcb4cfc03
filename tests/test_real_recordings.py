"""The whole way on real recordings of other people's movements: nobody has published a hip hitch yet."""

import lzma

import numpy as np
import pandas as pd
import pytest

import hiphitch_analysis as hh
from hiphitch_analysis.schema import ACC, GYR

# Root mean square error of obliquity against the laboratory's frontal pelvis angle, both demeaned, mean over the clips [°]. The limits are the
# project's targets; measured when written: 0.22, 0.49, 0.86. Squats flex the hip to 60° and more, where the belt slides over the sacrum.
LIMIT_DEG = {"HeelRaise": 0.23, "StepDnL": 0.50, "SqHalfSL": 0.87}


@pytest.fixture(scope="module")
def real_data(shared):
    return shared("")


def clips(real_data, exercise):
    """Yield (IMU table, laboratory angle [°]) of each single-repetition clip; the sensor's z axis points out of the back, its x axis down."""
    for path in sorted((real_data / "cmu_imu_exercise/parsed_h5_csv" / exercise).glob("*.csv.xz")):
        sensor = pd.read_csv(path, header=[0, 1, 2], index_col=0)["Pelvis"]
        laboratory = pd.read_csv(str(path).replace("parsed_h5_csv", "parsed_joint_angles_all"), header=[0, 1, 2], index_col=0)
        values = np.hstack([sensor["Accelerometer"].to_numpy(), sensor["Gyroscope"].to_numpy()])
        imu = pd.DataFrame(values, columns=ACC + GYR, index=pd.Index(np.arange(len(values)) / 100, name="time_s"))
        yield path.name.split(".")[0], imu, laboratory["PelvisAngle"].droplevel(0, axis=1)["Y"].to_numpy()


@pytest.mark.parametrize("exercise", LIMIT_DEG)
def test_obliquity_against_a_laboratory(real_data, exercise, tmp_path):
    errors = []
    for name, imu, laboratory in clips(real_data, exercise):
        imu.to_csv(tmp_path / f"{name}.csv")
        # the laboratory's angle is positive with the left side up: the free side when the right leg is stood on
        angle = hh.analyse(tmp_path / f"{name}.csv", "right", ap_axis="-z").angles["obliquity_deg"].to_numpy()
        errors.append(np.sqrt(np.mean((angle - angle.mean() - laboratory + laboratory.mean()) ** 2)))
    assert len(errors) >= 3 and np.mean(errors) < LIMIT_DEG[exercise]


@pytest.mark.parametrize("exercise", LIMIT_DEG)
def test_movement_that_is_no_hip_hitch_disagrees_with_the_mounting(real_data, exercise, tmp_path):
    """Squats and heel raises tilt the pelvis sagittally, so their own axis is not the forward one."""
    for name, imu, _ in clips(real_data, exercise):
        imu.to_csv(tmp_path / f"{name}.csv")
        session = hh.analyse(tmp_path / f"{name}.csv", "right")
        assert ("axis_disagreement" in session.flags) == (session.sensor.calibration.axis_disagreement_deg > 15)
        if exercise == "SqHalfSL":
            assert session.sensor.calibration.axis_disagreement_deg > 60


def test_xsens_dot_quaternion_recording(real_data):
    session = hh.analyse(real_data / "xsens_dot/Pelvis_20210820_202113_836.csv", "left")
    assert session.format == "xsens_dot" and session.sensor.orientation.route == "device"
    assert session.sensor.orientation.rate_hz == pytest.approx(60, rel=0.001)  # the header says 60 Hz
    assert {"device_orientation", "relative_zero", "unlike_hip_hitch"} <= set(session.flags)


@pytest.mark.parametrize(("sensor", "route"), [("009-001_00B42268", "device"), ("009-001_00B42279", "device"), ("031-000_00B421AF", "vqf")])
def test_xsens_mtw_recordings(real_data, sensor, route):
    session = hh.analyse(real_data / f"opensense/MT_012005D6_{sensor}.txt", "left")
    assert session.format == "xsens_mtw" and session.sensor.orientation.route == route
    assert session.sensor.orientation.rate_hz == pytest.approx(100)  # the header says 100 Hz
    assert session.flags  # no hip hitch: every one of them is doubtful in some way
    gravity = session.sensor.conditioned.gravity_m_s2
    assert np.isnan(gravity) or 9.6 < gravity < 10.0


@pytest.mark.parametrize("excerpt", ["EULER_TAB_00B42D4F", "MAT_COMMA_00B42D4B", "MAT_SEMICOLON_00B42D4B"])
def test_excerpt_without_a_rate(real_data, excerpt):
    path = real_data / f"opensense/MT2022_ACC_GYRO_ROT_{excerpt}.txt"
    with pytest.raises(ValueError, match="no sampling rate"):
        hh.analyse(path, "left")
    session = hh.analyse(path, "left", rate_hz=100)
    assert len(session.angles) == 5 and {"short", "no_reps"} <= set(session.flags)


def test_orientation_against_a_motion_laboratory(real_data):
    """BROAD: inclination of the guard and filter together; published for offline VQF on these data: 0.3° (slow) to 0.7° (fast)."""
    from scipy.io import loadmat
    from scipy.spatial.transform import Rotation

    from hiphitch_analysis.motion.conditioning import condition_imu
    from hiphitch_analysis.motion.orientation import estimate_orientation

    for name, limit_deg in (
        ("02_undisturbed_slow_rotation_B", 0.5),
        ("10_undisturbed_slow_translation_A", 0.5),
        ("21_undisturbed_fast_combined", 1.1),
    ):
        trial = loadmat(real_data / f"broad/{name}.mat")
        rate_hz = trial["sampling_rate"].item()
        values = np.hstack([trial["imu_acc"], trial["imu_gyr"]])
        imu = pd.DataFrame(values, columns=ACC + GYR, index=pd.Index(np.arange(len(values)) / rate_hz, name="time_s"))
        reference, moving = trial["opt_quat"], trial["movement"].ravel().astype(bool)
        known = moving & ~np.isnan(reference).any(axis=1)
        up = estimate_orientation(condition_imu(imu)).up[known]
        truth = Rotation.from_quat(reference[known], scalar_first=True).inv().apply([0.0, 0.0, 1.0])
        error = np.degrees(np.arccos(np.clip((up * truth).sum(axis=1), -1, 1)))
        assert np.sqrt(np.mean(error**2)) < limit_deg


def test_compressed_recording_opens(real_data, tmp_path):
    _, imu, _ = next(clips(real_data, "StepDnL"))
    with lzma.open(tmp_path / "clip.csv.xz", "wt") as file:
        imu.to_csv(file)
    session = hh.analyse(tmp_path / "clip.csv.xz", "right")
    assert session.recording == "clip" and len(session.angles) == len(imu)


def executions(real_data, subject, exercise):
    """Samples of the unit that turns most: ten correct, ten fast, ten low executions one after the other (Yurtman & Barshan 2014), 25 Hz."""
    units = [
        pd.read_csv(path, sep=";").iloc[:, 1:7].to_numpy(dtype=float)
        for path in sorted((real_data / f"yurtman_barshan/s{subject}/e{exercise}").glob("u*/test.txt.xz"))
    ]
    values = max(units, key=lambda unit: unit[:, 3:].var(axis=0).sum())
    return pd.DataFrame(values, columns=ACC + GYR, index=pd.Index(np.arange(len(values)) / 25, name="time_s"))


def test_thirty_executions_of_five_exercises_are_counted(real_data):
    counts, blocks = [], []
    for subject in (1, 2, 3):
        for exercise in range(1, 6):
            reps = hh.detect_reps(hh.estimate_dominant_angle(executions(real_data, subject, exercise)))
            found = reps[reps["kind"].eq("complete")]
            counts.append(len(found))
            pauses = found["start_s"].to_numpy()[1:] - found["end_s"].to_numpy()[:-1]
            cuts = np.sort(np.argsort(pauses)[-2:]) + 1  # the two longest pauses part the three ways of doing it
            blocks += [len(block) for block in np.split(np.arange(len(found)), cuts)]
    # the target: exact in 85 % of recordings and within one in all, 90 % of the blocks exact; measured when written: all of them
    assert np.mean(np.array(counts) == 30) >= 0.85 and np.abs(np.array(counts) - 30).max() <= 1
    assert np.mean(np.array(blocks) == 10) >= 0.90


@pytest.mark.parametrize("subject", ["s1", "s2", "s3"])
def test_no_exercise_of_a_real_limb_is_refused_or_called_badly_scaled(real_data, subject):
    """Shanks, thighs and chests at physiotherapy exercises, 25 units a person: long lever arms, and a right clock (Yurtman & Barshan 2014)."""
    from hiphitch_analysis.motion.conditioning import condition_imu

    flagged = 0
    for path in sorted((real_data / "yurtman_barshan" / subject).glob("e*/u*/test.txt.xz")):
        values = pd.read_csv(path, sep=";").iloc[:, 1:7].to_numpy(dtype=float)
        imu = pd.DataFrame(values, columns=ACC + GYR, index=pd.Index(np.arange(len(values)) / 25, name="time_s"))
        flagged += "gyroscope_scale" in condition_imu(imu).flags
    assert flagged <= 1
