"""Words as people spell them, in several languages: without capitals and accents, and the words for left and right."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

_SIDE_WORDS = {
    "left": (
        "left lt links linke linker linkes linken gauche",
        "izquierda izquierdo izq izqda sinistra sinistro sx esquerda esquerdo vanster venstre",
    ),
    "right": (
        "right rt rechts rechte rechter rechtes rechten droite droit",
        "derecha derecho der dcha destra destro dx direita direito hoger hojre hoyre",
    ),
}
_SIDES = {word: side for side, lines in _SIDE_WORDS.items() for line in lines for word in line.split()}
_SHORT = {  # sides only where they stand apart; gauche and droite in capitals, as a lone d is more often a mere letter
    **dict.fromkeys(("L", "l", "LI", "Li", "li", "G"), "left"),
    **dict.fromkeys(("R", "r", "RE", "Re", "re", "D"), "right"),
}
_BESIDE_A_SIDE = frozenset(  # what may stand beside left or right without changing what is meant: the leg stood on
    word
    for line in (
        "side leg stance stand foot hip on the only s standing set sets rep reps",
        "seite bein fuss standbein hufte auf dem satz satze wdh nur",
        "jambe cote pied appui hanche sur la le serie series",
        "pierna lado pie apoyo cadera sobre gamba lato appoggio anca",
    )
    for word in line.split()
)
_LEAST_LETTERS = 5  # of a word for a side in the name of a file, "left" apart
_TOKEN = re.compile(r"[^\W\d_]+")
_APART = re.compile(r"[(\[{]\s*([^\W\d_]{1,2})\s*[)\]}]|(?:^|[\s\-–—_:/,])([^\W\d_]{1,2})\W*$")
_BOTH = re.compile(r"\b(l\s*[/+&]\s*r|r\s*[/+&]\s*l|g\s*[/+&]\s*d)\b", re.IGNORECASE)
SEGMENT = re.compile(r"[,;:.()\[\]\n|–—]|\s-\s")


def fold(text: str) -> str:
    """Return a text in lower case without accents.

    >>> fold("Ordre de la SÉRIE"), fold("Übung")
    ('ordre de la serie', 'ubung')
    """
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def find_words(text: str) -> list[str]:
    """Return the words of a text, folded, without digits and punctuation.

    >>> find_words("Wiederh. (Satz 1)")
    ['wiederh', 'satz']
    """
    return _TOKEN.findall(fold(text))


def find_side(name: str) -> str | None:
    """Return the side that an exercise, or a column, is named after; None where none or both are named.

    Parameters
    ----------
    name : str
        Left and right may stand anywhere as a word in any of eight languages; L and R (li, re; gauche and droite: G, D) in brackets or at the end.

    Returns
    -------
    {"left", "right"} or None
        In an exercise on one leg the side named is the stance side, the leg stood on and trained.

    Examples
    --------
    >>> [find_side(name) for name in ("Hip Hitch (Left)", "hip hike L", "Hip Hitch rechts", "Hip Hitch (D)", "Hip Hitch", "Hip Hitch L/R")]
    ['left', 'left', 'right', 'right', None, None]
    """
    if _BOTH.search(name):
        return None
    sides = {_SIDES[word] for word in find_words(name) if word in _SIDES}
    sides = sides or {_SHORT[word] for match in _APART.finditer(name) if (word := match[1] or match[2]) in _SHORT}
    return sides.pop() if len(sides) == 1 else None


def find_side_in_note(note: str) -> str | None:
    """Return the side that a note gives for its set; None where it gives none, or both.

    A note counts only where a part of it, between punctuation, says nothing but the side: "left heel sore" and "felt right" are no sides.

    >>> [find_side_in_note(note) for note in ("left", "Right leg, easy", "L: 2 in reserve", "left heel sore", "felt right", "left, then right")]
    ['left', 'right', 'left', None, None, None]
    """
    if {_SIDES[word] for word in find_words(note) if word in _SIDES} == {"left", "right"}:
        return None
    sides = set()
    for segment in SEGMENT.split(note):
        words = [word for word in find_words(segment) if word not in _BESIDE_A_SIDE]
        if len(words) == 1 and not any(c.isdigit() for c in segment):
            sides |= {_SIDES.get(words[0]) or {"L": "left", "R": "right"}.get(segment.strip())} - {None}
    return sides.pop() if len(sides) == 1 else None


def suggest(name: str, known: Iterable[str]) -> str:
    """Return a question that names the one of `known` that was probably meant, with a blank before it; empty where none is near.

    >>> suggest("m01", ["M01", "M02"]), suggest("M0l", ["M01", "T03"]), suggest("anna", ["M01"])
    (' Did you mean M01?', ' Did you mean M01?', '')
    """
    folded: dict[str, str] = {}
    for one in known:
        folded.setdefault(fold(one), one)
    near = get_close_matches(fold(name), folded, n=1)
    return f" Did you mean {folded[near[0]]}?" if near else ""


def find_side_in_file_name(name: str) -> str | None:
    """Return the side that the name of a file says; None where it says none, or both.

    Only whole words count, apart by anything that is no letter or by a capital; what is short, like ``L`` or ``der``, may mean anything there.

    >>> [find_side_in_file_name(name) for name in ("A03_left.csv", "HipHitch-rechts 2.zip", "setGauche.csv", "bright.csv", "left-right.csv")]
    ['left', 'right', 'left', None, None]
    """
    words = find_words(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))
    sides = {_SIDES[word] for word in words if word in _SIDES and (word == "left" or len(word) >= _LEAST_LETTERS)}
    return sides.pop() if len(sides) == 1 else None


def name_side(heading: str) -> tuple[str | None, list[str]]:
    """Return the side a column's heading names, and what else it says.

    >>> name_side("Pain left"), name_side("Left (reps)"), name_side("L sets"), name_side("Droite 2")
    (('left', ['pain']), ('left', []), ('left', []), ('right', []))
    """
    apart = [word for word in _TOKEN.findall(heading) if fold(word) not in _BESIDE_A_SIDE]
    side = find_side(heading) or (_SHORT.get(apart[0]) if len(apart) == 1 else None)
    others = [word for word in find_words(heading) if word not in _SIDES and word not in _BESIDE_A_SIDE]
    if side is not None:
        others = [word for word in others if word not in ("l", "r", "li", "re", "g", "d")]
    return side, others
