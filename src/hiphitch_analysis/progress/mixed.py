"""A linear mixed model by statsmodels, climbed and judged here rather than by the warnings it would come with.

Statsmodels warns of a boundary whenever a variance is below 0.01, whatever its unit, and its optimisers stop up to ten log-likelihood units short,
converged or not by their own account: they work on square roots of variances, whose gradient has the wrong sign once a root is negative. So the
measure is scaled to a standard deviation of 1 and time to a mean of 0, statsmodels' likelihood and gradient are climbed with roots kept positive,
and the result counts only if no variance can be moved to gain likelihood.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.optimize import minimize

from hiphitch_analysis.progress.gls import NO_SLOPE, Array, Design, MixedFit, count_athletes, indicate, solve_effects

CORRELATED, INDEPENDENT = "correlated", "independent"
TRIES = 3
FLOOR = 1e-3  # of a root, in residual standard deviations: at exactly zero the likelihood cannot be computed
ENOUGH = 0.01  # log-likelihood: what one parameter may still gain at an optimum
NIL = 0.01  # a standard deviation below this share of the residual's is called zero
DEGENERATE = 0.99  # a correlation beyond this says that the data do not tell level and slope apart


def step_down(design: Design, reml: bool = True, slopes: bool = True) -> tuple[MixedFit | None, list[str]]:
    """Fit the fullest model that the data bear, and say in words what was left out and why.

    Parameters
    ----------
    design : Design
    reml : bool
        Restricted likelihood; the plain one compares different fixed effects.
    slopes : bool
        Whether athletes may differ in their slopes.

    Returns
    -------
    MixedFit or None
        None where no model could be fitted.
    list of str
        One sentence per step down.
    """
    notes: list[str] = []
    for slope in (CORRELATED, INDEPENDENT, NO_SLOPE) if slopes else (NO_SLOPE,):
        fit = fit_mixed(design, slope, reml)
        if fit is None:
            notes.append(f"{_NAMES[slope]}: no optimum found, the next simpler model was taken.")
            continue
        if problem := _slope_problem(fit):
            notes.append(problem)
            continue
        empty = [name for name, variance in fit.components.items() if variance < NIL**2 * fit.residual]
        if empty:
            smaller = replace(design, components={name: codes for name, codes in design.components.items() if name not in empty})
            again = fit_mixed(smaller, slope, reml)
            if again is not None and not _slope_problem(again):
                notes += [f"No variance between {name}s of one athlete could be told from zero: left out." for name in empty]
                fit = again
        return fit, notes
    return None, notes


_NAMES = {CORRELATED: "Slopes correlated with levels", INDEPENDENT: "Slopes independent of levels", NO_SLOPE: "One slope for all"}


def _slope_problem(fit: MixedFit) -> str:
    """Say why the athletes' slopes cannot stay in the model as they are; empty if they can."""
    if fit.slope == NO_SLOPE:
        return ""
    middle, scale = fit.design.time.mean(), fit.design.time.std()
    turn = np.array([[1.0, middle], [0.0, scale]])
    at_middle = turn @ fit.cov_re @ turn.T
    level, slope = np.sqrt(np.maximum(np.diag(at_middle), 0.0))
    if slope < NIL * np.sqrt(fit.residual):
        return "The athletes' slopes could not be told apart: one slope for all."
    if level > 0 and abs(at_middle[0, 1]) > DEGENERATE * level * slope:
        return "Levels and slopes were completely correlated, which so few data cannot show: taken as independent at the middle of the weeks."
    return ""


def fit_mixed(design: Design, slope: str, reml: bool = True) -> MixedFit | None:
    """Fit one mixed model; None where no optimiser reached an optimum.

    Parameters
    ----------
    design : Design
    slope : {"correlated", "independent", "none"}
        How the athletes' slopes vary.
    reml : bool
        Restricted or plain maximum likelihood.
    """
    from statsmodels.regression.mixed_linear_model import MixedLM

    n, p = design.x.shape
    unit, middle, scale = design.y.std(), design.time.mean(), design.time.std() or 1.0
    random = np.column_stack([np.ones(n), (design.time - middle) / scale])[:, : 1 if slope == NO_SLOPE else 2]
    q, k = random.shape[1], len(design.components)
    root: tuple[float | None, float | None] = (FLOOR, None)
    corner = [] if q == 1 else [(0.0, 0.0) if slope == INDEPENDENT else (None, None), root]
    bounds = [root, *corner, *[root] * k]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # _can_gain() judges instead
        model = MixedLM(design.y / unit, design.x, design.athlete, exog_re=random, exog_vc=_components(design))
        try:
            model.fit(reml=reml, method=["lbfgs"], maxiter=1)  # tells the model which likelihood is meant
            found = _climb(model, bounds, slope)
        except (np.linalg.LinAlgError, ValueError):
            return None
        if found is None:
            return None
        cov_re, vcomp, log_likelihood = found
        beta, _ = model.get_fe_params(cov_re, vcomp)
        error = model.get_scale(beta, cov_re, vcomp)
    turn = np.array([[1.0, -middle / scale], [0.0, 1.0 / scale]])[:, :q]
    return solve_effects(
        MixedFit(
            design=design,
            beta=np.zeros(p),
            beta_cov=np.eye(p),
            cov_re=unit**2 * turn @ (error * cov_re) @ turn.T,
            components={name: float(unit**2 * error * v) for name, v in zip(design.components, vcomp, strict=True)},
            residual=float(unit**2 * error),
            log_likelihood=float(log_likelihood - (n - p if reml else n) * np.log(unit)),
            parameters=p + {NO_SLOPE: 1, INDEPENDENT: 2, CORRELATED: 3}[slope] + len(design.components) + 1,
            slope=slope,
        )
    )


