"""The form table: worst first, and nothing surer than it is."""

import re

import pytest

from hiphitch_analysis.form.faults import find_faults
from hiphitch_analysis.report.formtable import list_limits, write_form


def rows(html: str) -> list[list[str]]:
    """Cells of each row of the body as plain words, signs by their word."""
    body = html.partition("<tbody>")[2]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", body)]
    signs = [[re.sub(r'<svg[^>]*aria-label="([^"]*)".*?</svg>', r"[\1]", cell) for cell in row] for row in cells]
    return [[re.sub(r'<span class="about">(.*?)</span>', r"\1", cell).replace("\xa0", " ") for cell in row] for row in signs]


def test_the_fault_stands_first_with_its_cue(make_reps, tired_faults):
    table = rows(write_form({"left": find_faults(make_reps([0.5] * 10)), "right": tired_faults}).text)
    # Of 9 measured reps the second worst counts: 3° short, 1° beyond the limit, one standard error: t-distributed with 6: 0.822.
    # A return error's usual standard error is 1°, and 97.5 % of that distribution lie below 2.447.
    told = ["[good] 0.5° ± 2.4° short", "[mend first] 3.0° ± 2.4° short, reps 8–10", "“Squeeze the standing hip: belt level.”", "82 %"]
    assert table[0] == ["Back to level", *told]
    assert [row[0] for row in table[1:4]] == ["Size of drop", "Pelvis square", "Tempo"]
    assert all(row[3] == "Say nothing." for row in table[1:4])


def test_what_one_sensor_cannot_see_stands_last_and_says_how_to_see_it(tired_faults):
    table = rows(write_form({"right": tired_faults}).text)
    blind = ["Lower back neutral", "Steady stand", "Trunk upright", "Free leg hanging", "Free foot off the floor", "Glutes pull, not the oblique"]
    assert [row[0] for row in table[4:]] == blind
    assert table[6][1:] == ["[not seen] not measured", "Wear a second sensor on the breastbone, or watch from behind.", "–"]


def test_a_sign_below_80_per_cent_is_outlined(make_reps):
    # All reps 2.5° short: half a standard error beyond the limit, chance 0.683, t-distributed with 6.
    table = rows(write_form({"left": find_faults(make_reps([2.5] * 10))}).text)
    assert table[0][1].startswith("[mend first, less sure] 2.5° ± 2.4° short")
    assert table[0][3] == "68 %"


def test_of_two_good_sides_the_less_certain_one_speaks(make_reps):
    # Right: 1.5° short, half a standard error within the limit: 0.683; left: 0°, two standard errors: 0.954.
    table = rows(write_form({"left": find_faults(make_reps([0.0] * 10)), "right": find_faults(make_reps([1.5] * 10, "right"))}).text)
    assert table[0][1:] == ["[good] at level ± 2.4°", "[good, less sure] 1.5° ± 2.4° short", "Say nothing.", "68 %"]


def test_a_mild_fault_is_watched_and_a_moderate_one_mended(make_reps):
    mild = make_reps([0.5] * 10).assign(rotation_range_deg=6.0)  # limit 5°, moderate from 8°
    moderate = mild.assign(rotation_range_deg=9.0)
    assert rows(write_form({"left": find_faults(mild)}).text)[0][:2] == ["Pelvis square", "[watch] twists 6° ± 2°, reps 1–10"]
    assert rows(write_form({"left": find_faults(moderate)}).text)[0][1].startswith("[mend first]")


def test_a_hike_is_said_as_such_and_a_missing_level_too(make_reps):
    assert rows(write_form({"left": find_faults(make_reps([-1.5] * 5))}).text)[0][1] == "[good] 1.5° ± 2.4° above level"
    unknown = rows(write_form({"left": find_faults(make_reps([float("nan")] * 5))}).text)
    row = next(row for row in unknown if row[0] == "Back to level")
    assert row[1:] == ["[not seen] not measured", "Stand still for 5 s on both feet, then record again.", "–"]


def test_many_scattered_reps_are_counted_not_listed(make_reps):
    faults = find_faults(make_reps([3.0, 0.0] * 5))
    assert rows(write_form({"left": faults}).text)[0][1].endswith("3.0° ± 2.4° short, 5 reps")


def test_certainty_is_never_written_as_100_per_cent(make_reps):
    assert "100 %" not in write_form({"left": find_faults(make_reps([9.0] * 10))}).text


def test_words_of_the_table_are_escaped(tired_faults):
    tired_faults["cue"] = "<script>alert(1)</script>"
    assert "<script" not in write_form({"right": tired_faults}).text


@pytest.mark.parametrize("sides", [[], ["both"]])
def test_the_table_needs_left_or_right(tired_faults, sides):
    with pytest.raises(ValueError, match="expected tables for left, right or both"):
        write_form(dict.fromkeys(sides, tired_faults))


def test_the_table_is_of_one_set(tired_faults):
    with pytest.raises(ValueError, match="faults: expected the coaching points of one set, got 0 sets"):
        write_form({"right": tired_faults.iloc[:0]})


def test_limits_name_what_was_left_out(tired_reps, tired_faults):
    tired_reps.loc[0, "kind"] = "partial"
    told = [line.replace("\xa0", " ") for line in list_limits("right", tired_reps, tired_faults, ["the phone moved"])]
    assert told == [
        "right leg: 1 partial rep left out, not counted.",
        "right leg, rep 4: gap in the data. Not counted as zero.",
        "right leg, not observable in this recording: lower back neutral; steady stand; trunk upright; free leg hanging; free foot off the floor; "
        "glutes pull, not the oblique.",
        "right leg: the phone moved",
    ]


def test_what_a_person_left_out_is_said_once(tired_reps, tired_faults):
    tired_reps.loc[0, "kind"] = "left out"
    told = list_limits("right", tired_reps, tired_faults, ["corrected by hand: 1 repetition left out"])
    assert [line.replace("\xa0", " ") for line in told if "left out" in line] == ["right leg: corrected by hand: 1 repetition left out"]


def test_limits_name_an_unknown_level(make_reps):
    reps = make_reps([float("nan")] * 5)
    assert list_limits("left", reps, find_faults(reps))[0].startswith("left leg, not observable in this recording: back to level; ")


def test_no_sign_of_the_oblique_is_not_called_good_and_a_sign_is_said(make_reps):
    upright, bending = (find_faults(make_reps([0.5] * 10).assign(trunk_lean_max_deg=0.0, trunk_pull_deg=pull)) for pull in (0.5, 6.0))
    row = {name: cells for name, *cells in rows(write_form({"left": upright}).text)}["Glutes pull, not the oblique"]
    assert row == ["[not seen] not measured", "Put a hand on it, or measure EMG.", "–"]
    seen = {name: cells for name, *cells in rows(write_form({"left": bending}).text)}["Glutes pull, not the oblique"]
    assert seen[0].startswith("[mend first] bends 6° ± 1° in the raise")


def test_a_measure_with_its_own_standard_error_says_that(make_reps):
    faults = find_faults(make_reps([0.5] * 10).assign(return_error_se_deg=0.2))
    row = next(row for row in rows(write_form({"left": faults}).text) if row[0] == "Back to level")
    assert row[1] == "[good] 0.5° ± 0.5° short"  # 2.447 · 0.2°


def test_what_is_less_than_the_last_digit_is_not_printed(make_reps):
    faults = find_faults(make_reps([0.5] * 10).assign(return_error_se_deg=0.01))
    row = next(row for row in rows(write_form({"left": faults}).text) if row[0] == "Back to level")
    assert row[1] == "[good] 0.5° short"
