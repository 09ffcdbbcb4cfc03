"""The words of a page as fragments of HTML: answer, reason, evidence, limits, in that order.

Whatever comes from a file or a person passes `esc` here; the exporter cleans the whole once more, and the page's own policy forbids scripts.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from hiphitch_analysis.norms import COMPLETE_SESSIONS_TO_ADVANCE, Norm
from hiphitch_analysis.progress.outlook import Outlook
from hiphitch_analysis.progress.plan import Prescription

LOOKS = Path(__file__).with_name("templates") / "hiphitch"


@dataclass(frozen=True, slots=True)
class Html:
    """A fragment of HTML that a notebook shows as such.

    Attributes
    ----------
    text : str
        Markup. Everything in it that was read from somewhere has passed `esc`.
    """

    text: str

    def _repr_html_(self) -> str:
        return _dress() + self.text


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the questions that a coach asks, with its answer in a few words and the reason in two lines at most."""

    question: str
    answer: str
    reason: str


@cache
def _dress() -> str:
    """Return the looks of a fragment in a notebook's output; the exporter takes them off again, for a page has its own."""
    rules = "".join((LOOKS / name).read_text(encoding="utf-8") for name in ("notebook.css", "fragments.css"))
    return f'<style class="hiphitch">.jp-OutputArea .jp-RenderedHTML:has(> style.hiphitch) {{\n{rules}}}</style>'


def esc(value: object) -> str:
    """Make `value` safe as text and as an attribute of HTML.

    Parameters
    ----------
    value : object
        Anything; its string form is taken.

    Returns
    -------
    str

    Examples
    --------
    >>> esc('<img src=x onerror="alert(1)">')
    '&lt;img src=x onerror=&quot;alert(1)&quot;&gt;'
    """
    return html.escape(str(value), quote=True)


_MINUS = re.compile(r"(?<![\w.)-])-(?=\d)")
_UNIT = re.compile(r"(?<=\d) ?(?=%)|(?<=\d) (?=(?:kg|N|J|N·m|s|min|ms|mm|cm|m|Hz)\b)")


def typeset(text: object) -> str:
    r"""Make a sentence of ours safe as `esc` does, with real minus signs and no line break between a number and its unit.

    Parameters
    ----------
    text : object
        A sentence or a number in words; not a name or a path, which stay as they are.

    Returns
    -------
    str

    Examples
    --------
    >>> typeset("-0.4° in 12% of 2026-02-27")
    '−0.4° in 12\xa0% of 2026-02-27'
    """
    return esc(_UNIT.sub("\N{NO-BREAK SPACE}", _MINUS.sub("−", str(text))))


def write_top(name: str, facts: Sequence[str], page: str = "Hip hitch: athlete sheet", example: bool = False) -> Html:
    """Write the line above the headline: who, the facts that set the scene, which page this is.

    Parameters
    ----------
    name : str
        The athlete's pseudonym.
    facts : sequence of str
        A few words each, e.g. ``["session 16", "15 Oct 2026"]``.
    page : str
        What kind of page it is.
    example : bool, default False
        True marks the page as made from simulated data.

    Returns
    -------
    Html

    Examples
    --------
    >>> write_top("A01", ["session 3"]).text
    '<p class="top"><strong>A01</strong> <span>session 3</span><span class="kind">Hip hitch: athlete sheet</span></p>'
    """
    badge = ' <span class="badge">EXAMPLE DATA</span>' if example else ""
    spans = " ".join(f"<span>{typeset(fact)}</span>" for fact in facts)
    return Html(f'<p class="top"><strong>{esc(name)}</strong> {spans}<span class="kind">{esc(page)}{badge}</span></p>')


def write_headline(headline: str, answer: str) -> Html:
    """Write the page's answer: a sentence of at most ten words, and why.

    Parameters
    ----------
    headline : str
        A sentence with a verb, e.g. ``Repeat 3 × 30. The right hip stops short of level.``
    answer : str
        The reason in one or two sentences.

    Returns
    -------
    Html

    Raises
    ------
    ValueError
        No headline.

    Examples
    --------
    >>> write_headline("Move up to 3 × 35.", "Every rep came back to level.").text
    '<h1>Move up to 3 × 35.</h1><p class="lead">Every rep came back to level.</p>'
    """
    if not headline.strip():
        raise ValueError("headline: expected a sentence, got nothing. It is the first thing a coach reads.")
    return Html(f'<h1>{typeset(headline)}</h1><p class="lead">{typeset(answer)}</p>')


