"""A set without a fault, but for the columns given."""

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.form.faults import find_faults


def build_reps(count=20, **columns):
    begin = np.arange(count) * 2.2
    times = {"start_s": begin, "bottom_s": begin + 1, "end_s": begin + 2, "lower_s": 1.0, "raise_s": 1.0}
    angles = {"drop_deg": 7.0, "return_error_deg": 0.5, "rotation_range_deg": 2.0}
    plain = {"rep": range(1, count + 1), "set": 1, "side": "left", "kind": "complete", **times, **angles}
    return pd.DataFrame({**plain, **columns})


@pytest.fixture
def reps_table():
    return build_reps


@pytest.fixture
def fault():
    return lambda name, **columns: find_faults(build_reps(**columns)).set_index("fault").loc[name]
