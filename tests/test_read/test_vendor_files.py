"""Every real recording of a known format opens with the right rate, units and axes: one table, its facts read off the files themselves."""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.transform import Rotation

from hiphitch_analysis.read import read_imu, recognise_imu
from hiphitch_analysis.schema import ACC, GYR, QUAT

pytestmark = pytest.mark.filterwarnings("ignore:LFemur.*packets")  # one of the files has lost nearly every second packet, and says so
HALF_G = {"acc_unit": "g", "gyr_unit": "deg/s", "rate_hz": 100.0}  # mobgap's SOURCE says so; its files do not
# File; format; sensor; options; rate [Hz] and where it stands; groups; samples; the axis that reads most of gravity at first, with its sign.
TABLE = [
    ("xsens_dot/Pelvis_20210820_202113_836.csv", "xsens_dot", None, {}, 60.0, "acc quat", 382, "-x"),  # header: OutputRate 60Hz
    ("xsens_dot/LFemur_20210820_202113_831.csv", "xsens_dot", None, {}, 30.0, "acc quat", 195, "+x"),  # its SampleTimeFine steps by 33 ms
    ("opensense/MT_012005D6_009-001_00B42279.txt", "xsens_mtw", None, {}, 100.0, "acc quat", 2493, "+x"),  # Update Rate: 100.0Hz
    ("opensense/MT_012005D6_009-001_00B42268.txt", "xsens_mtw", None, {}, 100.0, "acc quat", 2496, "+x"),
    ("opensense/MT_012005D6_031-000_00B421AF.txt", "xsens_mtw", None, {}, 100.0, "acc gyr quat", 3369, "-z"),
    ("opensense/MT2022_ACC_GYRO_ROT_EULER_TAB_00B42D4F.txt", "xsens_mtw", None, {"rate_hz": 100.0}, 100.0, "acc gyr quat", 5, "+z"),  # no rate in it
    ("opensense/MT2022_ACC_GYRO_ROT_MAT_COMMA_00B42D4B.txt", "xsens_mtw", None, {"rate_hz": 100.0}, 100.0, "acc gyr quat", 5, "+z"),
    ("opensense/MT2022_ACC_GYRO_ROT_MAT_SEMICOLON_00B42D4B.txt", "xsens_mtw", None, {"rate_hz": 100.0}, 100.0, "acc gyr quat", 5, "+z"),
    ("opensense/MT_012005D6_009-quaternions_RHJCSwinger.sto", "opensim", "pelvis_imu", {}, 100.0, "quat", 1401, None),  # DataRate=100
    ("opensense/MT_012005D6_009-quaternions_calibration_trial_Facing_negX.sto", "opensim", None, {}, 100.0, "quat", 401, None),
    ("opensense/imuData01.csv", "apdm", "Static", {}, 128.0, "acc gyr mag quat", 1024, "+z"),  # Sample Rate: 128 Hz
    ("opensense/imuData01.csv", "apdm", "Upper", {}, 128.0, "acc gyr mag quat", 1024, "-x"),
    ("opensense/apdm_format7.csv", "apdm", None, {}, 128.0, "acc gyr mag quat", 3, "-x"),  # steps of 7,812 µs; the pelvis is called Lumbar
    ("xio_imu_mocap/pelvis_Inertial.csv", "ximu3", None, {}, 50.0, "acc gyr", 900, "+x"),  # steps of 20,059 µs, some lost
    ("xio_imu_mocap/pelvis_Quaternion.csv", "ximu3", None, {}, 50.0, "quat", 900, None),
    ("xio_imu_mocap", "ximu3", "pelvis", {}, 50.0, "acc gyr", 900, "+x"),
    ("xio_fusion/sensor_data.csv", "labelled", None, {}, 99.2, "acc gyr mag", 13514, "+z"),  # steps of 10.079 ms
    ("mobgap/TimeMeasure1_Test5_Trial1.csv", "labelled", None, HALF_G, 100.0, "acc gyr", 1246, "+x"),
    ("mobgap/TimeMeasure1_Test11_Trial1.csv", "labelled", None, HALF_G, 100.0, "acc gyr", 13759, "+x"),
    ("shimmer/triaxcal_calibrated.csv.gz", "shimmer", None, {}, 73.14, "acc gyr", 2149, None),  # steps of 13.671875 ms; in motion from the start
]


