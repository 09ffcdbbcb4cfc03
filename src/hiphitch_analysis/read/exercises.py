"""Which exercises of an app's export count as the hip hitch, and on which leg: recognised by name, or said once in a map and kept."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from hiphitch_analysis.read.cells import get_column, name_faults
from hiphitch_analysis.read.rows import tidy_name
from hiphitch_analysis.read.text import Cells, find_delimiter, first_line, open_text, printable, split_cells
from hiphitch_analysis.read.words import find_side, fold

HIP_HITCH = "hip_hitch"
MAP_COLUMNS = ("exercise", "counts_as", "side")
PAIRS = {"pairs": ("left", "right"), "pairs right first": ("right", "left")}
_SIDES = ("", "left", "right", *PAIRS)
_NAMES = re.compile(
    r"\b(hip ?(hitch|hik)(e|es|ing)?|pelvi[cs] (hik|drop|hitch)(e|es|s|ing)?|(seitliches )?becken ?(ab)?senken|seitliches beckenheben"
    r"|(chute|abaissement) du bassin|elevation laterale du bassin"
    r"|(caida|descenso) (pelvic[oa]|de (la )?pelvis)|elevacion lateral de (la )?(pelvis|cadera)"
    r"|caduta (pelvica|del bacino)|queda (pelvica|da pelve))\b"
)


@dataclass(frozen=True, slots=True)
class Exercise:
    """What an exercise of an export counts as.

    Attributes
    ----------
    counts : bool
        Whether its sets are sets of the hip hitch.
    side : {"", "left", "right", "pairs", "pairs right first"}
        The stance side; pairs: left and right in turn, set by set; empty: as the exercise's name or the note of a set says.
    """

    counts: bool
    side: str = ""


def guess_exercise(name: str) -> Exercise:
    """Return whether an exercise is the hip hitch, and on which side, judged by its name.

    Hip hitch, hip hike, pelvic drop, pelvic hike and what they are called in German, French, Spanish, Italian and Portuguese, in any spelling.
    Glute bridges and hip thrusts (Beckenheben, élévation du bassin) are other exercises.

    >>> guess_exercise("Hip Hikes (Left)"), guess_exercise("Hip Thrust (Barbell)")
    (Exercise(counts=True, side='left'), Exercise(counts=False, side=''))
    """
    counts = _NAMES.search(re.sub(r"[\W_]+", " ", fold(name))) is not None
    return Exercise(counts, (find_side(name) or "") if counts else "")


def look_up(name: str, mapping: Mapping[str, Exercise]) -> Exercise:
    """Return what the map says of an exercise, or, where it says nothing, the guess."""
    return mapping.get(_key(name)) or guess_exercise(name)


def holds(mapping: Mapping[str, Exercise], name: str) -> bool:
    """Return whether a map says anything of an exercise."""
    return _key(name) in mapping


def read_map(path: str | Path) -> dict[str, Exercise]:
    """Read a map of exercise names.

    Parameters
    ----------
    path : str or Path
        CSV with the columns exercise, counts_as (``hip_hitch`` or empty) and, where needed, side (left, right, pairs, or empty: as the name or the
        notes say). A side is the stance side; pairs are left and right in turn, ``pairs right first`` begin with the right.

    Returns
    -------
    dict of str to Exercise
        For `look_up`.

    Raises
    ------
    ValueError
        Missing columns, an unknown word, or one exercise with two meanings.
    """
    text = open_text(path)
    header = first_line(text)
    cells = split_cells(text, header, pad=True, may_be_empty=True)
    names = [tidy_name(name) for name in cells.header]
    if missing := [name for name in MAP_COLUMNS[:2] if name not in names]:
        got = ", ".join(f"'{printable(name, 30)}'" for name in cells.header)
        raise ValueError(f"{text.name}: a map needs the columns {', '.join(MAP_COLUMNS)}; {missing[0]} is missing (got {got}). {_MAKE_ONE}")
    exercises = get_column(cells, names.index("exercise"))
    counts = _choose(cells, "counts_as", names.index("counts_as"), ("", HIP_HITCH))
    sides = _choose(cells, "side", names.index("side"), _SIDES) if "side" in names else [""] * len(exercises)
    mapping: dict[str, Exercise] = {}
    for exercise, counts_as, side in zip(exercises, counts, sides, strict=True):
        meaning = Exercise(counts_as == HIP_HITCH, side)
        if mapping.setdefault(_key(exercise), meaning) != meaning:
            raise ValueError(f"{text.name}: '{printable(exercise, 40)}' stands twice and counts as two things. Remove one of the rows.")
    return mapping


def complete_map(text: str, names: Iterable[str]) -> str:
    r"""Return the text of a map with a row for each further exercise, holding the guess.

    Parameters
    ----------
    text : str
        The map as it is, kept to the letter; empty for a new one.
    names : iterable of str
        Exercises to add.

    Returns
    -------
    str

    Examples
    --------
    >>> print(complete_map("exercise,counts_as,side\nPlank,,\n", ["Hip Hitch R"]), end="")
    exercise,counts_as,side
    Plank,,
    Hip Hitch R,hip_hitch,right
    """
    header = next((line for line in text.removeprefix("\ufeff").splitlines() if line.strip()), ",".join(MAP_COLUMNS))
    delimiter = find_delimiter(header)
    end = "\r\n" if "\r\n" in text else "\n"
    columns = [tidy_name(name) for name in next(csv.reader([header], delimiter=delimiter))]
    lines = StringIO()
    writer = csv.writer(lines, delimiter=delimiter, lineterminator=end)
    for name in names:
        guess = guess_exercise(name)
        row = {"exercise": name, "counts_as": HIP_HITCH if guess.counts else "", "side": guess.side}
        writer.writerow([row.get(column, "") for column in columns])
    start = text if text.strip() else header + end
    return start + ("" if start.endswith("\n") else end) + lines.getvalue()


_MAKE_ONE = "`hiphitch import … --map FILE` writes one to fill in, where there is no such file yet."


def _choose(cells: Cells, column: str, position: int, allowed: tuple[str, ...]) -> list[str]:
    """Return the words of a column that has a list of words to choose from."""
    words = [" ".join(cell.lower().replace(",", " ").split()) for cell in get_column(cells, position)]
    words = [HIP_HITCH if word in ("hip hitch", "hip-hitch") else word for word in words]
    if bad := [i for i, word in enumerate(words) if word not in allowed]:
        expected = f"{', '.join(allowed[1:])} or empty"
        raise ValueError(f"{cells.name}: {name_faults(cells, column, expected, position, bad)}. Correct these cells.")
    return words


def _key(name: str) -> str:
    return " ".join(name.casefold().split())
