import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from hiphitch_analysis.read import read_imu, recognise_imu
from hiphitch_analysis.read.clocks import find_offset
from hiphitch_analysis.read.imu import read_timing
from hiphitch_analysis.read.samples import RecordingDoubt
from hiphitch_analysis.schema import ACC, GYR, QUAT

META = "sep=,\nDeviceTag:,Pelvis\nOutputRate:,60Hz\nMeasurement Mode:,Custom\n© Somebody\n\n"
DOT_ALL = "PacketCounter,SampleTimeFine,dq_W,Euler_X,Quat_W,Quat_X,Quat_Y,Quat_Z,Acc_X,Acc_Y,Acc_Z,Gyr_X,Gyr_Y,Gyr_Z,Mag_X,Mag_Y,Mag_Z,Status"
FREE = "PacketCounter,SampleTimeFine,Quat_W,Quat_X,Quat_Y,Quat_Z,FreeAcc_X,FreeAcc_Y,FreeAcc_Z,Status"
# one step of the DOT's clock at 60 Hz, in µs; the clock counts whole ones
STEP = 16667


def dot_rows(ticks, cells, counters=None):
    return "".join(f"{c},{t},{cells}\n" for c, t in zip(counters or range(1, len(ticks) + 1), ticks, strict=True))


def quarter_turn_free():
    """Earth y is the sensor's −z after a quarter turn about x; the device sees 0.2 m/s² along earth y."""
    return "0.70710678,0.70710678,0,0,0,0.2,0,0"


# --- DOT ---------------------------------------------------------------------------------------------------------------------------------------
def test_dot_units_and_columns(write):
    path = write(META + DOT_ALL + "\n" + dot_rows([0, STEP], "1,5,1,0,0,0,0.1,0.2,9.8,180,-90,0,0.5,0.5,0.5,0"))
    imu = read_imu(path)
    assert recognise_imu(path) == "xsens_dot"
    assert list(imu.columns) == ACC + GYR + QUAT
    np.testing.assert_allclose(imu[GYR], [[np.pi, -np.pi / 2, 0]] * 2)
    np.testing.assert_allclose(imu[ACC], [[0.1, 0.2, 9.8]] * 2)
    assert imu.index.tolist() == pytest.approx([0, STEP * 1e-6], abs=1e-12)


def test_dot_free_acceleration_becomes_specific_force(write):
    imu = read_imu(write(META + FREE + "\n" + dot_rows([0, STEP], quarter_turn_free())))
    assert list(imu.columns) == ACC + QUAT
    # the quaternion is written with 8 decimals
    np.testing.assert_allclose(imu[ACC], [[0, 9.80665, -0.2]] * 2, atol=1e-7)


def test_dot_measured_acceleration_goes_before_the_free_one(write):
    header = FREE.replace("Status", "Acc_X,Acc_Y,Acc_Z")
    imu = read_imu(write(META + header + "\n" + dot_rows([0, STEP], "1,0,0,0,5,5,5,0.1,0.2,9.7")))
    np.testing.assert_allclose(imu[ACC], [[0.1, 0.2, 9.7]] * 2)


@pytest.mark.parametrize("meta", ["", META, META.replace("\n", ",,,\n"), META.replace("sep=,\n", "")])
def test_dot_metadata_may_be_absent_or_carry_trailing_commas(write, meta):
    path = write(meta + FREE + "\n" + dot_rows([5, 5 + STEP], quarter_turn_free()))
    assert recognise_imu(path) == "xsens_dot"
    assert len(read_imu(path)) == 2


def test_dot_rate_and_angular_rate_mode_is_known_by_its_metadata(write):
    header = "PacketCounter,SampleTimeFine,Acc_X,Acc_Y,Acc_Z,Gyr_X,Gyr_Y,Gyr_Z"
    path = write(META + header + "\n" + dot_rows([0, STEP], "0,0,9.8,180,0,0"))
    assert read_imu(path)["gyr_x_rad_s"].tolist() == pytest.approx([np.pi] * 2)
    bare = write(header + "\n" + dot_rows([0, STEP], "0,0,9.8,180,0,0"))
    with pytest.raises(ValueError, match="not a sensor recording"):  # °/s or rad/s? nobody can say
        read_imu(bare)
    assert read_imu(bare, format="xsens_dot")["gyr_x_rad_s"].tolist() == pytest.approx([np.pi] * 2)


