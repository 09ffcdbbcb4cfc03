import json

import pytest

from hiphitch_analysis.read import read_pose

BODIES = {"pelvis": (0.0, 0.95, 0.0), "femur_r": (0.0, 0.88, 0.08), "femur_l": (0.0, 0.88, -0.08), "calcn_r": (-0.05, 0.05, 0.1)}


def file(times=(0.5, 0.51, 0.52), bodies=BODIES, key="translation"):
    entries = {name: {"rotation": [[0, 0, 0]] * len(times), key: [place] * len(times), "attachedGeometries": []} for name, place in bodies.items()}
    return json.dumps({"time": list(times), "bodies": entries})


def test_origins_of_bodies_are_markers_z_up(write):
    pose = read_pose(write(file(), "any.name"))
    assert (pose.kind, pose.format, pose.start_s, pose.doubts) == ("markers", "opencap", 0.5, ())
    assert pose.table.index.tolist() == pytest.approx([0, 0.01, 0.02])
    assert pose.table[["femur_l_x_m", "femur_l_y_m", "femur_l_z_m"]].iloc[0].tolist() == [0, 0.08, 0.88]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (file()[:-40], "expected a list of times and bodies with a translation each, got something else"),
        (file().replace('"translation"', '"place"') + " " * 3, "not a file of markers, landmarks or joint angles"),
        (file(bodies={}).replace("{}", '{"a": {"translation": 3}}'), "'a' has another length"),
        (file().replace("[0.5, 0.51, 0.52]", "[0.5, 0.51]"), "expected bodies with one place for each time, got 'pelvis' has another length"),
        (file(times=(0.5, 0.52, 0.51)), "time goes backwards in frame 3"),
        (file().replace("0.95", "1e30"), "frame 1 holds a number above"),
    ],
)
def test_faults_are_named(write, text, message):
    with pytest.raises(ValueError, match=message) as caught:
        read_pose(write(text))
    assert str(caught.value).startswith("file.csv: ")
    assert "\n" not in str(caught.value)


def test_a_real_squat_has_the_hips_of_its_markers(shared):
    """The model's femurs begin at the hip joint centres that the same laboratory wrote as markers L_HJC and R_HJC."""
    bodies = read_pose(shared("opencap_squat/sample_mocap.json")).table
    markers = read_pose(shared("opencap_squat/squats1.trc")).table
    for side in "LR":
        for axis in "xyz":
            apart = bodies[f"femur_{side.lower()}_{axis}_m"].to_numpy() - markers[f"{side}_HJC_{axis}_m"].to_numpy()
            assert abs(apart).mean() < 0.03  # regression from skin markers against a scaled model: centimetres
