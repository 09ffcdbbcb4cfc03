"""The mechanics page's figures, through what they draw: numbers, units, scale, colours, and nothing on top of anything else."""

import itertools
import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import same_color, to_rgb
from matplotlib.patches import FancyArrow
from matplotlib.text import Text

from hiphitch_analysis.report.canvas import SVG_LIMIT, new_figure
from hiphitch_analysis.report.figures import (
    describe_contributions,
    describe_effects,
    describe_free_body,
    describe_tempo_effect,
    draw_contributions,
    draw_effects,
    draw_free_body,
    draw_tempo,
    render_case,
)
from hiphitch_analysis.report.mechanics import LOOKS
from hiphitch_analysis.report.palette import BODY_FILL, BONE_FILL, INK, LOAD, LOAD_TEXT, MODEL_TEXT, MUTED
from hiphitch_analysis.workload.anthropometry import estimate_body
from hiphitch_analysis.workload.effects import Case
from hiphitch_analysis.workload.mechanics import Posture, hip_moment
from hiphitch_analysis.workload.muscle import hip_forces
from hiphitch_analysis.workload.repetition import Repetition, turn_round

G = 9.80665
MAN, WOMAN = estimate_body(75, 1.78, "male"), estimate_body(60, 1.65, "female")
BIG = estimate_body(125, 2.0, "male")


def free_body(body=MAN, posture=None, ankle_kg=0.0, motion=None):
    _, (ax,) = new_figure(182, 136)
    return draw_free_body(ax, body, posture, ankle_kg, motion)


def words(ax) -> list[str]:
    return [text.get_text() for text in ax.texts if text.get_text()]


def arrows(ax) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Tail and tip of each force, from the outline that was drawn: it is its own mirror image about the line from its end to its tip."""
    found = {}
    for patch in ax.patches:
        if isinstance(patch, FancyArrow):
            corners = np.unique(np.round(patch.get_xy(), 9), axis=0)
            apart = np.linalg.norm(corners[:, None] - corners[None], axis=2)
            (tip,) = [i for i in range(len(corners)) if _is_tip(np.sort(np.delete(apart[i], i)))]
            end = np.argsort(apart[tip])[-2:]  # the corners farthest from the tip: of the flat end, or of the head where there is no shaft
            found[patch.get_gid().removeprefix("force-")] = (corners[end].mean(axis=0), corners[tip])
    return found


def _is_tip(others) -> bool:
    """From the tip alone all other corners lie two by two at the same distance."""
    return len(others) % 2 == 0 and np.allclose(others[::2], others[1::2], rtol=1e-5)


def lengths(ax) -> dict[str, float]:
    return {name: float(np.linalg.norm(tip - tail)) for name, (tail, tip) in arrows(ax).items()}


def bar_length(ax, gid: str) -> float:
    (bar,) = [line for line in ax.lines if line.get_gid() == gid]
    return float(np.ptp(bar.get_xdata()))


def overlapping(ax) -> list[tuple[str, str]]:
    """Pairs of texts whose boxes meet (without their leaders), in the typeface the figure was laid out for."""
    renderer = FigureCanvasAgg(ax.figure).get_renderer()
    ax.figure.draw(renderer)
    boxes = [(text.get_text(), Text.get_window_extent(text, renderer)) for text in (*ax.texts, ax.title, ax._left_title) if text.get_text().strip()]
    return [(one, other) for (one, a), (other, b) in itertools.combinations(boxes, 2) if a.overlaps(b)]


def outside(ax) -> list[str]:
    """Texts that leave the figure."""
    renderer = FigureCanvasAgg(ax.figure).get_renderer()
    ax.figure.draw(renderer)
    frame = ax.figure.bbox
    return [
        t.get_text() for t in ax.texts if t.get_text() and (t.get_window_extent(renderer).x1 > frame.x1 + 1 or t.get_window_extent(renderer).x0 < -1)
    ]


def contrast(one: str, other: str) -> float:
    """WCAG's ratio."""

    def luminance(colour: str) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
        return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))

    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


