import gzip
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hiphitch_analysis.read import read_imu, recognise_imu
from hiphitch_analysis.read.imu import FORMATS
from hiphitch_analysis.read.samples import RecordingDoubt
from hiphitch_analysis.schema import ACC, GYR, MAG, QUAT, Imu, check_table

TIME_ACC = "time_s," + ",".join(ACC)
HEADER = f"{TIME_ACC},{','.join(GYR)}"
OWN = f"{HEADER}\n0,0,0,9.81,0.1,0,0\n0.01,0,0,9.82,0.2,0,0\n0.02,0,0,9.83,0.3,0,0\n"
ONE_FIXTURE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150, derandomize=True)


def test_own_file_is_read_as_it_stands(write):
    imu = read_imu(write(OWN))
    assert list(imu.columns) == ACC + GYR
    assert imu.index.name == "time_s"
    assert imu.index.tolist() == [0, 0.01, 0.02]
    assert imu["acc_z_m_s2"].tolist() == [9.81, 9.82, 9.83]
    assert imu["gyr_x_rad_s"].tolist() == [0.1, 0.2, 0.3]


def test_optional_columns_are_read_and_unknown_ones_left_out(write):
    names = f"{HEADER},{','.join(MAG)},{','.join(QUAT)},temperature"
    imu = read_imu(write(f"{names}\n0,0,0,9.81,0,0,0,20,0,40,1,0,0,0,warm\n1,0,0,9.81,0,0,0,20,0,40,-1,0,0,0,cold\n"))
    assert list(imu.columns) == ACC + GYR + MAG + QUAT
    assert imu["mag_z_ut"].tolist() == [40, 40]
    assert imu["quat_w"].tolist() == [1, 1]


def test_semicolons_with_decimal_commas_and_loose_names(write):
    imu = read_imu(write("sep=;\n" + OWN.replace(",", ";").replace(".", ",").replace("time_s", " Time_S "), "export.txt"))
    assert imu["acc_z_m_s2"].tolist() == [9.81, 9.82, 9.83]


def test_time_starts_at_zero_and_gaps_stay(write):
    imu = read_imu(write(f"{TIME_ACC}\n100,0,0,9.81\n100.5,0,0,9.81\n103,0,0,9.81\n"))
    assert imu.index.tolist() == [0, 0.5, 3]


def test_empty_cells_are_nan_and_an_empty_group_is_left_out(write):
    imu = read_imu(write(f"{HEADER}\n0,,0,9.81,,,\n1,0,nan,9.81,,,\n"))
    assert list(imu.columns) == ACC
    assert imu.isna().to_numpy().tolist() == [[True, False, False], [False, True, False]]


def test_quaternions_alone_are_enough(write):
    imu = read_imu(write(f"time_s,{','.join(QUAT)}\n0,1,0,0,0\n0.1,-1,0,0,0\n"))
    assert list(imu.columns) == QUAT


