import json

import numpy as np
import pytest

from hiphitch_analysis.schema import Angles, Imu, TruthReps, check_table
from hiphitch_analysis.simulate import simulate_set, write_set


def test_tables_keep_the_schema():
    simulated = simulate_set(reps=3, seed=1, partial=(2,))
    check_table(simulated.imu, Imu)
    check_table(simulated.angles, Angles)
    check_table(simulated.reps, TruthReps)
    np.testing.assert_array_equal(simulated.imu.index, simulated.angles.index)
    assert (simulated.reps["kind"] == "complete").sum() == 3


def test_same_seed_same_bytes_other_seed_other_set(tmp_path):
    formats = ("own", "dot", "dot_quat", "mtw")
    for folder, seed in (("a", 4), ("b", 4), ("c", 5)):
        write_set(simulate_set(reps=2, seed=seed), tmp_path / folder, "set", formats)
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    same = [(tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in files]
    other = [(tmp_path / "a" / name).read_bytes() == (tmp_path / "c" / name).read_bytes() for name in files]
    assert len(files) == 7
    assert all(same)
    assert not any(other)


def test_rate_leaves_the_truth_alone():
    slow, fast = simulate_set(reps=3, seed=2, rate_hz=60), simulate_set(reps=3, seed=2, rate_hz=120)
    assert slow.reps.equals(fast.reps)


def test_parameters_say_what_was_asked_for():
    parameters = simulate_set(reps=2, stance="right", drop_deg=6.5, seed=11, mounting_deg=(180.0, 0.0, 0.0), return_error_deg=2.0).parameters
    wanted = {"reps": 2, "stance": "right", "drop_deg": 6.5, "seed": 11, "mounting_deg": [180.0, 0.0, 0.0], "return_error_deg": 2.0}
    assert {key: parameters[key] for key in wanted} == wanted


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"return_error": 3}, "unknown option return_error"),
        ({"sensor": "phone"}, "sensor: expected dot, mtw, ideal"),
        ({"seed": -1}, "seed"),
        ({"stance": "both"}, "stance"),
        ({"rate_hz": 3}, "rate_hz"),
    ],
)
def test_bad_options_are_refused(options, says):
    with pytest.raises(ValueError, match=says):
        simulate_set(**options)


def test_files_and_their_names(tmp_path):
    simulated = simulate_set(reps=2, seed=3)
    paths = write_set(simulated, tmp_path / "new" / "folder", "x")
    assert [path.name for path in paths] == ["x_imu.csv", "x_truth_angles.csv", "x_truth_reps.csv", "x_truth.json"]
    truth = json.loads(paths[-1].read_text())
    assert truth["parameters"]["seed"] == 3
    assert truth["hiphitch_analysis"].count(".") == 2
    with pytest.raises(ValueError, match="formats"):
        write_set(simulated, tmp_path, "x", ["excel"])