# --- The free body ------------------------------------------------------------------------------------------------------------------------------
POSTURES = [
    (MAN, Posture(), 0.0, None),
    (WOMAN, Posture(-10, 5, 15, 0.0), 3.0, None),
    (BIG, Posture(-15, -10, 20, 0.5), 5.0, turn_round(Repetition(15, 0.5))),
    (MAN, Posture(-4, 15, -20, 0.8), 5.0, None),
]


@pytest.mark.parametrize(("body", "posture", "ankle_kg", "motion"), POSTURES)
def test_every_force_has_the_same_length_per_newton(body, posture, ankle_kg, motion):
    ax = free_body(body, posture, ankle_kg, motion)
    drawn = lengths(ax)
    forces = hip_forces(body, posture, hip_moment(body, posture, ankle_kg, motion), ankle_kg, motion)
    floor = float(posture.floor_share) * (body.leg_kg + ankle_kg)
    newton = {"muscle": forces.muscle_high_n, "joint": forces.joint_high_n, "upper": G * (body.pelvis_kg + body.upper_kg), "leg": G * body.leg_kg}
    newton |= {"ankle": G * ankle_kg} if ankle_kg else {}
    newton |= {"floor": G * floor} if floor else {}
    assert set(drawn) == set(newton)
    bar = next(float(w.removesuffix(" N")) for w in words(ax) if re.fullmatch(r"\d+ N", w))
    per_newton = bar_length(ax, "scale-force") / bar
    for name, length in drawn.items():
        # Corners are rounded to a nanometre to find them; the smallest force is 29 N, two millimetres.
        assert length == pytest.approx(per_newton * float(newton[name]), rel=1e-5), name


@pytest.mark.parametrize(("body", "posture", "ankle_kg", "motion"), POSTURES)
def test_lengths_are_metres_on_both_axes(body, posture, ankle_kg, motion):
    ax = free_body(body, posture, ankle_kg, motion)
    assert bar_length(ax, "scale-length") == pytest.approx(0.1) and "100 mm" in words(ax)
    assert ax.get_aspect() == 1.0
    centres = {patch.get_gid(): np.array(patch.center) for patch in ax.patches if str(patch.get_gid()).endswith("-hip")}
    apart = centres["free-hip"] - centres["stance-hip"]
    assert np.linalg.norm(apart) == pytest.approx(body.hip_distance_m)
    assert np.degrees(np.arctan2(apart[1], apart[0])) == pytest.approx(float(posture.obliquity_deg))  # a drop tilts the pelvis
    # Each weight hangs where its moment says: moment over force, worked from hip_moment.
    moment = hip_moment(body, posture, ankle_kg, motion)
    places = arrows(ax)
    upper = float(moment.upper_nm + moment.pelvis_nm) / (G * (body.pelvis_kg + body.upper_kg))
    assert places["upper"][0][0] == pytest.approx(upper, abs=1e-6)
    assert places["leg"][0][0] == pytest.approx(float(moment.leg_nm) / (G * body.leg_kg), abs=1e-6)
    if ankle_kg:
        assert places["ankle"][0][0] == pytest.approx(float(moment.ankle_nm) / (G * ankle_kg), abs=1e-6)


def outline(ax, gid: str) -> np.ndarray:
    (patch,) = [patch for patch in ax.patches if patch.get_gid() == gid]
    return patch.get_xy()


