"""Each device's files as their makers document them, written here from one simulated set, and read back: the same repetitions, the same signs."""

import re
import warnings
import zipfile

import numpy as np
import pandas as pd
import pytest

import hiphitch_analysis as hh
from hiphitch_analysis.read import read_imu, recognise_imu
from hiphitch_analysis.read.imu import read_start_day
from hiphitch_analysis.read.samples import RecordingDoubt
from hiphitch_analysis.schema import ACC, GYR, QUAT

G = 9.80665
SET = {"reps": 6, "stance": "left", "drop_deg": 8.0, "seed": 5, "tilt_deg": 3.0, "rotation_deg": 4.0}


@pytest.fixture(scope="module")
def simulated():
    return hh.simulate_set(**SET, rate_hz=60.0)


def rows(header, values, mark=",", digits=8):
    return "\n".join([header, *(mark.join(f"{value:.{digits}f}" for value in row) for row in values)]) + "\n"


def stream(imu, columns, factor=1.0, delay_s=0.0):
    """Time and x, y, z of one sensor, on a clock that is late by `delay_s` but tells the truth about it."""
    time = imu.index.to_numpy()
    later = time + delay_s
    values = np.column_stack([np.interp(later, time, imu[c]) for c in columns]) * factor
    return np.column_stack([later, values])


