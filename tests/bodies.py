"""A person of a few markers or landmarks, and files of it as the tests write them. Nothing here is shared with the readers."""

import json

import numpy as np

# Metres, OpenSim's axes: x forward, y up, z to the right.
STANDING = {
    "L.ASIS": (0.10, 0.96, -0.13),
    "R.ASIS": (0.10, 0.96, 0.13),
    "L.PSIS": (-0.08, 0.98, -0.06),
    "R.PSIS": (-0.08, 0.98, 0.06),
    "L_ankle": (0.00, 0.08, -0.14),
    "R_ankle": (0.00, 0.08, 0.14),
    "C7": (-0.06, 1.50, 0.00),
}
# Pixels of a portrait picture of 720 × 1280, seen from the front: the left side is on the right.
PICTURE = {
    "nose": (360, 200),
    "left_shoulder": (430, 340),
    "right_shoulder": (290, 342),
    "left_elbow": (455, 470),
    "right_elbow": (265, 470),
    "left_wrist": (460, 590),
    "right_wrist": (255, 592),
    "left_hip": (398, 620),
    "right_hip": (322, 624),
    "left_knee": (402, 860),
    "right_knee": (318, 862),
    "left_ankle": (405, 1090),
    "right_ankle": (315, 1092),
    "left_heel": (407, 1112),
    "right_heel": (313, 1114),
}


def positions(frames=4, names=STANDING):
    """n × markers × 3 [m]; everything sways a little along x, so that no two frames are the same."""
    still = np.array(list(names.values()))
    return still + np.linspace(0, 0.03, frames)[:, None, None] * [1, 0, 0]


def trc(
    xyz=None,
    names=None,
    *,
    unit="m",
    scale=1.0,
    times=None,
    rate="100",
    frames=None,
    blank=True,
    tail="",
    time_word="Time",
    first_line="PathFileType\t4\t(X/Y/Z)\tfile.trc",
):
    """Return a TRC as text. ``scale`` multiplies the metres of `positions`; a NaN is an empty cell."""
    xyz = positions() if xyz is None else np.asarray(xyz)
    names = list(STANDING) if names is None else names
    times = np.arange(len(xyz)) / 100 if times is None else times
    frames = len(xyz) if frames is None else frames
    lines = [
        first_line,
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{rate}\t{rate}\t{frames}\t{len(names)}\t{unit}\t{rate}\t1\t{frames}",
        f"Frame#\t{time_word}\t" + "\t\t\t".join(names) + "\t\t" + tail,
        "\t\t" + "\t".join(f"X{i}\tY{i}\tZ{i}" for i in range(1, len(names) + 1)) + tail,
    ]
    lines += [""] if blank else []
    for number, (time, row) in enumerate(zip(times, xyz, strict=True), 1):
        cells = ["" if np.isnan(value) else f"{value * scale:.5f}" for value in row.ravel()]
        lines.append("\t".join([str(number), f"{time:.5f}", *cells]) + tail)
    return "\n".join(lines) + "\n"


def motion(
    names=("pelvis_tilt", "pelvis_list", "pelvis_tx"), rows=((1.0, 2.0, 0.5), (1.5, 2.5, 0.6)), *, degrees="inDegrees=yes\n", first="Coordinates"
):
    """Return an OpenSim motion as text, as OpenCap writes it."""
    head = f"{first}\nversion=1\nnRows={len(rows)}\nnColumns={len(names) + 1}\n{degrees}\nUnits are S.I. units (second, meters)\n\nendheader\n"
    table = "\t".join(["time", *names]) + "\n"
    return head + table + "".join(f"{i / 100:16.8f}\t" + "\t".join(f"{value:16.8f}" for value in row) + "\n" for i, row in enumerate(rows))


def keypoints(order, picture=None, certainty=0.9):
    """Return the flat list x, y, certainty of an OpenPose person; points that the picture does not show are 0, 0, 0."""
    picture = PICTURE if picture is None else picture
    return [float(value) for name in order for value in ((*picture[name], certainty) if name in picture else (0, 0, 0))]


def frame(*people):
    """Return one OpenPose frame as text."""
    return json.dumps({"version": 1.3, "people": [{"person_id": [-1], "pose_keypoints_2d": person, "face_keypoints_2d": []} for person in people]})
