"""Real marker, model and landmark files as tables, in a few lines: the angles' tests stand on their own feet, not on the readers'."""

import io

import numpy as np
import pandas as pd

MEDIAPIPE = ("hip", "shoulder", "knee", "ankle", "heel", "foot_index")


def load_trc(path, y_up=True):
    """Table MARKERS [m], z up, of a TRC file with tabs or commas."""
    text = path.read_text()
    separator = "," if text.split("\n", 1)[0].count(",") > 4 else "\t"
    lines = [line.rstrip("\r").split(separator) for line in text.split("\n")]
    scale = 0.001 if "mm" in lines[2][:6] else 1.0
    names = [name.strip() for name in lines[3][2::3] if name.strip()]
    width = 2 + 3 * len(names)
    rows = [line[:width] + [""] * (width - len(line)) for line in lines[5:] if line[0].strip()]
    values = np.array([[float(cell) if cell.strip() else np.nan for cell in row] for row in rows])
    points = scale * values[:, 2:].reshape(len(values), len(names), 3)
    if y_up:
        points = points[:, :, [0, 2, 1]] * (1, -1, 1)  # forward X, up Y, right Z → x forward, y left, z up
    columns = [f"{name}_{axis}_m" for name in names for axis in "xyz"]
    return pd.DataFrame(points.reshape(len(values), -1), index=pd.Index(values[:, 1], name="time_s"), columns=columns)


def load_mot(path):
    """Table COORDINATES of an OpenSim motion file in degrees."""
    header, body = path.read_text().split("endheader", 1)
    assert "inDegrees=yes" in header
    table = pd.read_csv(io.StringIO(body.lstrip()), sep=r"\s+").set_index("time")
    table.index.name = "time_s"
    return table.add_suffix("_deg")


def load_mediapipe(path, size=(1.0, 1.0)):
    """Table LANDMARKS of a MediaPipe CSV; `size` is the picture's width and height where its coordinates are shares of it."""
    raw = pd.read_csv(path)
    columns = {}
    for name in (f"{side}_{joint}" for joint in MEDIAPIPE for side in ("left", "right")):
        columns |= {f"{name}_x_px": raw[f"{name}_x"] * size[0], f"{name}_y_px": raw[f"{name}_y"] * size[1], f"{name}_visibility": raw[f"{name}_v"]}
    table = pd.DataFrame(columns)
    table.index = pd.Index(raw["time"], name="time_s")
    return table


def elevation_deg(table, left, right):
    """Elevation of the line from marker `right` to marker `left` [°]."""
    x, y, z = (table[f"{left}_{axis}_m"].to_numpy() - table[f"{right}_{axis}_m"].to_numpy() for axis in "xyz")
    return np.degrees(np.arctan2(z, np.hypot(x, y)))
