"""A linear mixed model by statsmodels, whose result is judged here rather than by the warnings it came with.

statsmodels warns of a boundary whenever a variance is below 0.01, whatever its unit, and says converged where it stopped tens of log-likelihood
units short. So the measure is scaled to a standard deviation of 1 and time to a mean of 0 before the fit, several optimisers are tried, and the
result counts only if no variance parameter can be moved to gain likelihood.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

CORRELATED, INDEPENDENT, NO_SLOPE = "correlated", "independent", "none"
OPTIMISERS = ("lbfgs", "bfgs", "cg", "powell")
ENOUGH = 0.01  # log-likelihood: what one parameter may still gain at an optimum
NIL = 0.01  # a standard deviation below this share of the residual's is called zero
DEGENERATE = 0.99  # a correlation beyond this says that the data do not tell level and slope apart


@dataclass(frozen=True, slots=True)
class Design:
    """Data of a mixed model: ``y`` (n,), fixed effects ``x`` (n, p) named `names`, ``time`` (n,), ``athlete`` (n,) from 0 in ascending order.

    `components` holds, by name, the group (n,) of each row within its athlete, from 0.
    """

    y: Array
    x: Array
    names: tuple[str, ...]
    time: Array
    athlete: Codes
    components: Mapping[str, Codes]


@dataclass(frozen=True, slots=True)
class MixedFit:
    """A fitted mixed model, in the measure's own unit.

    Attributes
    ----------
    design : Design
    beta, beta_cov : ndarray, shape (p,), (p, p)
        Fixed effects and their covariance, variances taken as known.
    cov_re : ndarray, shape (2, 2)
        Covariance of the athletes' levels at time 0 and slopes; zeros where the model has no slopes.
    components : dict of str to float
        Variance of each further effect.
    residual : float
        Residual variance.
    log_likelihood : float
    parameters : int
        Fixed effects and variances estimated.
    slope : str
        How the athletes' slopes vary: correlated with their levels, independent of them (at the mean time), none.
    """

    design: Design
    beta: Array
    beta_cov: Array
    cov_re: Array
    components: dict[str, float]
    residual: float
    log_likelihood: float
    parameters: int
    slope: str


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
    from statsmodels.regression.mixed_linear_model import MixedLM, MixedLMParams

    n, p = design.x.shape
    unit, middle, scale = design.y.std(), design.time.mean(), design.time.std() or 1.0
    random = np.column_stack([np.ones(n), (design.time - middle) / scale])[:, : 1 if slope == NO_SLOPE else 2]
    q, free = random.shape[1], None
    if slope == INDEPENDENT:
        free = MixedLMParams.from_components(np.ones(p), cov_re=np.eye(2), vcomp=np.ones(len(design.components)))
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # _can_gain() judges instead
        model = MixedLM(design.y / unit, design.x, design.athlete, exog_re=random, exog_vc=_components(design))
        for optimiser in OPTIMISERS:
            try:
                found = model.fit(reml=reml, method=[optimiser], free=free)
            except (np.linalg.LinAlgError, ValueError):
                continue
            if np.isfinite(found.llf) and not _can_gain(model, np.asarray(found.cov_re_unscaled), found.vcomp / found.scale, slope):
                break
        else:
            return None
    turn = np.array([[1.0, -middle / scale], [0.0, 1.0 / scale]])[:, :q]
    cov_re = unit**2 * turn @ np.asarray(found.cov_re) @ turn.T
    components = {name: float(unit**2 * v) for name, v in zip(design.components, found.vcomp, strict=True)}
    fit = MixedFit(
        design=design,
        beta=unit * np.asarray(found.fe_params),
        beta_cov=np.eye(p),
        cov_re=cov_re,
        components=components,
        residual=float(unit**2 * found.scale),
        log_likelihood=float(found.llf - (n - p if reml else n) * np.log(unit)),
        parameters=p + {NO_SLOPE: 1, INDEPENDENT: 2, CORRELATED: 3}[slope] + len(components) + 1,
        slope=slope,
    )
    information = sum(design.x[rows].T @ np.linalg.solve(v, design.x[rows]) for rows, _, _, v in map(lambda i: _athlete(fit, i), range(_count(design))))
    return replace(fit, beta_cov=np.linalg.inv(information))


def predict_athlete(fit: MixedFit, athlete: int, x: Array, time: Array, groups: Mapping[str, int | None]) -> tuple[Array, Array]:
    """Return an athlete's own combinations of fixed and random effects, shrunken, with their standard errors.

    Parameters
    ----------
    fit : MixedFit
    athlete : int
        Its code.
    x : ndarray, shape (k, p)
        Fixed effects of each combination.
    time : ndarray, shape (k, 2)
        What the athlete's level and slope count in each: ``[1, t]`` for a value at time t, ``[0, 1]`` for the slope.
    groups : mapping of str to int or None
        The group of each component that counts; None or left out: an average one.

    Returns
    -------
    estimate, se : ndarray, shape (k,)
        The standard error is that of the estimate against the athlete's truth: it holds the error of the fixed effects, of the athlete's own
        effects, and how the two go together; the variances are taken as known.
    """
    rows, z, g, v = _athlete(fit, athlete)
    zg = z @ g
    solved_x, solved_z = np.linalg.solve(v, fit.design.x[rows]), np.linalg.solve(v, zg)
    effects = solved_z.T @ (fit.design.y[rows] - fit.design.x[rows] @ fit.beta)
    x_to_z = zg.T @ solved_x  # of shape (q, p)
    cov_b = g - zg.T @ solved_z + x_to_z @ fit.beta_cov @ x_to_z.T
    cov_xb = -fit.beta_cov @ x_to_z.T
    weights = np.zeros((len(time), len(g)))
    weights[:, :2] = time
    at = 2
    for name in fit.components:
        size = int(fit.design.components[name][rows].max()) + 1
        group = groups.get(name)
        if group is not None and group < size:
            weights[:, at + group] = time[:, 0]
        at += size
    variance = np.einsum("kp,pq,kq->k", x, fit.beta_cov, x) + 2 * np.einsum("kp,pq,kq->k", x, cov_xb, weights)
    variance += np.einsum("kp,pq,kq->k", weights, cov_b, weights)
    return x @ fit.beta + weights @ effects, np.sqrt(np.maximum(variance, 0.0))


def _count(design: Design) -> int:
    return int(design.athlete.max()) + 1


def _athlete(fit: MixedFit, athlete: int) -> tuple[Codes, Array, Array, Array]:
    """Return an athlete's rows, random-effect design, its covariance, and the covariance of its values."""
    rows = np.flatnonzero(fit.design.athlete == athlete)
    z, variances = [np.column_stack([np.ones(len(rows)), fit.design.time[rows]])], []
    for name, variance in fit.components.items():
        indicator = _indicator(fit.design.components[name][rows])
        z.append(indicator)
        variances += [variance] * indicator.shape[1]
    g = np.zeros((2 + len(variances), 2 + len(variances)))
    g[:2, :2] = fit.cov_re
    g[2:, 2:] = np.diag(variances)
    design = np.hstack(z)
    return rows, design, g, design @ g @ design.T + fit.residual * np.eye(len(rows))


def _indicator(codes: Codes) -> Array:
    return np.eye(int(codes.max()) + 1)[codes]


def _components(design: Design) -> Any:
    from statsmodels.regression.mixed_linear_model import VCSpec

    if not design.components:
        return None
    people = range(_count(design))
    blocks = [[_indicator(codes[design.athlete == i]) for i in people] for codes in design.components.values()]
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
        up, down = sd.copy(), sd.copy()
        up[i], down[i] = sd[i] + step, max(sd[i] - step, 0.0)
        moves.append((loglike(down, corr), loglike(up, corr), bool(sd[i] >= step)))
    if q == 2 and slope == CORRELATED and abs(corr) < DEGENERATE - 0.05:
        moves.append((loglike(sd, corr - 0.05), loglike(sd, corr + 0.05), True))
    return any(_gain(down - here, up - here, inside) > ENOUGH for down, up, inside in moves)


def _gain(down: float, up: float, inside: bool) -> float:
    """Return what the parabola through (−1, down), (0, 0), (1, up) gains over 0; at a boundary, what going up gains."""
    if not inside:
        return max(up, 0.0)
    bend = down + up
    return max(down, up) if bend >= 0 else (up - down) ** 2 / (-8 * bend)