def test_a_repeated_identical_row_counts_once_and_is_named(write):
    with pytest.warns(RecordingDoubt, match=r"file\.csv: 1 row\(s\) stand twice and were taken once, first in line 3"):
        assert len(read_imu(write(f"{TIME_ACC}\n0,,0,9.81\n0,,0,9.81\n1,0,0,9.81\n"))) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (f"{TIME_ACC}\n", "expected rows below the header in line 1"),
        (f"{TIME_ACC}\n0,0,0,9.81\n", "at least two samples, got 1"),
        ("time_s,acc_x_m_s2,gyr_x_rad_s\n0,1,2\n", "missing column acc_y_m_s2, acc_z_m_s2, gyr_y_rad_s, gyr_z_rad_s"),
        (",".join(ACC) + "\n0,0,9.81\n", "missing column time_s"),
        (f"time_s,{','.join(GYR)}\n0,1,2,3\n", "missing column acc_x_m_s2, acc_y_m_s2, acc_z_m_s2"),
        (f"{HEADER}\n0,,,,1,2,3\n1,,,,1,2,3\n", "expected accelerations or the device's orientation .*, got gyr"),
        (f"{TIME_ACC},{ACC[0]}\n0,0,0,9.81,0\n", "column 'acc_x_m_s2' stands twice"),
        (f"{TIME_ACC}\n0,0,0,9.81\n\n1,0,up,9.81\n", "acc_y_m_s2 must be a number, got 'up' in line 4"),
        (
            f"{TIME_ACC}\n0,0,0,inf\n1,0,1_0,9.81\n",
            "acc_y_m_s2 must be a number, got '1_0' in line 3; acc_z_m_s2 must be a number, got 'inf' in line 2",
        ),
        (f"{TIME_ACC}\n0,0,0,9.81\n2,0,0,9.81\n1,0,0,9.81\n", "time goes backwards in line 4"),
        (f"{TIME_ACC}\n0,0,0,9.81\n,0,0,9.81\n", "line 3 has no usable time"),
        (f"{TIME_ACC}\n0,0,0,9.81\n0,0,0,9.82\n", "lines 2 and 3 have the same time but different values"),
        (f"time_s,{','.join(QUAT)}\n0,1,0,0,0\n1,2,0,0,0\n", "quaternion in line 3"),
        ("Timestamp (us),X (a.u.),Y (a.u.)\n1,1,0\n", r"first line 'Timestamp \(us\),X.*our IMU CSV.*Xsens DOT csv; Xsens MTw"),
        ("PacketCounter,SampleTimeFine,Acc_X,Acc_Y,Acc_Z\n1,1,0,0,9.81\n", "not a sensor recording that can be read"),
    ],
)
def test_faults_are_named(write, content, message):
    with pytest.raises(ValueError, match=message) as caught:
        read_imu(write(content))
    assert str(caught.value).startswith("file.csv: ")
    assert "\n" not in str(caught.value)


def test_rate_is_compared_with_the_file(write):
    path = write(OWN)
    assert len(read_imu(path, rate_hz=101.9)) == 3  # 1.9 % off
    with pytest.raises(ValueError, match=r"the file says 100 Hz, but --rate-hz \(rate_hz\) says 102\.1 Hz"):
        read_imu(path, rate_hz=102.1)
    for bad in (0, -1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="rate_hz: expected a positive number"):
            read_imu(path, rate_hz=bad)


def test_format_may_be_given_and_must_fit(write):
    path = write(OWN)
    assert read_imu(path, format="own").equals(read_imu(path))
    for other in ("xsens_dot", "xsens_mtw"):
        with pytest.raises(ValueError, match="expected an Xsens export with a line naming PacketCounter"):
            read_imu(path, format=other)
    with pytest.raises(ValueError, match=r"format: expected one of own, xsens_dot, xsens_mtw.*, got 'dot'"):
        read_imu(path, format="dot")


def test_recognition_looks_at_content_only(write):
    assert recognise_imu(write(OWN, "Pelvis.txt")) == "own"
    assert recognise_imu(write(gzip.compress(OWN.encode()), "xsens_dot.csv")) == "own"
    assert FORMATS[0].name == "own" and FORMATS[-1].name == "labelled"  # the loosest one last
    assert len({known.name for known in FORMATS}) == len(FORMATS)


reading = st.floats(-400, 400) | st.just(float("nan"))
rate = st.floats(-80, 80)


@st.composite
def recordings(draw):
    n = draw(st.integers(2, 12))
    steps = draw(st.lists(st.floats(1e-4, 5), min_size=n - 1, max_size=n - 1))
    table = pd.DataFrame(index=pd.Index(np.concatenate([[0], np.cumsum(steps)]), name="time_s"))
    for columns, values in ((ACC, reading), (GYR, rate)):
        for column in columns:
            table[column] = draw(st.lists(values, min_size=n, max_size=n))
    table.loc[0, ACC] = 1.0  # a group without any number is left out
    if draw(st.booleans()):
        angle = np.array(draw(st.lists(st.floats(-1.5, 1.5), min_size=n, max_size=n)))  # within ±90°: no jump of sign
        table[QUAT] = np.column_stack([np.cos(angle / 2), np.sin(angle / 2), 0 * angle, 0 * angle])
    return table


