"""The free body of standing on one leg: weights, muscle and joint force with their lever arms, to scale, and the balance in the same numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrow, Polygon, Rectangle

from hiphitch_analysis.report.palette import BODY, INK, LOAD, LOAD_TEXT, MODEL_TEXT, MUTED, NOTE, TICK
from hiphitch_analysis.report.skeleton import draw_skeleton, scale_of
from hiphitch_analysis.workload.anthropometry import Body
from hiphitch_analysis.workload.balance import Balance, balance_hip
from hiphitch_analysis.workload.effects import Case
from hiphitch_analysis.workload.mechanics import Motion, Posture
from hiphitch_analysis.workload.muscle import GAIT2392, RAJAGOPAL, place_muscle

# All lengths below in units of the skeleton's shapes: millimetres of a body whose hips are 175 mm apart.
VIEW_X, VIEW_Y = (-300.0, 560.0), (-318.0, 316.0)
BODY_WEIGHT_LONG, LONGEST = 62.0, 290.0  # arrow of one body weight, halved where the joint's would leave the picture
SHAFT_WIDE, HEAD_WIDE, HEAD_LONG = 3.0, 13.0, 15.0
MUSCLE_FROM = 96.0  # where its arrow begins at most, along its line from the foot of its lever arm
LOWEST_JOINT_LABEL = 120.0  # above the label of the muscle's arm
FEET_Y = -238.0  # where the picture of the body ends
DIMENSIONS_Y, DIMENSION_STEP = -172.0, 22.0
LEFT_X, RIGHT_X = -300.0, 318.0  # of the labels
SHORT_ARM = 62.0  # a dimension shorter than this has its number beside it
LONG_LINE, LONGEST_LINE = 78, 94  # letters: a longer balance is written in regular type, which is narrower, and then smaller
LENGTH_BAR_M, FORCE_BARS_N = 0.1, (500.0, 200.0, 100.0)


@dataclass(frozen=True, slots=True)
class Weight:
    """How one of the vertical forces is drawn: its words, where its arrow begins, where its label stands, and its colours."""

    words: str
    from_y: float
    label_y: float
    colour: str
    text: str


WEIGHTS: Mapping[str, Weight] = {
    "upper": Weight("pelvis, trunk, head, arms", 262.0, 262.0, MUTED, INK),
    "leg": Weight("free leg", -58.0, -52.0, MUTED, INK),
    "ankle": Weight("ankle weight", -122.0, -98.0, LOAD, LOAD_TEXT),
    "floor": Weight("the floor carries", -150.0, -146.0, MUTED, INK),
}


def draw_free_body(ax: Axes, body: Body, posture: Posture | None = None, ankle_kg: float = 0.0, motion: Motion | None = None) -> Axes:
    """Draw what acts on the body above the stance hip, lengths and forces to scale, seen from behind on the left leg.

    Parameters
    ----------
    ax : Axes
        About 182 × 133 mm.
    body : Body
    posture : Posture, optional
        Single numbers; by default level and upright.
    ankle_kg : float, default 0
        Ankle weight [kg].
    motion : Motion, optional
        With it the forces of turning round are in the balance.

    Returns
    -------
    Axes
        In metres from the stance hip.

    Notes
    -----
    A force may be drawn anywhere on its line: the ankle weight's arrow hangs high above the ankle. The muscle is that of one published model; the
    note names the force of the other.
    """
    posture = posture or Posture()
    case = Case(posture, ankle_kg, motion)
    balance, k = balance_hip(body, case), scale_of(body)
    ax.set_axis_off()
    ax.set_xlim(k * VIEW_X[0], k * VIEW_X[1])
    ax.set_ylim(k * VIEW_Y[0], k * VIEW_Y[1])
    ax.set_aspect("equal", anchor="NW")
    draw_skeleton(ax, body, posture, balance.stance_lean_deg)
    above = Rectangle((k * VIEW_X[0], k * FEET_Y), k * (VIEW_X[1] - VIEW_X[0]), k * (VIEW_Y[1] - FEET_Y), transform=ax.transData)
    for part in ax.patches:
        part.set_clip_path(above)  # the balance stands below the body, not on it
    newton = _newton(body, balance, k)
    _name_hips(ax, body, posture, k)
    _draw_scales(ax, body, newton, k)
    _draw_muscle(ax, body, balance, newton, k)
    _draw_joint(ax, body, balance, newton, k)
    _draw_weights(ax, balance, ankle_kg, newton, k)
    _write_balance(ax, body, balance, k)
    ax.text(k * LEFT_X, k * VIEW_Y[1], "Standing on the left leg, seen from behind", size=BODY, weight="bold", color=INK, va="top")
    ax.text(k * LEFT_X, k * (VIEW_Y[1] - 20), f"{say_case(case)}", size=NOTE, color=INK, va="top")
    for text in ax.texts:
        text.set_in_layout(False)  # else a layout engine shrinks the drawing until its longest line fits
    return ax


def describe_free_body(body: Body, posture: Posture | None = None, ankle_kg: float = 0.0, motion: Motion | None = None) -> str:
    """Put `draw_free_body` into words, forces as the range of both muscle models.

    Examples
    --------
    >>> from hiphitch_analysis.workload.anthropometry import estimate_body
    >>> print(describe_free_body(estimate_body(75, 1.78, "male")))
    Pelvis level: the hip muscles must give 64.5 N·m. They pull with 1251 to 1526 N, 1.7 to 2.1 times body weight,
    and the hip joint carries 2.5 to 2.8 times body weight (two muscle models).
    """
    case = Case(posture or Posture(), ankle_kg, motion)
    balance, weight_n = balance_hip(body, case), body.weight_n
    muscle, joint = balance.muscle_range_n, balance.joint_range_n
    if balance.moment_nm <= 0:
        return f"{say_case(case).capitalize()}: the hip muscles have nothing to hold, the weights turn the free side up by themselves."
    return (
        f"{say_case(case).capitalize()}: the hip muscles must give {balance.moment_nm:.1f} N·m. They pull with {muscle[0]:.0f} to {muscle[1]:.0f} N, "
        f"{muscle[0] / weight_n:.1f} to {muscle[1] / weight_n:.1f} times body weight, and the hip joint carries {joint[0] / weight_n:.1f} to "
        f"{joint[1] / weight_n:.1f} times body weight (two muscle models)."
    )


def say_case(case: Case) -> str:
    """Say in a few words how somebody stands.

    Examples
    --------
    >>> say_case(Case()), say_case(Case(Posture(-8, 5, -10, 0.25), 1.5))
    ('pelvis level', 'pelvis dropped 8°, trunk 5° over the standing leg, free leg 10° in, 25 % of it on the floor, 1.5 kg at the ankle')
    """
    tilt, lean, swing, share = (
        float(np.asarray(v))
        for v in (case.posture.obliquity_deg, case.posture.trunk_lean_deg, case.posture.free_leg_angle_deg, case.posture.floor_share)
    )
    said = ["pelvis level" if tilt == 0 else f"pelvis {'dropped' if tilt < 0 else 'hiked'} {abs(tilt):g}°"]
    said += [f"trunk {abs(lean):g}° {'over' if lean > 0 else 'away from'} the standing leg"] if lean else []
    said += [f"free leg {abs(swing):g}° {'out' if swing > 0 else 'in'}"] if swing else []
    said += [f"{100 * share:g} % of it on the floor" if swing else f"{100 * share:g} % of the free leg on the floor"] if share else []
    said += [f"{case.ankle_kg:g} kg at the ankle"] if case.ankle_kg else []
    return ", ".join(said)


def say_balance(balance: Balance) -> tuple[str, str]:
    """Write both sides of the balance: weights times their arms, and muscle times its own.

    Examples
    --------
    >>> from hiphitch_analysis.workload.anthropometry import estimate_body
    >>> say_balance(balance_hip(estimate_body(75, 1.78, "male")))
    ('443 N × 88 mm + 146 N × 175 mm = 64.5 N·m', '1526 N × 42 mm = 64.5 N·m')
    """
    terms = [
        (force * arm, f"{abs(force):.0f} N × {_mm(abs(arm))} mm") for force, arm in balance.weights[["force_n", "arm_m"]].itertuples(index=False)
    ]
    weights = "".join(f" {'+' if turning > 0 else '−'} {words}" for turning, words in terms).removeprefix(" + ")
    round_trip = f" + {balance.acceleration_nm:.1f} N·m to turn round" if round(balance.acceleration_nm, 1) else ""
    total = f"{balance.moment_nm:.1f} N·m".replace("-", "−")
    if balance.moment_nm <= 0:
        return f"{weights}{round_trip} = {total}", "nothing to hold"
    return f"{weights}{round_trip} = {total}", f"{balance.muscle_n:.0f} N × {_mm(balance.arm_m)} mm = {total}"


def _mm(length_m: float) -> str:
    return f"{1000 * length_m:.0f}".replace("-", "−")


def _newton(body: Body, balance: Balance, k: float) -> float:
    """Return the metres that one newton is long: the same for every force."""
    long = BODY_WEIGHT_LONG / body.weight_n
    return k * (long if long * balance.joint_n < LONGEST else long / 2)


def _arrow(ax: Axes, start: tuple[float, float], along: tuple[float, float], colour: str, name: str, k: float, edge: str = "none") -> None:
    """Draw a force from its tail to its tip; the head of a small one shrinks so that the whole is as long as the force."""
    head = min(HEAD_LONG * k, float(np.hypot(*along)))
    look: dict[str, Any] = {"facecolor": colour, "edgecolor": edge, "linewidth": 0.6, "zorder": 6, "gid": f"force-{name}"}
    wide = HEAD_WIDE * max(0.35, head / (HEAD_LONG * k))  # of a very small force something is left to see: its length is what counts
    ax.add_patch(FancyArrow(*start, *along, width=SHAFT_WIDE * k, length_includes_head=True, head_width=wide * k, head_length=head, **look))


def _label(
    ax: Axes, words: str, at: tuple[float, float], to: tuple[float, float], colour: str, leader: str, *, ha: str = "left", bold: bool = True
) -> None:
    """Write a label with a thin line to what it names."""
    ax.annotate(
        words,
        to,
        xytext=at,
        size=NOTE,
        color=colour,
        weight="bold" if bold else "normal",
        ha=ha,
        va="center",
        linespacing=1.15,
        zorder=8,
        arrowprops={"arrowstyle": "-", "color": leader, "linewidth": 0.6, "shrinkA": 1, "shrinkB": 1, "zorder": 5},
    )


def _draw_scales(ax: Axes, body: Body, newton: float, k: float) -> None:
    """Draw how long 100 mm and some hundred newtons are."""
    force_n = next((n for n in FORCE_BARS_N if n < body.weight_n), FORCE_BARS_N[-1])
    for y, length, wide, words, name in (
        (262.0, LENGTH_BAR_M, 0.9, f"{1000 * LENGTH_BAR_M:.0f} mm", "scale-length"),
        (232.0, force_n * newton, 2.6, f"{force_n:.0f} N", "scale-force"),
    ):
        ax.plot([k * LEFT_X, k * LEFT_X + length], [k * y] * 2, color=INK, linewidth=wide, solid_capstyle="butt", gid=name)
        ax.text(k * LEFT_X, k * (y - 6), words, size=TICK, color=INK, ha="left", va="top")


def _name_hips(ax: Axes, body: Body, posture: Posture, k: float) -> None:
    tilt = np.radians(float(np.asarray(posture.obliquity_deg)))
    ax.text(12 * k, -30 * k, "stance hip", size=TICK, color=INK, zorder=8)
    free = body.hip_distance_m * np.array([np.cos(tilt), np.sin(tilt)])
    ax.text(free[0], free[1] + 30 * k, "free hip", size=TICK, color=INK, ha="center", zorder=8)


def _draw_muscle(ax: Axes, body: Body, balance: Balance, newton: float, k: float) -> None:
    """Draw the pull of the muscle on the pelvis, its line, and its lever arm with the right angle."""
    lean = np.radians(balance.inclination_deg)
    up, out = np.array([np.sin(lean), np.cos(lean)]), np.array([-np.cos(lean), np.sin(lean)])
    foot = balance.arm_m * out
    pull = -balance.muscle_n * newton * up
    start = foot + min(k * MUSCLE_FROM, 0.8 * float(np.hypot(*pull))) * up
    line = np.array([start + k * 14 * up, start + pull - k * 14 * up])
    ax.plot(*line.T, color=MODEL_TEXT, linewidth=0.7, linestyle=(0, (3, 2)), zorder=5)
    _arrow(ax, (start[0], start[1]), (pull[0], pull[1]), MODEL_TEXT, "muscle", k)
    ax.plot([0, foot[0]], [0, foot[1]], color=MODEL_TEXT, linewidth=1.8, zorder=6, solid_capstyle="butt", gid="arm-muscle")
    corner = np.array([foot - 8 * k * out, foot - 8 * k * out - 8 * k * up, foot - 8 * k * up])
    ax.add_patch(Polygon(corner, closed=False, fill=False, edgecolor=MODEL_TEXT, linewidth=0.7, zorder=6))
    _label(ax, f"lever arm of the muscle\n{_mm(balance.arm_m)} mm", (k * LEFT_X, k * 74), tuple(0.62 * foot), MODEL_TEXT, MODEL_TEXT)
    words = f"hip muscles (gluteus\nmedius and minimus)\n{balance.muscle_n:.0f} N\n{balance.muscle_n / body.weight_n:.1f} × body weight"
    _label(ax, words, (k * LEFT_X, k * -38), tuple(start + 0.8 * pull), MODEL_TEXT, MODEL_TEXT)


def _draw_joint(ax: Axes, body: Body, balance: Balance, newton: float, k: float) -> None:
    """Draw the joint's push on the pelvis, from the stance hip."""
    push = np.array(balance.joint_xy_n) * newton
    _arrow(ax, (0.0, 0.0), (push[0], push[1]), INK, "joint", k)
    ax.plot(0, 0, "o", ms=5, mfc="white", mec=INK, mew=1.4, zorder=9)
    words = f"hip joint pushes back\n{balance.joint_n:.0f} N, {balance.joint_n / body.weight_n:.1f} × body weight"
    at = 0.86 * push
    _label(ax, words, (at[0] - 36 * k, max(at[1], LOWEST_JOINT_LABEL * k)), (at[0] - 3 * k, at[1]), INK, INK, ha="right")