def zipped(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def phyphox_files(imu, mark=",", decimal=".", degrees=False):
    acc = rows('"Time (s)","X (m/s^2)","Y (m/s^2)","Z (m/s^2)"'.replace(",", mark), stream(imu, ACC), mark)
    unit, factor = ("deg/s", 180 / np.pi) if degrees else ("rad/s", 1.0)
    gyr = rows(f'"Time (s)","X ({unit})","Y ({unit})","Z ({unit})"'.replace(",", mark), stream(imu, GYR, factor, 0.0037), mark)
    if decimal == ",":
        acc, gyr = (re.sub(r"(\d)\.(\d)", r"\1,\2", text) for text in (acc, gyr))
    linear = rows('"Time (s)","X (m/s^2)","Y (m/s^2)","Z (m/s^2)"'.replace(",", mark), stream(imu, ACC) * [1, 0.001, 0.001, 0.001], mark)
    if decimal == ",":
        linear = re.sub(r"(\d)\.(\d)", r"\1,\2", linear)
    return {
        "Linear Acceleration.csv": linear,
        "Accelerometer.csv": acc,
        "Gyroscope.csv": gyr,
        "meta/device.csv": '"property","value"\n"version","1.1"\n',
    }


def write_phyphox_zip(imu, folder):
    return zipped(folder / "hitch 2026-01-02.zip", phyphox_files(imu))


def write_phyphox_decimal_comma(imu, folder):
    return zipped(folder / "x.zip", phyphox_files(imu, mark=";", decimal=","))


def write_phyphox_tabs_in_a_folder_in_degrees(imu, folder):
    for name, text in phyphox_files(imu, mark="\t", degrees=True).items():
        path = folder / "export" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder / "export"


def write_phyphox_single_german(imu, folder):
    header = '"Zeit (s)","Beschleunigung x (m/s^2)","Beschleunigung y (m/s^2)","Beschleunigung z (m/s^2)",' + ",".join(
        f'"Gyroskop {axis} (rad/s)"' for axis in "xyz"
    )
    (folder / "Raw Data.csv").write_text(rows(header, np.column_stack([imu.index, imu[ACC], imu[GYR]])))
    return folder / "Raw Data.csv"


def write_phyphox_saved_again_without_quotes(imu, folder):
    return zipped(folder / "x.zip", {name: text.replace('"', "") for name, text in phyphox_files(imu).items()})


def write_phyphox_with_its_words_but_no_quotes(imu, folder):
    """As a spreadsheet leaves ``"Acceleration x (m/s^2)"``; semicolons and decimal commas are an option of the app."""
    files = {}
    for name, text in phyphox_files(imu, mark=";", decimal=",").items():
        word = {"Accelerometer.csv": "Acceleration", "Gyroscope.csv": "Gyroscope"}.get(name, "Linear Acceleration")
        files[name] = re.sub(r"([XYZ]) \(", lambda axis, word=word: f"{word} {axis[1].lower()} (", text.replace('"', ""))
    return zipped(folder / "x.zip", files)


def write_phyphox_single_german_without_quotes(imu, folder):
    path = write_phyphox_single_german(imu, folder)
    path.write_text(path.read_text().replace('"', ""))
    return path


def sensor_logger_file(imu, columns, factor=1.0, delay_s=0.0):
    """Columns z, y, x, and a time in ns since 1970."""
    values = stream(imu, columns, factor, delay_s)
    lines = ["time,seconds_elapsed,z,y,x"]
    lines += [f"{1_700_000_000_000_000_000 + int(t * 1e9)},{t:.7f},{z:.8f},{y:.8f},{x:.8f}" for t, x, y, z in values]
    return "\n".join(lines) + "\n"


def gravity_of(imu):
    """The slow part of the specific force, as a phone's own filter would take it for gravity; the rest is linear acceleration."""
    from scipy.signal import butter, sosfiltfilt

    slow = sosfiltfilt(butter(2, 1.0, fs=60.0, output="sos"), imu[ACC].to_numpy(), axis=0)
    gravity = imu.copy()
    gravity[ACC] = slow / np.linalg.norm(slow, axis=1, keepdims=True) * G
    return gravity


def linear_of(imu):
    linear = imu.copy()
    linear[ACC] = imu[ACC] - gravity_of(imu)[ACC]
    return linear


def write_sensor_logger_android(imu, folder):
    files = {
        "TotalAcceleration.csv": sensor_logger_file(imu, ACC),
        "Accelerometer.csv": sensor_logger_file(linear_of(imu), ACC, delay_s=0.002),
        "Gravity.csv": sensor_logger_file(gravity_of(imu), ACC, delay_s=0.002),
        "Gyroscope.csv": sensor_logger_file(imu, GYR, delay_s=0.004),
        "Metadata.csv": "version,device name,platform,standardisation\n3,Pixel,android,false\n",
        "__MACOSX/._Gyroscope.csv": "junk",
    }
    return zipped(folder / "2026-01-02.zip", files)


def write_sensor_logger_ios(imu, folder, standardised=False, metadata=True):
    sign = 1.0 if standardised else -1.0
    files = {
        "rec/Accelerometer.csv": sensor_logger_file(linear_of(imu), ACC, sign),
        "rec/Gravity.csv": sensor_logger_file(gravity_of(imu), ACC, sign, 0.003),
        "rec/Gyroscope.csv": sensor_logger_file(imu, GYR, delay_s=0.004),
    }
    if metadata:
        files["rec/Metadata.csv"] = f"version,device name,platform,standardisation\n3,iPhone,ios,{str(standardised).lower()}\n"
    return zipped(folder / "ios.zip", files)


def write_sensor_logger_ios_standardised(imu, folder):
    return write_sensor_logger_ios(imu, folder, standardised=True)


def write_sensor_logger_ios_without_metadata(imu, folder):
    return write_sensor_logger_ios(imu, folder, metadata=False)


def write_sensorlog(imu, folder):
    names = ["loggingTime(txt)", "motionTimestamp_sinceReboot(s)"]
    names += [
        f"motion{what}{axis}({unit})" for what, unit in (("RotationRate", "rad/s"), ("UserAcceleration", "G"), ("Gravity", "G")) for axis in "XYZ"
    ]
    parts = [imu[GYR].to_numpy(), -linear_of(imu)[ACC].to_numpy() / G, -gravity_of(imu)[ACC].to_numpy() / G]
    lines = [",".join(names)]
    for t, *values in np.column_stack([imu.index + 405121.25, *parts]):
        lines.append(f"2026-01-02T09:06:03.591+02:00,{t:.6f}," + ",".join(f"{value:.9f}" for value in values))
    (folder / "log.csv").write_text("\n".join(lines) + "\n")
    return folder / "log.csv"


def write_sensorlog_raw_semicolons(imu, folder):
    names = [
        "accelerometerTimestamp_sinceReboot(s)",
        *(f"accelerometerAcceleration{a}(G)" for a in "XYZ"),
        *(f"gyroRotation{a}(rad/s)" for a in "XYZ"),
    ]
    (folder / "log.csv").write_text(rows(";".join(names), np.column_stack([imu.index, -imu[ACC] / G, imu[GYR]]), ";"))
    return folder / "log.csv"


def polar_file(imu, columns, unit, factor, delay_s=0.0, milliseconds=False):
    extra = ["timestamp [ms]"] if milliseconds else []
    header = ";".join(["Phone timestamp", "sensor timestamp [ns]", *extra, *(f"{axis} [{unit}]" for axis in "XYZ")])
    lines = [header]
    for t, x, y, z in stream(imu, columns, factor, delay_s):
        between = [f"{t * 1000:.1f}"] if milliseconds else []
        lines.append(";".join(["2026-01-02T10:00:00.000", str(838_432_586_543_515_816 + int(t * 1e9)), *between, f"{x:.5f}", f"{y:.5f}", f"{z:.5f}"]))
    return "\n".join(lines) + "\n"


def write_polar(imu, folder):
    files = {
        "Polar_Sense_ACC.txt": polar_file(imu, ACC, "mg", 1000 / G),
        "Polar_Sense_GYRO.txt": polar_file(imu, GYR, "dps", 180 / np.pi, 0.004, milliseconds=True),
        "Polar_Sense_HR.txt": "Phone timestamp;HR [bpm]\n2026-01-02T10:00:00.000;60\n",
    }
    return zipped(folder / "polar.zip", files)


def write_mvnx(imu, folder, namespace=' xmlns="http://www.xsens.com/mvn/mvnx"'):
    """Three sensors; the pelvis is the second. The free acceleration is what is left of the specific force in the earth frame."""
    from scipy.spatial.transform import Rotation

    quat = imu[QUAT].to_numpy(copy=True)
    free = Rotation.from_quat(quat, scalar_first=True).apply(imu[ACC].to_numpy(copy=True)) - [0, 0, G]
    other = "1 0 0 0"
    frames = ['<frame time="0" index="" type="npose"><sensorOrientation>9 9 9 9 9 9 9 9 9 9 9 9</sensorOrientation></frame>']
    for i, (q, f) in enumerate(zip(quat, free, strict=True)):
        turned, moved = " ".join(f"{v:.6f}" for v in q), " ".join(f"{v:.6f}" for v in f)
        frames.append(
            f'<frame time="{round(i * 1000 / 60)}" index="{i}" type="normal"><orientation>{other}</orientation>'
            f"<sensorFreeAcceleration>0 0 0 {moved} 0 0 0</sensorFreeAcceleration>"
            f"<sensorOrientation>{other} {turned} {other}</sensorOrientation></frame>"
        )
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<mvnx{namespace} version="4">\n<subject label="P1" frameRate="60" segmentCount="1">\n'
        '<segments><segment label="Pelvis" id="1"/></segments>\n'
        '<sensors><sensor label="T8"/><sensor label="Pelvis"/><sensor label="RightUpperLeg"/></sensors>\n<frames sensorCount="3">\n'
        + "\n".join(frames)
        + "\n</frames></subject></mvnx>\n"
    )
    (folder / "suit.mvnx").write_text(text)
    return folder / "suit.mvnx"