def name_of(row):
    return f"{row[0].rpartition('/')[2][:40]}-{row[2] or ''}"


def opened(shared, row):
    path = shared(row[0])
    return path, read_imu(path, sensor=row[2], **row[3])


@pytest.mark.parametrize("row", TABLE, ids=name_of)
def test_rate_groups_and_length(shared, row):
    path, imu = opened(shared, row)
    assert recognise_imu(path) == row[1]
    assert 1 / np.median(np.diff(imu.index)) == pytest.approx(row[4], rel=0.005)
    assert {column.split("_")[0] for column in imu.columns} == set(row[5].split())
    assert len(imu) == row[6]
    assert imu.index[0] == 0 and not imu.isna().any(axis=None)


@pytest.mark.parametrize("row", [row for row in TABLE if row[7]], ids=name_of)
def test_gravity_is_9_81_and_lies_along_the_right_axis(shared, row):
    _, imu = opened(shared, row)
    acc = imu[ACC].to_numpy()
    norm = np.linalg.norm(acc, axis=1)
    calmest = pd.Series(norm).rolling(min(len(norm), 50)).std().argmin()
    # 5 %: uncalibrated sensors, and the shortest excerpts hold only three samples of a moving one
    assert norm[max(0, calmest - 49) : calmest + 1].mean() == pytest.approx(9.81, rel=0.05)
    axis = int(np.argmax(np.abs(acc[0])))
    assert row[7] == ("+" if acc[0, axis] > 0 else "-") + "xyz"[axis]


@pytest.mark.parametrize("row", [row for row in TABLE if "acc" in row[5] and "quat" in row[5]], ids=name_of)
def test_quaternion_turns_gravity_upright(shared, row):
    """Sensor → earth with z up: turned, the mean specific force points up. A transposed or y-up quaternion misses by tens of degrees."""
    _, imu = opened(shared, row)
    turned = Rotation.from_quat(imu[QUAT].to_numpy(copy=True), scalar_first=True).apply(imu[ACC].to_numpy(copy=True)).mean(axis=0)
    # 12°: a stumbling mean over three samples of a foot in motion; 1° for the long recordings
    assert np.degrees(np.arccos(turned[2] / np.linalg.norm(turned))) < (12 if len(imu) < 10 else 1)


@pytest.mark.parametrize(
    "row",
    [row for row in TABLE if row[0].endswith(("031-000_00B421AF.txt", "sensor_data.csv", "Test11_Trial1.csv"))],
    ids=name_of,
)
def test_gyroscope_carries_gravity_from_one_rest_to_the_next(shared, row):
    """Unit, axes and handedness: the angular rate alone, integrated over the movement between two rests, brings gravity where it then is."""
    _, imu = opened(shared, row)
    acc, gyr, time = imu[ACC].to_numpy(copy=True), imu[GYR].to_numpy(copy=True), imu.index.to_numpy()
    window = round(0.5 / np.median(np.diff(time)))
    calm = (pd.DataFrame(acc).rolling(window, center=True).std().max(axis=1) < 0.3) & (
        pd.DataFrame(gyr).rolling(window, center=True).std().max(axis=1) < 0.1
    )
    rests = np.flatnonzero(calm)
    gravity = pd.DataFrame(acc).rolling(window, center=True).mean().to_numpy(copy=True)
    bias = gyr[rests].mean(axis=0) if np.abs(gyr[rests].mean(axis=0)).max() < 0.05 else 0.0
    missed, moved = [], []
    for start, end in itertools.pairwise(rests):
        if not 1.0 < time[end] - time[start] < 15.0:
            continue
        turn = Rotation.identity()
        for i in range(start, end):
            turn = turn * Rotation.from_rotvec((gyr[i] - bias) * (time[i + 1] - time[i]))
        expected = turn.inv().apply(gravity[start])
        missed.append(angle_deg(expected, gravity[end]))
        moved.append(angle_deg(gravity[start], gravity[end]))
    assert missed and max(moved) > 5
    # some degrees: integration at this rate, and rests that are none quite; a wrong unit or hand misses by as much as was moved, or far more
    assert np.median(missed) < 5 and np.median(missed) < 0.3 * max(moved)