def turned_deg(before: np.ndarray, after: np.ndarray) -> float:
    """By how much an outline was turned anticlockwise: the rotation that fits it best (Kabsch, in the plane)."""
    a, b = before - before.mean(axis=0), after - after.mean(axis=0)
    angle = np.arctan2((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum(), (a * b).sum())
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    np.testing.assert_allclose(a @ turn, b, atol=1e-12)  # turned and moved, not bent
    return float(np.degrees(angle))


def test_the_body_follows_the_posture():
    level, posed = free_body(), free_body(MAN, Posture(-8, 10, 15))
    # All anticlockwise seen from behind on the left leg: a drop turns clockwise, a lean goes to the left, a leg swung out goes to the right.
    for gid, by in (
        *(("pelvis", -8), ("hips", -8), ("sacrum", -8), ("spine", 10), ("trunk", 10)),
        *(("free-leg", 15), ("free-thigh", 15), ("free-neck", 15)),
    ):
        assert turned_deg(outline(level, gid), outline(posed, gid)) == pytest.approx(by), gid
    # The stance leg leans so that its foot stands under the weight: asin(87.67 / 881.8) = 5.706° at level, as in test_muscle.
    mirrored = outline(level, "free-thigh") * (-1, 1) + (MAN.hip_distance_m, 0)
    assert turned_deg(mirrored, outline(level, "stance-thigh")) == pytest.approx(5.706, abs=0.01)


def test_the_muscle_s_line_passes_the_hip_at_its_lever_arm():
    # 64.5 N·m over 1526 N: 42.25 mm.
    tail, tip = arrows(free_body())["muscle"]
    along = (tip - tail) / np.linalg.norm(tip - tail)
    distance = abs(tail[0] * along[1] - tail[1] * along[0])
    assert distance == pytest.approx(0.04225, abs=2e-5)
    assert tip[0] < tail[0] < 0.0 < tail[1] and tip[1] < tail[1]  # from the pelvis down and outwards to the thigh
    (arm,) = [line for line in free_body().lines if line.get_gid() == "arm-muscle"]
    assert np.hypot(*np.diff(arm.get_xydata(), axis=0)[0]) == pytest.approx(distance, abs=1e-6)


def test_the_picture_says_what_the_worked_example_says():
    # EVIDENCE §3.3 and the project's picture: 443 N at 88 mm, 146 N at 175 mm, 1526 N at 42 mm, 2080 N; 52 mm and 1251 N by the second model.
    told = "\n".join(words(free_body()))
    for part in ("443 N at 88 mm", "146 N at 175 mm", "1526 N\n2.1 × body weight", "2080 N, 2.8 × body weight", "lever arm of the muscle\n42 mm"):
        assert part in told
    assert "443 N × 88 mm + 146 N × 175 mm = 64.5 N·m" in told and "1526 N × 42 mm = 64.5 N·m" in told
    assert "52 mm" in told and "1251 N" in told and "2.5 to 2.8 × body weight" in told
    assert "ankle weight" not in told and "floor" not in told


def test_what_is_not_there_by_default_appears():
    told = "\n".join(words(free_body(MAN, Posture(-8, 10, -5, 0.25), 3.0, turn_round(Repetition(8, 1.0)))))
    for part in (
        "ankle weight 3 kg\n29 N",
        "the floor carries",
        "pelvis dropped 8°, trunk 10° over the standing leg, free leg 5° in",
        "to turn round",
    ):
        assert part in told
    floor = arrows(free_body(MAN, Posture(0, 0, 0, 0.25)))["floor"]
    assert floor[1][1] > floor[0][1]  # it pushes up


def test_no_text_lies_on_another():
    ax = free_body()
    assert overlapping(ax) == [] and outside(ax) == []


@pytest.mark.parametrize(("body", "posture", "ankle_kg", "motion"), POSTURES)
def test_texts_stay_inside_and_apart_when_sliders_move(body, posture, ankle_kg, motion):
    ax = free_body(body, posture, ankle_kg, motion)
    assert outside(ax) == []
    dimension = re.compile(r"\d+ mm")
    assert [pair for pair in overlapping(ax) if not all(dimension.fullmatch(text) for text in pair)] == []


def test_forces_have_their_colours_and_those_can_be_seen():
    ax = free_body(MAN, Posture(), 2.0)
    fills = {patch.get_gid(): patch.get_facecolor() for patch in ax.patches if isinstance(patch, FancyArrow)}
    expected = {"force-muscle": MODEL_TEXT, "force-joint": INK, "force-upper": MUTED, "force-leg": MUTED, "force-ankle": LOAD}
    assert set(fills) == set(expected) and all(same_color(fills[name], colour) for name, colour in expected.items())
    for colour in (MODEL_TEXT, INK, MUTED, LOAD_TEXT):
        assert contrast(colour, "white") >= 4.5
    for colour in (MODEL_TEXT, INK, MUTED):  # marks on the body and its bones
        assert contrast(colour, BONE_FILL) >= 3 and contrast(colour, BODY_FILL) >= 4.5


def test_the_free_body_in_words_gives_ranges():
    told = describe_free_body(MAN, Posture(-8), 0.0)
    # EVIDENCE §3.3 at 8°: 72.0 N·m, muscle 2.52/2.07, hip 3.28/2.85 body weights.
    assert told.startswith("Pelvis dropped 8°: the hip muscles must give 72.0 N·m.")
    assert "2.1 to 2.5 times body weight" in told and "2.8 to 3.3 times body weight (two muscle models)" in told


def test_where_the_weights_balance_alone_nothing_is_to_hold():
    case = Case(Posture(0, 15, -20, 1.0), 5.0)
    assert hip_moment(MAN, case.posture, 5.0).total_nm < 0
    told = words(free_body(MAN, case.posture, 5.0))
    assert "muscle:  nothing to hold" in told
    assert any("needs 0 N" in text and "an arm of 0 mm" not in text for text in told)
    assert describe_free_body(MAN, case.posture, 5.0).endswith(
        "the hip muscles have nothing to hold, the weights turn the free side up by themselves."
    )


def test_both_panels_fit_into_a_light_drawing():
    svg, sentence = render_case(MAN, Case(Posture(-8, 5, -10, 0.25), 2.0, turn_round(Repetition(8, 0.5))))
    assert len(svg.encode()) < SVG_LIMIT and "Moment about the stance hip, N·m" in svg and sentence.startswith("Pelvis dropped 8°")
    assert render_case(MAN, Case()) == render_case(MAN, Case())


# --- Where the moment comes from ----------------------------------------------------------------------------------------------------------------
def split(**parts) -> pd.DataFrame:
    row = {"case": "mine", **{f"{part}_nm": float(parts.get(part, 0)) for part in LOOKS}}
    return pd.DataFrame([row | {"total_nm": sum(row[f"{part}_nm"] for part in LOOKS)}])


def drawn_parts(ax) -> list[tuple[str, float, float]]:
    return [(p.get_gid().removeprefix("part-"), p.get_x(), p.get_width()) for p in ax.patches if str(p.get_gid()).startswith("part-")]


def test_parts_stand_end_to_end_and_come_to_the_total():
    _, (ax,) = new_figure(182, 40)
    draw_contributions(ax, split(upper=32, pelvis=7, leg=26, ankle=5))
    assert drawn_parts(ax) == [("upper", 0, 32), ("pelvis", 32, 7), ("leg", 39, 26), ("ankle", 65, 5)]
    (total,) = [line for line in ax.lines if line.get_gid() == "total"]
    assert set(total.get_xdata()) == {70.0} and "70.0" in words(ax) and "N·m" in ax.get_title(loc="left")
    assert {"32", "7", "26", "5", "trunk, head, arms", "pelvis", "free leg", "ankle weight"} <= set(words(ax))


def test_what_takes_away_stands_left_of_zero():
    _, (ax,) = new_figure(182, 40)
    draw_contributions(ax, split(upper=30, leg=10, ankle=-4, floor=-6, acceleration=5))
    assert [part for part in drawn_parts(ax) if part[2] < 0] == [("ankle", 0, -4), ("floor", -4, -6)]
    assert [part for part in drawn_parts(ax) if part[2] > 0][-1] == ("acceleration", 40, 5)
    assert "= 35.0" in words(ax) and "−6" in words(ax)
    hatched = {p.get_gid() for p in ax.patches if p.get_hatch()}
    assert hatched == {"part-floor", "part-acceleration"}  # told without colour
    assert overlapping(ax) == []


def test_a_line_at_the_first_case():
    rows = pd.concat([split(upper=60), split(upper=70)])
    _, (ax,) = new_figure(182, 40)
    draw_contributions(ax, rows)
    (line,) = [line for line in ax.lines if line.get_gid() == "reference"]
    assert set(line.get_xdata()) == {60.0}
    assert overlapping(ax) == []


def test_numbers_on_parts_can_be_read():
    for name, (_, fill, text, edge) in LOOKS.items():
        assert contrast(text, fill) >= 4.5, name
        assert contrast(fill, "white") >= 3 or name in ("pelvis", "leg") or contrast(edge, "white") >= 3, name


def test_contributions_in_words():
    assert describe_contributions(split(upper=30, leg=10, floor=-6)).endswith("mine: 34.0 N·m (trunk, head, arms 30, free leg 10, floor carries −6).")


# --- What changes it ----------------------------------------------------------------------------------------------------------------------------
CHANGES = pd.DataFrame(
    [
        ("Load", "1 kg at the ankle", 2.7, 2.7, 2.74),
        ("Depth", "10° drop", 14.3, 25.0, 29.0),
        ("Speed", "1 s down, 1 s up", 3.0, 3.0, 3.0),
        ("Tricks that make it easier", "lean 10° over the standing leg", -24.3, -25.2, -25.2),
        ("Tricks that make it easier", "lift the leg: bend hip and knee", 0.0, 0.0, 0.0),
    ],
    columns=["group", "change", "moment_percent", "muscle_percent_low", "muscle_percent_high"],
)


def test_effects_are_bars_from_zero_with_a_diamond_each():
    _, (ax,) = new_figure(182, 100)
    draw_effects(ax, CHANGES)
    bars = [patch for patch in ax.patches if patch.get_gid() == "moment"]
    assert [(bar.get_x(), bar.get_width()) for bar in bars] == [(0, 2.7), (0, 14.3), (0, 3.0), (0, -24.3), (0, 0.0)]
    diamonds = [(line.get_marker(), float(line.get_xdata()[0])) for line in ax.lines if line.get_gid() == "muscle"]
    assert diamonds == [("D", pytest.approx(x)) for x in (2.72, 27.0, 3.0, -25.2, 0.0)]
    assert same_color(bars[0].get_facecolor(), LOAD) and same_color(bars[0].get_edgecolor(), LOAD_TEXT)
    assert not same_color(bars[1].get_facecolor(), LOAD)
    told = words(ax)
    assert {"+2.7 %", "+14.3 %", "+25.0 to +29.0 %", "−24.3 %", "moment", "muscle force"} <= set(told)
    assert told.count("0 %") == 3  # a zero is shown as a zero, in both columns, and on the scale
    assert "Speed, at its peak, against 8° held still" in told
    assert overlapping(ax) == [] and outside(ax) == []


def test_effects_in_words():
    told = describe_effects(CHANGES)
    assert (
        "Load: 1 kg at the ankle +2.7 %, +2.7 %." in told and "10° drop +14.3 %, +25.0 to +29.0 %." in told and "bend hip and knee 0 %, 0 %" in told
    )


# --- Tempo --------------------------------------------------------------------------------------------------------------------------------------
TEMPO = pd.DataFrame({"phase_s": [0.25, 0.5, 1.0, 2.0], "turning_percent": [28.0, 7.0, 1.8, 0.4], "added_percent": [47.0, 11.8, 3.0, 0.7]})


def test_tempo_marks_a_second_and_half_a_second():
    _, (ax,) = new_figure(182, 62)
    draw_tempo(ax, TEMPO)
    marked = [(float(line.get_xdata()[0]), float(line.get_ydata()[0])) for line in ax.lines if line.get_gid() == "marked"]
    assert marked == [(1.0, 3.0), (0.5, 11.8)]
    assert {"1 s: +3.0 %", "½ s: +11.8 %"} <= set(words(ax))
    assert ax.get_ylim()[0] == 0 and "%" in ax.get_ylabel() and "seconds" in ax.get_xlabel()
    (line,) = [line for line in ax.lines if line.get_gid() == "turning"]
    assert line.get_ydata().tolist() == [28.0, 7.0, 1.8, 0.4]
    assert overlapping(ax) == []


def test_tempo_in_words():
    assert "+3.0 % at 1 s a phase (turning pelvis and leg +1.8 %), +11.8 % at 0.5 s (+7.0 %)" in describe_tempo_effect(TEMPO)
