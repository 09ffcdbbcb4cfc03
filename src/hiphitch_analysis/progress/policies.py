"""What if … : progression policies compared in simulated squads, each athlete with the same luck under every policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t as student

from hiphitch_analysis.schema import SIDES, STOP_REASONS
from hiphitch_analysis.simulate.courses import POLICIES, STANDARD
from hiphitch_analysis.simulate.log import AFTER_FAILURE, draw_athletes, usual_technique
from hiphitch_analysis.simulate.mechanistic import train_mechanistic
from hiphitch_analysis.simulate.policy import Policy
from hiphitch_analysis.simulate.population import GOAL_REPS, GOAL_SETS, PER_REP_BEFORE, Population, draw_squad
from hiphitch_analysis.simulate.reference import train_reference
from hiphitch_analysis.simulate.season import Calendar, Season
from hiphitch_analysis.simulate.stimulus import Stimulus

Array = NDArray[np.float64]
Sets = dict[str, NDArray[Any]]

GENERATORS = ("reference", "mechanistic")
NEAR_REPS = 2  # a set that ends so near to capacity is one in which form goes
RANGE = (0.1, 0.9)  # 8 athletes in 10
CERTAINTY = 0.95  # of the interval of a difference
RESAMPLES = 200  # squads drawn again for the standard error of a median
FAILED = [STOP_REASONS.index(reason) for reason in ("fatigue", "technique")]
TECHNIQUE = STOP_REASONS.index("technique")
MEASURES = {
    "weeks_done": "weeks until 3×45 is done in a session",
    "weeks_able": "weeks until 3×45 is within capacity",
    "sessions": "sessions until 3×45 is done",
    "reps_week": "repetitions per leg and week",
    "failed": "share of sets ended by fatigue or form",
    "form_stops": "share of sets stopped for form",
    "near_failure": f"share of sets that end within {NEAR_REPS} repetitions of capacity",
    "reserve_reps": "repetitions left in reserve at the end of a set",
    "technique": "technique rating at the end of a set, 0–10",
}


@dataclass(frozen=True, slots=True)
class PolicyRuns:
    """Squads trained under several policies.

    Attributes
    ----------
    athletes : DataFrame
        One row per policy and athlete: ``policy, squad, athlete_id, start_reps`` (repetitions to failure in week 0, fresh, on the weaker side: the
        truth, which no policy sees) and the columns of `MEASURES`, all but the first two up to the first session in
        which 3×45 is done, or to the season's end. Weeks are infinite where it does not come to that. ``technique`` is there with the mechanistic
        generator only.
    prescribed : DataFrame
        One row per policy and week: ``policy, week`` (from 0), ``reps`` prescribed per leg and session, sets times repetitions, as the median over
        athletes, ``reps_low, reps_high`` (8 in 10 of them).
    weeks : float
        Length of the season [weeks].
    """

    athletes: pd.DataFrame
    prescribed: pd.DataFrame
    weeks: float


def say_pace(stimulus: Stimulus | None) -> str:
    """Say what is taken for granted about growth; it belongs beside every comparison.

    Examples
    --------
    >>> say_pace(None)
    'The athletes grow at the same pace under every policy; nobody knows how much the policy itself would change that.'
    """
    if stimulus is None:
        return "The athletes grow at the same pace under every policy; nobody knows how much the policy itself would change that."
    return (
        "Assumed, not measured: growth follows the effective repetitions of the week before (those beyond "
        f"{stimulus.effective_from:.0%} of what a set could have been), as its law says at {stimulus.reference_reps:g} per leg and week, "
        f"with diminishing returns up to {stimulus.ceiling:g} times that."
    )


def compare_policies(
    policies: Mapping[str, Policy] | None = None,
    squads: int = 20,
    athletes: int = 40,
    weeks: float = 26,
    seed: int = 0,
    generator: str = "reference",
    law: str = "linear",
    season: Season | None = None,
    stimulus: Stimulus | None = None,
) -> pd.DataFrame:
    """Compare progression policies in simulated squads; arguments as for `train_under`, result as of `summarise_policies`.

    Notes
    -----
    The athletes grow at the same pace under every policy; nobody knows how much the policy itself would change that. So policies differ in what is
    asked, what fails and when 3×45 is shown. `stimulus` puts one stated assumption in the place of that.

    Examples
    --------
    >>> table = compare_policies(squads=2, athletes=3, weeks=4, seed=1)
    >>> table.index[0], bool((table["weeks_able_diff"] == 0).all())
    ('standard ladder', True)
    """
    return summarise_policies(train_under(policies, squads, athletes, weeks, seed, generator, law, season, stimulus))


def train_under(
    policies: Mapping[str, Policy] | None = None,
    squads: int = 20,
    athletes: int = 40,
    weeks: float = 26,
    seed: int = 0,
    generator: str = "reference",
    law: str = "linear",
    season: Season | None = None,
    stimulus: Stimulus | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> PolicyRuns:
    """Train the same simulated athletes, with the same luck of day, side and set, under every policy.

    Parameters
    ----------
    policies : mapping of str to Policy, optional
        By name; by default `simulate.POLICIES`. The standard ladder is always among them.
    squads, athletes : int
        At least two squads, of so many athletes each.
    weeks : float
        Length of the season [weeks].
    seed : int
        0 or more.
    generator : {"reference", "mechanistic"}
        Latent capacity that grows by `law`, where repetitions done and failure before cost the next set what they cost in the demonstration's logs;
        or strength that grows by its own law and comes out in the fatigue model, a hundred times slower to compute.
    law : {"linear", "saturating", "log"}
        Growth of the reference generator.
    season : Season, optional
        Attendance, illness, pain; its ladder is not looked at.
    stimulus : Stimulus, optional
        Let growth depend on the repetitions done. By default it does not.
    progress : callable, optional
        Called with (done, total, text).

    Returns
    -------
    PolicyRuns

    Raises
    ------
    ValueError
        Fewer than two squads, no athlete, an unknown generator or law, a squad in which nobody ever came.
    """
    if squads < 2 or athletes < 1:
        raise ValueError(f"squads, athletes: expected at least 2 and at least 1, got {squads!r} and {athletes!r}. One squad alone has no spread.")
    if generator not in GENERATORS or (generator == "mechanistic" and law != "linear"):
        raise ValueError(f"generator, law: expected {' or '.join(GENERATORS)}, a law with the first only, got {generator!r} with {law!r}.")
    chosen = {STANDARD: POLICIES[STANDARD], **(POLICIES if policies is None else policies)}
    most = max(policy.most_sets for policy in chosen.values())
    n, rows, prescribed = squads * athletes, [], []
    if generator == "mechanistic":
        people = draw_athletes(n, seed)
    else:
        squad = draw_squad(n, Population(law, set_factor=1.0, per_rep_before=PER_REP_BEFORE, after_failure=AFTER_FAILURE), seed)
    for number, (name, policy) in enumerate(chosen.items()):
        if progress is not None:
            progress(number, len(chosen), name)
        if generator == "mechanistic":
            sets, calendar, truth = train_mechanistic(people, weeks, seed, season, None, policy, stimulus, most)
            form = np.array([[(p.return_deficit_deg(side), p.technique.drop_deg, p.technique.raise_s) for side in SIDES] for p in people])
        else:
            sets, calendar, truth = train_reference(squad, weeks, seed, season, policy, stimulus, most)
            form = None
        measured = _measure(sets, calendar, len((season or Season()).weekdays), form)
        measured.insert(1, "weeks_able", truth["week_3x45"].to_numpy())
        measured.insert(0, "start_reps", _weaker_at_start(truth))
        measured.insert(0, "athlete_id", truth.index)
        measured.insert(0, "squad", np.repeat(np.arange(squads), athletes))
        if (measured.groupby("squad")["failed"].count() == 0).any():
            raise ValueError("season: expected sets from every squad, got one in which nobody ever came. Raise attendance, athletes or weeks.")
        rows.append(measured.assign(policy=name))
        prescribed.append(_follow(sets, calendar).assign(policy=name))
    return PolicyRuns(_policy_first(rows), _policy_first(prescribed), weeks)


def summarise_policies(runs: PolicyRuns) -> pd.DataFrame:
    """Sum up what squads came to under each policy.

    Parameters
    ----------
    runs : PolicyRuns
        Of all athletes, or of the same choice of them under every policy: `athletes` may be filtered, by `start_reps` for instance.

    Returns
    -------
    DataFrame
        One row per policy, in the order given, the standard ladder first. Each column of `MEASURES` is the median over athletes, with ``_low`` and
        ``_high`` (8 in 10 athletes lie between), ``_se`` (standard error of the median, squads drawn again), ``_diff`` (mean over the same athletes
        of the difference to the standard ladder) and ``_diff_low``, ``_diff_high`` (its 95 % interval, from the spread of squads). Weeks are infinite
        where that many athletes do not come to it; differences and standard errors count whoever does not within the season with the season's length,
        and a median beyond it has no standard error. ``reached`` is the share of athletes who do 3×45 in a session of the season [0–1],
        ``season_weeks`` the season's length.
    """
    names = list(dict.fromkeys(runs.athletes["policy"]))
    by_policy = [rows for _, rows in runs.athletes.groupby("policy", sort=False)]  # the same athletes in the same order
    squad = np.unique(by_policy[0]["squad"], return_inverse=True)[1]
    squads = int(squad.max()) + 1
    members = [np.flatnonzero(squad == number) for number in range(squads)]
    again = [np.concatenate([members[i] for i in chosen]) for chosen in np.random.default_rng(0).integers(squads, size=(RESAMPLES, squads))]
    out: dict[str, Any] = {"season_weeks": runs.weeks, "reached": [float(np.isfinite(rows["weeks_done"]).mean()) for rows in by_policy]}
    for measure in [name for name in MEASURES if name in runs.athletes]:
        values = np.array([rows[measure].to_numpy(float) for rows in by_policy])
        capped = np.minimum(values, runs.weeks) if measure.startswith("weeks") else values
        median, low, high = np.nanquantile(values, (0.5, *RANGE), axis=1, method="inverted_cdf")
        medians = [np.nanmedian(capped[:, athletes], axis=1) for athletes in again]
        known = median <= runs.weeks if measure.startswith("weeks") else np.isfinite(median)
        error = np.where(known, np.std(medians, axis=0, ddof=1), np.nan)
        later = capped - capped[names.index(STANDARD)]
        by_squad = np.array([np.nanmean(later[:, athletes], axis=1) for athletes in members])
        mean = by_squad.mean(axis=0)
        half = student.ppf((1 + CERTAINTY) / 2, squads - 1) * by_squad.std(axis=0, ddof=1) / np.sqrt(squads)
        out |= {measure: median, f"{measure}_low": low, f"{measure}_high": high, f"{measure}_se": error}
        out |= {f"{measure}_diff": mean, f"{measure}_diff_low": mean - half, f"{measure}_diff_high": mean + half}
    return pd.DataFrame(out, index=pd.Index(names, name="policy"))


def record_policies(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Turn the table of `summarise_policies` into plain records; what has no end becomes null."""
    plain = table.reset_index().astype(object)
    return [
        {str(key): None if isinstance(value, float) and not np.isfinite(value) else value for key, value in row.items()}
        for row in plain.to_dict("records")
    ]