def _climb(model: Any, bounds: list[tuple[float | None, float | None]], slope: str) -> tuple[Array, Array, float] | None:
    """Return the variances of greatest likelihood, in residual variances, and that likelihood; None where they are no optimum."""
    from statsmodels.regression.mixed_linear_model import MixedLMParams

    def unpack(packed: Array) -> Any:
        return MixedLMParams.from_packed(packed, model.k_fe, model.k_re, use_sqrt=True, has_fe=False)

    def descend(packed: Array) -> tuple[float, Array]:
        return -float(model.loglike(unpack(packed))), -np.asarray(model.score(packed))[-len(packed) :]

    cov_re, vcomp = np.eye(model.k_re), np.ones(model.k_vc)
    for _ in range(TRIES):
        start = MixedLMParams.from_components(np.zeros(model.k_fe), cov_re=cov_re, vcomp=vcomp).get_packed(use_sqrt=True, has_fe=False)
        found = minimize(descend, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500})
        best = unpack(found.x)
        if not _can_gain(model, best.cov_re, best.vcomp, slope):
            return best.cov_re, best.vcomp, -float(found.fun)
        # On from here, a step off the boundary, where the gradient in standard deviations vanishes.
        cov_re, vcomp = best.cov_re + NIL * np.eye(model.k_re), best.vcomp + NIL
    return None


def _components(design: Design) -> Any:
    from statsmodels.regression.mixed_linear_model import VCSpec

    if not design.components:
        return None
    people = range(count_athletes(design))
    blocks = [[indicate(codes[design.athlete == i]) for i in people] for codes in design.components.values()]
    names = [[[f"{name}{k}" for k in range(block.shape[1])] for block in of] for name, of in zip(design.components, blocks, strict=True)]
    return VCSpec(list(design.components), names, blocks)


def _can_gain(model: Any, cov_re: Array, vcomp: Array, slope: str) -> bool:
    """Say whether moving any one variance parameter gains likelihood, by the parabola through three points."""
    from statsmodels.regression.mixed_linear_model import MixedLMParams

    sd = np.sqrt(np.maximum(np.r_[np.diag(cov_re), vcomp], 0.0))
    q = len(cov_re)
    corr = cov_re[0, 1] / (sd[0] * sd[1]) if q == 2 and min(sd[:2]) > 0 else 0.0

    def loglike(sds: Array, rho: float) -> float:
        off = np.array([[1.0, rho], [rho, 1.0]])[:q, :q]
        params = MixedLMParams.from_components(np.zeros(model.k_fe), cov_re=off * np.outer(sds[:q], sds[:q]), vcomp=sds[q:] ** 2)
        value = float(model.loglike(params, profile_fe=True))
        return value if np.isfinite(value) else -np.inf

    here = loglike(sd, corr)
    moves = []
    for i in range(len(sd)):
        step = max(0.05 * sd[i], NIL)
        up, down, inside = sd.copy(), sd.copy(), bool(sd[i] > step + FLOOR)
        up[i], down[i] = sd[i] + step, sd[i] - step
        moves.append((loglike(down, corr) if inside else -np.inf, loglike(up, corr), inside))
    if q == 2 and slope == CORRELATED and abs(corr) < DEGENERATE - 0.05:
        moves.append((loglike(sd, corr - 0.05), loglike(sd, corr + 0.05), True))
    return any(_gain(down - here, up - here, inside) > ENOUGH for down, up, inside in moves)


def _gain(down: float, up: float, inside: bool) -> float:
    """Return what the parabola through (−1, down), (0, 0), (1, up) gains over 0; at a boundary, what going up gains."""
    if not inside:
        return max(up, 0.0)
    bend = down + up
    return max(down, up) if bend >= 0 else (up - down) ** 2 / (-8 * bend)
