"""The printed markers of one person, followed from frame to frame: known by their code, located by their edges, never exchanged for another's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis.read.edges import CONTRAST, MODULES, fit_square, read_cells

Array = NDArray[np.float64]
Grey = NDArray[np.uint8]
Squares = dict[int, list[Array]]

MARKER_IDS = (0, 1, 2, 3, 4, 5)  # right and left front hip bone, breastbone, free ankle, wall, floor
HIP_IDS, BODY_IDS, STATIC_IDS = (0, 1), (0, 1, 2, 3), (4, 5)
SMALLEST = 0.008  # perimeter over the picture's long side: the detector's own 0.03 would lose markers of 14 pixels
WHOLE_EVERY = 15  # frames: wall and floor stand still, and who else comes in is soon seen
STILL_PX = 1.0  # from one look at the whole picture to the next; what moves farther is followed in between
LOST_AFTER = 5  # frames without a marker, after which it may be anywhere
SEARCH_ALL_FRAMES = 30  # how long each frame is searched whole for a marker never seen or lost; later every fifth is
LEAST_CROP_PX = 10  # a marker at the picture's edge is cut off
LARGER = (1, 2, 3)  # times as large: a marker bent or tilted away may show at one of them only
ROUND = 1.2  # sides of a marker around where it was: a pelvis moves by few pixels per frame
GROWS = 1.4  # from one sight to the next a marker does not grow or shrink by more, nor is one hip marker so much larger than the other
LIKE_CODE = 0.65  # correlation of cells and code; codes correlate by 0.51 at most, and markers the detector still reads by 0.73 at least
DISTINCT = 0.5  # of the way from black border to white cells that lies between black and white cells: below it something covers them
BENDS = 0.5  # cells by which a marker's outline changes from one frame to the next
APART = (2.0, 10.0)  # sides between the two hip markers: 24 cm are 5, less when seen from aside
STAYS = 0.5  # of the way between the hip markers: how far from there one may lie that was lost meanwhile
ANOTHER = 1.5  # sides between two sights of one number, from which on they are two markers


@dataclass
class Tracker:
    """What is remembered from frame to frame: where each marker was, how long ago, and whether somebody else wears the same.

    Attributes
    ----------
    looks, doubled : int
        How often the whole picture was searched, and how often it showed a hip marker twice.
    rivals : list of (float, float, bool)
        In these looks: side of the hip marker that is followed and of the other one [px], and whether the followed one is left of it.
    """

    cv2: Any
    frame: int = 0
    last: dict[int, Array] = field(default_factory=dict)
    missed: dict[int, int] = field(default_factory=dict)
    unseen: int = 0  # frames in a row in which a hip marker was nowhere
    pair: Array | None = None  # middles of both hip markers when last seen together
    at_look: dict[int, Array] = field(default_factory=dict)  # wall and floor when the whole picture was last searched
    moving: set[int] = field(default_factory=lambda: set(STATIC_IDS))
    looks: int = 0
    doubled: int = 0
    rivals: list[tuple[float, float, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Set the detector up, and know the codes it looks for."""
        aruco = self.cv2.aruco
        words = aruco.getPredefinedDictionary(aruco.DICT_APRILTAG_16h5)
        self._detector = aruco.ArucoDetector(words, aruco.DetectorParameters())
        self._codes = {i: aruco.generateImageMarker(words, i, MODULES)[1:-1, 1:-1] > 0 for i in MARKER_IDS}

    def look(self, grey: Grey) -> Array:
        """Return the corners of all markers in this frame, shape (6, 4, 2), NaN where not seen."""
        known = [i for i in MARKER_IDS if i in self.last and self.missed[i] < LOST_AFTER and (i in BODY_IDS or i in self.moving)]
        found = {i: corners for i in known if (corners := self._near(grey, i)) is not None}
        lost = any(i not in found and (i not in self.last or self.missed[i] >= LOST_AFTER - 1) for i in HIP_IDS)
        self.unseen = self.unseen + 1 if lost else 0
        if self.frame % WHOLE_EVERY == 0 or (lost and (self.unseen <= SEARCH_ALL_FRAMES or self.frame % LOST_AFTER == 0)):
            self._look_round(grey, found)
        row = np.full((len(MARKER_IDS), 4, 2), np.nan)
        for i in MARKER_IDS:
            if i in found:
                row[i] = self.last[i] = found[i]
                self.missed[i] = 0
            elif i in self.last:
                self.missed[i] += 1
        if all(i in found for i in HIP_IDS):
            self.pair = np.array([found[i].mean(axis=0) for i in HIP_IDS])
        self.frame += 1
        return row

    def _near(self, grey: Grey, marker: int) -> Array | None:
        """Look for one marker around where it was: by its edges, else by its code in a picture as it is, twice and three times as large."""
        was = self.last[marker]
        followed = self._follow(grey, marker)
        if followed is not None:
            return followed
        size = side_of(was)
        margin = ROUND * size + 6 * (1 + self.missed[marker])
        left, top = (int(max(0, np.floor(low - margin))) for low in was.min(axis=0))
        right, bottom = (int(np.ceil(high + margin)) for high in was.max(axis=0))
        crop = np.ascontiguousarray(grey[top:bottom, left:right])
        if min(crop.shape) < LEAST_CROP_PX:
            return None
        corner = np.array([left, top])
        rate = min(0.9, SMALLEST * max(grey.shape) / max(crop.shape))
        for times in LARGER:
            seen = crop if times == 1 else self.cv2.resize(crop, None, fx=times, fy=times, interpolation=self.cv2.INTER_CUBIC)
            squares = [(corners + 0.5) / times - 0.5 for corners in self._detect(seen, rate).get(marker, [])]
            squares = [c for c in squares if 1 / GROWS < side_of(c) / size < GROWS and (c[1] - c[0]) @ (was[1] - was[0]) > 0]
            if not squares:
                continue
            nearest = min(squares, key=lambda c: float(np.linalg.norm(c.mean(axis=0) + corner - was.mean(axis=0))))
            fitted = fit_square(crop, nearest)
            if fitted is not None:
                return np.asarray(fitted + corner)
        return None

    def _follow(self, grey: Grey, marker: int) -> Array | None:
        """Follow the edges from where they were; cells that no longer read as the code, as under a hand, are not the marker."""
        was = self.last[marker]
        cell = side_of(was) / MODULES
        fitted = fit_square(grey, was)
        if fitted is not None and np.abs(fitted - was).max() > cell / 2:  # begun too far off to be exact
            fitted = fit_square(grey, fitted)
        if fitted is None:
            return None
        bent = fitted - fitted.mean(axis=0) - was + was.mean(axis=0)
        if np.abs(bent).max() > BENDS * (1 + self.missed[marker]) * cell:
            return None
        return fitted if self._shows(grey, fitted, marker) else None

    def _shows(self, grey: Grey, corners: Array, marker: int) -> bool:
        """Whether the cells within these corners are the marker's: in order, and as far apart in grey as they are from the border."""
        cells = read_cells(grey, corners)
        if cells is None:
            return False
        white, border = self._codes[marker], np.concatenate([cells[[0, -1]].ravel(), cells[1:-1, [0, -1]].ravel()])
        inner = cells[1:-1, 1:-1]
        light, dark = inner[white].mean(), inner[~white].mean()
        if light - dark < max(CONTRAST, DISTINCT * (light - border.mean())):
            return False
        return bool(np.corrcoef(inner.ravel(), white.ravel())[0, 1] > LIKE_CODE)

    def _look_round(self, grey: Grey, found: dict[int, Array]) -> None:
        """Search the whole picture for what is not in `found` yet, and add it."""
        seen = self._detect(grey, SMALLEST)
        self.looks += 1
        chosen = self._choose_hips(seen, {i: found[i] for i in HIP_IDS if i in found})
        for i in MARKER_IDS:
            if i not in HIP_IDS and i in seen:
                chosen[i] = _likest(seen[i], list(chosen.values())) if i in BODY_IDS else max(seen[i], key=side_of)
        for i, corners in chosen.items():
            fitted = None if i in found else fit_square(grey, corners)
            if fitted is not None:
                found[i] = fitted
        self._note_rivals(seen, found)
        for i in STATIC_IDS:
            if i in found:
                here = self.at_look.get(i)
                still = here is not None and np.abs(found[i] - here).max() < STILL_PX
                self.moving = self.moving - {i} if still else self.moving | {i}
                self.at_look[i] = found[i]

    def _choose_hips(self, seen: Squares, found: dict[int, Array]) -> dict[int, Array]:
        """Return the hip markers of one person: both if they can belong together, of several such pairs the one followed, else the nearest."""
        options = [[found[i]] if i in found else [*seen.get(i, []), None] for i in HIP_IDS]
        best: dict[int, Array] = dict(found)
        rank = (len(found), 0.0)
        for right in options[0]:
            for left in options[1]:
                pair = {i: c for i, c in zip(HIP_IDS, (right, left), strict=True) if c is not None}
                size = float(np.mean([side_of(c) for c in pair.values()])) if pair else 0.0
                if (len(pair), size) > rank and self._fits(pair, found):
                    best, rank = pair, (len(pair), size)
        return best

    def _fits(self, pair: dict[int, Array], found: dict[int, Array]) -> bool:
        """Whether hip markers can be one person's, and the one's who was followed."""
        middles = {i: c.mean(axis=0) for i, c in pair.items()}
        if len(pair) == len(HIP_IDS):
            sides = [side_of(c) for c in pair.values()]
            apart = float(np.linalg.norm(middles[1] - middles[0])) / float(np.mean(sides))
            if not (APART[0] < apart < APART[1] and 1 / GROWS < sides[0] / sides[1] < GROWS):
                return False
        if self.pair is None:
            return True
        way = self.pair[1] - self.pair[0]
        reach = STAYS * float(np.linalg.norm(way))
        if len(pair) == len(HIP_IDS) and float(np.linalg.norm(middles[1] - middles[0] - way)) > reach:
            return False
        # who has been seen beside somebody else is only found again near where they were lost
        away = [float(np.linalg.norm(middles[i] - self.pair[i])) for i in middles if i not in found]
        return bool(found) or not self.rivals or max(away) < 2 * reach

    def _note_rivals(self, seen: Squares, found: dict[int, Array]) -> None:
        others = [
            (side_of(found[i]), side_of(c), bool(found[i][:, 0].mean() < c[:, 0].mean()))
            for i in HIP_IDS
            if i in found
            for c in seen.get(i, [])
            if np.linalg.norm(c.mean(axis=0) - found[i].mean(axis=0)) > ANOTHER * side_of(found[i])
        ]
        self.doubled += bool(others)
        self.rivals += others

    def _detect(self, grey: Grey, smallest: float) -> Squares:
        """Return the printed markers in a picture, roughly."""
        settings = self._detector.getDetectorParameters()
        settings.cornerRefinementMethod = self.cv2.aruco.CORNER_REFINE_NONE
        settings.minMarkerPerimeterRate = smallest
        self._detector.setDetectorParameters(settings)
        corners, ids, _ = self._detector.detectMarkers(grey)
        found: Squares = {}
        for i, square in zip([] if ids is None else np.ravel(ids).tolist(), corners, strict=True):
            if i in MARKER_IDS:
                found.setdefault(i, []).append(np.asarray(square, dtype=float).reshape(4, 2))
        return found


def side_of(corners: Array) -> float:
    """Return the mean side of a marker [px]."""
    return float(np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1).mean())


def _likest(squares: list[Array], hips: list[Array]) -> Array:
    """Return which of several squares is likeliest on the body between these hip markers: as near, so as large, and above or below them."""
    if not hips:
        return max(squares, key=side_of)
    middle, size = np.mean([c.mean(axis=0) for c in hips], axis=0), float(np.mean([side_of(c) for c in hips]))
    return min(squares, key=lambda c: abs(float(c.mean(axis=0)[0] - middle[0])) / size + 10 * abs(np.log(side_of(c) / size)))