def test_dot_clock_overflows_at_32_bits_and_lost_packets_stay_gaps(write):
    ticks = [2**32 - 2 * STEP, 2**32 - STEP, 0, 3 * STEP]
    imu = read_imu(write(META + FREE + "\n" + dot_rows(ticks, quarter_turn_free())))
    np.testing.assert_allclose(imu.index, np.array([0, 1, 2, 5]) * STEP * 1e-6, atol=1e-12)


@pytest.mark.parametrize("ticks", [["", "", ""], ["0", "0", "0"], ["1", "", "3"]])
def test_dot_without_a_clock_counts_packets(write, ticks):
    imu = read_imu(write(META + FREE + "\n" + dot_rows(ticks, quarter_turn_free(), counters=[65535, 0, 2])))
    np.testing.assert_allclose(imu.index, [0, 1 / 60, 3 / 60], atol=1e-12)


def test_dot_without_clock_and_rate_asks_for_the_rate(write):
    path = write(FREE + "\n" + dot_rows(["", ""], quarter_turn_free()))
    with pytest.raises(ValueError, match=r"no sampling rate in the file \(header has no 'OutputRate', SampleTimeFine is empty\)\. Give --rate-hz R"):
        read_imu(path)
    assert read_imu(path, rate_hz=30).index.tolist() == pytest.approx([0, 1 / 30])


@pytest.mark.parametrize("meta", ["", META])
def test_dot_rate_must_agree(write, meta):
    path = write(meta + FREE + "\n" + dot_rows([0, STEP, 2 * STEP], quarter_turn_free()))
    assert len(read_imu(path, rate_hz=60)) == 3
    with pytest.raises(ValueError, match=r"the file says (60|59\.9988) Hz, but --rate-hz \(rate_hz\) says 120 Hz"):
        read_imu(path, rate_hz=120)


def test_dot_clock_in_another_unit_is_refused(write):
    with pytest.raises(ValueError, match=r"SampleTimeFine \[µs\] makes 59999\.9 Hz, but the file states 60 Hz"):
        read_imu(write(META + FREE + "\n" + dot_rows([0, 16.6667, 33.3334], quarter_turn_free())))


@pytest.mark.parametrize(
    ("header", "cells", "message"),
    [
        ("PacketCounter,SampleTimeFine,Acc_X,Acc_Y", "0,9.8", "missing column Acc_Z"),
        ("PacketCounter,SampleTimeFine,Gyr_X,Gyr_Y,Gyr_Z", "1,2,3", "expected accelerations or the device's orientation .*got gyr"),
        ("PacketCounter,SampleTimeFine,Mag_X,Mag_Y,Mag_Z", "1,2,3", "got nothing"),
        (FREE, "2,0,0,0,0,0,0,0", "quaternion in line 8"),
        (FREE, "1,0,zero,0,0,0,0,0", "Quat_Y must be a number, got 'zero' in line 8, 9"),
    ],
)
def test_dot_faults_are_named(write, header, cells, message):
    with pytest.raises(ValueError, match=message):
        read_imu(write(META + header + "\n" + dot_rows([0, STEP], cells)))


def test_dot_time_must_not_go_back_or_be_missing(write):
    with pytest.raises(ValueError, match="time goes backwards in line 10"):
        read_imu(write(META + FREE + "\n" + dot_rows([0, 3 * STEP, 2 * STEP], quarter_turn_free())))
    with pytest.raises(ValueError, match="SampleTimeFine must count from 0 up, but does not in line 9"):
        read_imu(write(META + FREE + "\n" + dot_rows([0, -5, STEP], quarter_turn_free())))
    with pytest.raises(ValueError, match="PacketCounter must count from 0 up, but does not in line 9"):
        read_imu(write(META + FREE + "\n" + dot_rows(["", ""], quarter_turn_free(), counters=["7", " "])))


def lay_out(numbers, first=2**32 - 2 * STEP, meta=META):
    """DOT rows with these packet numbers; the clock overflows after two packets."""
    return meta + FREE + "\n" + dot_rows([(first + STEP * number) % 2**32 for number in numbers], quarter_turn_free(), counters=list(numbers))


