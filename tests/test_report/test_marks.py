"""Signs: their shape is the code, and they carry their word."""

import xml.etree.ElementTree as ET

import pytest

from hiphitch_analysis.report.marks import AT_LEAST, STATUSES, status_svg
from hiphitch_analysis.report.palette import SIDE_STYLES, side_style


def paths(svg: str) -> list[dict[str, str]]:
    return [dict(path.attrib) for path in ET.fromstring(svg)]


@pytest.mark.parametrize(("status", "word"), [("good", "good"), ("watch", "watch"), ("mend", "mend first"), ("unseen", "not seen")])
def test_a_sign_says_its_word(status, word):
    root = ET.fromstring(status_svg(status, sure=True))
    assert (root.get("role"), root.get("aria-label")) == ("img", word)


@pytest.mark.parametrize("status", ["good", "watch", "mend"])
def test_a_sign_is_filled_when_sure_and_outlined_when_not(status):
    assert paths(status_svg(status, sure=True))[0]["fill"] == STATUSES[status].fill != "none"
    assert paths(status_svg(status, sure=False))[0]["fill"] == "none"
    assert "less sure" in status_svg(status, sure=False)


def test_what_was_not_seen_is_a_dashed_ring_however_sure():
    for sure in (True, False):
        outline = paths(status_svg("unseen", sure))[0]
        assert outline["fill"] == "none"
        assert "stroke-dasharray" in outline


def test_no_two_signs_share_a_shape():
    shapes = {(sign.outline, sign.inner) for sign in STATUSES.values()}
    assert len(shapes) == len(STATUSES)


def test_an_unknown_status_is_refused():
    with pytest.raises(ValueError, match="status: expected one of good, watch, mend, unseen, got 'red'"):
        status_svg("red", sure=True)


def test_the_arrow_of_a_capped_set_points_up():
    tip = max(AT_LEAST.vertices, key=lambda point: point[1])
    assert tuple(tip) == (0.0, 0.5)


def test_sides_differ_in_every_way_but_size():
    left, right = side_style("left"), side_style("right")
    assert all(getattr(left, name) != getattr(right, name) for name in ("colour", "marker", "line", "face", "letter"))
    assert set(SIDE_STYLES) == {"left", "right"}


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", [side_style("left").colour, side_style("right").colour, "#5B6570", "#00694D", "#A84300", "#8A5A00"])
def test_coloured_words_are_readable_on_white(colour):
    assert 1.05 / (luminance(colour) + 0.05) >= 4.5
