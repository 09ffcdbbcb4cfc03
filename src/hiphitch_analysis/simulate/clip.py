"""The athlete with printed markers in front of a phone, as a video: perspective, blur, noise, compression, skin. Needs OpenCV (extra ``video``)."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.simulate.camera import Camera, PlacedCamera, place_camera, shake_hand
from hiphitch_analysis.simulate.printedmarkers import (
    ANKLE,
    BODY_M,
    FLOOR,
    LEFT,
    RIGHT,
    STATIC_M,
    STERNUM,
    WALL,
    Paper,
    dress,
    fix_marker,
    line_between,
    wear_marker,
)

Array = NDArray[np.float64]
Grey = NDArray[np.uint8]

# AprilTag 16h5, numbers 0 to 5: the inner 4 × 4 cells row by row, 1 white. A black border one cell wide goes around them.
CODES = ("1101100011000100", "1010010101110100", "0101011000101100", "1001110110100010", "0110010110011110", "1101011011111110")
CELLS, WHITE_CELLS = 6, 8.4  # across the black square, and across the white paper around it
PAPER, INK, SKIN, CLOTHES = 205, 32, 150, 70  # grey levels
FINE = 6  # a pixel is drawn as so many by so many
SUBFRAMES = 4  # instants within one exposure
READOUT_S = 0.02  # from the first row of the picture to the last


@dataclass(frozen=True, slots=True)
class Filming:
    """How a clip is made.

    Attributes
    ----------
    size_m : float
        Side of the black square of the markers on the body [m].
    exposure_s, blur_px, noise : float
        Exposure [s], spread of the lens's point [px] and of a grey value [levels, SD at middle grey].
    bend_m : float
        Radius about which the markers on the hip bones are bent, about a vertical line [m]; infinite: flat.
    skin_tilt_deg : float
        How far each of them tilts on the skin in step with the repetitions, right and left opposite ways [°].
    hand_s : (float, float) or None
        From when to when a hand hides the right hip marker [s].
    shake_deg : float
        How far a hand turns the phone about each of its axes [°, SD]; 0: a stand.
    wall, floor : bool
        Whether there are markers on the wall behind and on the floor.
    codec : {"mp4v", "MJPG"}
        What compresses.
    quality : int
        Of MJPG, 1 to 100.
    """

    size_m: float = BODY_M
    exposure_s: float = 1 / 60
    blur_px: float = 0.6
    noise: float = 4.0
    bend_m: float = np.inf
    skin_tilt_deg: float = 0.0
    hand_s: tuple[float, float] | None = None
    shake_deg: float = 0.0
    wall: bool = True
    floor: bool = True
    codec: str = "mp4v"
    quality: int = 60


def film_clip(skeleton: pd.DataFrame, camera: Camera, path: str | Path, filming: Filming | None = None, seed: int = 0) -> pd.DataFrame:
    """Film a skeleton that wears printed markers.

    Parameters
    ----------
    skeleton : DataFrame
        From `place_skeleton`, at any rate.
    camera : Camera
        It looks at the middle between the hips; the markers are on the front.
    path : str or Path
        Where the video goes, ``.mp4`` for mp4v and ``.avi`` for MJPG.
    filming : Filming, optional
    seed : int

    Returns
    -------
    DataFrame
        The truth at each frame, index ``time_s``: ``left_up_deg``, elevation of the line from the right to the left front hip bone, and
        ``heading_deg``, its turn about the vertical, + with the left side forward [°].

    Raises
    ------
    ValueError
        OpenCV is not installed, or the video cannot be written.
    """
    filming = filming or Filming()
    if importlib.util.find_spec("cv2") is None:
        raise ValueError(
            f'clip: rendering a video needs one more package. Install it with: "{sys.executable}" -m pip install "hiphitch-analysis[video]"'
        )
    cv2 = importlib.import_module("cv2")
    scene = _Scene(cv2, skeleton, camera, filming, seed)
    by = cv2.CAP_OPENCV_MJPEG if filming.codec == "MJPG" else cv2.CAP_FFMPEG
    writer = cv2.VideoWriter(str(path), by, cv2.VideoWriter_fourcc(*filming.codec), camera.rate_hz, (camera.width_px, camera.height_px))
    writer.set(cv2.VIDEOWRITER_PROP_QUALITY, filming.quality)
    if not writer.isOpened():
        raise ValueError(f"clip: {path} cannot be written as {filming.codec}. Use .mp4 for mp4v and .avi for MJPG.")
    times = film_times(skeleton, camera, filming)
    for time_s in times:
        writer.write(cv2.cvtColor(scene.draw(float(time_s)), cv2.COLOR_GRAY2BGR))
    writer.release()
    middle_s = times + filming.exposure_s / 2 + READOUT_S / 2
    truth = line_between(scene.wearer, middle_s)
    return truth.set_index(pd.Index(times - times[0], name="time_s"))


def film_times(skeleton: pd.DataFrame, camera: Camera, filming: Filming) -> Array:
    """Return when each frame's exposure begins [s], shape (n,)."""
    return np.arange(skeleton.index[0], skeleton.index[-1] - READOUT_S - filming.exposure_s, 1 / camera.rate_hz)


