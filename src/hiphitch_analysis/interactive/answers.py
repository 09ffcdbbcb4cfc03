"""A student's number held against the right one, with a kind sentence."""

from __future__ import annotations

SLIPS = {1000.0: "millimetres for metres, or the other way round", 10.0: "a decimal point", 2.0: "half a distance for a whole one"}
NEAR = 0.06  # of a slip: so close to its factor, it was most likely made


def check_answer(given: float | None, right: float, unit: str, hint: str, within: float = 0.03) -> str:
    """Say whether a number is right, and if not, which way to look.

    Parameters
    ----------
    given : float or None
        The student's number; None is not answered yet.
    right : float
        The right one, above 0.
    unit : str
        Of both.
    hint : str
        A sentence that leads on without telling the number.
    within : float, default 0.03
        How far off still counts as right, as a share of the right number: rounding on the way.

    Returns
    -------
    str

    Examples
    --------
    >>> check_answer(48, 47.8, "N·m", "Weight times its arm.")
    'Yes, 47.8 N·m.'
    >>> check_answer(None, 47.8, "N·m", "Weight times its arm.")
    'Still open. Weight times its arm.'
    >>> check_answer(47_800, 47.8, "N·m", "Weight times its arm.")
    'Nearly: 1000 times too large. That happens with millimetres for metres, or the other way round.'
    """
    if given is None:
        return f"Still open. {hint}"
    if abs(given - right) <= within * right:
        return f"Yes, {right:.3g} {unit}."
    if given > 0:
        for factor, slip in SLIPS.items():
            for ratio, words in ((given / right, "large"), (right / given, "small")):
                if abs(ratio / factor - 1) < NEAR:
                    return f"Nearly: {factor:g} times too {words}. That happens with {slip}."
    return f"Not yet, {given:g} {unit} is too {'large' if given > right else 'small'}. {hint}"
