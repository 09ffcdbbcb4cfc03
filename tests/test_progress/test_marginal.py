"""The marginal likelihood: against quadrature written here, against dense matrices, and its gradient against differences."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from hiphitch_analysis.progress.blocks import Days, Design, factorise
from hiphitch_analysis.progress.growth import LINEAR, Law
from hiphitch_analysis.progress.likelihood import Bounds
from hiphitch_analysis.progress.marginal import Variances, marginal_likelihood
from hiphitch_analysis.progress.observe import observe_sets, side_index
from hiphitch_analysis.progress.parameters import Layout
from hiphitch_analysis.simulate import draw_squad, simulate_season

TINY = 1e-5  # a standard deviation that is as good as none


def make_design(seed, athletes=6, sessions=5, columns=2, one_sided=0.3):
    """Sets of made-up athletes, each with a level, a gain, sides and days of his own; targets of 20 cap two thirds of them."""
    rng = np.random.default_rng(seed)
    rows = []
    for athlete in range(athletes):
        level, gain, sides = rng.normal(3.0, 0.3), rng.normal(0.05, 0.02), rng.normal(0, 0.06, 2)
        for session in range(sessions):
            day = rng.normal(0, 0.06) + rng.normal(0, 0.05, 2)
            for side in (0, 1) if rng.random() > one_sided else (int(rng.integers(2)),):
                for number in range(2):
                    able = level + gain * session + sides[side] + day[side] - 0.05 * number + rng.normal(0, 0.05)
                    rows.append((athlete, session, side, number, np.floor(np.exp(able))))
    athlete, session, side, number, reps = np.array(rows).T
    capped = reps >= 20
    reps = np.maximum(np.where(capped, 20, reps), 1)
    place = np.unique(athlete * 100 + session, return_inverse=True)[1]
    week = np.zeros(place.max() + 1)
    week[place] = session
    growth = np.column_stack([np.ones_like(week), week, 0.1 * week**2][:columns])
    fixed = np.column_stack([np.ones_like(session), session, number])
    of_session = np.zeros(len(week), dtype=np.int64)
    of_session[place] = athlete
    bounds = Bounds.of(np.log(reps), np.where(capped, np.inf, np.log(reps + 1)))
    return Design(bounds, fixed, 0.01 * side, 2 * place + side.astype(np.int64), growth, of_session)


@pytest.mark.parametrize("columns", [2, 3])
@pytest.mark.parametrize("seed", range(3))
def test_gradient_is_that_of_the_value(seed, columns):
    """Differences of fourth order; what they leave is rounding, 1e-16 of the value over the step."""
    design = make_design(seed, columns=columns)
    layout = Layout(("second_set",), LINEAR if columns == 2 else Law("saturating", 0.1), columns)
    vector = layout.priors()[0] + np.random.default_rng(seed).normal(0, 0.15, len(layout.names)) * layout.priors()[1]

    def value(at):
        return marginal_likelihood(design, *layout.unpack(at), tolerance=1e-11).value.sum()

    step = 1e-4
    gradient = layout.gradient(vector, marginal_likelihood(design, *layout.unpack(vector), tolerance=1e-11)).sum(axis=0)
    for k, name in enumerate(layout.names):
        along = step * np.eye(len(vector))[k]
        one, two = (value(vector + n * along) - value(vector - n * along) for n in (1, 2))
        assert gradient[k] == pytest.approx((8 * one - two) / (12 * step), rel=2e-6, abs=2e-6), name


def test_curvature_is_the_dense_matrix_inverted():
    """One athlete's random effects written out as one matrix: solutions, variances, what fixed effects are left come out of its inverse."""
    rng = np.random.default_rng(4)
    design = make_design(4, athletes=1, sessions=4)
    weight = np.where(np.bincount(design.cell, minlength=8).reshape(-1, 2) > 0, rng.uniform(50, 400, (4, 2)), 0.0)
    factor = np.array([[0.3, 0, 0, 0], [0.01, 0.02, 0, 0], [0, 0, 0.07, 0], [0, 0, 0, 0.07]])
    days = Days.of(0.06, 0.05)
    rows = np.zeros((8, 4 + 8))
    for session in range(4):
        for side in (0, 1):
            rows[2 * session + side, :4] = np.r_[design.growth[session], side == 0, side == 1] @ factor
            rows[2 * session + side, 4 + 2 * session + side] = 1.0
    day = 0.06**2 + 0.05**2 * np.eye(2)
    prior = np.zeros((12, 12))
    prior[:4, :4] = np.eye(4)
    prior[4:, 4:] = np.kron(np.eye(4), np.linalg.inv(day))
    dense = np.linalg.inv(prior + rows.T @ np.diag(weight.ravel()) @ rows)

    found = factorise(design, weight, days, factor)
    pull = rng.normal(size=12)
    of_athlete, of_session = found.solve(design, pull[None, :4], pull[4:].reshape(-1, 2))
    assert np.r_[of_athlete[0], of_session.ravel()] == pytest.approx(dense @ pull, rel=1e-9)
    assert found.inverse[0] == pytest.approx(dense[:4, :4], rel=1e-9)
    of_cells = rows @ dense @ rows.T
    assert found.of_cells(design).ravel() == pytest.approx(np.diag(of_cells), rel=1e-9)
    assert found.across(design) == pytest.approx(of_cells[np.arange(0, 8, 2), np.arange(1, 8, 2)], rel=1e-9)
    half = np.sqrt(0.5) * np.kron(np.eye(4), np.array([[1, 1], [1, -1]]))
    assert found.of_days(design).ravel() == pytest.approx(np.diag(half @ dense[4:, 4:] @ half.T), rel=1e-9)
    precision = (weight.ravel() / np.maximum(np.bincount(design.cell, minlength=8), 1))[design.cell]
    of_set, known = rows[design.cell], found.of_fixed(design, precision)
    through = of_set.T @ (precision[:, None] * design.fixed)
    assert known[0] == pytest.approx(design.fixed.T @ (precision[:, None] * design.fixed) - through.T @ dense @ through, rel=1e-9, abs=1e-9)
    assert np.vstack([known[1][0], known[2].reshape(8, -1)]) == pytest.approx(dense @ through, rel=1e-9, abs=1e-12)
    of_sessions = np.linalg.slogdet(np.eye(8) + np.kron(np.eye(4), day) @ np.diag(weight.ravel()))[1]
    assert found.logdet.sum() == pytest.approx(of_sessions, rel=1e-9)


