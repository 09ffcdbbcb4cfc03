"""The parameters as one vector, there and back."""

import numpy as np
import pytest

from hiphitch_analysis.progress.growth import LINEAR, Law
from hiphitch_analysis.progress.parameters import Layout


@pytest.mark.parametrize("law", [LINEAR, Law("saturating", 0.1)])
def test_a_vector_put_together_comes_apart_the_same(law):
    layout = Layout(("second_set", "before"), law, 2 if law == LINEAR else 3)
    mean, sd = layout.priors()
    vector = mean + sd * np.random.default_rng(2).standard_normal(len(mean))
    assert layout.pack(*layout.unpack(vector)) == pytest.approx(vector, rel=1e-12)
