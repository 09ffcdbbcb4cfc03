"""Sensors on trunk and free thigh."""

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.transform import Rotation

import hiphitch_analysis as hh
from hiphitch_analysis.motion.calibration import calibrate
from hiphitch_analysis.motion.conditioning import condition_imu
from hiphitch_analysis.motion.orientation import estimate_orientation
from hiphitch_analysis.motion.pelvis import pelvis_angles
from hiphitch_analysis.motion.segments import add_segments
from hiphitch_analysis.schema import ACC, GYR, Angles, check_table


@pytest.fixture(scope="module", params=["left", "right"])
def worn(request):
    simulated = hh.simulate_set(
        8, request.param, 8.0, seed=6, sensors=("pelvis", "thigh", "trunk"), faults=("trunk_lean_stance:severe@3",), thigh_flexion_deg=15.0
    )
    return request.param, simulated


def whole(stance, simulated, **sensors):
    conditioned = condition_imu(simulated.imu[ACC + GYR])
    orientation = estimate_orientation(conditioned)
    calibration = calibrate(orientation, stance, "-z")
    given = {name: simulated.recordings[name][ACC + GYR] for name in ("trunk", "thigh")} | sensors
    return add_segments(pelvis_angles(orientation, calibration, stance), calibration, stance, **given)


@pytest.mark.parametrize("column", ["trunk_lean_deg", "lumbar_bend_deg", "free_leg_angle_deg", "free_thigh_flexion_deg"])
def test_angles_of_trunk_and_leg(worn, column):
    stance, simulated = worn
    angles, flags, _ = whole(stance, simulated)
    check_table(angles, Angles)
    inside = (angles.index > simulated.reps["start_s"].iloc[0]) & (angles.index < simulated.reps["end_s"].iloc[-1])
    found = angles.loc[inside, column].to_numpy()
    true = np.interp(angles.index[inside], simulated.angles.index, simulated.angles[column])
    # 1.0°: the truth is the angle to the vertical, ours to quiet standing, which sways and stands some tenths off it
    assert np.abs(np.median(found - true)) < 1.0 and np.std(found - true) < 0.5
    assert np.ptp(true) > 3 and np.corrcoef(found, true)[0, 1] > 0.97
    assert not flags


def test_standard_errors_where_something_is_measured(worn):
    angles, _, _ = whole(*worn)
    for name in ("trunk_lean", "free_leg_angle", "free_thigh_flexion"):
        assert angles[f"{name}_se_deg"].between(0.2, 3.0).all()


def test_sensor_lying_flat_on_the_chest_is_refused(worn):
    stance, simulated = worn
    turn = Rotation.from_euler("y", 90, degrees=True)
    trunk = simulated.recordings["trunk"]
    flat = pd.DataFrame(np.hstack([turn.apply(trunk[group].to_numpy(copy=True)) for group in (ACC, GYR)]), columns=ACC + GYR, index=trunk.index)
    with pytest.raises(ValueError, match="label faces up or down"):
        whole(stance, simulated, trunk=flat)


def test_recordings_of_different_length_are_flagged(worn):
    stance, simulated = worn
    short = simulated.recordings["thigh"][ACC + GYR].iloc[:-200]
    angles, flags, warnings = whole(stance, simulated, thigh=short)
    assert "thigh_not_synchronous" in flags and any("same moment" in warning for warning in warnings)
    assert angles["free_thigh_flexion_deg"].iloc[-100:].isna().all()


def test_on_the_command_line_and_from_one_file(tmp_path, worn):
    stance, simulated = worn
    paths = {}
    for name, imu in simulated.recordings.items():
        paths[name] = tmp_path / f"{name}.csv"
        imu[ACC + GYR].to_csv(paths[name])
    session = hh.analyse(paths["pelvis"], stance, thigh=paths["thigh"], trunk=paths["trunk"])
    assert {"trunk_lean_deg", "free_thigh_flexion_deg"} <= set(session.angles.columns)
    # the same three sensors in one APDM file: found by their names
    free = "Right" if stance == "left" else "Left"
    names = {"pelvis": "Lumbar", "thigh": f"{free} Thigh", "trunk": "Sternum"}
    table, units = pd.DataFrame({"Time": simulated.imu.index}), ["s"]
    for sensor, name in names.items():
        for columns, quantity, unit in ((ACC, "Acceleration", "m/s^2"), (GYR, "Angular Velocity", "rad/s")):
            for axis, column in zip("XYZ", columns, strict=True):
                table[f"{name}/{quantity}/{axis}"] = simulated.recordings[sensor][column].to_numpy()
                units.append(unit)
    lines = table.to_csv(index=False, lineterminator="\n").split("\n")
    file = tmp_path / "suit.csv"
    file.write_text("\n".join(["Test Name:,hitch", "Sample Rate:,60,Hz", lines[0], ",".join(units), *lines[1:]]))
    together = hh.analyse(file, stance)
    assert together.format == "apdm"
    for column in ("obliquity_deg", "trunk_lean_deg", "free_thigh_flexion_deg", "free_leg_angle_deg"):
        assert np.abs(together.angles[column].to_numpy() - session.angles[column].to_numpy()).max() < 0.01
