"""Standard errors from what limits a recording: closed forms, and the same by drawing the errors."""

import numpy as np
import pytest

from hiphitch_analysis.precision import SPREAD_DF, Precision, change_se, half_width, level_se, rotation_se

NONE = {"zero_deg": 0.0, "axis_deg": 0.0, "share": 0.0, "noise_deg": 0.0, "drift_deg": 0.0, "heading_deg": 0.0}


@pytest.mark.parametrize(
    ("limits", "change", "level"),
    [
        ({"noise_deg": 0.3}, 0.3, 0.0),
        ({"zero_deg": 0.3}, 0.0, 0.3),
        ({"drift_deg": 0.3}, 0.0, 0.3),
        ({"share": 0.05}, 0.4, 0.4),  # 5 % of 8°
        ({"zero_deg": 0.3, "drift_deg": 0.4}, 0.0, 0.5),
    ],
)
def test_each_limit_alone(limits, change, level):
    precision = Precision(**NONE | limits)
    assert change_se(precision, 8.0, 0.0) == pytest.approx(change)
    assert level_se(precision, -8.0, 0.0) == pytest.approx(level)


@pytest.mark.parametrize("axis_deg", [3.0, 8.0, 15.0])
@pytest.mark.parametrize("crossed_deg", [0.0, 2.0, -5.0])
def test_axis_error_by_drawing_it(axis_deg, crossed_deg):
    yaw = np.radians(np.random.default_rng(1).normal(0, axis_deg, 400_000))
    seen = 8.0 * np.cos(yaw) + crossed_deg * np.sin(yaw)
    drawn = np.sqrt(np.mean((seen - 8.0) ** 2))
    # the formula stops at the fourth order of the angle: 3 % at 15°
    assert change_se(Precision(**NONE | {"axis_deg": axis_deg}), 8.0, crossed_deg) == pytest.approx(drawn, rel=0.04)


def test_an_interval_is_that_of_students_t_with_six_degrees_of_freedom():
    """Printed tables of t give 2.447 and 1.943; drawn: a normal error over a spread that is itself known from six."""
    assert half_width(2.15) == pytest.approx(2.447 * 2.15, abs=0.002)
    assert half_width(1.0, 0.90) == pytest.approx(1.943, abs=0.0005)
    rng = np.random.default_rng(3)
    drawn = rng.normal(size=400_000) * np.sqrt(6 / rng.chisquare(6, 400_000))
    assert np.mean(np.abs(drawn) <= half_width(1.0)) == pytest.approx(0.95, abs=0.002)  # five of its own standard errors


def test_unknown_level_has_no_standard_error_but_its_changes_do():
    precision = Precision(**NONE | {"zero_deg": float("nan"), "noise_deg": 0.2})
    assert np.isnan(level_se(precision, 1.0, 0.0)) and change_se(precision, 1.0, 0.0) == pytest.approx(0.2)


def test_rotation():
    assert rotation_se(Precision(**NONE | {"heading_deg": 0.3, "share": 0.05}), 8.0) == pytest.approx(0.5)


def test_half_width_holds_errors_whose_spread_is_only_known_so_well():
    rng = np.random.default_rng(3)
    spread = np.sqrt(SPREAD_DF / rng.chisquare(SPREAD_DF, 200_000))
    errors = spread * rng.standard_normal(200_000)
    for level in (0.5, 0.9, 0.95):
        assert np.mean(np.abs(errors) < half_width(1.0, level)) == pytest.approx(level, abs=0.004)


def test_a_crossed_angle_that_is_not_known_adds_nothing():
    """A camera sees no tilt: the standard error of a drop is then what it is without any."""
    precision = Precision(zero_deg=0.3, axis_deg=8.0, share=0.1, noise_deg=1.0, drift_deg=0.5, heading_deg=1.0)
    assert change_se(precision, -8.0, np.nan) == change_se(precision, -8.0, 0.0)
    assert level_se(precision, -8.0, np.nan) == level_se(precision, -8.0, 0.0)
    assert np.isnan(level_se(precision, np.nan, 0.0))