def test_dot_counter_is_the_witness_of_lost_packets(write):
    """Every second packet of 101 is lost: by its times the file is one of 30 Hz without a gap."""
    path = write(lay_out(range(0, 101, 2)))
    with pytest.warns(RecordingDoubt, match=r"50 of 101 packets \(50%\) were lost, as the packet counter shows") as caught:
        assert len(read_imu(path)) == 51
    assert [entry.message.flag for entry in caught] == ["packets_lost"]
    assert read_timing(path).packets == 101
    # some lost ones show in the times by themselves
    few = write(lay_out([*range(40), *range(45, 101)]))
    assert len(read_imu(few)) == 96 and read_timing(few).packets == 101


def test_dot_counter_may_overflow(write):
    numbers = [65530 + i for i in range(0, 40, 2)]
    with pytest.warns(RecordingDoubt, match=r"19 of 39 packets"):
        read_imu(write(META + FREE + "\n" + dot_rows([STEP * n for n in numbers], quarter_turn_free(), counters=[n % 2**16 for n in numbers])))


@pytest.mark.parametrize(
    ("numbers", "ticks"),
    [
        (range(0, 80, 2), [STEP * i for i in range(40)]),  # counts at 120 Hz what is stored, without a loss, at 60 Hz
        ([7] * 40, [STEP * i for i in range(40)]),  # stands still
        ([*range(900, 920), *range(20)], [STEP * i for i in range(40)]),  # began anew
    ],
)
def test_dot_counter_that_counts_no_samples_is_no_witness(write, numbers, ticks):
    path = write(META + FREE + "\n" + dot_rows(ticks, quarter_turn_free(), counters=list(numbers)))
    assert len(read_imu(path)) == 40 and read_timing(path).packets is None


@pytest.mark.parametrize(("status", "shared"), [("SyncStatus:,Synced\n", True), ("SyncStatus:,Unsynced\n", False), ("", None)])
def test_dot_clock_and_whether_it_is_shared(write, status, shared):
    meta = META.replace("OutputRate", status + "OutputRate")
    one, two = (read_timing(write(lay_out(range(10), first, meta), name)).clock for first, name in ((2**32 - 3 * STEP, "a.csv"), (2 * STEP, "b.csv")))
    assert one.shared is two.shared is shared
    assert find_offset(one, two) == pytest.approx(5 * STEP * 1e-6, abs=1e-9)  # across the overflow
    assert find_offset(two, one) == pytest.approx(-5 * STEP * 1e-6, abs=1e-9)


def test_dot_duplicated_rows_are_counted_and_named(write):
    numbers = sorted([*range(100), *range(30, 40)])
    with pytest.warns(RecordingDoubt, match=r"10 row\(s\) stand twice and were taken once, first in line 39") as caught:
        imu = read_imu(write(lay_out(numbers)))  # rows begin in line 8: packet 30 in 38 and, once more, 39
    assert len(imu) == 100 and len(caught) == 1


# --- MTw ---------------------------------------------------------------------------------------------------------------------------------------
OLD = "// Start Time: Unknown\n// Update Rate: 50.0Hz\n"
NEW = "// General information: \n//  MT Manager version: 2022.2.0 \n// Coordinate system: ENU\n"
# a quarter turn about z, sensor → earth: Mat[2][1] = 1, Mat[1][2] = −1
MAT = ["Mat[1][1]", "Mat[2][1]", "Mat[3][1]", "Mat[1][2]", "Mat[2][2]", "Mat[3][2]", "Mat[1][3]", "Mat[2][3]", "Mat[3][3]"]
MAT_CELLS = ["0", "1", "0", "-1", "0", "0", "0", "0", "1"]
NAMES = ["PacketCounter", "SampleTimeFine", "Year", "Acc_X", "Acc_Y", "Acc_Z", "Gyr_X", "Gyr_Y", "Gyr_Z", "Mag_X", "Mag_Y", "Mag_Z"]
CELLS = ["", "", "0.1", "0.2", "9.8", "0.5", "0", "0", "1", "1", "1"]
HALF = np.sqrt(0.5)