def write_sto(imu, folder):
    lines = ["DataRate=60.000000", "DataType=Quaternion", "version=3", "OpenSimVersion=4.1", "endheader", "time\ttorso_imu\tpelvis_imu"]
    lines += [f"{417 + i}\t1,0,0,0\t" + ",".join(f"{v:.12f}" for v in q) for i, q in enumerate(imu[QUAT].to_numpy())]
    (folder / "orientations.sto").write_text("\n".join(lines) + "\n")
    return folder / "orientations.sto"


def write_apdm_format7(imu, folder):
    def cells(values):
        return ",".join(f"{value:.6f}" for value in values)

    lines = ["Format=7,5718,,,Lumbar,,,,,,,,,,,6575,,,Chest,,,,,,,,,,"]
    lines.append("Time" + ",Accelerometer,,,Gyroscope,,,Magnetometer,,,Barometer,Orientation,,," * 2)
    lines.append("" + ",X,Y,Z,X,Y,Z,X,Y,Z,,S,X,Y,Z" * 2)
    for t, row in zip(imu.index, imu[ACC + GYR + QUAT].to_numpy(), strict=True):
        lumbar = f"{cells(row[:6])},1,2,3,4636858284341460992.0,{cells(row[6:])}"
        lines.append(f"{1550879504438281 + round(t * 1e6)},{lumbar},{cells([0, 0, 9.8, 0, 0, 0, 1, 2, 3, 0, 1, 0, 0, 0])}")
    (folder / "opal.csv").write_text("\n".join(lines) + "\n")
    return folder / "opal.csv"


