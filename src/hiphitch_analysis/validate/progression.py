"""Is the capacity behind a capped log recovered, and does 3 × 45 come when it was said to? Simulated squads, beside the mixed model people use."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hiphitch_analysis.progress.capacity import fit_capacity
from hiphitch_analysis.progress.forecast import draw_worlds, weeks_to_goal
from hiphitch_analysis.progress.observe import observe_sets
from hiphitch_analysis.simulate import Population, draw_squad, simulate_season
from hiphitch_analysis.simulate.population import PER_REP_BEFORE

Array = NDArray[np.float64]

ATHLETES = 40
RECOVERY_WEEKS = 12
LAWS = {
    "linear": Population(),
    "saturating": Population(law="saturating"),
    "log": Population(law="log"),
    "carry-over": Population(per_rep_before=PER_REP_BEFORE),
}
WEEKS = (4, 6, 8)
HORIZON_WEEKS = 26.0
SHARE = 0.8  # of the truths that an interval should hold
GOAL = np.log(45)


def recover_squad(seed: int) -> dict[str, float]:
    """Simulate a squad that grows linearly, and fit the linear branch and two plain mixed models.

    Parameters
    ----------
    seed : int

    Returns
    -------
    dict
        Mean and standard deviation of the athletes' slopes in truth and by each model, the correlation of each athlete's slope with the truth, and
        ``capped_sets``, the share that stopped at the target. ``model``: ours; ``capped``: statsmodels' MixedLM on the logged repetitions, as if
        they were capacity; ``latent``: MixedLM on the capacity that nobody sees, the best there could be.
    """
    season = simulate_season(draw_squad(ATHLETES, LAWS["linear"], seed), RECOVERY_WEEKS, seed)
    capacity = fit_capacity(season.log, curved=False)
    true, branch = season.athletes.loc[list(capacity.athletes), "slope"], capacity.branches[0]
    layout, vector = branch.peak.layout, branch.peak.vector
    factor = layout.unpack(vector)[1].growth
    found = vector[1] + branch.peak.found.mean[:, 1]
    sets = season.sets.assign(reps=season.log["reps"].to_numpy())
    plain = {name: _fit_plain(sets.assign(y=np.log(np.maximum(sets[column], 1.0)))) for name, column in (("capped", "reps"), ("latent", "capacity"))}
    row = {
        "seed": float(seed),
        "capped_sets": float((season.log["stop_reason"] == "target").mean()),
        "true_mean": float(true.mean()),
        "true_sd": float(true.std()),
        "model_mean": float(vector[1]),
        "model_sd": float(np.hypot(factor[1, 0], factor[1, 1])),
        "model_correlation": float(np.corrcoef(found, true)[0, 1]),
    }
    for name, (mean, sd, slopes) in plain.items():
        row |= {f"{name}_mean": mean, f"{name}_sd": sd, f"{name}_correlation": float(np.corrcoef(slopes, true)[0, 1])}
    return row


def summarise_recovery(rows: pd.DataFrame) -> dict[str, Any]:
    """Return slopes and their spread as shares of the truth, averaged over squads with standard errors, and mean correlations."""
    figures: dict[str, Any] = {"squads": len(rows), "capped_sets": round(float(rows["capped_sets"].mean()), 3)}
    for model in ("model", "capped", "latent"):
        slope = rows[f"{model}_mean"].mean() / rows["true_mean"].mean()
        spread = np.sqrt((rows[f"{model}_sd"] ** 2).mean() / (rows["true_sd"] ** 2).mean())
        each = rows[f"{model}_mean"] / rows["true_mean"].mean()
        figures[model] = {
            "slope_ratio": round(float(slope), 4),
            "slope_ratio_se": round(float((each - rows["true_mean"] / rows["true_mean"].mean()).std() / np.sqrt(len(rows))), 4),
            "sd_ratio": round(float(spread), 4),
            "sd_ratio_se": round(float((rows[f"{model}_sd"] / rows["true_sd"]).std() / np.sqrt(len(rows))), 4),
            "correlation": round(float(rows[f"{model}_correlation"].mean()), 4),
        }
    return figures


def score_dates(law: str, seed: int, alone: bool = False) -> pd.DataFrame:
    """Simulate a squad, look at its log after four, six and eight weeks, and hold each athlete's forecast of 3 × 45 against the truth.

    Parameters
    ----------
    law : str
        Key of `LAWS`.
    seed : int
    alone : bool
        Whether each athlete's log is looked at by itself; then one athlete of the squad is taken.

    Returns
    -------
    DataFrame
        One row per athlete and week: ``law, seed, weeks, alone``; ``true`` week of 3 × 45, capped at the horizon; and for our model and for
        ``mixed_`` (MixedLM on the capped repetitions): ``median, low, high`` of the 80 % interval, ``pit`` (randomised at the atom beyond the
        horizon), ``interval_score`` and ``crps``, all in weeks.
    """
    squad = draw_squad(ATHLETES, LAWS[law], seed)
    season = simulate_season(squad, max(WEEKS), seed)
    rng = np.random.default_rng([seed, 20])
    tables = []
    for weeks in WEEKS:
        log = season.log[season.sets["week"].to_numpy() < weeks]
        if alone:
            log = log[log["athlete_id"] == log["athlete_id"].iloc[0]]
        horizon = weeks + HORIZON_WEEKS
        capacity = fit_capacity(log)
        true = np.minimum(season.athletes.loc[list(capacity.athletes), "week_3x45"].to_numpy(), horizon)
        drawn = {"": weeks_to_goal(draw_worlds(capacity, seed=seed))}
        if not alone:
            drawn["mixed_"] = _draw_plain(log, rng)
        table = pd.DataFrame({"law": law, "seed": seed, "weeks": weeks, "alone": alone, "horizon": horizon, "true": true})
        for prefix, weeks_drawn in drawn.items():
            scores = _score(np.minimum(weeks_drawn, horizon), true, rng)
            table = table.assign(**{f"{prefix}{name}": values for name, values in scores.items()})
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def summarise_dates(rows: pd.DataFrame) -> dict[str, Any]:
    """Return coverage of the 80 % interval, and median error, interval score and CRPS [weeks], by law and weeks of log, and over all of them."""
    figures: dict[str, Any] = {"pooled": _summarise_cell(rows)}
    figures["cells"] = {f"{law} {weeks}": _summarise_cell(cell) for (law, weeks), cell in rows.groupby(["law", "weeks"], sort=False)}
    return figures


def _summarise_cell(rows: pd.DataFrame) -> dict[str, float | int]:
    arrives = rows["true"] < rows["horizon"]
    by_squad = _inside(rows["pit"]).groupby(rows["seed"]).mean()
    cell: dict[str, float | int] = {
        "forecasts": len(rows),
        "arrive": round(float(arrives.mean()), 3),
        "coverage": round(float(_inside(rows["pit"]).mean()), 3),
        "coverage_se": round(float(by_squad.std() / np.sqrt(len(by_squad))), 3),
    }
    for prefix in ("", "mixed_") if "mixed_pit" in rows else ("",):
        if prefix:
            cell[f"{prefix}coverage"] = round(float(_inside(rows[f"{prefix}pit"]).mean()), 3)
        cell[f"{prefix}median_error"] = round(float((rows[f"{prefix}median"] - rows["true"])[arrives].abs().median()), 2)
        cell |= {f"{prefix}{name}": round(float(rows[f"{prefix}{name}"].mean()), 2) for name in ("interval_score", "crps")}
        cell[f"{prefix}width"] = round(float((rows[f"{prefix}high"] - rows[f"{prefix}low"]).mean()), 1)
    return cell


def _inside(pit: pd.Series) -> pd.Series:
    return pit.between(0.5 - SHARE / 2, 0.5 + SHARE / 2)


def _score(drawn: Array, true: Array, rng: np.random.Generator) -> dict[str, Array]:
    """Score draws of shape (d, a) against truths of shape (a,), both capped at the horizon."""
    low, median, high = np.quantile(drawn, [0.5 - SHARE / 2, 0.5, 0.5 + SHARE / 2], axis=0)
    below, upto = (drawn < true).mean(axis=0), (drawn <= true).mean(axis=0)
    outside = np.maximum(low - true, 0.0) + np.maximum(true - high, 0.0)
    ordered = np.sort(drawn, axis=0)
    count = len(drawn)
    # CRPS of a sample: mean distance to the truth less half the mean distance within.
    within = (ordered * (2 * np.arange(1, count + 1) - count - 1)[:, None]).sum(axis=0) / count**2
    return {
        "low": low,
        "median": median,
        "high": high,
        "pit": below + rng.random(len(true)) * (upto - below),
        "interval_score": high - low + 2 / (1 - SHARE) * outside,
        "crps": np.abs(drawn - true).mean(axis=0) - within,
    }


def _fit_plain(sets: pd.DataFrame) -> tuple[float, float, Array]:
    """Return mean slope, its standard deviation and each athlete's own, by MixedLM on column ``y``: what people do today."""
    import statsmodels.formula.api as smf

    cells = sets.groupby(["athlete_id", "session", "side"], as_index=False).agg(y=("y", "mean"), week=("week", "first"), number=("set", "mean"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # statsmodels always warns of a boundary here
        fit = smf.mixedlm("y ~ week + number", cells, groups="athlete_id", re_formula="~week", vc_formula={"side": "0 + C(side)"}).fit()
    own = np.array([effects["week"] for effects in fit.random_effects.values()])
    return float(fit.params["week"]), float(np.sqrt(fit.cov_re.iloc[1, 1])), fit.params["week"] + own


def _draw_plain(log: pd.DataFrame, rng: np.random.Generator, draws: int = 500) -> Array:
    """Draw weeks to 3 × 45 from MixedLM on the logged repetitions of every set: athlete, side and set order, variances taken as known."""
    import statsmodels.formula.api as smf

    sets = observe_sets(log).assign(y=lambda table: np.log(table["reps"].clip(lower=1)))
    formula = "y ~ week + second_set" + (" + third_set" if sets["third_set"].any() else "")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = smf.mixedlm(formula, sets, groups="athlete_id", re_formula="~week", vc_formula={"side": "0 + C(side)"}).fit()
    names, weeks = list(fit.random_effects), []
    for name in names:
        cov = np.asarray(fit.random_effects_cov[name])
        effects = rng.multivariate_normal(np.asarray(fit.random_effects[name]), cov, size=draws, method="eigh")
        fixed = rng.multivariate_normal(fit.fe_params, fit.cov_params().loc[fit.fe_params.index, fit.fe_params.index], size=draws)
        tired = fixed[:, 2:].sum(axis=1)
        sides = effects[:, 2:] if effects.shape[1] > 2 else np.zeros((draws, 1))
        missing, slope = GOAL - fixed[:, 0] - effects[:, 0] - sides.min(axis=1) - tired, fixed[:, 1] + effects[:, 1]
        weeks.append(np.where(missing <= 0, 0.0, np.where(slope > 0, missing / np.where(slope > 0, slope, 1.0), np.inf)))
    return np.array(weeks).T
