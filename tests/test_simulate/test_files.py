import csv
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from hiphitch_analysis.schema import ACC, GYR, QUAT
from hiphitch_analysis.simulate import simulate_set, write_set
from hiphitch_analysis.simulate.files import write_whole

DATA = Path(__file__).resolve().parents[2] / "../shared/data"
SIMULATED = simulate_set(reps=2, seed=21, rate_hz=60, mounting_deg=(10.0, 5.0, -5.0))
G = 9.80665


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    paths = write_set(SIMULATED, tmp_path_factory.mktemp("vendor"), "x", ("own", "dot", "dot_quat", "mtw"), date="2026-02-03")
    return {path.name: path.read_bytes().decode("utf-8").split("\n") for path in paths}


def numbers(rows, delimiter=","):
    return np.array([[float(cell) for cell in row if cell] for row in csv.reader(rows, delimiter=delimiter) if row])


def test_own_format(lines):
    rows = lines["x_imu.csv"]
    assert rows[0] == "time_s,acc_x_m_s2,acc_y_m_s2,acc_z_m_s2,gyr_x_rad_s,gyr_y_rad_s,gyr_z_rad_s"
    values = numbers(rows[1:])
    np.testing.assert_allclose(values[:, 0], SIMULATED.imu.index, atol=5.1e-7)  # half of the last decimal
    np.testing.assert_allclose(values[:, 1:4], SIMULATED.imu[ACC], atol=5.1e-7)
    np.testing.assert_allclose(values[:, 4:], SIMULATED.imu[GYR], atol=5.1e-8)


def test_truth_files(lines):
    angles = numbers(lines["x_truth_angles.csv"][1:])
    np.testing.assert_allclose(angles[:, 1:], SIMULATED.angles, atol=5.1e-4)
    rows = list(csv.DictReader(lines["x_truth_reps.csv"]))
    assert [row["kind"] for row in rows] == ["complete", "complete"]
    np.testing.assert_allclose([float(row["drop_deg"]) for row in rows], SIMULATED.reps["drop_deg"], atol=5.1e-6)
    assert [row["faults"] for row in rows] == ["", ""]
    effort = numbers(lines["x_truth_effort.csv"][1:])
    assert lines["x_truth_effort.csv"][0] == ",".join(["time_s", *SIMULATED.effort.columns])
    np.testing.assert_allclose(effort[:, 0], SIMULATED.effort.index, atol=5.1e-7)
    np.testing.assert_allclose(effort[:, 1:], SIMULATED.effort, atol=5.1e-5)


def test_dot_rates_are_in_degrees_per_second(lines):
    rows = lines["x_dot.csv"]
    assert rows[0] == "sep=,"
    assert [row.split(":")[0] for row in rows[1:9]] == [
        *("DeviceTag", "FirmwareVersion", "AppVersion", "SyncStatus", "OutputRate", "FilterProfile", "Measurement Mode", "StartTime"),
    ]
    assert rows[5] == "OutputRate:,60Hz"
    assert rows[8] == "StartTime: ,2026-02-03_08:00:00_000 GMT+0"
    assert rows[10] == ""
    assert rows[11] == "PacketCounter,SampleTimeFine,Acc_X,Acc_Y,Acc_Z,Gyr_X,Gyr_Y,Gyr_Z"
    values = numbers(rows[12:])
    assert values[:3, 0].tolist() == [1, 2, 3]
    assert set(np.diff(values[:, 1])) == {16667.0}  # µs at 60 Hz
    np.testing.assert_allclose(values[:, 2:5], SIMULATED.imu[ACC], atol=5.1e-7)
    np.testing.assert_allclose(values[:, 5:], SIMULATED.imu[GYR] * 180 / np.pi, atol=5.1e-7)