def test_x_imu3_gyroscope_turns_as_its_quaternion(shared):
    inertial, quaternion = (read_imu(shared(f"xio_imu_mocap/pelvis_{kind}.csv")) for kind in ("Inertial", "Quaternion"))
    turns = Rotation.from_quat(quaternion[QUAT].to_numpy(copy=True), scalar_first=True)
    steps = np.diff(quaternion.index)
    rate = (turns[:-1].inv() * turns[1:]).as_rotvec() / steps[:, None]
    told = inertial[GYR].to_numpy()[:-1]
    whole = steps < 0.025  # no lost packet in between
    slope = (rate[whole] * told[whole]).sum() / (told[whole] ** 2).sum()
    assert slope == pytest.approx(1.0, abs=0.05) and np.corrcoef(rate[whole].ravel(), told[whole].ravel())[0, 1] > 0.97


def angle_deg(one, other):
    return float(np.degrees(np.arccos(np.clip(one @ other / np.linalg.norm(one) / np.linalg.norm(other), -1, 1))))


def test_opensim_quaternions_are_those_of_the_trackers(shared):
    """Both exports of one trial: the pelvis tracker's own file holds its matrices, column by column."""
    sto = read_imu(shared("opensense/MT_012005D6_009-quaternions_calibration_trial_Facing_negX.sto"), sensor="pelvis_imu")
    path = shared("opensense/MT_012005D6_009-001_00B42279.txt")
    txt = pd.read_csv(path, sep="\t", skiprows=5)
    matrices = txt[[f"Mat[{row}][{column}]" for row in (1, 2, 3) for column in (1, 2, 3)]].to_numpy().reshape(-1, 3, 3)
    known = np.isfinite(matrices).all(axis=(1, 2))
    by_tracker = Rotation.from_matrix(matrices[known])
    ours = Rotation.from_quat(sto[QUAT].to_numpy(copy=True), scalar_first=True)
    # which packet the .sto begins with is not stated in the tracker's numbering: found by the best fit of its first sample
    apart = (by_tracker * ours[0].inv()).magnitude()
    start = int(np.argmin(apart))
    assert len(ours) == 401
    assert np.degrees((by_tracker[start : start + 401] * ours.inv()).magnitude()).max() < 0.01  # six digits in the file


def test_what_a_file_does_not_say_is_asked_for_in_one_sentence(shared):
    mobgap = shared("mobgap/TimeMeasure1_Test5_Trial1.csv")
    with pytest.raises(ValueError, match=r"does not say in which unit acc is. Give --acc-unit"):
        read_imu(mobgap)
    with pytest.raises(ValueError, match=r"does not say in which unit gyr is. Give --gyr-unit"):
        read_imu(mobgap, acc_unit="g")
    with pytest.raises(ValueError, match=r"neither a time column nor a rate. Give --rate-hz"):
        read_imu(mobgap, acc_unit="g", gyr_unit="deg/s")
    with pytest.raises(ValueError, match=r"no sampling rate in the file.*Give --rate-hz"):
        read_imu(shared("opensense/MT2022_ACC_GYRO_ROT_MAT_COMMA_00B42D4B.txt"))
    with pytest.raises(ValueError, match=r"no sensor that is clearly the pelvis's among Static, Upper.*--sensor"):
        read_imu(shared("opensense/imuData01.csv"))


@pytest.mark.parametrize("name", ["ax6_sample.cwa", "ax3_sample.cwa"])
def test_axivity(shared, name):
    pytest.importorskip("skdh", reason="the extra cwa is not installed")
    path = shared(f"skdh/{name}")
    imu = read_imu(path)
    assert recognise_imu(path) == "axivity"
    rate, samples = (100.0, 10360) if name.startswith("ax6") else (200.0, 58800)  # ax6_data.npz; a recording of 300 s at 200 Hz
    assert len(imu) == samples and len(imu) / imu.index[-1] == pytest.approx(rate, rel=0.03)
    assert (GYR[0] in imu) == name.startswith("ax6")
    if name.startswith("ax6"):
        expected = np.load(shared("skdh/ax6_data.npz"))
        np.testing.assert_allclose(imu[ACC], expected["accel"] * 9.80665, atol=1e-4)
        np.testing.assert_allclose(imu[GYR], np.radians(expected["gyro"]), atol=1e-6)  # kept with six digits
