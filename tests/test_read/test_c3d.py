import pickle
import struct
import sys

import numpy as np
import pytest
from tests.bodies import STANDING, positions

from hiphitch_analysis.read import read_pose

Z_UP = positions() @ np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]])  # forward, left, up


def flags(pose):
    return [flag for flag, _ in pose.doubts]


def header(points=7, frames=4, size=None, start=3):
    """Return the first blocks of a C3D: header, parameters of an Intel processor, room for the positions."""
    words = struct.pack("<BB5HfHHf", 2, 0x50, points, 0, 1, frames, 0, -0.1, start, 0, 100.0)
    parameters = bytes([1, 0x50, 1, 84])
    size = (start - 1) * 512 + frames * 16 * points if size is None else size
    return (words.ljust(512, b"\0") + parameters.ljust(512, b"\0")).ljust(size, b"\0")[:size]


def content(xyz=Z_UP, labels=tuple(STANDING), *, scale=1000, residuals=None, **point):
    """Return what ezc3d makes of a file, as its documentation says."""
    points = np.ones((4, len(labels), len(xyz)))
    points[:3] = scale * np.asarray(xyz).transpose(2, 1, 0)
    residuals = np.zeros((1, len(labels), len(xyz))) if residuals is None else residuals
    values = {"LABELS": list(labels), "UNITS": ["mm"], "RATE": [100.0], "FRAMES": [len(xyz)], **point}
    return {
        "parameters": {"POINT": {key: {"value": value} for key, value in values.items() if value is not None}},
        "header": {"points": {"frame_rate": 100.0}},
        "data": {"points": points, "meta_points": {"residuals": residuals}},
    }


STAND_IN = """
import os, pickle
from pathlib import Path

def c3d(path, extract_forceplat_data):
    made = pickle.loads(Path(__file__).with_name("content.pickle").read_bytes())
    if isinstance(made, Exception):
        raise made
    if made == "crash":
        os.abort()
    return made
"""


@pytest.fixture
def read(write, tmp_path, monkeypatch):
    """Read a file for which a stand-in of ezc3d returns the given content."""
    (tmp_path / "packages").mkdir()
    (tmp_path / "packages" / "ezc3d.py").write_text(STAND_IN)
    monkeypatch.syspath_prepend(str(tmp_path / "packages"))

    def read_file(made=None, data=None, **hints):
        (tmp_path / "packages" / "content.pickle").write_bytes(pickle.dumps(content() if made is None else made))
        return read_pose(write(header() if data is None else data, "any.name"), **hints)

    return read_file


def test_millimetres_z_up(read):
    pose = read()
    assert (pose.kind, pose.format, pose.doubts) == ("markers", "c3d", ())
    assert pose.table.index.tolist() == pytest.approx([0, 0.01, 0.02, 0.03])
    assert pose.table[["L.ASIS_x_m", "L.ASIS_y_m", "L.ASIS_z_m"]].iloc[0].tolist() == pytest.approx([0.10, 0.13, 0.96])


def test_unseen_points_have_a_negative_residual(read):
    residuals = np.zeros((1, 7, 4))
    residuals[0, 2, 1] = -1
    table = read(content(residuals=residuals)).table
    assert table.isna().sum().sum() == 3
    assert table[["L.PSIS_x_m", "L.PSIS_y_m", "L.PSIS_z_m"]].iloc[1].isna().all()


def test_angles_and_forces_among_the_points_are_left_out(read):
    xyz = np.concatenate([Z_UP, np.full((4, 1, 3), 0.035)], axis=1)
    table = read(content(xyz, (*STANDING, "LHipAngles"), ANGLES=["LHipAngles"])).table
    assert "LHipAngles_x_m" not in table and len(table.columns) == 21


def test_labels_beyond_255_and_subjects(read):
    pose = read(
        content(labels=[*[f"Daphnee:{name}" for name in STANDING][:5], "", ""], LABELS=["Daphnee:LASI", "Daphnee:RASI"], LABELS2=["LANK", "RANK"])
    )
    assert [column.removesuffix("_x_m") for column in pose.table.columns[::3]] == ["LASI", "RASI", "LANK", "RANK", "marker_5", "marker_6", "marker_7"]


def test_the_header_says_which_way_is_up_unless_the_body_knows_better(read):
    assert read(content(Y_SCREEN=["+Z"])).doubts == ()
    wrong = read(content(positions(), Y_SCREEN=["+Z"]))  # the body says y
    assert flags(wrong) == ["up_axis"] and wrong.table["C7_z_m"].iloc[0] == pytest.approx(1.5)
    dumb = read(content(positions(), labels=list("abcdefg"), Y_SCREEN=["+Y"]))
    assert flags(dumb) == ["up_doubtful"] and dumb.table["g_z_m"].iloc[0] == pytest.approx(1.5)