@ONE_FIXTURE
@given(table=recordings())
def test_own_format_survives_a_round_trip(write, table):
    again = read_imu(write(table.to_csv()))
    # CSV holds every digit; only quaternions are brought to length 1 again, which may cost the last one
    pd.testing.assert_frame_equal(again.drop(columns=QUAT, errors="ignore"), table.drop(columns=QUAT, errors="ignore"), check_exact=True)
    if "quat_w" in table:
        np.testing.assert_allclose(again[QUAT], table[QUAT], atol=1e-15)


DOT_START = b"OutputRate:,60Hz\nPacketCounter,SampleTimeFine,Quat_W,Quat_X,Quat_Y,Quat_Z,FreeAcc_X,FreeAcc_Y,FreeAcc_Z\n"
MTW_START = (
    b"// Update Rate: 100.0Hz\nPacketCounter\tAcc_X\tAcc_Y\tAcc_Z\tMat[1][1]\tMat[2][1]\tMat[3][1]\tMat[1][2]\tMat[2][2]\tMat[3][2]\tMat[1][3]\t"
)
MTW_START += b"Mat[2][3]\tMat[3][3]\n"
STARTS = [b"", OWN.encode(), f"{TIME_ACC},{','.join(QUAT)}\n".encode(), DOT_START, MTW_START, b"\x1f\x8b\x08\x00", b"\xfd7zXZ\x00", b"\xff\xfe"]
STARTS += [  # of other makers
    b'"Time (s)","X (m/s^2)","Y (m/s^2)","Z (m/s^2)"\n',
    b"time,seconds_elapsed,z,y,x\n",
    b"motionTimestamp_sinceReboot(s),accelerometerAccelerationX(G),accelerometerAccelerationY(G),accelerometerAccelerationZ(G)\n",
    b"Phone timestamp;sensor timestamp [ns];X [mg];Y [mg];Z [mg]\n",
    b"DataType=Quaternion\nendheader\ntime\tpelvis_imu\n",
    b'<mvnx><subject frameRate="60"><sensors><sensor label="Pelvis"/></sensors><frames><frame type="normal"><sensorOrientation>',
    b"Sample Rate:,128,Hz\nTime,Lumbar/Acceleration/X,Lumbar/Acceleration/Y,Lumbar/Acceleration/Z\ns,m/s^2,m/s^2,m/s^2\n",
    b"Format=7,1,,,Lumbar,,,,,,,,,,\nTime,Accelerometer,,,Gyroscope,,,Magnetometer,,,Barometer,Orientation,,,\n,X,Y,Z,X,Y,Z,X,Y,Z,,S,X,Y,Z\n",
    b"Timestamp (us),W,X,Y,Z\n",
    b'"sep=,"\nS_Timestamp_Unix_CAL,S_Accel_LN_X_CAL,S_Accel_LN_Y_CAL,S_Accel_LN_Z_CAL,\nms,m/(s^2),m/(s^2),m/(s^2),\n',
    b"time_ms,ax (g),ay (g),az (g)\n",
    b"PK\x03\x04",
]
lines = st.lists(st.lists(st.sampled_from(["0", "1", "-1", "1e308", "-1e308", "9.81", "", "65535", "x", "4294967295"]), max_size=14), max_size=5)