def mtw(mark="\t", head=OLD, names=None, cells=None, counters=("00007", "00008", "00009")):
    names, cells = names or NAMES + MAT, cells or CELLS + MAT_CELLS
    return head + "\n".join([mark.join(names), *(mark.join([counter, *cells]) for counter in counters)]) + "\n"


@pytest.mark.parametrize("mark", ["\t", ",", ";"])
def test_mtw_with_empty_cells_in_every_separator(write, mark):
    path = write(mtw(mark))
    imu = read_imu(path)
    assert recognise_imu(path) == "xsens_mtw"
    assert list(imu.columns) == ACC + GYR + QUAT
    np.testing.assert_allclose(imu[ACC + GYR], [[0.1, 0.2, 9.8, 0.5, 0, 0]] * 3)
    np.testing.assert_allclose(np.abs(imu[QUAT]), [[HALF, 0, 0, HALF]] * 3, atol=1e-12)
    np.testing.assert_allclose(imu["quat_w"] * imu["quat_z"], 0.5)  # the two have one sign: the turn is to the left
    np.testing.assert_allclose(imu.index, [0, 0.02, 0.04], atol=1e-12)


def test_mtw_separated_by_runs_of_blanks(write):
    imu = read_imu(write(mtw("   ", cells=["NaN", "NaN", *CELLS[2:], *MAT_CELLS])))
    np.testing.assert_allclose(imu[ACC + GYR], [[0.1, 0.2, 9.8, 0.5, 0, 0]] * 3)


@pytest.mark.parametrize(
    ("names", "cells"),
    [
        (MAT, MAT_CELLS),
        (["Quat_q0", "Quat_q1", "Quat_q2", "Quat_q3"], ["0.70710678", "0", "0", "0.70710678"]),
        (["Roll", "Pitch", "Yaw"], ["0", "0", "90"]),
    ],
)
def test_mtw_three_notations_of_one_orientation(write, names, cells):
    quat = read_imu(write(mtw(names=NAMES + names, cells=CELLS + cells)))[QUAT].to_numpy()
    # 8 decimals of the quaternion's notation
    np.testing.assert_allclose(quat * np.sign(quat[:, :1]), [[HALF, 0, 0, HALF]] * 3, atol=1e-8)


def test_mtw_counter_overflows_at_16_bits_and_lost_packets_stay_gaps(write):
    imu = read_imu(write(mtw(counters=("65534", "65535", "00000", "00003"))))
    np.testing.assert_allclose(imu.index, np.array([0, 1, 2, 5]) / 50, atol=1e-12)


def test_mtw_rate_comes_from_the_header_the_clock_or_the_caller(write):
    silent = write(mtw(head=NEW), "silent.txt")
    with pytest.raises(ValueError, match=r"silent\.txt: no sampling rate in the file \(header has no 'Update Rate', SampleTimeFine is empty\)"):
        read_imu(silent)
    assert read_imu(silent, rate_hz=40).index.tolist() == pytest.approx([0, 0.025, 0.05])
    # 0.1 ms per tick: 100 ticks are 10 ms
    ticking = write(NEW + "PacketCounter,SampleTimeFine,Acc_X,Acc_Y,Acc_Z\n1,4294967250,0,0,9.8\n2,54,0,0,9.8\n3,154,0,0,9.8\n")
    assert read_imu(ticking).index.tolist() == pytest.approx([0, 0.01, 0.02], abs=1e-9)
    for path, message in ((ticking, "the file says 100 Hz"), (write(mtw(), "old.txt"), "the file says 50 Hz")):
        with pytest.raises(ValueError, match=f"{message}, but .* says 75 Hz"):
            read_imu(path, rate_hz=75)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (mtw(cells=[*CELLS, *MAT_CELLS[:-1], "-1"]), "matrix in line 4 is no rotation matrix"),
        (mtw(names=NAMES + MAT[:-1], cells=CELLS + MAT_CELLS[:-1]), r"missing column Mat\[3\]\[3\]"),
        (mtw(counters=("5", "4")), "time goes backwards in line 5"),
        (mtw(counters=("5",)), "at least two samples, got 1"),
        (mtw(counters=()), "expected rows below the header in line 3"),
        (mtw(counters=("5", "x")), "PacketCounter must be a number, got 'x' in line 5"),
    ],
)
def test_mtw_faults_are_named(write, content, message):
    with pytest.raises(ValueError, match=message):
        read_imu(write(content))


