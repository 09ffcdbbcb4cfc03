"""What the README tells a newcomer to type must work."""

import json
import re
from pathlib import Path

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