def write_answers(answers: Sequence[Answer]) -> Html:
    """Write the page's answers beside each other.

    Parameters
    ----------
    answers : sequence of Answer
        Three at best.

    Returns
    -------
    Html
    """
    parts = []
    for a in answers:
        told = f'<strong>{typeset(a.answer)}</strong><span class="why">{typeset(a.reason)}</span>'
        parts.append(f"<div><dt>{typeset(a.question)}</dt><dd>{told}</dd></div>")
    return Html(f'<dl class="answers">{"".join(parts)}</dl>')


def answer_plan(plan: Prescription, outlook: Outlook | None = None, as_of: pd.Timestamp | None = None) -> tuple[Answer, Answer, Answer]:
    """Answer the coach's three questions from the next prescription.

    Parameters
    ----------
    plan : Prescription
        From `plan_next`.
    outlook : Outlook, optional
        What the capacity model says of the athlete.
    as_of : Timestamp, optional
        The day of the decision.

    Returns
    -------
    tuple of three Answer
        Next session, date of 3 × 45, ankle weight. Without an outlook there is no date.
    """
    resting = plan.sets == 0
    why = _NEXT_BECAUSE.get(plan.because) or _NEXT.get(plan.action, plan.reason)
    load = f" with {plan.ankle_kg:g} kg" if plan.ankle_kg > 0 else ""
    return (
        Answer("Next session", "rest" if resting else f"{plan.sets} × {plan.reps} on each side{load}", why),
        Answer("3 × 45 on both sides", *_answer_date(outlook, as_of)),
        Answer("Ankle weight", *_answer_weight(plan)),
    )


def _answer_date(outlook: Outlook | None, as_of: pd.Timestamp | None) -> tuple[str, str]:
    if outlook is None or math.isnan(outlook.prob_within_horizon):
        return "no date yet", "No set is known to have ended in fatigue, so all say “at least”: one set without a target would tell."
    median, early, late = (outlook.date_3x45[name] for name in ("median", "p10", "p90"))
    if outlook.only_at_least and early is not None and as_of is not None and early <= as_of:
        return "perhaps already", "No set is known to have ended in fatigue, so all say “at least”: one set without a target would tell."
    if late is not None and as_of is not None and late <= as_of:
        return "within reach", f"On a usual day the weaker side's third set has come to 45 since about {_say_day(median)}."
    if median is None:
        chance = f"{100 * outlook.prob_within_horizon:.0f} %"
        return "not in sight", f"Within the half year ahead the chance is {chance}."
    if late is None:
        return f"about {_say_day(median)}", f"Nine times in ten after {_say_day(early)}, training as before; perhaps beyond the half year ahead."
    return f"about {_say_day(median)}", f"Four times in five between {_say_day(early)} and {_say_day(late)}, training as before."


def _say_day(day: pd.Timestamp | None) -> str:
    return "" if day is None else f"{day.day} {day:%B %Y}"


_NEXT = {
    "advance": "One step up, the same on both sides.",
    "repeat": f"Move up after {COMPLETE_SESSIONS_TO_ADVANCE.value:g} complete sessions in a row, back to level.",
    "step back": "One step down, until every set is complete again.",
    "restart": "One step lower after the break.",
    "rest": "Start again when the pain has settled.",
    "add ankle weight": "Climb the ladder again with the weight.",
}

_NEXT_BECAUSE = {
    "short of level": "Move up when every set comes back to level.",
    "form": "Move up when the form is good.",
    "next step unlikely": "Complete, but the next step is not likely yet.",
    "none to spare": "Ankle weight when there are repetitions to spare.",
    "once more": "One step up when it is complete once more.",
}


def _answer_weight(plan: Prescription) -> tuple[str, str]:
    if plan.ready_for_ankle_weight:
        return f"start with {plan.ankle_kg:g} kg", "3 × 45 on both sides, twice running."
    if plan.ankle_kg > 0:
        return f"stay at {plan.ankle_kg:g} kg", "Next step up: 3 × 45 with this weight on both sides, twice running."
    return "not yet", "First 3 × 45 on both sides, twice running."


