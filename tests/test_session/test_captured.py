"""Markers, landmarks and a model's coordinates through the whole chain: the same athlete as the sensor's, seen from outside."""

import json

import numpy as np
import pandas as pd
import pytest

import hiphitch_analysis as hh
from hiphitch_analysis.motion.opensim import build_coordinates
from hiphitch_analysis.session.results import describe_session
from hiphitch_analysis.simulate import Camera, PoseModel, write_film
from hiphitch_analysis.simulate.camera import EXACT

FRAME = (1080.0, 1920.0)


@pytest.fixture(scope="module")
def made():
    return hh.simulate_set(8, "left", 8.0, seed=17, skeleton_hz=60.0, rotation_deg=1.0)


@pytest.fixture(scope="module")
def folder(made, tmp_path_factory):
    out = tmp_path_factory.mktemp("film")
    write_film(made.skeleton, Camera(), EXACT, out, "set", ["mediapipe", "openpose", "landmarks", "trc"])
    write_film(made.skeleton, Camera(view="back"), PoseModel(0.5, 0.2, swapped=0.2), out, "swapped", ["landmarks"], seed=5)
    return out


# Markers slide by 1.5 mm on skin, on lines of 250 and 100 mm: half a degree on average, over repetitions that differ. A pose model without error
# leaves the perspective of 2.75 m and the low-pass at 3 Hz, which takes 2 % of a cosine of a second a phase.
@pytest.mark.parametrize(
    ("name", "format_", "route", "off_deg"),
    [
        ("set_markers.trc", "trc", "markers", 1.2),
        ("set_landmarks.csv", "landmarks", "landmarks", 0.5),
        ("set_mediapipe.csv", "mediapipe_csv", "landmarks", 0.5),
        ("set_openpose", "openpose_body_25b", "landmarks", 0.5),
    ],
)
def test_every_route_counts_and_measures_the_same_set(made, folder, name, format_, route, off_deg):
    options = {"rate_hz": 30.0} if "openpose" in name else {"frame_px": FRAME} if "mediapipe" in name else {}
    session = hh.analyse(folder / name, "left", **options)
    assert (session.route, session.sensor) == (route, None)
    assert session.format == format_
    complete = session.reps[session.reps["kind"].eq("complete")]
    assert len(complete) == 8
    assert abs(complete["drop_deg"].to_numpy() - made.reps["drop_deg"].to_numpy()).max() < off_deg
    assert not session.relative_zero
    assert abs(complete["return_error_deg"].median()) < 1.5


def test_exchanged_sides_are_turned_back_from_behind_too(made, folder):
    session = hh.analyse(folder / "swapped_landmarks.csv", "left")
    assert session.reps["kind"].eq("complete").sum() == 8
    assert abs(session.reps["drop_deg"].median() - made.reps["drop_deg"].median()) < 1.0  # half a pixel of drift on hips 96 px apart
    assert any("exchanged" in warning for warning in session.warnings)


def test_what_a_camera_does_not_see_is_not_observable(folder):
    session = hh.analyse(folder / "set_landmarks.csv", "left")
    assert session.reps["rotation_range_deg"].isna().all()
    faults = session.faults.set_index("fault")
    assert not faults["observable"][[name for name in faults.index if "twist" in name or "rotation" in name]].any()
    assert faults.loc["incomplete_return", "observable"]


def test_the_results_are_those_of_any_session(folder, tmp_path):
    details = hh.Details("A01", pd.Timestamp("2026-03-02"), mass_kg=70.0, height_m=1.75)
    session = hh.analyse(folder / "set_markers.trc", "left", details=details)
    json.dumps(hh.summarise_session(session), allow_nan=False)
    assert hh.session_rows(session)["route"].tolist() == ["markers"]
    assert session.workload.doses["mean_nm"].between(40, 90).all()
    assert "angles by markers" in describe_session(session)
    hh.write_session(session, tmp_path)
    assert len(hh.read_sessions(tmp_path)) == 1


def test_opensim_coordinates_say_the_same(made, tmp_path):
    """The truth written as an OpenSim motion: angles come back, level stays unknown."""
    truth = made.angles.iloc[::2]
    table = build_coordinates(truth, "left")
    head = f"Coordinates\nversion=1\nnRows={len(table)}\nnColumns={table.shape[1] + 1}\ninDegrees=yes\n\nendheader\n"
    names = ["time", *(name.removesuffix("_deg") for name in table)]
    rows = ["\t".join(f"{value:.6f}" for value in (t, *row)) for t, row in zip(table.index, table.to_numpy(), strict=True)]
    path = tmp_path / "truth.mot"
    path.write_text(head + "\t".join(names) + "\n" + "\n".join(rows) + "\n")
    session = hh.analyse(path, "left")
    assert (session.route, session.relative_zero) == ("coordinates", True)
    complete = session.reps[session.reps["kind"].eq("complete")]
    np.testing.assert_allclose(complete["drop_deg"], made.reps["drop_deg"], atol=0.15)  # 30 samples a second
    assert complete["return_error_deg"].isna().all()


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("set_markers.trc", {"stance": None}, "stance: expected left or right for markers"),
        ("set_markers.trc", {"stance": "left", "ap_axis": "+z"}, "--ap-axis: belongs to sensors"),
        ("set_mediapipe.csv", {"stance": "left"}, "frame_px"),
        ("set_openpose", {"stance": "left"}, "rate"),
    ],
)
def test_what_is_missing_or_does_not_belong_is_said(folder, name, options, words):
    with pytest.raises(ValueError, match=words):
        hh.analyse(folder / name, **options)