def write_ximu3(imu, folder):
    header = "Timestamp (us)," + ",".join([*(f"Gyroscope {a} (deg/s)" for a in "XYZ"), *(f"Accelerometer {a} (g)" for a in "XYZ")])
    values = np.column_stack([imu.index * 1e6 + 917_418_209, np.degrees(imu[GYR]), imu[ACC] / G])
    return zipped(folder / "logger.zip", {"Pelvis/Inertial.csv": rows(header, values), "Pelvis/Magnetometer.csv": "Timestamp (us),X (a.u.)\n1,2\n"})


def write_shimmer(imu, folder):
    def named(signal):
        return [f"Shimmer_952D_{signal}_{axis}_CAL" for axis in "XYZ"]

    names = ["Shimmer_952D_Timestamp_Unix_CAL", *named("Accel_LN"), *named("Accel_WR"), "Shimmer_952D_Battery_CAL", *named("Gyro")]
    units = ["ms", *["m/(s^2)"] * 6, "mV", *["deg/s"] * 3]
    values = np.column_stack([imu.index * 1000 + 1.6294033377807312e12, imu[ACC], imu[ACC] * 0.9, np.full(len(imu), 4169.0), np.degrees(imu[GYR])])
    lines = ['"sep=\t"', "\t".join(names) + "\t", "\t".join(units) + "\t", *("\t".join(f"{v:.6f}" for v in row) + "\t" for row in values)]
    (folder / "consensys.csv").write_text("\n".join(lines) + "\n")
    return folder / "consensys.csv"


def write_labelled(imu, folder):
    header = "timestamp (ms),AccX [g],AccY [g],AccZ [g],Gyro X [°/s],Gyro Y [°/s],Gyro Z [°/s],temperature"
    values = np.column_stack([imu.index * 1000 + 5, imu[ACC] / G, np.degrees(imu[GYR]), np.full(len(imu), 30.0)])
    (folder / "homemade.csv").write_text(rows(header, values), encoding="utf-8-sig")
    return folder / "homemade.csv"


CASES = {
    write_phyphox_zip: "phyphox",
    write_phyphox_decimal_comma: "phyphox",
    write_phyphox_tabs_in_a_folder_in_degrees: "phyphox",
    write_phyphox_single_german: "phyphox",
    write_phyphox_saved_again_without_quotes: "phyphox",
    write_phyphox_with_its_words_but_no_quotes: "phyphox",
    write_phyphox_single_german_without_quotes: "phyphox",
    write_sensor_logger_android: "sensor_logger",
    write_sensor_logger_ios: "sensor_logger",
    write_sensor_logger_ios_standardised: "sensor_logger",
    write_sensor_logger_ios_without_metadata: "sensor_logger",
    write_sensorlog: "sensorlog",
    write_sensorlog_raw_semicolons: "sensorlog",
    write_polar: "polar",
    write_mvnx: "mvnx",
    write_sto: "opensim",
    write_apdm_format7: "apdm",
    write_ximu3: "ximu3",
    write_shimmer: "shimmer",
    write_labelled: "labelled",
}


@pytest.mark.parametrize("write", CASES, ids=lambda write: write.__name__.removeprefix("write_"))
def test_the_same_set_in_every_makers_file(simulated, write, tmp_path):
    path = write(simulated.imu, tmp_path)
    assert recognise_imu(path) == CASES[write]
    session = hh.analyse(path, "left", ap_axis="-z")
    assert session.sensor.orientation.rate_hz == pytest.approx(60, rel=0.002)
    truth = simulated.reps
    assert len(session.reps) == len(truth) == 6
    # 0.5°: the quaternion routes carry the simulated device's own 0.3°
    assert np.abs(session.reps["drop_deg"].to_numpy() - truth["drop_deg"].to_numpy()).max() < 0.5
    # signs: tilt and rotation as they were, which a turned accelerometer or a left-handed gyroscope would not give
    true = simulated.angles.reindex(session.angles.index, method="nearest")
    inside = (session.angles.index > truth["start_s"].iloc[0]) & (session.angles.index < truth["end_s"].iloc[-1])
    for column in ("obliquity_deg", "tilt_deg", "rotation_deg"):
        assert np.corrcoef(session.angles.loc[inside, column], true.loc[inside, column])[0, 1] > 0.9


