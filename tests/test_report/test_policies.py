"""The figures of policies, from a table written down here."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from hiphitch_analysis.progress.policies import PolicyRuns
from hiphitch_analysis.report.canvas import new_figure
from hiphitch_analysis.report.figures import describe_policies, draw_policies, draw_prescriptions
from hiphitch_analysis.report.policies import say_policies, tabulate_policies, write_policies

COLUMNS = {
    "season_weeks": [26, 26, 26],
    "reached": [0.8, 0.5, 0.9],
    "weeks_done": [17.0, np.inf, 16.0],
    "weeks_done_low": [8.0, 12.0, 7.6],
    "weeks_done_high": [24.0, np.inf, np.inf],
    "weeks_done_diff": [0.0, 4.0, -0.34],
    "weeks_done_diff_low": [0.0, 3.5, -0.44],
    "weeks_done_diff_high": [0.0, 4.5, -0.24],
    "failed": [0.31, 1.0, 0.82],
    "failed_low": [0.16, 1.0, 0.21],
    "failed_high": [0.53, 1.0, 0.98],
    "failed_diff": [0.0, 0.69, 0.51],
    "form_stops": [0.06, 0.2, 0.16],
    "near_failure": [0.48, 1.0, 0.87],
    "reserve_reps": [3.3, 0.0, 0.84],
    "reps_week": [232.4, 297.0, 243.0],
}
TABLE = pd.DataFrame(COLUMNS, index=pd.Index(["standard ladder", "every set to failure", "a step every week"], name="policy"))
PRESCRIBED = pd.DataFrame(
    {"policy": ["standard ladder"] * 2 + ["a step every week"] * 2, "week": [0, 1] * 2, "reps": [40, 50, 40, 60], "reps_low": [40, 40, 40, 60]}
).assign(reps_high=[50, 60, 40, 60])


@pytest.fixture
def ax() -> Axes:
    return new_figure(90, 80)[1][0]


def marks(ax: Axes, gid: str) -> list[tuple[float, float]]:
    return [(float(line.get_xdata()[0]), float(line.get_ydata()[0])) for line in ax.lines if line.get_gid() == gid]


def words(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_a_row_per_policy_fewest_failures_on_top(ax):
    draw_policies(ax, TABLE)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["standard ladder", "a step every week", "every set to failure"]
    assert marks(ax, "median") == [(31, 0), (82, 1), (100, 2)]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the first row is the upper one
    assert {"standard", "+51", "+69"} <= set(words(ax))
    assert ax.get_title(loc="left") == "Sets that fail on the way" and "%" in ax.get_xlabel()


def test_who_is_beyond_the_season_is_an_arrow_at_its_end(ax):
    draw_policies(ax, TABLE, "weeks_done")
    assert marks(ax, "median") == [(17, 0), (16, 1)]  # the third has no median within the season
    assert marks(ax, "beyond") == [(26, 1), (26, 2)]
    assert {"−0.3", "+4.0"} <= set(words(ax))


def test_standard_ladder_is_told_by_shape_as_well(ax):
    draw_policies(ax, TABLE)
    assert [line.get_marker() for line in ax.lines if line.get_gid() == "median"] == ["D", "o", "o"]


def test_prescriptions_beside_the_standard(ax):
    draw_prescriptions(ax, PRESCRIBED, "a step every week")
    (own,), (other,) = ([line for line in ax.lines if line.get_gid() == gid] for gid in ("policy", "beside"))
    assert own.get_ydata().tolist() == [40, 60] and other.get_ydata().tolist() == [40, 50]
    assert "dashed: standard ladder" in words(ax) and "the same for every athlete" in words(ax)


def test_band_is_named_where_there_is_one(ax):
    draw_prescriptions(ax, PRESCRIBED, "standard ladder", "a step every week")
    assert "band: 8 in 10 athletes" in words(ax)


def test_words():
    assert say_policies(TABLE) == (
        "2 of 3 policies come to 3×45 within a week of the standard ladder; what differs is how many sets fail: 31% to 82%."
    )
    assert describe_policies(TABLE) == (
        "On the standard ladder the median athlete does 3×45 in week 17, and 31% of sets fail. "
        "a step every week: 82%, 0.3 weeks sooner; every set to failure: 100%, 4.0 weeks later."
    )


def test_plain_table():
    lines = tabulate_policies(TABLE).splitlines()
    assert [line.split("  ")[0] for line in lines] == ["policy", "standard ladder", "a step every week", "every set to failure"]
    assert lines[2].split()[4:] == ["16", "8", "to", ">26", "−0.3", "−0.4", "to", "−0.2", "90%", "82%", "16%", "87%", "0.8", "243"]
    assert len({len(line) for line in lines}) == 1


def test_files(tmp_path):
    runs = PolicyRuns(pd.DataFrame({"policy": ["standard ladder"], "squad": [0], "weeks_done": [np.inf]}), PRESCRIBED, 26)
    written = write_policies(runs, TABLE, tmp_path)
    assert [path.name for path in written] == ["policies.csv", "policies_athletes.csv", "policies_prescribed.csv", "policies.svg"]
    again = pd.read_csv(tmp_path / "policies.csv", index_col="policy")
    pd.testing.assert_frame_equal(again, TABLE, check_dtype=False)
    assert "On the standard ladder" in (tmp_path / "policies.svg").read_text("utf-8")


def test_what_cannot_be_drawn_is_refused(ax):
    with pytest.raises(ValueError, match="measure: expected one of"):
        draw_policies(ax, TABLE, "mood")
    with pytest.raises(ValueError, match="expected the standard ladder"):
        draw_policies(ax, TABLE.drop(index="standard ladder"))
    with pytest.raises(ValueError, match="policy: expected one of standard ladder, a step every week"):
        draw_prescriptions(ax, PRESCRIBED, "mood")
