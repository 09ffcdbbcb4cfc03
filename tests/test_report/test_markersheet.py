"""The sheet of printed markers: the right cells, the right size, nothing beyond the paper."""

import re

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from hiphitch_analysis.report.markersheet import CELLS, describe_pages, draw_pages, make_marker_sheet
from hiphitch_analysis.simulate.clip import CODES

MM = 4  # pixels per millimetre


def drawn(page) -> np.ndarray:
    """A page as grey values, `MM` pixels to the millimetre."""
    page.set_dpi(25.4 * MM)
    canvas = FigureCanvasAgg(page)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[:, :, 0]


def test_cells_are_those_of_apriltag_16h5():
    cv2 = pytest.importorskip("cv2", reason="needs OpenCV (extra video)")
    words = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_16h5)
    for marker, rows in CELLS.items():
        known = cv2.aruco.generateImageMarker(words, marker, 6)[1:5, 1:5] > 0
        assert ["".join("1" if white else "0" for white in row) for row in known] == list(rows)


def test_simulated_markers_are_the_printed_ones():
    assert list(CODES) == ["".join(rows) for rows in CELLS.values()]


@pytest.mark.parametrize(("number", "side_mm", "squares"), [(1, 50, 4), (2, 150, 1), (3, 150, 1)])
def test_black_squares_have_their_size(number, side_mm, squares):
    black = drawn(draw_pages()[number]) < 10
    columns = black.sum(axis=0) > 15 * MM  # a marker's outer columns are black all the way; rulers, arrows and letters are shorter
    runs = np.diff(np.flatnonzero(np.diff(np.r_[0, columns.astype(int), 0])))[::2]
    across = 2 if squares == 4 else 1
    assert len(runs) >= across
    edges = np.flatnonzero(columns)
    assert (edges[-1] - edges[0] + 1) / MM == pytest.approx(side_mm if squares == 1 else 96 + side_mm, abs=0.5)


def test_a_detector_reads_the_sheet():
    cv2 = pytest.importorskip("cv2", reason="needs OpenCV (extra video)")
    finder = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_16h5), cv2.aruco.DetectorParameters())
    found = {}
    for number, page in enumerate(draw_pages()):
        corners, ids, _ = finder.detectMarkers(np.ascontiguousarray(drawn(page)))
        for marker, square in zip([] if ids is None else np.ravel(ids).tolist(), corners, strict=True):
            found[marker] = (number, np.linalg.norm(square[0][1] - square[0][0]) / MM, square[0])
    assert {marker: number for marker, (number, _, _) in found.items()} == {0: 1, 1: 1, 2: 1, 3: 1, 4: 2, 5: 3}
    for marker, (_, side_mm, square) in found.items():
        assert side_mm == pytest.approx(50 if marker < 4 else 150, abs=0.5)
        assert square[0][1] < square[3][1] and square[0][0] < square[1][0]  # its own top is up


def test_nothing_is_cut_off_by_the_edge_of_the_paper():
    for page in draw_pages():
        grey = drawn(page)
        margin = 8 * MM  # printers leave 5 mm white
        assert (grey[:margin] > 250).all() and (grey[-margin:] > 250).all() and (grey[:, :margin] > 250).all() and (grey[:, -margin:] > 250).all()


def test_the_pdf_has_four_pages_of_a4_and_is_the_same_each_time():
    pdf = make_marker_sheet()
    assert pdf == make_marker_sheet()
    boxes = re.findall(rb"/MediaBox \[ ?0 0 ([\d.]+) ([\d.]+) ?\]", pdf)
    assert [(round(float(w) / 72 * 25.4), round(float(h) / 72 * 25.4)) for w, h in boxes] == [(210, 297)] * 4
    assert "Four A4 pages" in describe_pages()