class _Scene:
    """Room, athlete and phone."""

    def __init__(self, cv2: Any, skeleton: pd.DataFrame, camera: Camera, filming: Filming, seed: int) -> None:
        self.cv2, self.camera, self.filming = cv2, camera, filming
        self.wearer = dress(skeleton)
        self.rng = np.random.default_rng([seed, 33])
        self.view = self.steady = place_camera(skeleton, camera)
        self.shake = shake_hand(self.wearer.time_s, filming.shake_deg, np.random.default_rng([seed, 34]))
        height, width = camera.height_px, camera.width_px
        coarse = self.rng.normal(0, 14, (height // 60 + 2, width // 60 + 2)).astype(np.float32)
        room = 128 + cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
        self.room = np.clip(room, 40, 220).astype(np.uint8)
        for marker, there in ((WALL, filming.wall), (FLOOR, filming.floor)):
            if there:
                self._blend(self.room, [self._outlines(marker, fix_marker(self.wearer, marker), STATIC_M, np.inf)], marker)
        pool = self.rng.normal(0, filming.noise, (height + 64, width + 64))
        self.pool = pool.astype(np.float32)

    def see(self, time_s: float) -> PlacedCamera:
        """Return the phone as it is held at this instant."""
        if self.filming.shake_deg == 0:
            return self.steady
        return self.steady.turn(*(float(np.interp(time_s, self.wearer.time_s, turn)) for turn in self.shake.T))

    def draw(self, time_s: float) -> Grey:
        """Return the picture that is taken from this time on; of the room as it is seen at the middle of it."""
        cv2, filming = self.cv2, self.filming
        self.view = self.see(time_s + filming.exposure_s / 2 + READOUT_S / 2)
        picture = self.room.copy()
        if filming.shake_deg > 0:
            picture = cv2.warpPerspective(self.room, self.steady.warp_to(self.view), picture.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
        self._draw_body(picture, time_s)
        for marker in (RIGHT, LEFT, STERNUM, ANKLE):
            row = self.view.project(wear_marker(self.wearer, marker, np.array([time_s])).centre)[0, 1]
            start = time_s + READOUT_S * float(np.clip(row / self.camera.height_px, 0, 1))
            instants = start + filming.exposure_s * (np.arange(SUBFRAMES) + 0.5) / SUBFRAMES
            self._blend(picture, [self._body_marker(marker, t) for t in instants], marker)
        if filming.hand_s is not None and filming.hand_s[0] <= time_s < filming.hand_s[1]:
            x, y = self.view.project(self.wearer.at("RASI", np.array([time_s])))[0]
            reach = round(0.05 * self.camera.focal_px / self.camera.distance_m)
            cv2.ellipse(picture, (round(float(x)), round(float(y))), (reach, 2 * reach), 20, 0, 360, SKIN, -1)
        if filming.blur_px > 0:
            picture = cv2.GaussianBlur(picture, (5, 5), filming.blur_px)
        top, left = self.rng.integers(0, 64, 2)
        noise = self.pool[top : top + picture.shape[0], left : left + picture.shape[1]]
        return np.asarray(np.clip(picture + noise * np.sqrt(picture / np.float32(128)), 0, 255).astype(np.uint8))

    def _draw_body(self, picture: Grey, time_s: float) -> None:
        scale, now = self.camera.focal_px / self.camera.distance_m, np.array([time_s])
        joints = {
            name: self.view.project(self.wearer.at(name, now))[0].round().astype(int).tolist()
            for side in ("left", "right")
            for name in (f"{side}_hip", f"{side}_knee", f"{side}_ankle", f"{side}_shoulder")
        }
        for side in ("left", "right"):
            for upper, lower, thick in (("hip", "knee", 0.15), ("knee", "ankle", 0.10), ("shoulder", "hip", 0.18)):
                colour = SKIN if upper == "knee" else CLOTHES
                self.cv2.line(picture, joints[f"{side}_{upper}"], joints[f"{side}_{lower}"], colour, round(thick * scale))
        self.cv2.line(picture, joints["left_hip"], joints["right_hip"], CLOTHES, round(0.2 * scale))

    def _body_marker(self, marker: int, time_s: float) -> list[tuple[Array, int]]:
        """Return a marker's outlines in the picture with their grey levels, from back to front."""
        paper = wear_marker(self.wearer, marker, np.array([time_s]), self.filming.skin_tilt_deg)
        return self._outlines(marker, paper, self.filming.size_m, self.filming.bend_m if marker in (RIGHT, LEFT) else np.inf)

    def _outlines(self, marker: int, paper: Paper, size_m: float, bend_m: float) -> list[tuple[Array, int]]:
        cell = size_m / CELLS

        def outline(x0: float, y0: float, wide: float, high: float) -> Array:
            """Project a rectangle given in cells from the marker's middle, x right and y down, four points to a side."""
            t = np.linspace(0, 1, 4, endpoint=False)
            x = cell * np.concatenate([x0 + wide * t, np.full(4, x0 + wide), x0 + wide * (1 - t), np.full(4, x0)])
            y = cell * np.concatenate([np.full(4, y0), y0 + high * t, np.full(4, y0 + high), y0 + high * (1 - t)])
            return self.view.project(paper.at(x, y, bend_m)[0])

        half = CELLS / 2
        shapes = [(outline(-WHITE_CELLS / 2, -WHITE_CELLS / 2, WHITE_CELLS, WHITE_CELLS), PAPER), (outline(-half, -half, CELLS, CELLS), INK)]
        for row in range(4):
            for column in range(4):
                if CODES[marker][4 * row + column] == "1":
                    shapes.append((outline(column - 2, row - 2, 1, 1), PAPER))
        return shapes

    def _blend(self, picture: Grey, instants: list[list[tuple[Array, int]]], marker: int) -> None:
        """Draw what one exposure sees of a marker: finer than pixels, averaged over pixels and instants."""
        every = np.concatenate([shapes[0][0] for shapes in instants])
        left, top = np.floor(every.min(axis=0)).astype(int) - 1
        right, bottom = np.ceil(every.max(axis=0)).astype(int) + 2
        left, top, right, bottom = max(left, 0), max(top, 0), min(right, picture.shape[1]), min(bottom, picture.shape[0])
        if right - left < 3 or bottom - top < 3:
            return
        under = picture[top:bottom, left:right]
        total = np.zeros(under.shape, dtype=np.float32)
        for shapes in instants:
            fine = np.repeat(np.repeat(under, FINE, axis=0), FINE, axis=1)
            for outline, level in shapes:
                places = np.round(((outline - (left, top) + 0.5) * FINE - 0.5) * 256).astype(np.int32)
                self.cv2.fillPoly(fine, [places], int(level), shift=8)
            total += self.cv2.resize(fine.astype(np.float32), (under.shape[1], under.shape[0]), interpolation=self.cv2.INTER_AREA)
        picture[top:bottom, left:right] = np.round(total / len(instants)).astype(np.uint8)