@ONE_FIXTURE
@given(start=st.sampled_from(STARTS), rest=st.binary(max_size=200) | lines, mark=st.sampled_from([",", "\t", ";"]))
@example(start=DOT_START, rest=[["1", "1", "1", "0", "0", "0", "1e308", "-1e308", "1e308"]] * 2, mark=",")
def test_any_content_gives_a_table_or_a_value_error(write, start, rest, mark):
    content = start + (rest if isinstance(rest, bytes) else "\n".join(mark.join(line) for line in rest).encode())
    path = write(content)
    for rate_hz in (None, 60.0):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RecordingDoubt)
                imu = read_imu(path, rate_hz=rate_hz)
        except ValueError as error:
            assert "file.csv" in str(error)
            assert "\n" not in str(error)
        else:
            check_table(imu, Imu)
            assert len(imu) > 1


@ONE_FIXTURE
@given(text=st.text(max_size=300))
def test_any_text_gives_a_table_or_a_value_error(write, text):
    with pytest.raises(ValueError, match=r"file\.csv"):
        read_imu(write(text.encode("utf-8", "surrogatepass")))


@pytest.mark.parametrize(
    "name",
    [
        "qmt/full_body_example_data.mat",
        "mobgap/data.mat",
        "shimmer/pair_consensys.csv",
        "shimmer/triaxcal_sample.bin",
        "cmu_imu_exercise/parsed_h5_csv/Pose/Pose_01_rep1.csv.xz",
    ],
)
def test_recordings_of_other_makers_are_refused_with_a_way_out(shared, name):
    path = shared(name)
    with pytest.raises(ValueError, match=r"Convert it to the first of these|Export the recording as text"):
        read_imu(path)


def timed(times, values=None):
    """Our CSV with these times; the x axis tells which sample it is."""
    values = range(len(times)) if values is None else values
    return f"{TIME_ACC}\n" + "".join(f"{t:.4f},{v},0,9.81\n" for t, v in zip(times, values, strict=True))


def doubt(write, content):
    with pytest.warns(RecordingDoubt) as caught:
        imu = read_imu(write(content))
    assert len(caught) == 1
    return caught[0].message.flag, imu


def test_rows_that_a_radio_link_swapped_are_put_in_order(write):
    times, values = np.arange(200) / 50, np.arange(200)
    order = np.arange(200)
    order[[50, 51]] = [51, 50]
    flag, imu = doubt(write, timed(times[order], values[order]))
    assert flag == "rows_swapped" and imu["acc_x_m_s2"].tolist() == values.tolist()


def test_a_clock_that_begins_anew_runs_on_after_a_gap(write):
    flag, imu = doubt(write, timed(np.r_[np.arange(100) / 50 + 7, np.arange(150) / 50]))
    assert flag == "clock_reset" and len(imu) == 250
    steps = np.diff(imu.index)
    assert steps[99] == pytest.approx(1.0) and np.delete(steps, 99) == pytest.approx(0.02)


def test_samples_that_come_in_bursts_are_spread(write):
    """Bluetooth hands over five samples at a time, all stamped with their arrival."""
    true = np.arange(200) / 50
    flag, imu = doubt(write, timed(np.repeat(true[4::5], 5)))
    assert flag == "bursts" and len(imu) == 200
    np.testing.assert_allclose(imu.index, true - true[0], atol=1e-4)


def test_a_time_that_stands_twice_now_and_then_is_taken_once(write):
    times = np.arange(200) / 50
    times[60] = times[59]
    flag, imu = doubt(write, timed(times))
    assert flag == "same_times" and len(imu) == 199 and 60.0 not in imu["acc_x_m_s2"].tolist()


def test_doubts_about_the_file_are_in_the_quality(write):
    import hiphitch_analysis as hh

    own = hh.simulate_set(6, "left", 8.0, seed=1).imu[ACC + GYR].reset_index()
    own.loc[900:, "time_s"] -= own.loc[900, "time_s"]
    session = hh.analyse(write(own.to_csv(index=False)), "left")
    assert {"clock_reset", "gaps"} <= set(session.flags) and any("began anew" in warning for warning in session.warnings)
