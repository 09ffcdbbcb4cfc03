"""What the README tells a newcomer to type must work."""

import json
import re
from pathlib import Path

from scipy.stats import kstwo

from hiphitch_analysis import norms

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def test_python_example_runs(monkeypatch, capsys):
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    monkeypatch.chdir(ROOT)
    exec(compile(code, "README.md", "exec"), {})
    assert " × " in capsys.readouterr().out


def test_every_linked_file_is_there():
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert links and [link for link in links if not (ROOT / link).exists()] == []


def test_what_it_says_of_moments_is_what_the_study_found():
    """Percentages in the README's paragraph on moments and repetitions, against the study's own result."""
    found = json.loads((ROOT / "reports/validation/workload.json").read_text("utf-8"))
    held = {row["route"]: round(100 * row["held"]) for row in found["moment"]} | {
        row["test"]: round(100 * row["held"]) for row in found["repetitions"]
    }
    errors = [row["se_percent"] for row in found["moment"]]
    paragraph = README[README.index("**Moments and forces.**") : README.index("**The orientation filter.**")]
    words = " ".join(paragraph.split())
    assert f"in {sum(row['n'] for row in found['moment'])} simulated recordings" in words.lower()
    assert f"the truth in {held['pelvis']} % from the pelvis alone (give or take {errors[0]:.0f} %)" in words
    assert f"{held['pelvis and trunk']} % with the trunk and {held['pelvis, trunk and thigh']} % with trunk and thigh ({errors[2]:.0f} %)" in words
    assert f"held {held['torque']} % after a strength test and {held['hold']} % after a hold" in words


def test_what_it_says_of_ways_of_measuring_is_what_the_study_found():
    routes = json.loads((ROOT / "reports/validation/views.json").read_text("utf-8"))["routes"]
    errors = [f"{row['drop_rms_deg']:.1f}°" for row in routes]
    counted = [f"{100 * row['counted_exactly']:.0f}" for row in routes]
    words = " ".join(README[README.index("**Ways of measuring.**") : README.index("**Moments and forces.**")].split())
    assert f"off by {errors[0]} (RMS) with a sensor, {errors[1]} with optical markers, {errors[2]} with printed markers" in words
    assert f"and {errors[3]} with a pose model" in words
    assert f"exactly in {counted[0]}, {counted[1]}, {counted[2]} and {counted[3]} %" in words
    assert f"On {routes[0]['sets']} simulated sets" in words


def test_what_it_says_of_alarms_is_what_the_study_found():
    found = read_study("alarms")
    assert f"Of {found['athlete_seasons']} simulated seasons of {found['weeks']} weeks" in paragraph("Alarms.")
    assert f"{100 * (1 - found['without_any']):.0f} % had a false alarm ({found['per_season']:.2f} a season" in paragraph("Alarms.")


def read_study(name):
    return json.loads((ROOT / f"reports/validation/{name}.json").read_text("utf-8"))


def paragraph(begins):
    """The words of one of the README's points, on one line."""
    return " ".join(README.split(f"**{begins}**", 1)[1].split("\n- **", 1)[0].split())


def percent(share):
    return f"{100 * share:.0f}"


def test_what_it_says_of_form_is_what_the_study_found():
    study, words = read_study("faults"), paragraph("Form.")
    marked = {key: point["marked_moderate"] for key, point in study["points"].items()}
    named = ["lumbar_not_neutral", "tempo_uneven", "loss_of_balance", "leg_drawn_in"]
    low, uneven, unsteady, drawn = (percent(marked[key]) for key in named)
    assert f"as the set goes on in {low} % of moderate cases, an uneven beat and an unsteady stand in {uneven} and {unsteady} %" in words
    others = min(share for key, share in marked.items() if key not in named)
    assert f"a leg drawn in in {drawn} %, the others in {percent(others)} % or more" in words
    tenths = study["calibration"]
    between = [tenth for tenth in tenths if 0.1 <= tenth["low"] < 0.9]
    off = sum(tenth["n"] * abs(tenth["promised"] - tenth["kept"]) for tenth in between) / sum(tenth["n"] for tenth in between)
    lowest = tenths[0]["n"] / sum(tenth["n"] for tenth in tenths)
    assert f"{percent(lowest)} % of them lie below 0.1; between 0.1 and 0.9 they are off by {off:.2f}, too high" in words
    assert f"said to be there with {tenths[4]['promised']:.2f} was there in {tenths[4]['kept']:.2f}" in words
    assert f"off by {study['calibration_error']:.2f} on average" in words


