"""Which repetitions count: complete, measured, in order of time."""

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.reps.complete import is_measured, select_measured


def table(**columns):
    start = np.array([0.0, 2.0, 4.0, 6.0])
    times = {"start_s": start, "bottom_s": start + 1, "end_s": start + 2}
    kinds = ["complete", "partial", "aborted", "complete"]
    return pd.DataFrame({"rep": [1, 2, 3, 4], "set": 1, "side": "left", "kind": kinds, **times, "drop_deg": [8.0, 5.0, 4.0, 7.0], **columns})


def test_only_complete_ones_count():
    assert select_measured(table(), ["drop_deg"])["rep"].tolist() == [1, 4]
    assert is_measured(table()).tolist() == [True, False, False, True]


def test_one_that_could_not_be_measured_does_not_count():
    reps = table(unmeasured=["gap in the data", None, None, None])
    assert select_measured(reps, ["drop_deg"])["rep"].tolist() == [4]
    assert is_measured(reps).tolist() == [False, False, False, True]


def test_rows_come_in_order_of_set_and_time_and_keep_their_labels():
    reps = table(set=[2, 2, 2, 1], kind="complete").iloc[[2, 0, 3, 1]]
    assert select_measured(reps, ["drop_deg"]).index.tolist() == [3, 0, 1, 2]
    assert is_measured(reps).index.tolist() == [2, 0, 3, 1]


def test_the_table_handed_in_is_not_changed():
    reps = table()
    before = reps.copy()
    select_measured(reps, ["drop_deg"])
    pd.testing.assert_frame_equal(reps, before)


def test_missing_measures_are_named_all_at_once():
    with pytest.raises(ValueError, match=r"^reps: missing column 'lower_s', 'raise_s' — expected measured .* measure_reps\(\) adds the measures\.$"):
        select_measured(table(), ["drop_deg", "lower_s", "raise_s"])


def test_what_is_no_table_of_repetitions_is_refused():
    with pytest.raises(ValueError, match=r"^reps: missing column 'kind'"):
        select_measured(table().drop(columns="kind"), [])
