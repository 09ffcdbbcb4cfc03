"""How a clip of printed markers was filmed: which way up, from a hand or a stand, with whom else in it; and what that makes doubtful."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis.read.frames import Doubt
from hiphitch_analysis.read.tracker import HIP_IDS, STATIC_IDS, Tracker, side_of

Array = NDArray[np.float64]
Grey = NDArray[np.uint8]

WALL, FLOOR = STATIC_IDS
WANDER_PX = 1.5  # standard deviation of a marker on wall or floor beyond which the phone was in a hand
HELD_PX = 3.0  # median way of the background in half a second, likewise
CLEAR = 0.25  # correlation of the background with itself, below which it is too plain to show anything
COARSE = 4  # the background is compared at so many times fewer pixels
ASIDE = 1.5  # times the way between the hip markers: farther aside is background
LEAST_STRIP = 16  # coarse pixels
FINER = 8.0  # coarse pixels: wider shades are left out
PLAIN = 1.0  # grey level, standard deviation: nothing to be seen
LONG_S = 0.2  # a gap that is not bridged
AS_NEAR = 1.1  # times as large: beyond, one of two people is visibly nearer


@dataclass
class Backdrop:
    """The background left and right of the athlete, compared with itself from time to time.

    Attributes
    ----------
    ways_px : list of float
        How far it moved from one look to the next [px]; NaN where it is too plain to tell.
    """

    cv2: Any
    before: list[NDArray[np.float32]] = field(default_factory=list)
    ways_px: list[float] = field(default_factory=list)
    edges: tuple[int, int] | None = None

    def look(self, grey: Grey, pair: Array | None) -> None:
        """Compare with the look before; `pair` are the middles of the hip markers [px], and before they are seen there is no background."""
        if pair is None:
            return
        if self.edges is None:  # kept: strips have to be of one size
            middle, reach = pair[:, 0].mean(), ASIDE * float(np.linalg.norm(pair[1] - pair[0]))
            self.edges = int(max(0, middle - reach)) // COARSE, int(max(0, middle + reach)) // COARSE
        small = self.cv2.resize(grey, None, fx=1 / COARSE, fy=1 / COARSE, interpolation=self.cv2.INTER_AREA).astype(np.float32)
        small -= self.cv2.GaussianBlur(small, (0, 0), FINER)  # light that falls off toward a corner does not move with the room
        strips = [np.ascontiguousarray(s) for s in (small[:, : self.edges[0]], small[:, self.edges[1] :]) if s.shape[1] >= LEAST_STRIP]
        way, clearest = np.nan, CLEAR
        for old, new in zip(self.before, strips, strict=False):
            if min(old.std(), new.std()) < PLAIN:
                continue
            shift, clear = self.cv2.phaseCorrelate(old, new, self.cv2.createHanningWindow(new.shape[::-1], self.cv2.CV_32F))
            if clear > clearest:
                way, clearest = COARSE * float(np.hypot(*shift)), clear
        if self.before:
            self.ways_px.append(way)
        self.before = strips


def turn_upright(rows: Array, size: tuple[int, int]) -> tuple[Array, tuple[int, int], int]:
    """Turn the picture as the hip markers' arrows say, where both and the line between them agree on it.

    Parameters
    ----------
    rows : ndarray, shape (n, 6, 4, 2)
        Corners of all markers [px].
    size : (int, int)
        Width and height of the picture [px].

    Returns
    -------
    rows : ndarray, shape (n, 6, 4, 2)
    size : (int, int)
        Of the turned picture.
    quarters : int
        Quarter turns anticlockwise, 0 to 3.

    Examples
    --------
    A phone that lay on its side: up is to the right in the picture.

    >>> marker = np.array([[40.0, 0.0], [40.0, 20.0], [20.0, 20.0], [20.0, 0.0]])
    >>> rows = np.full((1, 6, 4, 2), np.nan)
    >>> rows[0, 0], rows[0, 1] = marker + 50, marker + [50, 150]
    >>> turned, size, quarters = turn_upright(rows, (400, 300))
    >>> turned[0, 0].tolist(), size, quarters
    ([[50.0, 309.0], [70.0, 309.0], [70.0, 329.0], [50.0, 329.0]], (300, 400), 1)
    """
    hips = rows[:, list(HIP_IDS)]
    up = np.nanmedian(hips[:, :, 0] - hips[:, :, 3] + hips[:, :, 1] - hips[:, :, 2], axis=0)
    line = np.nanmedian(hips[:, 1].mean(axis=1) - hips[:, 0].mean(axis=1), axis=0)
    angles = np.r_[np.arctan2(up[:, 0], -up[:, 1]), np.arctan2(line[1], line[0])]
    quarters = np.round(angles / (np.pi / 2)).astype(int) % 4
    if len(set(quarters.tolist())) > 1:
        return rows, size, 0
    for _ in range(quarters[0]):
        rows, size = np.stack([rows[..., 1], size[0] - 1 - rows[..., 0]], axis=-1), (size[1], size[0])
    return rows, size, int(quarters[0])


def doubt_filming(time_s: Array, rows: Array, size: tuple[int, int], tracker: Tracker, backdrop: Backdrop) -> list[Doubt]:
    """Say what is doubtful about how a clip was filmed.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
        [s]
    rows : ndarray, shape (n, 6, 4, 2)
        Corners of all markers [px], NaN where not seen.
    size : (int, int)
        Width and height of the picture [px].
    tracker : Tracker
    backdrop : Backdrop

    Returns
    -------
    list of (str, str)
        Codes and sentences.
    """
    found = [_doubt_others(tracker), _doubt_leaving(time_s, rows, size), _doubt_hand(rows, backdrop)]
    step = float(np.diff(time_s).max())
    if step > LONG_S:
        found.append(("frames_missing", f"the video leaves out up to {step:.1f} s between two frames: what happens there is not known"))
    return [doubt for doubt in found if doubt is not None]


def _doubt_others(tracker: Tracker) -> Doubt | None:
    if not tracker.rivals:
        return None
    ours, theirs, is_left = np.median(np.array(tracker.rivals, dtype=float), axis=0)
    near = "the nearer one" if ours > AS_NEAR * theirs else "the farther one" if theirs > AS_NEAR * ours else "one of two as near as one another"
    where = "left" if is_left > 0.5 else "right"
    return (
        "marker_twice",
        f"the same hip marker was seen in two places in {tracker.doubled} of {tracker.looks} looks (two people, or a second sheet): {near}, on the "
        f"{where} of the picture, was measured throughout. If that is the wrong one, film one person at a time",
    )


def _doubt_leaving(time_s: Array, rows: Array, size: tuple[int, int]) -> Doubt | None:
    """Say when a hip marker, last seen at the picture's edge, is gone for longer than a gap that is bridged."""
    left_at = []
    for i in HIP_IDS:
        at = np.flatnonzero(np.isfinite(rows[:, i, 0, 0]))
        back_s = np.append(time_s[at[1:]], time_s[-1])
        for k in at[back_s - time_s[at] > LONG_S]:
            corners, side = rows[k, i], side_of(rows[k, i])
            if (corners.min(axis=0) < side).any() or (corners.max(axis=0) > np.array(size) - 1 - side).any():
                left_at.append(float(time_s[k]))
    if not left_at:
        return None
    return (
        "left_picture",
        f"a hip marker leaves the picture at {min(left_at):.1f} s: repetitions out of sight are not measured. Film from farther off",
    )