def _measure(sets: Sets, calendar: Calendar, per_week: int, form: Array | None) -> pd.DataFrame:
    """Return the measures of one squad under one policy, one row per athlete; `form` (n, 2, 3) holds what technique follows from."""
    n, m = calendar.came.shape
    at = sets["athlete"], sets["planned"]
    full = np.zeros((n, m, 2), np.int64)
    np.add.at(full, (*at, sets["side"]), sets["reps"] >= GOAL_REPS)
    done = np.min(full, axis=2) >= GOAL_SETS
    reached = np.asarray(np.max(done, axis=1))
    first = np.where(reached, done.argmax(axis=1), m - 1)
    on_way = sets["planned"] <= first[sets["athlete"]]
    way = {name: sets[name][on_way] for name in ("athlete", "side", "reps", "reason", "capacity")}
    spare = way["capacity"] - way["reps"]
    reps = np.bincount(way["athlete"], way["reps"], n)
    count = np.bincount(way["athlete"], minlength=n)
    per_set = {
        "failed": np.isin(way["reason"], FAILED),
        "form_stops": way["reason"] == TECHNIQUE,
        "near_failure": spare <= NEAR_REPS,
        "reserve_reps": np.floor(spare),
    }
    if form is not None:
        effort = np.minimum(way["reps"] / np.maximum(way["capacity"], 1e-9), 1)
        deficit_deg, drop_deg, raise_s = form[way["athlete"], way["side"]].T
        per_set["technique"] = usual_technique(deficit_deg, drop_deg, raise_s, effort)
    with np.errstate(invalid="ignore"):  # whoever never came has no sets
        shares = {name: np.bincount(way["athlete"], values, n) / count for name, values in per_set.items()}
    return pd.DataFrame(
        {
            "weeks_done": np.where(reached, calendar.days[first] / 7, np.inf),
            "sessions": (calendar.came & (np.arange(m) <= first[:, None])).sum(axis=1),
            "reps_week": reps / len(SIDES) / ((first + 1) / per_week),
            **shares,
        }
    )


