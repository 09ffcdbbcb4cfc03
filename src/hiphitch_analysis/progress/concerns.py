"""What there is to say of an athlete of a squad, and how urgent it is: what `plan_next` decided, the alarms, form and the left–right gap."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from hiphitch_analysis import norms
from hiphitch_analysis.form.signs import SURE, Sign
from hiphitch_analysis.progress.gap import Gap
from hiphitch_analysis.progress.outlook import Outlook
from hiphitch_analysis.progress.plan import Prescription

GROUPS = TALK, ADJUST, CARRY_ON, NO_DATA = ("talk to them today", "adjust the plan", "carry on", "no fresh data")

# Why somebody stands where they stand: the sort rule, and the group it leads to.
URGENCY = {
    "pain": TALK,
    "short of level": TALK,
    "form": ADJUST,
    "stalled": ADJUST,
    "gap": ADJUST,
    "ready": CARRY_ON,
    "going on": CARRY_ON,
    "away": NO_DATA,
    "unread": NO_DATA,
}
STALLED = ("far short", "out of reach")
# What to do where form is to be mended.
SAY = {
    "advance": "First say “{}”, then move up.",
    "add ankle weight": "First say “{}”, then add the weight.",
    "step back": "One step down; say “{}”.",
}
# What is said of whoever goes on as before: why (where the plan's own headline does not say it), and what next.
GOING_ON = {
    "next step unlikely": ("", "Repeat."),
    "one side": ("Only one side is in the log.", "Log the other side too."),
    "none to spare": ("3 × 45 complete, with none to spare.", "Repeat until some are to spare, then ankle weight."),
    "once more": ("Every set reached its target.", "Once more, then move up."),
    "no target": ("", "Repeat, and write down what was prescribed."),
}


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing to say: key of `URGENCY`, why, and what to do, a sentence each."""

    urgency: str
    why: str
    then: str


@dataclass(frozen=True, slots=True)
class FormSign:
    """One column of form: the sign of the worse side, which side that is (empty when not seen), what was found and what to say."""

    name: str
    sign: Sign
    side: str
    finding: str
    cue: str


def list_concerns(
    plan: Prescription, outlook: Outlook | None, form: tuple[FormSign, ...], gap: Gap | None, last_date: pd.Timestamp, as_of: pd.Timestamp
) -> tuple[Concern, ...]:
    """List what there is to say of an athlete.

    Parameters
    ----------
    plan : Prescription
        From `plan_next`.
    outlook : Outlook or None
    form : tuple of FormSign
    gap : Gap or None
    last_date : Timestamp
        Of the last session.
    as_of : Timestamp
        The day of the review.

    Returns
    -------
    tuple of Concern
        At least one, the most urgent first.
    """
    said = plan.headline.partition(". ")[2]
    away = (as_of - last_date).days
    found: list[Concern] = []
    if plan.because == "pain":
        when = f" That was {away} days ago." if away > norms.RESTART_GAP_DAYS.value else ""
        found.append(Concern("pain", said + when, "Stop; let a physiotherapist look at it."))
    if plan.because == "break":
        found.append(Concern("away", said, "Ask why; one step lower is safe after a break."))
    if plan.because == "short of level":
        found.append(Concern("short of level", said, "Same reps; say “Squeeze the standing hip: belt level”."))
    found += _say_form(plan, form)
    if plan.because in STALLED:
        found.append(Concern("stalled", said, "One step down until every set is complete."))
    for alarm in outlook.alarms if outlook is not None else ():
        sentence = alarm.partition(": ")[2].partition(";")[0]
        found.append(Concern("stalled", f"{_capital(sentence)}.", "Ask about rest, sleep, illness and pain."))
    if gap is not None and not gap.chance and abs(gap.reps) >= norms.GAP_TO_NAME_REPS.value:
        weaker = "Right" if gap.reps > 0 else "Left"
        found.append(Concern("gap", f"{weaker} weaker by about {abs(gap.reps):.0f} reps.", "The weaker side sets the step."))
    if plan.because == "complete":
        then = f"Start with {plan.ankle_kg:g} kg at the ankle." if plan.ready_for_ankle_weight else "Move up."
        found.append(Concern("ready", said, then))
    if plan.because == "short":
        found.append(Concern("going on", _capital(plan.reason), "Repeat."))
    if plan.because in GOING_ON:
        why, then = GOING_ON[plan.because]
        found.append(Concern("going on", why or said, then))
    order = list(URGENCY)
    # What was found before a break says little of today: it stands behind.
    return tuple(sorted(found, key=lambda one: (plan.because == "break" and one.urgency != "away", order.index(one.urgency))))


def _say_form(plan: Prescription, form: tuple[FormSign, ...]) -> list[Concern]:
    """Say what is to be mended first, when that is sure: all of it, but for the return to level where the plan itself speaks of it."""
    broken = [point for point in form if point.sign.status == "mend" and point.sign.sure >= SURE]
    if plan.because == "form" and not broken:
        return [Concern("form", plan.reason, "Same reps, form first.")]
    say = SAY.get(plan.action, "Same reps; say “{}”.")
    return [
        Concern("form", f"{point.side.capitalize()}: {point.finding[:1].lower()}{point.finding[1:]}", say.format(point.cue.rstrip(".")))
        for point in broken
        if plan.because != "short of level" or point.name != "level"
    ]


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
