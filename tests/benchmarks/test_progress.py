"""What a fit of the censored model costs beside statsmodels' MixedLM on the same log's session means, the wrong model that people use."""

import time
import warnings

import numpy as np
import pytest
import statsmodels.formula.api as smf

from hiphitch_analysis.progress import capacity as module
from hiphitch_analysis.progress.branch import find_peak
from hiphitch_analysis.progress.forecast import draw_worlds, weeks_to_goal
from hiphitch_analysis.progress.growth import LINEAR
from hiphitch_analysis.progress.observe import observe_sets
from hiphitch_analysis.progress.parameters import Layout
from hiphitch_analysis.simulate import draw_squad, simulate_season

MOST = {40: 1.0, 2000: 0.5}  # times MixedLM


def cost(work, times=3):
    """CPU seconds, the best of several: other work on the machine only adds."""
    spent = []
    for _ in range(times):
        begin = time.process_time()
        work()
        spent.append(time.process_time() - begin)
    return min(spent)


@pytest.mark.parametrize("athletes", MOST)
def test_linear_branch_beside_mixedlm(athletes, capsys):
    season = simulate_season(draw_squad(athletes, seed=1), weeks=12, seed=1)
    sets = observe_sets(season.log)
    frame = module._frame(sets)
    design, layout = frame.linear(), Layout(frame.effects, LINEAR, 2)
    cells = sets.assign(y=np.log(sets["reps"].clip(lower=1))).groupby(["athlete_id", "session", "side"], as_index=False)
    cells = cells.agg(y=("y", "mean"), week=("week", "first"))

    def fit_mixed():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            smf.mixedlm("y ~ week + side", cells, groups="athlete_id", re_formula="~week").fit()

    times = 3 if athletes < 100 else 1
    ours, theirs = cost(lambda: find_peak(design, layout), times), cost(fit_mixed, times)
    with capsys.disabled():
        print(f"\ncapacity of {athletes} athletes, {len(sets):,} sets: {ours:.2f} s, {ours / theirs:.2f} × MixedLM on their session means")
    assert ours < MOST[athletes] * theirs


def test_growth_averaged_fit_and_forecast_of_a_squad(capsys):
    season = simulate_season(draw_squad(40, seed=1), weeks=8, seed=1)
    fitted = cost(lambda: module.fit_capacity(season.log, curved=False), times=1)
    spent = cost(lambda: weeks_to_goal(draw_worlds(module.fit_capacity(season.log))), times=1)
    with capsys.disabled():
        print(f"\nevery law of growth and the dates of 40 athletes: {spent:.1f} s, {spent / fitted:.0f} × the linear law alone")
    assert spent < 40 * fitted  # eight further laws, seven rounds each: more would mean that one of them never settles
