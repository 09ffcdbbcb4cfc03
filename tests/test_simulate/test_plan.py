import pytest
from hiphitch_analysis.simulate.plan import MotionPlan


def test_hips_are_a_tenth_of_height_apart():
    assert MotionPlan(height_m=1.80).hip_distance_m == pytest.approx(0.1782)  # 0.099 × 1.80


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"stance": "links"}, "stance"),
        ({"drop_deg": -8.0}, "drop_deg"),
        ({"reps": -1}, "reps"),
        ({"lower_s": 0.0}, "lower_s"),
        ({"drop_deg": float("nan")}, "drop_deg"),
        ({"partial": (30,)}, "partial"),
        ({"partial": (2,), "aborted": (2,)}, "different rows"),
    ],
)
def test_what_nobody_could_do_is_refused(change, says):
    with pytest.raises(ValueError, match=says):
        MotionPlan(**change)
