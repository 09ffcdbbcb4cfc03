"""A fixed slice of the study of routes, and its summary by hand."""

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.validate.views import DROPS_DEG, ROUTES, draw_view, summarise_views, try_set

FIRST_SEED = 500


def test_every_route_measures_the_same_repetitions():
    rows = pd.concat([try_set(FIRST_SEED + n, reps=8) for n in range(4)], ignore_index=True)
    found = {told["route"]: told for told in summarise_views(rows)}
    assert list(found) == list(ROUTES)
    assert all(told["sets"] == 4 for told in found.values())
    # Study: 0.4, 0.7 and 2.5° over 200 sets; four sets of one sensor, one skin and one film each differ from that by half.
    assert found["sensor"]["drop_rms_deg"] < 0.8
    assert found["markers"]["drop_rms_deg"] < 1.4
    assert found["printed"]["drop_rms_deg"] < 1.4
    assert found["sensor"]["drop_rms_deg"] < found["landmarks"]["drop_rms_deg"] < 5.0
    assert found["sensor"]["counted_exactly"] == 1.0


def test_coaches_film_square_and_level_mostly():
    views = [draw_view(seed)[0] for seed in range(400)]
    # 400 draws: a spread is right to 3.5 %, two of these.
    assert np.std([view.yaw_deg for view in views]) == pytest.approx(8, rel=0.08)
    assert np.std([view.elevation_deg for view in views]) == pytest.approx(2, rel=0.08)
    assert {view.view for view in views} == {"front", "back"}


def test_a_summary_by_hand():
    rows = pd.DataFrame(
        {
            "route": "markers",
            "seed": [1, 1, 2],
            "n_reps": [2, 2, 3],
            "true_reps": [2, 2, 1],
            "true_deg": [5.0, 7.0, 10.0],
            "drop_deg": [5.5, 6.0, np.nan],
            "drop_se_deg": [0.5, 0.1, np.nan],
            "true_error_deg": [0.0, 0.0, 0.0],
            "return_error_deg": [1.0, np.nan, np.nan],
            "return_error_se_deg": [1.0, np.nan, np.nan],
        }
    )
    (told,) = summarise_views(rows)
    assert (told["sets"], told["counted_exactly"], told["within_one"]) == (2, 0.5, 0.5)
    assert told["drop_bias_deg"] == pytest.approx(-0.25)
    assert told["drop_rms_deg"] == pytest.approx(np.sqrt((0.25 + 1.0) / 2))
    assert told["drop_rms_by_size_deg"][f"{DROPS_DEG[0]:g}–{DROPS_DEG[1]:g}°"] == pytest.approx(0.5)
    assert told["drop_held"] == 0.5  # half a degree is one standard error, one degree is ten
    assert told["return_held"] == 1.0
