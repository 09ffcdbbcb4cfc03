"""A printed marker between pixels: straight lines along the edges of its black square, where they meet, and the cells within."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ALONG = np.linspace(0.10, 0.90, 24)  # where a side is looked at; its ends are blurred with the next side
STEPS = 17  # grey values read across a side at each of these places
MODULES = 6  # cells across a marker, its black border counted: the border and the white around it are one cell wide at least
REACH = (0.85, 0.7, 0.55, 0.55)  # cells to either side that are read, look after look: the better a side is known, the less of the cells beside it
OUTLIER = 3.0  # of the usual distance from the line
CONTRAST = 12.0  # grey levels between black and white, below which there is no edge
WITHIN = (-0.2, 0.0, 0.2)  # cells from a cell's middle: where its grey value is read


def fit_square(grey: NDArray[np.uint8], corners: Array) -> Array | None:
    """Locate the corners of a printed black square between pixels.

    Parameters
    ----------
    grey : ndarray of uint8, shape (height, width)
        The picture.
    corners : ndarray, shape (4, 2)
        Where they are to about a pixel [px], clockwise as seen.

    Returns
    -------
    ndarray, shape (4, 2) or None
        [px]; None where a side shows no edge, or leaves the picture.

    Notes
    -----
    Across a side the grey value goes from black to white. However wide the blur, the amount of dark along that way says where a sharp edge would
    be, without bias and with little noise. A line through 24 such places, outliers left out, gives each side; neighbours are intersected. The
    square's own black and white are used, so light may differ from side to side.

    Examples
    --------
    A square from 10.25 to 40.25, each pixel grey by the share of it that is covered:

    >>> cover = np.clip(np.arange(50) + 0.5 - 10.25, 0, 1) * np.clip(40.25 - np.arange(50) + 0.5, 0, 1)
    >>> picture = np.round(255 * (1 - np.outer(cover, cover))).astype(np.uint8)
    >>> rough = np.array([[11, 10], [40, 11], [39, 40], [10, 41]], dtype=float)
    >>> fit_square(picture, rough).round(2).tolist()
    [[10.25, 10.25], [40.25, 10.25], [40.25, 40.25], [10.25, 40.25]]
    """
    found = np.asarray(corners, dtype=float)
    for reach in REACH:
        lines = _fit_sides(grey, found, reach)
        if lines is None:
            return None
        found = _intersect(lines)
        if not np.isfinite(found).all() or np.abs(found - corners).max() > np.ptp(corners):
            return None
    return found


def read_cells(grey: NDArray[np.uint8], corners: Array) -> Array | None:
    """Read the cells of a marker, its black border included.

    Parameters
    ----------
    grey : ndarray of uint8, shape (height, width)
        The picture.
    corners : ndarray, shape (4, 2)
        Of the black square [px], clockwise from the printed top left.

    Returns
    -------
    ndarray, shape (6, 6) or None
        Mean grey value of each cell's inner part; None where the square leaves the picture.

    Examples
    --------
    >>> picture = np.zeros((20, 20), dtype=np.uint8)
    >>> picture[4:6, 8:10] = 200  # cells of two pixels
    >>> read_cells(picture, np.array([[1.5, 1.5], [13.5, 1.5], [13.5, 13.5], [1.5, 13.5]])).round().astype(int)[:3].tolist()
    [[0, 0, 0, 0, 0, 0], [0, 0, 0, 200, 0, 0], [0, 0, 0, 0, 0, 0]]
    """
    at = (np.arange(MODULES)[:, None] + 0.5 + np.array(WITHIN)).ravel() / MODULES
    x, y = np.meshgrid(at, at)
    first, second, third, fourth = corners
    bend = np.linalg.solve(np.column_stack([second - third, fourth - third]), first - second + third - fourth)  # a square in perspective
    across, down = second - first + bend[0] * second, fourth - first + bend[1] * fourth
    places = (first + x[..., None] * across + y[..., None] * down) / (1 + bend[0] * x + bend[1] * y)[..., None]
    values = _read(grey, places)
    return None if values is None else np.asarray(values.reshape(MODULES, len(WITHIN), MODULES, len(WITHIN)).mean(axis=(1, 3)))


def _fit_sides(grey: NDArray[np.uint8], corners: Array, reach: float) -> Array | None:
    """Return each side as (normal x, normal y, distance), shape (4, 3)."""
    side = np.roll(corners, -1, axis=0) - corners
    length = np.linalg.norm(side, axis=1)
    if length.min() < MODULES:
        return None
    outward = np.column_stack([side[:, 1], -side[:, 0]]) / length[:, None]  # clockwise with y down: out is to the left of the way
    middle = corners + side / 2
    across = np.abs(((middle - np.roll(middle, 2, axis=0)) * outward).sum(axis=1))  # to the side opposite: short where a square is seen at a slant
    half = reach * across / MODULES
    offset = half[:, None] * np.linspace(-1, 1, STEPS)
    places = corners[:, None] + ALONG[None, :, None] * side[:, None]
    values = _read(grey, places[:, :, None] + offset[:, None, :, None] * outward[:, None, None])
    if values is None:
        return None
    black, white = np.median(values[:, :, :3], axis=(1, 2)), np.median(values[:, :, -3:], axis=(1, 2))
    if (white - black).min() < CONTRAST:
        return None
    dark = np.clip((white[:, None, None] - values) / (white - black)[:, None, None], -0.2, 1.2)
    edge = (dark[:, :, 1:] + dark[:, :, :-1]).sum(axis=2) * (half / (STEPS - 1))[:, None] - half[:, None]
    return _lines(places + edge[:, :, None] * outward[:, None], outward)


def _lines(points: Array, outward: Array) -> Array:
    """Fit a line to the points of each side, outliers left out."""
    along = np.column_stack([-outward[:, 1], outward[:, 0]])
    middle = points.mean(axis=1, keepdims=True)
    t = ((points - middle) * along[:, None]).sum(axis=2)
    d = ((points - middle) * outward[:, None]).sum(axis=2)
    weight = np.ones_like(d)
    for _ in range(3):
        total = weight.sum(axis=1)
        mean_t, mean_d = (weight * t).sum(axis=1) / total, (weight * d).sum(axis=1) / total
        slope = (weight * (t - mean_t[:, None]) * d).sum(axis=1) / (weight * (t - mean_t[:, None]) ** 2).sum(axis=1)
        off = np.abs(d - mean_d[:, None] - slope[:, None] * (t - mean_t[:, None]))
        weight = (off <= OUTLIER * 1.4826 * np.median(off, axis=1, keepdims=True) + 1e-6).astype(float)
    normal = outward - slope[:, None] * along
    normal = normal / np.linalg.norm(normal, axis=1, keepdims=True)
    through = middle[:, 0] + mean_t[:, None] * along + mean_d[:, None] * outward
    return np.column_stack([normal, (normal * through).sum(axis=1)])


def _intersect(lines: Array) -> Array:
    """Return where each side meets the one before it."""
    before = np.roll(lines, 1, axis=0)
    cross = before[:, 0] * lines[:, 1] - before[:, 1] * lines[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        x = (before[:, 2] * lines[:, 1] - lines[:, 2] * before[:, 1]) / cross
        y = (before[:, 0] * lines[:, 2] - lines[:, 0] * before[:, 2]) / cross
    return np.column_stack([x, y])


def _read(grey: NDArray[np.uint8], at: Array) -> Array | None:
    """Return grey values between pixels, bilinear; None where a place lies outside the picture."""
    height, width = grey.shape
    column, row = np.floor(at[..., 0]).astype(int), np.floor(at[..., 1]).astype(int)
    if column.min() < 0 or row.min() < 0 or column.max() >= width - 1 or row.max() >= height - 1:
        return None
    right, down = at[..., 0] - column, at[..., 1] - row
    flat, first = grey.ravel(), row * width + column
    upper = flat[first] * (1 - right) + flat[first + 1] * right
    lower = flat[first + width] * (1 - right) + flat[first + width + 1] * right
    return np.asarray(upper * (1 - down) + lower * down)