def _doubt_hand(rows: Array, backdrop: Backdrop) -> Doubt | None:
    """Say whether the phone was in a hand, by markers that should stand still or else by the background, or that nothing shows it."""
    held = "the phone did not stand still"
    seen = np.isfinite(rows[:, :, 0, 0])
    wander = {i: float(np.nanstd(rows[seen[:, i], i], axis=0).max()) for i in (WALL, FLOOR) if seen[:, i].sum() > 1}
    for i, name in ((WALL, "wall"), (FLOOR, "floor")):
        if i in wander and wander[i] <= WANDER_PX:
            return None
        if i in wander and seen[:, i].mean() > 0.5:
            return "hand_held", f"{held}: the {name} marker wanders by {wander[i]:.0f} px, and how it turns is taken out. A stand is better"
    ways = np.array(backdrop.ways_px)
    if wander or np.isfinite(ways).sum() >= 3:
        if not wander and np.nanmedian(ways) <= HELD_PX:
            return None
        return (
            "hand_held",
            f"{held}, and no marker on the wall shows how it turned: that counts as obliquity. Put it on a stand, or the wall marker in sight",
        )
    return (
        "stand_unproven",
        "nothing shows whether the phone stood still (no marker on wall or floor, a plain background): in a hand, its turning counts as obliquity",
    )