def _weaker_at_start(truth: pd.DataFrame) -> Array:
    """Return the repetitions to failure of the weaker side in week 0, shape (n,), from what a generator says of its athletes."""
    fresh = truth[["left_start", "right_start"]] if "left_start" in truth else np.exp(truth[["left", "right"]].add(truth["level"], axis=0))
    return np.asarray(fresh.min(axis=1), float)


def _follow(sets: Sets, calendar: Calendar) -> pd.DataFrame:
    """Return what was prescribed per leg and session, week by week."""
    left = sets["side"] == 0
    key = {"athlete": sets["athlete"][left], "planned": sets["planned"][left]}
    asked = pd.DataFrame({**key, "reps": sets["target_reps"][left]}).groupby(["athlete", "planned"])["reps"].sum().reset_index()
    by_week = asked.groupby((calendar.days[asked["planned"].to_numpy()] // 7).astype(int))["reps"]
    columns = {name: by_week.quantile(share) for name, share in zip(("reps_low", "reps", "reps_high"), (RANGE[0], 0.5, RANGE[1]), strict=True)}
    return pd.DataFrame(columns).rename_axis("week").reset_index()


def _policy_first(tables: list[pd.DataFrame]) -> pd.DataFrame:
    table = pd.concat(tables, ignore_index=True)
    return table[["policy", *(name for name in table if name != "policy")]]
