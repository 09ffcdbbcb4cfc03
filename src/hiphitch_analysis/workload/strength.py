"""How strong somebody's hip abductors are, from whatever was tested, and how sure that is; without a test, from a population.

Strength is the largest moment [N·m] that the rested muscle holds. Each function returns an `Ability`: equally likely worlds of strength, of how
fast the muscle tires and of how heavy this body is, drawn with a fixed seed so that the same test gives the same answer.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hiphitch_analysis import norms
from hiphitch_analysis.norms import GRAVITY_M_S2
from hiphitch_analysis.workload.anthropometry import Body
from hiphitch_analysis.workload.fatigue import Ability, load_of_hold, reps_to_failure
from hiphitch_analysis.workload.mechanics import Posture, PostureError, hip_moment, hip_moment_se
from hiphitch_analysis.workload.repetition import Demand, Repetition, demand_of

Array = NDArray[np.float64]

DRAWS = 2000  # a tenth and nine tenths are then known to 3 % of the spread
SEED = 20_260


def ability_of_population(body: Body, sex: str | None = None) -> Ability:
    """Return what is known of somebody who was never tested: body mass, and the sex where given.

    Examples
    --------
    >>> from hiphitch_analysis.workload.anthropometry import estimate_body
    >>> ability = ability_of_population(estimate_body(75, 1.78, "male"), "male")
    >>> [round(float(q)) for q in np.quantile(ability.strength_nm, (0.1, 0.5, 0.9))]
    [78, 108, 150]
    """
    sexes = [sex] if sex is not None else list(norms.ISOKINETIC_NM_KG)
    per_kg = float(np.mean([norms.ISOKINETIC_NM_KG[each].value for each in sexes])) * norms.ISOMETRIC_TO_ISOKINETIC.value
    spread = float(np.hypot(norms.STRENGTH_SPREAD.value, _ratio_spread()))
    who = "adults" if sex is None else {"male": "men", "female": "women"}[sex]
    return _draw(body, per_kg * body.mass_kg, spread, f"no strength test: {per_kg:.2f} N·m/kg, the middle of trained {who}, give or take a quarter")


def ability_from_torque(torque_nm: float, body: Body, se_nm: float | None = None) -> Ability:
    """Return what an isometric test on a fixed dynamometer says.

    Parameters
    ----------
    torque_nm : float
        Largest hip-abduction moment [N·m], 10 to 600.
    body : Body
    se_nm : float, optional
        Its standard error (SEM) [N·m]; by default 5 %.

    Raises
    ------
    ValueError
        A moment no hip gives, or an error that is not positive.
    """
    _check("torque_nm", torque_nm, 10, 600)
    return _draw(body, torque_nm, _share("se_nm", se_nm, torque_nm, norms.TORQUE_CV.value), f"isometric test, {torque_nm:g} N·m")


def ability_from_dynamometer(force_n: float, lever_m: float, body: Body, se_n: float | None = None) -> Ability:
    """Return what a hand-held dynamometer says.

    Parameters
    ----------
    force_n : float
        Largest force [N], 20 to 1500.
    lever_m : float
        From the hip (greater trochanter) to where the dynamometer pushes [m], 0.1 to 1.1.
    body : Body
    se_n : float, optional
        Standard error of the force (SEM) [N]; by default 8 %.

    Raises
    ------
    ValueError
        A force or lever no hip has, or an error that is not positive.

    Notes
    -----
    A test lying on the side reads some 30 % above one standing (PMC6101381); what is entered is taken as it is.
    """
    _check("force_n", force_n, 20, 1500)
    _check("lever_m", lever_m, 0.1, 1.1)
    spread = _share("se_n", se_n, force_n, norms.DYNAMOMETER_CV.value)
    return _draw(body, force_n * lever_m, spread, f"hand-held dynamometer, {force_n:g} N at {lever_m:g} m")


def ability_from_isokinetic(torque_nm: float, body: Body, se_nm: float | None = None) -> Ability:
    """Return what an isokinetic test says: peak torque of shortening at 60°/s [N·m], 10 to 600, with its standard error; by default 8 %."""
    _check("torque_nm", torque_nm, 10, 600)
    spread = np.hypot(_share("se_nm", se_nm, torque_nm, norms.DYNAMOMETER_CV.value), _ratio_spread())
    return _draw(body, torque_nm * norms.ISOMETRIC_TO_ISOKINETIC.value, float(spread), f"isokinetic test, {torque_nm:g} N·m at 60°/s")


def ability_from_hold(hold_s: float, body: Body, se_s: float | None = None) -> Ability:
    """Return what a hold to failure says: lying on the side, the straight upper leg held level.

    Parameters
    ----------
    hold_s : float
        Until failure [s], 10 to 900.
    body : Body
        Its leg is the load.
    se_s : float, optional
        Standard error of the time (SEM) [s]; by default 11.5 s.

    Returns
    -------
    Ability
        Strength and how fast it tires hang together in it: who holds long is strong, or tires slowly. What follows for repetitions is surer than
        either.

    Raises
    ------
    ValueError
        A time that is no hold, or an error that is not positive.
    """
    _check("hold_s", hold_s, 10, 900)
    error = _share("se_s", se_s, hold_s, norms.HOLD_SEM_S.value / hold_s)
    rng = np.random.default_rng(SEED)
    rate, heaviness, held = _draw_rates(rng), _draw_heaviness(body, rng), hold_s * np.exp(error * rng.normal(size=DRAWS))
    spread = np.hypot(body.spread.leg_kg / body.leg_kg, body.spread.leg_com_m / body.leg_com_m)
    leg_nm = GRAVITY_M_S2.value * body.leg_kg * body.leg_com_m * np.exp(spread * rng.normal(size=DRAWS))
    return Ability(leg_nm / load_of_hold(held, rate), rate, heaviness, f"side-lying hold of {hold_s:g} s")


def ability_from_reps(reps: float, demand: Demand, body: Body) -> Ability:
    """Return what a set to failure says, of hip hitches themselves.

    Parameters
    ----------
    reps : float
        Good repetitions until failure, 1 to 1000, by a rested athlete.
    demand : Demand
        Of one repetition.
    body : Body

    Raises
    ------
    ValueError
        A number of repetitions nobody does.

    Notes
    -----
    The last one may have been begun at any point of it: half a repetition is added, with a standard error of a third.
    """
    _check("reps", reps, 1, 1000)
    rng = np.random.default_rng(SEED)
    rate, heaviness, done = _draw_rates(rng), _draw_heaviness(body, rng), reps + rng.uniform(0, 1, DRAWS)
    low, high = demand.peak_nm * heaviness, 50 * demand.peak_nm * heaviness
    for _ in range(60):  # halving: the number of repetitions grows with strength
        middle = (low + high) / 2
        enough = reps_to_failure(Ability(middle, rate, heaviness, ""), demand) >= done
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return Ability((low + high) / 2, rate, heaviness, f"a set to failure of {reps:g} repetitions")


def choose_ability(
    body: Body, sex: str | None, repetition: Repetition, tested: dict[str, float | None], lever_m: float | None = None, se: float | None = None
) -> Ability:
    """Return what the one test that was done says; without any, what is known of a population.

    Parameters
    ----------
    body : Body
    sex : {"male", "female"} or None
    repetition : Repetition
        For a test in hip hitches.
    tested : dict
        At most one of ``torque_nm``, ``isokinetic_nm``, ``force_n``, ``hold_s``, ``max_reps`` that is not None.
    lever_m : float, optional
        Goes with ``force_n`` and with nothing else.
    se : float, optional
        Standard error of the test, in its unit.

    Raises
    ------
    ValueError
        Two tests, a force without a lever, or a standard error without a test that takes one.
    """
    done = {name: value for name, value in tested.items() if value is not None}
    if len(done) > 1:
        raise ValueError(f"strength: expected one test, got {', '.join(done)}. Give the one you trust most.")
    if ("force_n" in done) != (lever_m is not None):
        raise ValueError("force_n and lever_m: expected both or neither. A dynamometer's force times its distance from the hip is the moment.")
    if se is not None and (not done or "max_reps" in done):
        raise ValueError("test_se: expected a test beside it whose standard error it is: torque_nm, isokinetic_nm, force_n or hold_s.")
    match next(iter(done.items()), None):
        case ("torque_nm", value):
            return ability_from_torque(value, body, se)
        case ("isokinetic_nm", value):
            return ability_from_isokinetic(value, body, se)
        case ("force_n", value) if lever_m is not None:
            return ability_from_dynamometer(value, lever_m, body, se)
        case ("hold_s", value):
            return ability_from_hold(value, body, se)
        case ("max_reps", value):
            return ability_from_reps(value, demand_of(body, repetition), body)
        case _:
            return ability_of_population(body, sex)


def _draw(body: Body, strength_nm: float, spread: float, source: str) -> Ability:
    """Draw strength, rate of tiring and heaviness, all log-normal and independent."""
    rng = np.random.default_rng(SEED)
    rate, heaviness = _draw_rates(rng), _draw_heaviness(body, rng)
    return Ability(strength_nm * np.exp(spread * rng.normal(size=DRAWS)), rate, heaviness, source)


def _draw_rates(rng: np.random.Generator) -> Array:
    return np.exp(norms.FATIGUE_SPREAD.value * rng.normal(size=DRAWS))


def _draw_heaviness(body: Body, rng: np.random.Generator) -> Array:
    """Draw how much heavier a repetition is than the tables say: what is not known of the body, and form that goes."""
    _, of_body = hip_moment_se(body, Posture(), PostureError())
    spread = np.hypot(float(of_body / hip_moment(body, Posture()).total_nm), norms.FORM_SPREAD.value)
    return np.asarray(np.exp(spread * rng.normal(size=DRAWS)))


def _share(name: str, se: float | None, value: float, usual: float) -> float:
    """Return a standard error as a share of its value."""
    if se is None:
        return usual
    if not 0 < se < value:
        raise ValueError(f"{name}: expected above 0 and below the value, {value:g}, got {se:g}. It is the test's standard error, in the test's unit.")
    return se / value


def _ratio_spread() -> float:
    ratio = norms.ISOMETRIC_TO_ISOKINETIC
    return float(np.log(ratio.high / ratio.low) / 2)


def _check(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise ValueError(f"{name}: expected {low:g} to {high:g}, got {value:g}. Check the unit.")