def test_specific_force_points_up_whatever_the_phone(simulated, tmp_path):
    up = simulated.imu[ACC].iloc[:60].mean().to_numpy()
    for write in (write_sensor_logger_android, write_sensor_logger_ios, write_sensor_logger_ios_standardised, write_sensorlog, write_phyphox_zip):
        folder = tmp_path / write.__name__
        folder.mkdir()
        np.testing.assert_allclose(read_imu(write(simulated.imu, folder))[ACC].iloc[:60].mean(), up, atol=0.05)


def test_unequal_clocks_are_brought_together(simulated, tmp_path):
    """The gyroscope's stream is late by 3.7 ms and says so: read back it is the simulated one, not the late one."""
    imu = read_imu(write_phyphox_zip(simulated.imu, tmp_path))
    known = imu[GYR].notna().all(axis=1).to_numpy()
    # two interpolations cut the crests of noise at this rate
    difference = imu[GYR].to_numpy()[known] - simulated.imu[GYR].to_numpy()[: len(imu)][known]
    assert np.sqrt(np.mean(difference**2)) < 0.005 and not known[0]  # before its first sample nothing is invented


def test_accelerometer_alone_says_what_it_cannot(simulated, tmp_path):
    (tmp_path / "acc.txt").write_text(polar_file(simulated.imu, ACC, "mg", 1000 / G))
    session = hh.analyse(tmp_path / "acc.txt", "left")
    assert session.sensor.orientation.route == "accelerometer" and "accelerometer_only" in session.flags
    assert session.angles["rotation_deg"].isna().all() and session.reps["drop_se_deg"].median() > 0.5


@pytest.mark.parametrize(
    ("write", "change", "words"),
    [
        (write_mvnx, lambda text: text[:-300], "XML is damaged or cut off"),
        (
            write_mvnx,
            lambda text: text.replace('version="1.0" encoding="UTF-8"?>', 'version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>'),
            "entities of its own",
        ),
        (write_mvnx, lambda text: text.replace('type="normal"', 'type="tpose"'), "frames of type 'normal', got none"),
        (write_mvnx, lambda text: text.replace("<sensorOrientation>1 0 0 0 ", "<sensorOrientation>", 1), "no sensorOrientation for every sensor"),
        (write_mvnx, lambda text: text.replace('label="Pelvis"', 'label="Prop1"'), "no sensor that is clearly the pelvis's among T8, Prop1"),
        (write_sto, lambda text: text.replace("\t1,0,0,0\t", "\t1,0,0,0 ", 1), "no quaternion for pelvis_imu"),
        (write_sto, lambda text: text.replace("418\t1,0,0,0\t0", "418\t1,0,0,0\tx"), "what is no number"),
        (write_sto, lambda text: text.replace("DataRate=60.000000\n", ""), "no DataRate is stated. Give --rate-hz"),
        (write_sto, lambda text: text.split("pelvis_imu")[0] + "pelvis_imu\n", "expected rows below the header"),
        (write_apdm_format7, lambda text: text.replace("Lumbar", "Head"), "no sensor that is clearly the pelvis's among Head, Chest"),
        (write_shimmer, lambda text: text.replace("_CAL", "_UNCAL"), "no calibrated accelerometer of Shimmer_952D"),
        (write_shimmer, lambda text: text.replace("m/(s^2)", "counts"), "unit of acc 'counts' — expected m/s2 or g or mg"),
        (write_labelled, lambda text: text.replace("AccZ [g]", "AccZ [m/s²]"), "axes of one sensor have different units"),
        (write_labelled, lambda text: text.replace("temperature", "acc_x_g"), "both name acc x"),
        (write_labelled, lambda text: re.sub(r"Acc([XYZ])", r"Linear Acceleration \1", text), "without it .linear or user acceleration"),
        (write_labelled, lambda text: text.replace("timestamp (ms)", "timestamp (h)"), "expected s, ms, us or ns"),
        (write_labelled, lambda text: text.replace(" [g]", ""), "does not say in which unit acc is"),
        (write_sensorlog, lambda text: text.replace("motionGravity", "motionSomething"), "got only a part of it"),
        (write_sensorlog_raw_semicolons, lambda text: text.replace("accelerometerTimestamp", "clock"), "expected a clock"),
    ],
)
def test_broken_files_are_named(simulated, write, change, words, tmp_path):
    path = write(simulated.imu.iloc[:300], tmp_path)
    path.write_text(change(path.read_text("utf-8-sig")))
    with pytest.raises(ValueError, match=words) as caught:
        read_imu(path)
    assert "\n" not in str(caught.value) and path.name in str(caught.value)