def test_mtw_counter_is_witness_of_losses_and_clock(write):
    rows = [f"{n % 2**16:05d}" for n in range(65500, 65600, 2)]
    with pytest.warns(RecordingDoubt, match=r"49 of 99 packets \(49%\) were lost"):
        read_imu(write(mtw(counters=rows), "a.txt"))
    one, two = read_timing(write(mtw(counters=rows), "a.txt")), read_timing(write(mtw(counters=("00014", "00015")), "b.txt"))
    assert (one.packets, two.packets) == (99, 2)
    assert find_offset(one.clock, two.clock) == pytest.approx(50 / 50)  # 65500 to 65536 + 14, at 50 Hz
    assert one.clock.shared is None


def test_mtw_row_cut_off_at_the_end_is_left_out(write):
    assert len(read_imu(write(mtw().rstrip("\n")[:-20]))) == 2


# --- real recordings ---------------------------------------------------------------------------------------------------------------------------
def earth_force(imu):
    return Rotation.from_quat(imu[QUAT].to_numpy(), scalar_first=True).apply(imu[ACC].to_numpy())


@pytest.mark.filterwarnings("ignore:LFemur.*packets")
@pytest.mark.parametrize(("name", "samples"), [("Pelvis_20210820_202113_836", 382), ("LFemur_20210820_202113_831", 195)])
def test_real_dot(shared, name, samples):
    path = shared(f"xsens_dot/{name}.csv")
    imu = read_imu(path)
    assert recognise_imu(path) == "xsens_dot"
    assert imu.shape == (samples, 7)
    steps = np.diff(imu.index) * 60  # stated: 60 Hz; lost packets make whole multiples
    # the clock counts whole µs: 16667 instead of 16666.67 is 2e-5 of a step
    np.testing.assert_allclose(steps, np.round(steps), rtol=1e-4)
    assert (np.round(steps) >= 1).all()
    # a person moving gently for some seconds: the mean of the force is gravity, within the 0.1 m/s² or so of the device's error
    np.testing.assert_allclose(np.median(earth_force(imu), axis=0), [0, 0, 9.81], atol=0.1)


def test_real_dot_has_the_gaps_of_its_lost_packets(shared):
    path = shared("xsens_dot/LFemur_20210820_202113_831.csv")
    rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines() if line[:1].isdigit()]
    # counted by hand: 195 rows, the counter goes from 1 to 352
    with pytest.warns(RecordingDoubt, match=r"157 of 352 packets \(45%\) were lost"):
        imu = read_imu(path)
    assert read_timing(path).packets == 352
    # nearly every second packet is lost; the recording is as long as its clock says all the same
    assert imu.index[-1] == pytest.approx((int(rows[-1][1]) - int(rows[0][1])) / 1e6)
    assert len(imu) < 0.6 * imu.index[-1] * 60


@pytest.mark.parametrize(
    ("name", "shape"),
    [("MT_012005D6_009-001_00B42279", (2493, 7)), ("MT_012005D6_009-001_00B42268", (2496, 7)), ("MT_012005D6_031-000_00B421AF", (3369, 10))],
)
def test_real_mtw(shared, name, shape):
    path = shared(f"opensense/{name}.txt")
    imu = read_imu(path)
    assert recognise_imu(path) == "xsens_mtw"
    assert imu.shape == shape
    assert np.median(np.diff(imu.index)) == pytest.approx(0.01)
    # orientation and accelerometer are independent readings: only the right matrix order brings gravity upwards
    np.testing.assert_allclose(np.median(earth_force(imu), axis=0), [0, 0, 9.81], atol=0.06)
    # neighbouring samples are 10 ms apart: 1000 °/s would be 10°, cos 5° = 0.996
    quat = imu[QUAT].to_numpy()
    assert (quat[1:] * quat[:-1]).sum(axis=1).min() > 0.996


