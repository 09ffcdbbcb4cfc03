"""The simulated athlete in front of a phone: what a camera sees of the skeleton, and what a pose model makes of that.

The camera looks at the pelvis. A yaw of 0 is straight in front (or behind), an elevation of 0 at the height of the hips. Image x runs to the right, y
down, both in pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.signal import lfilter

from hiphitch_analysis.simulate.skeleton import JOINTS

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Camera:
    """A phone on a stand.

    Attributes
    ----------
    view : {"front", "back"}
        Which side of the athlete it sees.
    distance_m : float
        From the pelvis, 1 to 20 [m].
    yaw_deg, elevation_deg, roll_deg : float
        How far it stands aside (+ to the athlete's left), above the hips, and is turned about its own axis (+ clockwise) [°].
    width_px, height_px : int
        Frame size; a phone held upright.
    focal_px : float
        Focal length in pixels. Assumption: 1500 at 1080 pixels wide, a phone's main camera.
    radial : float
        First coefficient of radial distortion, at one focal length from the middle [–].
    rate_hz : float
        Frames per second.

    Raises
    ------
    ValueError
        A view or a value no phone has.
    """

    view: str = "front"
    distance_m: float = 2.75
    yaw_deg: float = 0.0
    elevation_deg: float = 0.0
    roll_deg: float = 0.0
    width_px: int = 1080
    height_px: int = 1920
    focal_px: float = 1500.0
    radial: float = 0.0
    rate_hz: float = 30.0

    def __post_init__(self) -> None:
        """Refuse what no phone is."""
        if self.view not in ("front", "back"):
            raise ValueError(f"view: expected front or back, got {self.view!r}. It is the side of the athlete that is filmed.")
        limits = {
            "distance_m": (1, 20),
            "yaw_deg": (-80, 80),
            "elevation_deg": (-45, 45),
            "roll_deg": (-45, 45),
            "width_px": (160, 8000),
            "height_px": (160, 8000),
            "focal_px": (100, 20_000),
            "radial": (-0.3, 0.3),
            "rate_hz": (5, 500),
        }
        for name, (low, high) in limits.items():
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name}: expected {low} to {high}, got {getattr(self, name)!r}. Choose a value a phone could have.")


@dataclass(frozen=True, slots=True)
class PoseModel:
    """How a pose model errs.

    Attributes
    ----------
    drift_px, jitter_px : float
        Standard deviation of each landmark's slow error, and of that from frame to frame [px].
    drift_s : float
        How long the slow error lasts [s].
    swapped, collapsed, lost : float
        Share of frames with left and right exchanged, with the hips drawn together, and with nobody found [0–1]; in runs, as they come.
    """

    drift_px: float = 2.0
    jitter_px: float = 0.5
    drift_s: float = 0.7
    swapped: float = 0.0
    collapsed: float = 0.0
    lost: float = 0.0

    def __post_init__(self) -> None:
        """Refuse shares that are none, and spreads below zero."""
        for name in ("swapped", "collapsed", "lost"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name}: expected 0 to below 1, got {getattr(self, name)!r}. It is a share of the frames.")
        for name in ("drift_px", "jitter_px", "drift_s"):
            if not 0 <= getattr(self, name) <= 1000:
                raise ValueError(f"{name}: expected 0 to 1000, got {getattr(self, name)!r}.")


# Assumption: the slow error of a usual pose model on a filmed person of some 900 px, a landmark by itself.
EXACT = PoseModel(drift_px=0.0, jitter_px=0.0)
RUN_FRAMES = 6  # assumption: how long a swap or a loss lasts on average
COLLAPSED_TO = 0.25  # of the hips' true distance, drawn together


def project_skeleton(skeleton: pd.DataFrame, camera: Camera) -> pd.DataFrame:
    """See a skeleton through a camera, without error.

    Parameters
    ----------
    skeleton : DataFrame
        From `place_skeleton`, at any rate.
    camera : Camera

    Returns
    -------
    DataFrame
        Table LANDMARKS at the camera's rate: ``<joint>_x_px``, ``<joint>_y_px``, ``<joint>_visibility`` (1 within the frame, else 0).

    Examples
    --------
    >>> flat = {f"{name}_{axis}_m": [0.0] for name in JOINTS for axis in "xyz"}
    >>> one = pd.DataFrame({**flat, "left_hip_y_m": [0.1], "right_hip_y_m": [-0.1]}, index=pd.Index([0.0], name="time_s"))
    >>> seen = project_skeleton(one, Camera(distance_m=3.0))
    >>> seen[["left_hip_x_px", "left_hip_y_px"]].round(1).to_numpy().tolist()  # 0.1 m at 3 m with a focal length of 1500 px, right of the middle
    [[590.0, 960.0]]
    """
    time_s = np.arange(skeleton.index[0], skeleton.index[-1] + 1e-9, 1 / camera.rate_hz)
    at = {name: np.column_stack([np.interp(time_s, skeleton.index, skeleton[f"{name}_{axis}_m"]) for axis in "xyz"]) for name in JOINTS}
    placed = _place(np.mean([at["left_hip"][0], at["right_hip"][0]], axis=0), camera)  # the pelvis when the phone is put up
    columns: dict[str, Array] = {}
    for name in JOINTS:
        x, y = placed.project(at[name]).T
        inside = (x >= 0) & (x < camera.width_px) & (y >= 0) & (y < camera.height_px)
        columns |= {f"{name}_x_px": x, f"{name}_y_px": y, f"{name}_visibility": inside.astype(float)}
    return pd.DataFrame(columns, index=pd.Index(time_s, name="time_s"))


@dataclass(frozen=True, slots=True)
class PlacedCamera:
    """A phone put up in the room.

    Attributes
    ----------
    camera : Camera
    target : ndarray, shape (3,)
        What it looks at [m].
    right, up, toward : ndarray, shape (3,)
        Its axes in the room: to the right and up in the picture, and from the target to it.
    """

    camera: Camera
    target: Array
    right: Array
    up: Array
    toward: Array

    def project(self, places: Array) -> Array:
        """Return where points of the room [m], shape (n, 3), are in the picture [px], shape (n, 2)."""
        from_target = places - self.target
        depth = self.camera.distance_m - from_target @ self.toward
        if np.any(depth < 0.1):
            raise ValueError("camera: the athlete is too near to it, or behind it. Put it farther away.")
        aside, above = from_target @ self.right / depth, from_target @ self.up / depth
        bent = 1 + self.camera.radial * (aside**2 + above**2)
        x = self.camera.width_px / 2 + self.camera.focal_px * aside * bent
        return np.column_stack([x, self.camera.height_px / 2 - self.camera.focal_px * above * bent])


def place_camera(skeleton: pd.DataFrame, camera: Camera) -> PlacedCamera:
    """Put a phone up so that it looks at where the middle between the hips is at the beginning.

    Parameters
    ----------
    skeleton : DataFrame
        From `place_skeleton`.
    camera : Camera

    Returns
    -------
    PlacedCamera
    """
    hips = [skeleton[[f"{side}_hip_{axis}_m" for axis in "xyz"]].to_numpy(dtype=float)[0] for side in ("left", "right")]
    return _place(np.mean(hips, axis=0), camera)


def _place(target: Array, camera: Camera) -> PlacedCamera:
    return PlacedCamera(camera, target, *_frame(camera))


def estimate_pose(landmarks: pd.DataFrame, model: PoseModel, seed: int = 0) -> pd.DataFrame:
    """Let a pose model err on what the camera sees.

    Parameters
    ----------
    landmarks : DataFrame
        From `project_skeleton`.
    model : PoseModel
    seed : int

    Returns
    -------
    DataFrame
        Table LANDMARKS. Visibility stays as it was, in swapped and collapsed frames too: pose models do not know. Frames without a person are empty.
    """
    rng = np.random.default_rng([seed, 21])
    n, step = len(landmarks), _step(landmarks)
    made = landmarks.copy()
    keep = np.exp(-step / model.drift_s) if model.drift_s else 0.0
    for name in JOINTS:
        for axis in "xy":
            start = rng.normal(0, model.drift_px)
            pushes = rng.normal(0, model.drift_px * np.sqrt(1 - keep**2), n)
            slow, _ = lfilter([1.0], [1.0, -keep], pushes, zi=[keep * start])
            made[f"{name}_{axis}_px"] += slow + rng.normal(0, model.jitter_px, n)
    collapsed, swapped, lost = (_runs(share, n, rng) for share in (model.collapsed, model.swapped, model.lost))
    middle = (made[["left_hip_x_px"]].to_numpy() + made[["right_hip_x_px"]].to_numpy())[:, 0] / 2
    for side in ("left", "right"):
        name = f"{side}_hip_x_px"
        made.loc[collapsed, name] = middle[collapsed] + COLLAPSED_TO * (made.loc[collapsed, name] - middle[collapsed])
    left = [name for name in made if name.startswith("left_")]
    right = [name.replace("left_", "right_", 1) for name in left]
    exchanged = made.loc[swapped, [*right, *left]].to_numpy()
    made.loc[swapped, [*left, *right]] = exchanged
    made.loc[lost] = np.nan
    return made


def _frame(camera: Camera) -> tuple[Array, Array, Array]:
    """Return the camera's axes in the room: to the right and up in the image, and from the athlete toward the camera."""
    yaw, elevation, roll = np.radians([camera.yaw_deg, camera.elevation_deg, camera.roll_deg])
    ahead = 1.0 if camera.view == "front" else -1.0
    toward = np.array([ahead * np.cos(yaw) * np.cos(elevation), np.sin(yaw) * np.cos(elevation), np.sin(elevation)])
    right = np.cross([0.0, 0.0, 1.0], toward)
    right = right / np.linalg.norm(right)
    up = np.cross(toward, right)
    # A camera turned clockwise sees the world turned anticlockwise.
    return np.cos(roll) * right - np.sin(roll) * up, np.sin(roll) * right + np.cos(roll) * up, toward


def _step(landmarks: pd.DataFrame) -> float:
    return float(landmarks.index[1] - landmarks.index[0]) if len(landmarks) > 1 else 1.0


def _runs(share: float, n: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Draw which frames are struck: a chain that is struck for `RUN_FRAMES` frames on average, and a `share` of the time."""
    if share <= 0:
        return np.zeros(n, dtype=bool)
    leave = 1 / RUN_FRAMES
    enter = min(1.0, leave * share / (1 - share))
    state, out = bool(rng.random() < share), np.zeros(n, dtype=bool)
    for i, draw in enumerate(rng.random(n)):
        out[i] = state
        state = draw >= leave if state else draw < enter
    return out
