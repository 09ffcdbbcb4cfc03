"""A fixed slice of the study of moments and repetitions."""

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.simulate import Body
from hiphitch_analysis.validate.workload import ROUTES, draw_person, summarise_moments, summarise_reps, try_moment, try_reps

FIRST_SEED = 700


def test_drawn_people_differ_as_said():
    rng, body = np.random.default_rng(1), Body("male", 75.0, 1.78)
    people = pd.DataFrame(
        [{name: getattr(p, name) for name in ("hip_distance_m", "leg_kg", "height_m")} for p in (draw_person(body, rng) for _ in range(4000))]
    )
    # 4,000 draws: a standard deviation is right to 1.1 %, three of these.
    assert people["hip_distance_m"].std() == pytest.approx(0.0071 * 1.78, rel=0.035)
    assert people["leg_kg"].std() == pytest.approx(0.06 * body.leg_kg, rel=0.035)


def test_moments_on_every_route():
    rows = pd.DataFrame([try_moment(route, FIRST_SEED + 100 * i + n) for i, route in enumerate(ROUTES) for n in range(6)])
    found = pd.DataFrame(summarise_moments(rows)).set_index("route")
    assert (found["n"] >= 5).all()
    # Eighteen sets at a nominal 90 %: fewer than 12 would be a chance of one in a hundred.
    assert (found["held"] * found["n"]).sum() >= 12 / 18 * found["n"].sum()
    assert found["se_percent"].between(5, 15).all()
    assert found.loc["pelvis", "se_percent"] > found.loc["pelvis, trunk and thigh", "se_percent"]


def test_repetitions_after_a_test():
    found = pd.DataFrame(summarise_reps(pd.DataFrame([try_reps(FIRST_SEED + n) for n in range(60)]))).set_index("test")
    # Sixty people at a nominal 80 %: below 40 is a chance of one in two hundred.
    assert (found["held"] >= 40 / 60).all()
    assert found.loc["hold", "width_ratio"] < found.loc["torque", "width_ratio"] < found.loc["no test", "width_ratio"]


def test_summaries_by_hand():
    rows = pd.DataFrame({"route": ["pelvis"] * 2, "seed": [1, 2], "true_nm": [50.0, 100.0], "mean_nm": [55.0, 90.0], "mean_se_nm": [5.0, 5.0]})
    found = summarise_moments(rows)[0]
    # Errors +10 % and −10 %; 1.645 standard errors are 8.2 N·m, which hold the 5 and not the 10.
    assert (found["bias_percent"], found["rms_percent"], found["held"]) == pytest.approx((0.0, 10.0, 0.5))
    reps = pd.DataFrame(
        {"reps": [20.0, 40.0]}
        | {f"{t} {e}": v for t in ("no test", "torque", "hold") for e, v in (("low", [10.0, 10.0]), ("median", [20.0, 20.0]), ("high", [30.0, 30.0]))}
    )
    assert summarise_reps(reps)[0] == {"test": "no test", "n": 2, "median_ratio": 0.75, "width_ratio": 3.0, "nominal": 0.8, "held": 0.5}