def write_section(title: str, note: str = "") -> Html:
    """Write a section's title with a hairline above, and a short note beside it.

    Parameters
    ----------
    title, note : str

    Returns
    -------
    Html

    Examples
    --------
    >>> write_section("Every rep", "one bar each").text
    '<h2>Every rep <small>one bar each</small></h2>'
    """
    return Html(f"<h2>{typeset(title)} <small>{typeset(note)}</small></h2>" if note else f"<h2>{typeset(title)}</h2>")


def write_unseen(sentences: Iterable[str]) -> Html:
    """Write the section "What we could not see".

    Parameters
    ----------
    sentences : iterable of str
        One limit of this recording or log each; a repeated one is written once.

    Returns
    -------
    Html
        With none it says so: an empty place would read as if nobody had looked.

    Examples
    --------
    >>> write_unseen(["rep 12: gap in the data"]).text
    '<h2>What we could not see</h2><ul class="limits"><li>Rep 12: gap in the data.</li></ul>'
    """
    unique = list(dict.fromkeys(_as_sentence(s) for s in sentences if s.strip())) or ["Nothing was missing from this recording."]
    return Html(f'<h2>What we could not see</h2><ul class="limits">{"".join(f"<li>{typeset(s)}</li>" for s in unique)}</ul>')


_NUMBER = ' class="number"'


def write_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Html:
    """Write a plain table: the first cell of each row names it, numbers stand to the right with three digits that count.

    Parameters
    ----------
    header : sequence of str
    rows : iterable of sequences
        Text or numbers; a column of numbers has its title to the right as well.

    Returns
    -------
    Html

    Examples
    --------
    >>> write_table(["what", "how much"], [["hold", 112.4]]).text.count('class="number"')  # title and cell
    2
    """
    table = [list(row) for row in rows]
    numbers = {i for i in range(1, len(header)) if table and all(isinstance(row[i], int | float) for row in table)}
    top = "".join(f'<th scope="col"{_NUMBER if i in numbers else ""}>{esc(name)}</th>' for i, name in enumerate(header))
    lines = [f'<tr><th scope="row">{esc(first)}</th>{"".join(map(_write_cell, cells))}</tr>' for first, *cells in table]
    written = f"<table><thead><tr>{top}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
    return Html(f'<div class="scroll" role="group" aria-label="Table" tabindex="0">{written}</div>')


def _write_cell(value: object) -> str:
    if not isinstance(value, int | float):
        return f"<td>{typeset(value)}</td>"
    return f"<td{_NUMBER}>{'–' if math.isnan(value) else f'{value:.3g}'.replace('-', '−')}</td>"


def write_quantity(norm: Norm) -> str:
    """Write a reference value with its unit: no space before a degree, none that breaks before another unit, and no unit for a share.

    Examples
    --------
    >>> write_quantity(Norm(-2.0, "°", -3.0, -1.0, "an example")), write_quantity(Norm(0.3, "1", 0.2, 0.4, "an example"))
    ('−2°', '0.3')
    """
    unit = {"1": "", "°": "°", "°/s": "°/s"}.get(norm.unit, f"\N{NO-BREAK SPACE}{norm.unit}")
    return f"{norm.value:g}{unit}".replace("-", "−")


def write_remarks(sentences: Iterable[str]) -> Html:
    """Write what belongs to the figure above, one line each.

    Parameters
    ----------
    sentences : iterable of str

    Returns
    -------
    Html
    """
    return Html("".join(f'<p class="remark">{typeset(_as_sentence(sentence))}</p>' for sentence in sentences))


def write_note(text: str) -> Html:
    """Write a small line at the foot of a page: sensor, definitions, what is assumed.

    Parameters
    ----------
    text : str

    Returns
    -------
    Html
    """
    return Html(f'<p class="foot">{typeset(text)}</p>')


def write_source(text: str) -> Html:
    """Write a small line under a table or a figure: where its numbers come from.

    Parameters
    ----------
    text : str

    Returns
    -------
    Html

    Examples
    --------
    >>> write_source("Source: study reps.").text
    '<p class="source">Source: study reps.</p>'
    """
    return Html(f'<p class="source">{typeset(text)}</p>')


def _as_sentence(text: str) -> str:
    text = text.strip()
    return text[0].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
