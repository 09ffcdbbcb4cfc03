"""What laboratories call their markers: many names, one place on the body each."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Each place with its names, the preferred first; small letters and digits only. With l, r, left or right before or after it a name has a side.
PAIRED = {
    "asis": ("asis", "asi", "ias", "asisstudy"),
    "psis": ("psis", "psi", "ips", "psisstudy"),
    "hip": ("hjc", "hip", "hipjc", "hipjointcentre", "hipjointcenter"),
    "knee": ("kjc", "kneestudy", "knee", "kne", "kneelat", "latknee", "lfc", "lfe", "fle"),
    "ankle": ("ajc", "anklestudy", "ankle", "ank", "anklelat", "latankle", "lmal", "lm", "fal"),
    "heel": ("heel", "hee", "cal", "calc", "calcstudy", "fcc", "heelstudy"),
    "toe": ("toe", "toestudy", "bigtoe", "mt2", "mt1", "5meta", "5metastudy", "mt5"),
    "shoulder": ("shoulder", "shoulderstudy", "sho", "acr", "acromion", "sjc"),
}
SINGLE = {"c7": ("c7", "cv7", "c7study", "neck"), "sacrum": ("sacr", "sacrum", "vsacral", "midpsis")}
_SIDES = {"left": ("l", "left"), "right": ("r", "right")}


def _spell_out() -> dict[str, tuple[str, int]]:
    """Return every spelling with its place and how far down the list of that place it stands."""
    spelled: dict[str, tuple[str, int]] = {}
    for place, names in PAIRED.items():
        for side, letters in _SIDES.items():
            for rank, name in enumerate(names):
                for spelling in (s for letter in letters for s in (letter + name, name + letter)):
                    spelled.setdefault(spelling, (f"{side}_{place}", rank))
    for place, names in SINGLE.items():
        spelled |= {name: (place, rank) for rank, name in enumerate(names)}
    return spelled


_SPELLED = _spell_out()


def name_place(name: str) -> str | None:
    """Return the place on the body that a marker's name means.

    Parameters
    ----------
    name : str
        As the laboratory wrote it, with or without the person before a colon.

    Returns
    -------
    str or None
        ``left_asis``, ``right_asis``, ``left_psis`` …, ``c7``, ``sacrum``; None for a name that is not known.

    Examples
    --------
    >>> [name_place(name) for name in ("r.ASIS", "R.ASIS", "RASI", "r.ASIS_study", "Daphnee:ASISr", "RASIS", "RIAS", "thigh4")]
    ['right_asis', 'right_asis', 'right_asis', 'right_asis', 'right_asis', 'right_asis', 'right_asis', None]
    """
    found = _SPELLED.get(_plain(name))
    return found[0] if found else None


def find_places(names: Iterable[str]) -> dict[str, str]:
    """Return which marker stands for each place on the body.

    Parameters
    ----------
    names : iterable of str
        Names of all markers.

    Returns
    -------
    dict of str to str
        Place → marker. Where several markers mean the same place, the preferred name.

    Raises
    ------
    ValueError
        Hip-bone markers of more than one person.

    Examples
    --------
    >>> find_places(["RASI", "LASI", "RHJC", "head"])
    {'right_asis': 'RASI', 'left_asis': 'LASI', 'right_hip': 'RHJC'}
    """
    chosen: dict[str, tuple[int, str]] = {}
    people: dict[str, set[str]] = {}
    for name in names:
        found = _SPELLED.get(_plain(name))
        if found is None:
            continue
        place, rank = found
        people.setdefault(place, set()).add(name.rpartition(":")[0])
        if place not in chosen or rank < chosen[place][0]:
            chosen[place] = (rank, name)
    several = sorted(set().union(*(who for place, who in people.items() if place.endswith(("asis", "psis")) and len(who) > 1)))
    if several:
        who = ", ".join(person or "no name" for person in several)
        raise ValueError(f"markers: hip-bone markers of several people ({who}) — expected one person. Export the athlete's alone.")
    return {place: name for place, (_, name) in chosen.items()}


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.rpartition(":")[2].lower())