def by_quadrature(design, fixed, residual, level_sd, points=61):
    """Log-likelihood with a random level only, integrated for each athlete around where the integrand is highest."""
    nodes, weights = np.polynomial.hermite.hermgauss(points)
    base = design.offset + design.fixed @ fixed
    athlete, total = design.athlete[design.cell // 2], 0.0
    for one in range(athlete[-1] + 1):
        own = athlete == one
        lower, upper, mean = design.bounds.lower[own], design.bounds.upper[own], base[own]

        def log_density(level, lower=lower, upper=upper, mean=mean):
            a, b = ((bound[:, None] - mean[:, None] - level) / residual for bound in (lower, upper))
            chance = np.where(a + b > 0, norm.sf(a) - norm.sf(b), norm.cdf(b) - norm.cdf(a))
            return np.log(np.maximum(chance, 1e-300)).sum(axis=0) + norm.logpdf(level, 0, level_sd)

        grid = np.linspace(-6 * level_sd, 6 * level_sd, 20001)
        density = log_density(grid)
        top = grid[density.argmax()]
        near = density > density.max() - 12
        spread = np.sqrt(np.average((grid[near] - top) ** 2, weights=np.exp(density[near] - density.max())))
        values = log_density(top + np.sqrt(2) * spread * nodes) + nodes**2
        total += np.log(np.sqrt(2) * spread * (weights * np.exp(values - values.max())).sum()) + values.max()
    return total


def test_random_level_agrees_with_quadrature():
    """0.005 in a thousand units of log-likelihood is asked for, on the log of a programme that goes up."""
    sets = observe_sets(simulate_season(draw_squad(40, seed=2), weeks=12, seed=2).log)
    place = pd.factorize(pd.MultiIndex.from_frame(sets[["athlete_id", "session"]]))[0]
    first = np.r_[True, np.diff(place) > 0]
    assert 0.5 < np.isinf(sets["upper"]).mean() < 0.8
    week, number = sets["week"].to_numpy(), sets["second_set"].to_numpy() + sets["third_set"].to_numpy()
    design = Design(
        Bounds.of(sets["lower"].to_numpy(), sets["upper"].to_numpy()),
        np.column_stack([np.ones_like(week), week, number]),
        np.zeros_like(week),
        2 * place + side_index(sets),
        np.column_stack([np.ones(first.sum()), week[first]]),
        pd.factorize(sets["athlete_id"])[0][first].astype(np.int64),
    )
    fixed, residual, level_sd = np.array([3.13, 0.051, -0.051]), 0.125, 0.32
    variances = Variances(residual, TINY, TINY, TINY, np.array([[level_sd, 0.0], [0.0, TINY]]))
    found = marginal_likelihood(design, fixed, variances)
    exact = by_quadrature(design, fixed, residual, level_sd)
    assert abs(found.value.sum() - exact) < 5e-6 * abs(exact)


def by_nested_quadrature(design, fixed, variances, points=41):
    """Log-likelihood of each athlete with a random level, days, and sides on days: grids within grids."""
    nodes = np.linspace(-6, 6, points)
    log_weight = norm.logpdf(nodes) + np.log(nodes[1] - nodes[0])
    base = design.offset + design.fixed @ fixed
    level_sd, found = variances.growth[0, 0], []
    for one in range(design.athlete[-1] + 1):
        total = log_weight.copy()  # over the level
        for session in np.flatnonzero(design.athlete == one):
            of_day = np.zeros((points, points)) + log_weight  # level × day
            for cell in (2 * session, 2 * session + 1):
                own = np.flatnonzero(design.cell == cell)
                y = level_sd * nodes[:, None, None] + variances.session * nodes[None, :, None] + variances.side_session * nodes
                sets = np.zeros(y.shape)
                for i in own:
                    a, b = ((bound - base[i] - y) / variances.residual for bound in (design.bounds.lower[i], design.bounds.upper[i]))
                    sets += np.log(np.maximum(np.where(a + b > 0, norm.sf(a) - norm.sf(b), norm.cdf(b) - norm.cdf(a)), 1e-300))
                of_day += np.logaddexp.reduce(sets + log_weight, axis=2) if len(own) else 0.0
            total += np.logaddexp.reduce(of_day, axis=1)
        found.append(np.logaddexp.reduce(total))
    return np.array(found)


def test_days_known_from_two_or_three_capped_sets_agree_with_quadrature():
    """The hard part: every day is known from few sets, most of which only say "at least". Sites alone are up to 0.06 short of the truth here."""
    design = make_design(11, athletes=8, sessions=4)
    variances = Variances(0.08, 0.10, 0.09, TINY, np.array([[0.12, 0.0], [0.0, TINY]]))
    fixed = np.array([3.0, 0.04, -0.05])
    found = marginal_likelihood(design, fixed, variances)
    exact = by_nested_quadrature(design, fixed, variances)
    assert found.value + found.beyond == pytest.approx(exact, abs=0.012)  # what is left is of fourth order
    assert np.abs(found.value + found.beyond - exact).sum() < 0.2 * np.abs(found.value - exact).sum()


def test_without_censoring_it_is_the_normal_distribution():
    """Intervals so narrow that log capacity is as good as known: the log density of a multivariate normal, times the width of every interval."""
    design = make_design(3)
    rng = np.random.default_rng(3)
    fixed, width = np.array([3.0, 0.05, -0.05]), 1e-3
    variances = Variances(0.08, 0.06, 0.05, 0.07, np.array([[0.3, 0.0], [0.01, 0.02]]))
    seen = design.offset + design.fixed @ fixed + rng.normal(0, 0.2, len(design.cell))
    design = Design(Bounds.of(seen - width / 2, seen + width / 2), design.fixed, design.offset, design.cell, design.growth, design.athlete)
    found = marginal_likelihood(design, fixed, variances)
    for one in range(design.athlete[-1] + 1):
        own = design.athlete[design.cell // 2] == one
        session, side = design.cell[own] // 2, design.cell[own] % 2
        growth = design.growth[session] @ variances.growth
        cov = growth @ growth.T + 0.07**2 * (side[:, None] == side) + 0.08**2 * np.eye(own.sum())
        cov += (session[:, None] == session) * (0.06**2 + 0.05**2 * (side[:, None] == side))
        off = seen[own] - design.offset[own] - design.fixed[own] @ fixed
        expected = -0.5 * (off @ np.linalg.solve(cov, off) + np.linalg.slogdet(2 * np.pi * cov)[1]) + own.sum() * np.log(width)
        # the interval's own spread, width²/12, is a 77,000th of the residual's variance
        assert found.value[one] == pytest.approx(expected, abs=0.01)


def test_a_single_set_is_matched_exactly():
    """One capped set: there is nothing to approximate, and mean, variance and likelihood must be those of quadrature."""
    bounds = Bounds.of(np.log([20.0]), np.array([np.inf]))
    one = np.zeros(1, dtype=np.int64)
    design = Design(bounds, np.ones((1, 2)) * [1.0, 0.0], np.zeros(1), one, np.array([[1.0, 0.0]]), one)
    variances = Variances(0.1, TINY, TINY, TINY, np.array([[0.3, 0.0], [0.0, TINY]]))
    found = marginal_likelihood(design, np.array([2.8, 0.0]), variances)
    grid = np.linspace(-2, 2, 40001)
    density = norm.cdf((2.8 + grid - np.log(20)) / 0.1) * norm.pdf(grid, 0, 0.3)
    mean = np.average(grid, weights=density)
    assert found.mean[0, 0] == pytest.approx(mean, abs=1e-5)
    assert found.cov[0, 0, 0] == pytest.approx(np.average((grid - mean) ** 2, weights=density), rel=1e-4)
    assert found.value[0] == pytest.approx(np.log(density.sum() * (grid[1] - grid[0])), abs=1e-6)


@pytest.mark.parametrize("failed", [0.0, 0.02, 0.1])
@pytest.mark.parametrize("side", [0.1, 0.7])
def test_a_long_season_of_capped_sets_settles(failed, side):
    """420 sets that each say a little, all of the same athlete: what stands for them overshoots together unless it is led."""
    rng, sessions = np.random.default_rng(1), 70
    session, side_of, number = (values.ravel() for values in np.meshgrid(np.arange(sessions), [0, 1], np.arange(3), indexing="ij"))
    target = np.minimum(20 + 5 * (session // 6), 45)
    ended = (rng.random(len(target)) < failed) & (session < sessions // 4)
    reps = np.where(ended, target - rng.integers(1, 4, len(target)), target).astype(float)
    week = np.arange(sessions) * 26 / sessions
    growth = np.column_stack([np.ones(sessions), week, 0.1 * week * np.exp(-0.1 * week)])
    fixed = np.column_stack([np.ones(len(reps)), week[session], number > 0]).astype(float)
    bounds = Bounds.of(np.log(reps), np.where(ended, np.log(reps + 1), np.inf))
    design = Design(bounds, fixed, np.zeros(len(reps)), 2 * session + side_of, growth, np.zeros(sessions, dtype=np.int64))
    at, variances = np.array([3.3, 0.05, -0.05]), Variances(0.04, 0.048, 0.047, side, np.diag([0.16, 0.031, 1.1]))
    elsewhere = marginal_likelihood(design, np.array([3.1, 0.02, -0.1]), Variances(0.05, 0.05, 0.05, 0.3, np.diag([0.3, 0.02, 0.4]))).sites
    cold, warm = (marginal_likelihood(design, at, variances, start).value[0] for start in (None, elsewhere))
    assert cold == pytest.approx(warm, abs=0.02)