def test_phone_recordings_without_gravity_are_refused(simulated, tmp_path):
    files = phyphox_files(simulated.imu)
    del files["Accelerometer.csv"]
    with pytest.raises(ValueError, match=r'holds no gravity. Record phyphox.s "Acceleration \(with g\)"'):
        read_imu(zipped(tmp_path / "a.zip", files))
    linear = sensor_logger_file(linear_of(simulated.imu), ACC)
    gyroscope = sensor_logger_file(simulated.imu, GYR)
    with pytest.raises(ValueError, match="Record Gravity too"):
        read_imu(zipped(tmp_path / "b.zip", {"Accelerometer.csv": linear, "Gyroscope.csv": gyroscope}))
    (tmp_path / "Accelerometer.csv").write_text(linear)
    with pytest.raises(ValueError, match="Record Gravity too"):
        read_imu(tmp_path / "Accelerometer.csv")


def test_streams_that_were_not_recorded_together_are_refused(simulated, tmp_path):
    files = {
        "TotalAcceleration.csv": sensor_logger_file(simulated.imu, ACC),
        "Gyroscope.csv": sensor_logger_file(simulated.imu.iloc[-200:], GYR),
    }
    with pytest.raises(ValueError, match=r"covers only .* of the time of TotalAcceleration.csv"):
        read_imu(zipped(tmp_path / "a.zip", files))


def test_archives_that_hold_nothing(tmp_path):
    with pytest.raises(ValueError, match=r"expected the files of a recording .* inside, got none"):
        read_imu(zipped(tmp_path / "a.zip", {"photo.jpg": "x"}))
    with pytest.raises(ValueError, match="got a spreadsheet"):
        read_imu(zipped(tmp_path / "b.zip", {"[Content_Types].xml": "x"}))
    (tmp_path / "c.zip").write_bytes((tmp_path / "a.zip").read_bytes()[:40])
    with pytest.raises(ValueError, match="zip archive is damaged or cut off"):
        read_imu(tmp_path / "c.zip")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="got none"):
        read_imu(tmp_path / "empty")


def test_a_csv_that_stands_alone_in_an_archive_is_that_csv(simulated, tmp_path):
    own = simulated.imu[ACC + GYR].to_csv()
    again = read_imu(zipped(tmp_path / "one.zip", {"folder/pelvis.csv": own}))
    pd.testing.assert_frame_equal(again, simulated.imu[ACC + GYR])


@pytest.mark.parametrize("quote", ['"', ""])
@pytest.mark.parametrize(("written", "day"), [("2026-03-01 23:30:00.000 UTC-05:00", "2026-03-01"), ("2026-03-02 04:30", None), ("", None)])
def test_the_day_that_phyphox_writes_with_its_zone(simulated, tmp_path, written, day, quote):
    """Late in New York it is the day after in UTC: the day lived is the one written."""
    meta = '"event","experiment time","system time","system time text"\n"START",0E0,1.772425800E9,"' + written + '"\n'
    files = phyphox_files(simulated.imu) | {"meta/time.csv": meta + '"PAUSE",9E0,1.9E9,"2030-01-01 00:00:00.000 UTC+00:00"\n'}
    path = zipped(tmp_path / "a.zip", {name: text.replace('"', quote) for name, text in files.items()})
    assert read_start_day(path) == (None if day is None else pd.Timestamp(day))
    assert read_start_day(write_phyphox_zip(simulated.imu, tmp_path)) is None


@pytest.mark.parametrize("further", ["Accelerometer {} (g)", "Acceleration {} (m/s^2)"])
def test_a_csv_that_names_several_sensors_in_english_is_no_phyphox(simulated, tmp_path, further):
    """MetaMotion's and others' headings are alike but for the quotation marks, and may hold more than phyphox's."""
    header = ",".join(["Time (s)", *(f"Gyroscope {axis} (deg/s)" for axis in "XYZ"), *(further.format(axis) for axis in "XYZ")])
    imu, unit = simulated.imu, G if "(g)" in further else 1.0
    (tmp_path / "a.csv").write_text(rows(header, np.column_stack([imu.index, np.degrees(imu[GYR]), imu[ACC] / unit])))
    assert recognise_imu(tmp_path / "a.csv") == "labelled"
    np.testing.assert_allclose(read_imu(tmp_path / "a.csv")[ACC + GYR], imu[ACC + GYR], atol=1e-6)