def _draw_weights(ax: Axes, balance: Balance, ankle_kg: float, newton: float, k: float) -> None:
    """Draw each vertical force on its line, and below the distance of that line from the stance hip."""
    dimensions: dict[str, float] = {}  # arms that are the same are drawn once
    lowest: dict[str, float] = {}
    for name, row in balance.weights.iterrows():
        weight, force, arm = WEIGHTS[str(name)], float(row["force_n"]), float(row["arm_m"])
        length = force * newton
        start = k * weight.from_y - (0.0 if force > 0 else -length)
        _arrow(ax, (arm, start), (0.0, -length), weight.colour, str(name), k, LOAD_TEXT if weight.colour == LOAD else "none")
        words = weight.words if name != "ankle" else f"{weight.words} {ankle_kg:g} kg"
        where = f" at {_mm(arm)} mm" if arm >= 0 else f", {_mm(-arm)} mm beyond the hip"
        to = (arm + 4 * k, start - length / 2)
        _label(ax, f"{words}\n{abs(force):.0f} N{where}", (k * RIGHT_X, k * weight.label_y), to, weight.text, MUTED, bold=False)
        dimensions.setdefault(_mm(arm), arm)
        lowest[_mm(arm)] = max(lowest.get(_mm(arm), -np.inf), start)
    for i, (words, arm) in enumerate(sorted(dimensions.items(), key=lambda item: abs(item[1]))):
        y = k * (DIMENSIONS_Y - i * DIMENSION_STEP)
        ax.plot([arm, arm], [lowest[words], y - 6 * k], color=MUTED, linewidth=0.7, linestyle=(0, (1, 2)), zorder=4)
        ends = {"arrowstyle": "<->", "color": MUTED, "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 6}
        ax.annotate("", (0, y), xytext=(arm, y), arrowprops=ends, gid=f"arm-{words}")
        away = np.sign(arm) or 1.0
        x, ha = (arm / 2, "center") if abs(arm) > k * SHORT_ARM else (arm + 6 * k * away, "left" if away > 0 else "right")
        ax.text(
            x, y + (3 * k if ha == "center" else 0), f"{_mm(abs(arm))} mm", size=TICK, color=INK, ha=ha, va="bottom" if ha == "center" else "center"
        )
    bottom = k * (DIMENSIONS_Y - (len(dimensions) - 1) * DIMENSION_STEP - 6)
    ax.plot([0, 0], [0, bottom], color=MUTED, linewidth=0.7, linestyle=(0, (1, 2)), zorder=4)


def _write_balance(ax: Axes, body: Body, balance: Balance, k: float) -> None:
    """Write the balance under the drawing, and what the other muscle model says."""
    for i, (side, words) in enumerate(zip(("weights", "muscle"), say_balance(balance), strict=True)):
        colour = MODEL_TEXT if side == "muscle" else INK
        weight, size = ("bold" if len(words) < LONG_LINE else "normal"), (NOTE if len(words) < LONGEST_LINE else TICK)
        ax.text(k * LEFT_X, k * (-256 - 19 * i), f"{side}:  {words}", size=size, weight=weight, color=colour, va="center")
    for i, words in enumerate(_say_models(body, balance)):
        ax.text(k * LEFT_X, k * (-297 - 14 * i), words, size=TICK, color=INK, va="center")


def _say_models(body: Body, balance: Balance) -> tuple[str, str]:
    """Say which muscle model is drawn, and what the other makes of the same moment."""
    arm = float(place_muscle(RAJAGOPAL, body, np.asarray(balance.adduction_deg))[0])
    force = max(0.0, balance.moment_nm) / arm
    joint = [n / body.weight_n for n in balance.joint_range_n]
    return (
        f"Drawn: muscle model {GAIT2392.name}. A second one, {RAJAGOPAL.name}, has an arm of {_mm(arm)} mm and needs {force:.0f} N.",
        f"The hip carries {joint[0]:.1f} to {joint[1]:.1f} × body weight by these two. Arms are rounded to 1 mm, so products differ a little.",
    )