def test_units_and_rates(read):
    assert read(content(scale=1, UNITS=["m"])).table["C7_z_m"].iloc[0] == pytest.approx(1.5)
    assert flags(read(content(scale=1))) == ["unit_doubtful"]
    assert flags(read(content(UNITS=None))) == ["unit_doubtful"]
    assert flags(read(content(FRAMES=[9]))) == ["rows_missing"]
    with pytest.raises(ValueError, match="the file says 100 Hz, but --rate-hz"):
        read(rate_hz=50)
    silent = content(RATE=[0.0])
    silent["header"]["points"]["frame_rate"] = 0.0
    with pytest.raises(ValueError, match="expected times or a frame rate"):
        read(silent)
    assert read(silent, rate_hz=50).table.index[1] == pytest.approx(0.02)


@pytest.mark.parametrize(
    ("made", "data", "message"),
    [
        (OSError("Could not open"), None, r"the C3D file is damaged or cut off .* Copy it again"),
        ({"parameters": {}}, None, "damaged or cut off"),
        ("crash", None, "damaged or cut off"),
        (content(0 * Z_UP), None, "got only empty or zero cells"),
        (content(np.zeros((4, 0, 3)), ()), None, "expected positions of markers, got none"),
        (content(ANGLES=list(STANDING)), None, "expected positions of markers, got none"),
        (None, header()[:10], "ends within its header"),
        (None, header(frames=400, size=1500), "the C3D file is cut off — expected 45824 bytes, got 1500"),
    ],
)
def test_faults_are_named(read, made, data, message):
    with pytest.raises(ValueError, match=message) as caught:
        read(made, data)
    assert str(caught.value).startswith("any.name: ")
    assert "\n" not in str(caught.value)


def test_without_the_extra_one_sentence_says_what_to_install(write, monkeypatch):
    monkeypatch.setitem(sys.modules, "ezc3d", None)
    with pytest.raises(ValueError, match=r'C3D files need one more package. Install it with: \S+ -m pip install "hiphitch-analysis\[c3d\]"'):
        read_pose(write(header()))


def test_a_file_that_ezc3d_wrote(tmp_path):
    ezc3d = pytest.importorskip("ezc3d", reason="the extra c3d is not installed")
    made = ezc3d.c3d()
    made["parameters"]["POINT"]["UNITS"]["value"] = ["mm"]
    made["parameters"]["POINT"]["RATE"]["value"] = [100.0]
    made["parameters"]["POINT"]["LABELS"]["value"] = list(STANDING)
    made["data"]["points"] = content()["data"]["points"]
    made["data"]["points"][:3, 2, 1] = np.nan  # ezc3d writes a residual of −1
    made.write(str(tmp_path / "trial.c3d"))
    pose = read_pose(tmp_path / "trial.c3d")
    assert pose.table["C7_z_m"].tolist() == pytest.approx([1.5] * 4)
    assert pose.table.isna().sum().sum() == 3
    data = (tmp_path / "trial.c3d").read_bytes()
    (tmp_path / "short.c3d").write_bytes(data[: 2 * len(data) // 3])
    with pytest.raises(ValueError, match="cut off"):
        read_pose(tmp_path / "short.c3d")


@pytest.mark.parametrize(("name", "frames", "markers"), [("opensimcore_walking2", 1249, 44), ("opensimcore_walking5", 1103, 40)])
def test_real_walking(shared, name, frames, markers):
    pytest.importorskip("ezc3d", reason="the extra c3d is not installed")
    pose = read_pose(shared(f"c3d/{name}.c3d"))
    assert pose.table.shape == (frames, 3 * markers) and pose.doubts == ()
    assert pose.table.index[-1] == pytest.approx((frames - 1) / 250)
    hips = np.linalg.norm([pose.table[f"LHJC_{axis}_m"] - pose.table[f"RHJC_{axis}_m"] for axis in "xyz"], axis=0)
    assert np.nanmedian(hips) == pytest.approx(0.175, abs=0.035)  # hip joint centres of adults lie 0.14 to 0.21 m apart
    assert 0.8 < np.nanmedian(pose.table["LASI_z_m"]) < 1.2 and np.nanmedian(pose.table["LMT1_z_m"]) < 0.2