def test_what_it_says_of_intervals_is_what_the_study_found():
    study, words = read_study("angles"), paragraph("The intervals.")
    kept, tried = study["as_assumed"], study["seeds"][1] - study["seeds"][0] + 1
    assert (
        f"In {kept['recordings']:,} simulated recordings" in words
        and f"(of {tried:,}; {kept['miscounted']} were miscounted and are left out)" in words
    )
    for told in ("as_assumed", "wider"):
        drop, error = (percent(study[told][measure]["coverage"]) for measure in ("drop", "return_error"))
        said = f"{drop} % and the true return error in {error} %" if told == "as_assumed" else f"in {drop} and {error} % when skin"
        assert said in words


def test_what_it_says_of_parameters_and_dates_is_what_the_studies_found():
    ranks, words = read_study("ranks"), paragraph("How sure it is.")
    parameters = ranks["parameters"]
    held = sorted(told["coverage"] for told in parameters.values())
    # Kolmogorov and Smirnov: what chance passes in one of twenty; the two together could stay hidden.
    most, by_chance = max(told["distance"] for told in parameters.values()), kstwo.ppf(0.95, ranks["squads"])
    assert f"In {ranks['squads']} squads" in words and f"at most {most:.2f}" in words and f"up to {most + by_chance:.2f} could stay hidden" in words
    low = (0.8 - held[0]) / (0.8 * 0.2 / ranks["squads"]) ** 0.5
    assert (
        f"hold {percent(held[0])} to {percent(held[-1])} %, least for how much one set differs from the next, {low:.1f} standard errors low" in words
    )
    assert parameters["residual"]["coverage"] == held[0]
    squads, words = read_study("dates")["squads"], paragraph("The date of 3 × 45.")
    pooled, least = squads["pooled"], min(squads["cells"], key=lambda name: squads["cells"][name]["coverage"])
    lowest = squads["cells"][least]
    assert least == "saturating 8" and f"lowest, {100 * lowest['coverage']:.1f} ± {100 * lowest['coverage_se']:.1f} %" in words
    assert f"held {percent(pooled['coverage'])} % of {pooled['forecasts']:,} true dates" in words
    assert f"mixed model's {percent(pooled['mixed_coverage'])} %" in words


def test_what_it_says_of_printed_markers_is_what_the_studies_found():
    kinds, words = read_study("printed")["kinds"], paragraph("Printed markers.")
    sharp, coarse = kinds["rendered 1080p"], kinds["rendered 720p"]
    assert f"by {sharp['change_rmse_deg']:.2f}° and {coarse['change_rmse_deg']:.2f}° (RMS" in words
    assert f"{sharp['drop']['rms_error_deg']:.1f}°" == f"{coarse['drop']['rms_error_deg']:.1f}°"
    (views,) = (route for route in read_study("views")["routes"] if route["route"] == "printed")
    assert f"off by {sharp['drop']['rms_error_deg']:.1f}° in both ({views['drop_rms_deg']:.1f}° on the simulated sets above" in words
    assert f"held {percent(sharp['drop']['held'])} and {percent(coarse['drop']['held'])} %" in words


def last_words(notebook):
    cells = json.loads((ROOT / f"notebooks/{notebook}.ipynb").read_text("utf-8"))["cells"]
    return " ".join("".join(cells[-1]["source"]).split())


def test_what_notebooks_say_in_the_end_is_what_the_studies_found():
    routes = {route["route"]: route for route in read_study("views")["routes"]}
    bone = read_study("printed")["kinds"]["rendered 1080p"]["drop"]["rms_error_deg"]
    words = last_words("04_validity")
    sensor = routes["sensor"]
    assert f"is off by {sensor['drop_rms_deg']:.1f}° here (RMS): {1.96 * 2**0.5 * sensor['drop_se_deg']:.1f}° between two recordings" in words
    assert f"{1.96 * 2**0.5 * norms.CHANGE_NOISE_DEG.value:.1f}° between two repetitions of one" in words
    assert f"{routes['printed']['drop_rms_deg']:.1f}° from the bone" in words and f"{bone:.1f}° where it moves" in words
    squads, ranks = read_study("dates")["squads"], read_study("ranks")["parameters"]
    words = last_words("05_progression")
    held = [cell["coverage"] for cell in squads["cells"].values()]
    assert f"{percent(squads['pooled']['mixed_coverage'])} % of its intervals held, where 80 were promised" in words
    assert (1 - squads["pooled"]["mixed_coverage"]) / 0.2 > 3 and "more than three times as often as it claims" in words
    assert f"{percent(squads['pooled']['coverage'])} % of all dates; case by case {percent(min(held))} to {percent(max(held))} %" in words
    assert f"of its 80 % intervals {percent(ranks['residual']['coverage'])} % held" in words