def test_real_mtw_angular_rate_fits_the_turn_of_the_orientation(shared):
    imu = read_imu(shared("opensense/MT_012005D6_031-000_00B421AF.txt"))
    turn = Rotation.from_quat(imu[QUAT].to_numpy(), scalar_first=True)
    seen = (turn[:-1].inv() * turn[1:]).as_rotvec() / np.diff(imu.index)[:, None]
    measured = imu[GYR].to_numpy()[1:]
    # rad/s, not °/s, and in the sensor's axes; the filter's own corrections and its smoothing leave some per cent
    slope = (seen * measured).sum() / (measured**2).sum()
    assert slope == pytest.approx(1, abs=0.05)


def test_real_mtw_separators_and_notations_agree(shared):
    comma = read_imu(shared("opensense/MT2022_ACC_GYRO_ROT_MAT_COMMA_00B42D4B.txt"), rate_hz=100)
    semicolon = read_imu(shared("opensense/MT2022_ACC_GYRO_ROT_MAT_SEMICOLON_00B42D4B.txt"), rate_hz=100)
    euler = read_imu(shared("opensense/MT2022_ACC_GYRO_ROT_EULER_TAB_00B42D4F.txt"), rate_hz=100)
    assert comma.equals(semicolon)
    assert len(comma) == len(euler) == 5
    for imu in (comma, euler):
        # lying still: level within 0.6° (0.1 m/s²), and up to 2 % of scale error of an accelerometer on a table
        np.testing.assert_allclose(earth_force(imu).mean(axis=0), [0, 0, 9.81], atol=0.2)
        assert np.abs(earth_force(imu).mean(axis=0)[:2]).max() < 0.1
    with pytest.raises(ValueError, match="no sampling rate in the file"):
        read_imu(shared("opensense/MT2022_ACC_GYRO_ROT_MAT_COMMA_00B42D4B.txt"))


def test_dot_euler_angles_are_roll_pitch_yaw(write):
    """A sensor lying on its right side (roll 90°): its y axis points up, and so does the specific force put back from the free acceleration."""
    header = "PacketCounter,SampleTimeFine,Euler_X,Euler_Y,Euler_Z,FreeAcc_X,FreeAcc_Y,FreeAcc_Z"
    imu = read_imu(write(META + header + "\n" + dot_rows([0, STEP], "90,0,30,0,0,0")))
    np.testing.assert_allclose(imu[ACC].iloc[0], [0, 9.80665, 0], atol=1e-9)
    np.testing.assert_allclose(np.abs(imu[QUAT].iloc[0] @ Rotation.from_euler("ZYX", [30, 0, 90], degrees=True).as_quat(scalar_first=True)), 1)


def test_dot_increments_are_rate_and_acceleration_of_each_sample(write):
    """A turn of 3° a sample about z at 60 Hz is 180 °/s; a gain in velocity of g/60 is 9.81 m/s²."""
    half = np.radians(3) / 2
    header = "PacketCounter,SampleTimeFine,dq_W,dq_X,dq_Y,dq_Z,dv[1],dv[2],dv[3]"
    for sign in (1, -1):  # q and −q are the same turn
        values = f"{sign * np.cos(half)},0,0,{sign * np.sin(half)},0,0,{9.80665 / 60}"
        imu = read_imu(write(META + header + "\n" + dot_rows([0, STEP, 2 * STEP], values)))
        np.testing.assert_allclose(imu[GYR], [[0, 0, np.pi]] * 3, atol=1e-9)
        np.testing.assert_allclose(imu[ACC], [[0, 0, 9.80665]] * 3, atol=1e-9)


def test_real_dots_of_one_recording_share_their_clock(shared):
    pelvis, femur = (read_timing(shared(f"xsens_dot/{name}.csv")) for name in ("Pelvis_20210820_202113_836", "LFemur_20210820_202113_831"))
    assert pelvis.packets == 382 and pelvis.clock.shared and femur.clock.shared
    # SampleTimeFine of the first rows: 3343427885 and 3343444552
    assert find_offset(pelvis.clock, femur.clock) == pytest.approx(0.016667, abs=1e-6)


def test_real_mtws_of_one_station_count_together(shared):
    clocks = [read_timing(shared(f"opensense/MT_012005D6_009-001_00B422{end}.txt")).clock for end in ("79", "68")]
    assert find_offset(*clocks) == 0  # both begin with packet 472
