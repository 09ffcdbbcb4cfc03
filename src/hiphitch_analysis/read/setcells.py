"""Cells of a hand-kept sheet: the sets of a day in one cell, a target, a weight, pain, and why it stopped."""

from __future__ import annotations

import math
import re

from hiphitch_analysis.read.weights import find_unit, parse_number, to_kg
from hiphitch_analysis.read.words import find_side, find_words, fold

AMRAP = -1  # stands for a number of repetitions: as many as possible
_MOST_SETS = 10  # in one cell: 30x3 is 3 sets of 30 written the other way round, which cannot be told from 30 sets of 3
_MOST_REPS = 1000
_NOTHING = frozenset(("", "-", "–", "—", "/", "n/a", "na"))
_TIMES = re.compile(r"(?<=\d)\s*[x×*]\s*(?=\w)", re.IGNORECASE)
_WORDS = re.compile(r"\s*\b(reps?|wdh|wh)\b\.?", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*[/,;+&|\s]\s*")
_PART = re.compile(r"(?:(\d{1,2})x)?(\d{1,4}|amrap|max\.?)", re.IGNORECASE)
_OF_SET = re.compile(r"\s*([^\W\d]+)\s*(?:set|satz|serie|série)?\s*#?\s*(\d{1,2})\s*[:=–-]?\s*(\D+)", re.IGNORECASE)
_NOT = frozenset(
    word
    for line in (
        "no not without free good better fine kein keine keinen ohne nicht frei gut gute guter besser",
        "sans pas bon bonne bien mieux sin buena bueno mejor",
    )
    for word in line.split()
)
_SET_WORDS = frozenset(("set", "satz", "serie"))
_REASONS = {
    reason: re.compile(pattern)
    for reason, pattern in (
        ("pain", r"pain\w*|hurt\w*|sore\w*|schmerz\w*|douleur\w*|dolor\w*"),
        ("technique", r"techni\w*|tecnica|form|posture|haltung"),
        ("fatigue", r"fatig\w*|tired|fail\w*|exhaust\w*|mude|ermud\w*|erschopf\w*|versagen|epuis\w*|echec|cansa\w*|fallo|agota\w*"),
        ("target", r"target|goal|reached|complete\w*|ziel|erreicht|geschafft|objectif|objetivo"),
    )
}


def parse_sets(cell: str) -> list[int] | None:
    """Return the repetitions of each set that a cell tells; none for an empty cell or a dash, None where it cannot be read.

    >>> parse_sets("3x30"), parse_sets("30/30/28"), parse_sets("2 × 30 + 25"), parse_sets("-")
    ([30, 30, 30], [30, 30, 28], [30, 30, 25], [])
    >>> parse_sets("30x3"), parse_sets("12.5"), parse_sets("-5"), parse_sets("2000")
    (None, None, None, None)
    """
    sets = parse_target(cell)
    return None if sets is None or AMRAP in sets else sets


def parse_target(cell: str) -> list[int] | None:
    """Return what was asked of each set, like `parse_sets`; `AMRAP` where no number was.

    >>> parse_target("2x30 + max"), parse_target("AMRAP")
    ([30, 30, -1], [-1])
    """
    if cell.strip().lower() in _NOTHING:
        return []
    sets: list[int] = []
    for part in _BETWEEN.split(_WORDS.sub("", _TIMES.sub("x", cell)).strip()):
        found = _PART.fullmatch(part)
        if found is None:
            return None
        times = int(found[1] or 1)
        reps = int(found[2]) if found[2].isdigit() else AMRAP
        if not 1 <= times <= _MOST_SETS or reps > _MOST_REPS:
            return None
        sets += [reps] * times
    return sets


def parse_weight(cell: str, unit: str) -> float | None:
    """Return a weight [kg], of this unit where the cell names none; NaN for an empty cell, None where it cannot be read.

    >>> parse_weight("0,5 kg", "kg"), parse_weight("2", "lb"), parse_weight("heavy", "kg")
    (0.5, 0.907, None)
    """
    if cell.strip().lower() in _NOTHING:
        return math.nan
    found = re.fullmatch(r"\s*(\d+(?:[.,]\d+)?)\s*(\D*)", cell)
    if found is None or (found[2].strip() and not find_unit(found[2])):
        return None
    return to_kg(parse_number(found[1]), find_unit(found[2]) or unit)


def parse_pain(cell: str) -> float | None:
    """Return pain [0–10]; NaN for an empty cell, None where it cannot be read.

    >>> parse_pain("3/10"), parse_pain("none"), parse_pain("bad")
    (3.0, 0.0, None)
    """
    if cell.strip().lower() in _NOTHING:
        return math.nan
    if find_words(cell) and find_words(cell)[0] in ("no", "none", "nein", "keine", "kein", "non", "aucune", "ninguno", "nada"):
        return 0.0
    found = re.fullmatch(r"\s*(\d+(?:[.,]\d+)?)\s*(?:/\s*10)?\s*", cell)
    return None if found is None or parse_number(found[1]) > 10 else parse_number(found[1])


def parse_reason(cell: str) -> str | None:
    """Return why a set stopped, in the words of table LOG; ``other`` for what is none of them, None for an empty cell.

    >>> parse_reason("müde"), parse_reason("knee pain"), parse_reason("phone rang"), parse_reason("")
    ('fatigue', 'pain', 'other', None)
    """
    if cell.strip().lower() in _NOTHING:
        return None
    words = find_words(cell)
    return next((reason for reason, pattern in _REASONS.items() if any(pattern.fullmatch(word) for word in words)), "other")


def find_reason(note: str) -> str | None:
    """Return why a set stopped, where a note on it says so; None where it names none of the reasons, or that there was none.

    >>> find_reason("form went"), find_reason("no pain"), find_reason("good form"), find_reason("shaky")
    ('technique', None, None, None)
    """
    reason = parse_reason(note)
    return None if reason == "other" or _NOT & set(find_words(note)) else reason


def find_reasons(note: str, side: str | None = None) -> dict[tuple[str, int], str]:
    """Return why single sets stopped, where a note tells it set by set, by side and number of the set.

    Parameters
    ----------
    note : str
    side : {"left", "right"}, optional
        Whose sets are meant where a set is named by its number alone.

    >>> find_reasons("hot day; left set 2: knee pain; R3 form; right 1: no pain")
    {('left', 2): 'pain', ('right', 3): 'technique'}
    >>> find_reasons("left; set 1: form went", "left"), find_reasons("set 1: form went")
    ({('left', 1): 'technique'}, {})
    """
    reasons = {}
    for found in filter(None, map(_OF_SET.fullmatch, re.split(r"[;,.|\n]", note))):
        named = side if fold(found[1]) in _SET_WORDS else find_side(found[1])
        reason = find_reason(found[3])
        if named and reason:
            reasons[named, int(found[2])] = reason
    return reasons