def test_a_gyroscope_beside_the_one_file_that_was_read_is_named(simulated, tmp_path):
    acc = simulated.imu[ACC].rename(columns=lambda name: f"acc_{name[4]} [m/s2]").rename_axis("time_ms")
    gyr = simulated.imu[GYR].rename(columns=lambda name: f"Gyroscope {name[4]} (rad/s)").rename_axis("time_ms")
    files = {name: table.set_axis(table.index * 1000).to_csv() for name, table in (("acc.csv", acc), ("turning.csv", gyr))}
    with pytest.warns(RecordingDoubt, match=r"a\.zip: only acc\.csv was read, and left out the gyroscope .* \(turning\.csv\)") as said:
        imu = read_imu(zipped(tmp_path / "a.zip", files))
    assert [doubt.message.flag for doubt in said] == ["gyroscope_left_out"]
    assert list(imu.columns) == ACC
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_imu(zipped(tmp_path / "b.zip", {"acc.csv": files["acc.csv"]}))


def test_of_two_accelerations_with_gravity_the_one_left_out_is_named(simulated, tmp_path):
    files = phyphox_files(simulated.imu)
    with pytest.warns(RecordingDoubt, match=r"Accelerometer\.csv \(acceleration\) was taken, and left out Gravity\.csv"):
        read_imu(zipped(tmp_path / "a.zip", files | {"Gravity.csv": files["Accelerometer.csv"]}))


def test_the_only_recording_in_an_archive_is_taken_and_of_two_none(simulated, tmp_path):
    own = simulated.imu[ACC + GYR].to_csv()
    files = {"pelvis.csv": own, "notes.txt": "felt well", "log.csv": "athlete_id,date,side,set,reps\nA1,2026-01-31,left,1,30\n"}
    pd.testing.assert_frame_equal(read_imu(zipped(tmp_path / "a.zip", files)), simulated.imu[ACC + GYR])
    with pytest.raises(ValueError, match=r"b.zip: holds 2 recordings \(left.csv, right.csv\) — expected one"):
        read_imu(zipped(tmp_path / "b.zip", {"left.csv": own, "right.csv": own}))


@pytest.mark.parametrize(("heading", "factor"), [("t", 1.0), ("time", 1000.0), ("time_us", 1e6), ("Timestamp [ns]", 1e9)])
def test_unit_of_time_is_stated_or_can_only_be_one(simulated, tmp_path, heading, factor):
    table = simulated.imu[ACC].iloc[:200].set_axis(["ax", "ay", "az"], axis=1)
    table.insert(0, heading, (table.index + 3) * factor)
    table.to_csv(tmp_path / "a.csv", index=False)
    imu = read_imu(tmp_path / "a.csv", acc_unit="m/s2")
    np.testing.assert_allclose(imu.index, simulated.imu.index[:200], atol=1e-6)


def test_axivity_is_read_through_its_extra(monkeypatch, tmp_path, simulated):
    import sys
    import types

    path = tmp_path / "watch.dat"
    path.write_bytes(b"MD\xfc\x03" + bytes(100))
    monkeypatch.setitem(sys.modules, "skdh", None)
    monkeypatch.setitem(sys.modules, "skdh.io", None)
    with pytest.raises(ValueError, match=r' -m pip install "hiphitch-analysis\[cwa\]"'):
        read_imu(path)

    class ReadCwa:
        def predict(self, *, file, tz_name):
            imu = simulated.imu
            return {"time": imu.index.to_numpy() + 1.6e9, "accel": imu[ACC].to_numpy() / G, "gyro": np.degrees(imu[GYR].to_numpy()), "fs": 60.0}

    fake = types.ModuleType("skdh.io")
    fake.ReadCwa = ReadCwa
    monkeypatch.setitem(sys.modules, "skdh", types.ModuleType("skdh"))
    monkeypatch.setitem(sys.modules, "skdh.io", fake)
    imu = read_imu(path)
    assert recognise_imu(path) == "axivity"
    np.testing.assert_allclose(imu[ACC + GYR], simulated.imu[ACC + GYR], atol=1e-9)
    np.testing.assert_allclose(imu.index, simulated.imu.index, atol=1e-6)