def test_dot_quaternions_and_free_acceleration(lines):
    rows = lines["x_dot_quat.csv"]
    assert rows[7] == "Measurement Mode:,Sensor fusion Mode - Extended(Quaternion)"
    assert rows[11] == "PacketCounter,SampleTimeFine,Quat_W,Quat_X,Quat_Y,Quat_Z,FreeAcc_X,FreeAcc_Y,FreeAcc_Z,Status"
    values = numbers(rows[12:])
    np.testing.assert_allclose(values[:, 2:6], SIMULATED.imu[QUAT], atol=5.1e-7)
    # Free acceleration is in the device's earth frame, gravity taken off: turned back with gravity added it is the specific force.
    force = Rotation.from_quat(values[:, [3, 4, 5, 2]]).inv().apply(values[:, 6:9] + [0, 0, G])
    np.testing.assert_allclose(force, SIMULATED.imu[ACC], atol=3e-5)  # six decimals in each quaternion part, times 2 g
    assert set(values[:, 9]) == {0.0}


def test_mtw(lines):
    rows = lines["x_mtw.txt"]
    assert all(row.startswith("// ") for row in rows[:5])
    assert rows[1] == "// Update Rate: 60.0Hz"
    header = rows[5].split("\t")
    assert header[:2] == ["PacketCounter", "SampleTimeFine"]
    first = rows[6].split("\t")
    assert len(first) == len(header)
    assert first[0] == "00001"
    assert first[1] == ""
    table = {name: np.array([float(row.split("\t")[i]) for row in rows[6:] if row]) for i, name in enumerate(header) if first[i]}
    np.testing.assert_allclose(np.column_stack([table[f"Gyr_{a}"] for a in "XYZ"]), SIMULATED.imu[GYR], atol=5.1e-7)  # rad/s
    matrix = np.stack([np.column_stack([table[f"Mat[{r}][{c}]"] for c in (1, 2, 3)]) for r in (1, 2, 3)], axis=1)
    acc = np.column_stack([table[f"Acc_{a}"] for a in "XYZ"])
    np.testing.assert_allclose(acc, SIMULATED.imu[ACC], atol=5.1e-7)
    up = np.einsum("nij,nj->ni", matrix, acc)[:200].mean(axis=0)
    np.testing.assert_allclose(up, [0, 0, G], atol=0.15)  # at rest, sensor → earth brings the specific force upright: bias and inclination error
    expected = Rotation.from_quat(SIMULATED.imu[QUAT].to_numpy()[:, [1, 2, 3, 0]]).as_matrix()
    np.testing.assert_allclose(matrix, expected, atol=5.1e-7)


@pytest.mark.parametrize(
    ("ours", "real", "first"),
    [
        ("x_dot_quat.csv", "xsens_dot/Pelvis_20210820_202113_836.csv", 11),
        ("x_mtw.txt", "opensense/MT_012005D6_031-000_00B421AF.txt", 5),
    ],
)
def test_line_shapes_are_those_of_a_real_file(lines, ours, real, first):
    path = DATA / real
    if not path.exists():
        pytest.skip(f"no real recording {real} beside the repository")
    with path.open(encoding="utf-8") as file:
        wanted = [next(file).rstrip("\n") for _ in range(first + 2)]
    rows = lines[ours]
    separator = "\t" if ours.endswith("txt") else ","
    names = [name for name in wanted[first].split(separator) if not name.startswith("Mag_")]
    assert rows[first].split(separator) == names
    # The header says the same things in the same order; which mode, rate and version they name may differ.
    for mine, theirs in zip(rows[: first - 2 if separator == "," else first], wanted, strict=False):
        assert mine.split(":")[0] == theirs.split(":")[0]
    for name, mine, theirs in zip(
        names,
        rows[first + 1].split(separator),
        dict(zip(wanted[first].split(separator), wanted[-1].split(separator), strict=True)).values(),
        strict=False,
    ):
        if not name.startswith("Mat"):
            assert bool(mine) == bool(theirs), name
            assert len(mine.split(".")[-1]) == len(theirs.split(".")[-1]) or "." not in theirs, name


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    target = write_whole(tmp_path / "log.csv", "before\n")
    with pytest.raises(UnicodeEncodeError):
        write_whole(target, "after \ud800")
    assert target.read_text() == "before\n"
    assert [path.name for path in tmp_path.iterdir()] == ["log.csv"]
