"""Sliders over the mechanics of standing on one leg: posture, ankle weight and tempo in, picture and sentence out."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

from hiphitch_analysis.workload.anthropometry import Body
from hiphitch_analysis.workload.effects import Case
from hiphitch_analysis.workload.mechanics import Posture
from hiphitch_analysis.workload.repetition import Repetition, turn_round

Render = Callable[[Body, Case], tuple[str, str]]

HELD = 0.0  # a slider has no place for None
TEMPI = (("held still", HELD), ("2 s", 2.0), ("1 s", 1.0), ("0.7 s", 0.7), ("0.5 s", 0.5))
# Words, unit, lowest, highest and step of each slider.
SLIDERS: dict[str, tuple[str, float, float, float]] = {
    "drop_deg": ("drop [°]", 0.0, 15.0, 1.0),
    "lean_deg": ("lean over the leg [°]", -10.0, 15.0, 1.0),
    "leg_deg": ("free leg outwards [°]", -20.0, 20.0, 1.0),
    "ankle_kg": ("ankle weight [kg]", 0.0, 5.0, 0.5),
    "floor_share": ("leg on the floor [0–1]", 0.0, 1.0, 0.05),
}
SVG, HTML = "image/svg+xml", "text/html"
SHOWN_PX = 688  # 182 mm at 96 px to the inch


class MechanicsSliders:
    """Six controls, a picture and a sentence that follow them.

    Parameters
    ----------
    body : Body
    render : callable
        ``(body, case) → (SVG, sentence)``, e.g. `report.mechanics.render_case`; the rooms of one floor do not know each other.

    Attributes
    ----------
    controls : dict of str to widget
        ``drop_deg``, ``lean_deg``, ``leg_deg``, ``ankle_kg``, ``floor_share`` and ``phase_s``; set their ``value``.
    svg, sentence : str
        What is shown now.
    """

    def __init__(self, body: Body, render: Render) -> None:
        import ipywidgets as widgets

        wide: dict[str, Any] = {"style": {"description_width": "11em"}, "layout": widgets.Layout(width="26em")}
        self._body, self._render = body, render
        self.controls: dict[str, Any] = {
            name: widgets.FloatSlider(value=max(0.0, low), min=low, max=high, step=step, description=words, readout_format=_digits(step), **wide)
            for name, (words, low, high, step) in SLIDERS.items()
        }
        self.controls["phase_s"] = widgets.SelectionSlider(options=list(TEMPI), value=HELD, description="lowering, raising", **wide)
        reset = widgets.Button(description="Back to level", tooltip="All sliders back to standing level without a weight")
        reset.on_click(lambda _: self.reset())
        self._picture, self._words = widgets.HTML(), widgets.HTML()
        controls = widgets.GridBox([*self.controls.values(), reset], layout=widgets.Layout(grid_template_columns="repeat(auto-fill, 27em)"))
        self._box = widgets.VBox([controls, self._words, self._picture])
        self._redraw()
        for control in self.controls.values():
            control.observe(self._redraw, names="value")

    @property
    def case(self) -> Case:
        """What the controls stand at; with a tempo, the bottom of the repetition."""
        at = {name: control.value for name, control in self.controls.items()}
        posture = Posture(0.0 - at["drop_deg"], at["lean_deg"], at["leg_deg"], at["floor_share"])
        return Case(posture, at["ankle_kg"], turn_round(Repetition(at["drop_deg"], at["phase_s"])) if at["phase_s"] else None)

    def reset(self) -> None:
        """Put every control back to standing level without a weight; drawn once, at the end."""
        for control in self.controls.values():
            control.unobserve(self._redraw, names="value")
        for control in self.controls.values():
            control.value = 0.0  # for the tempo: held still
            control.observe(self._redraw, names="value")
        self._redraw()

    def _redraw(self, _: object = None) -> None:
        self.svg, self.sentence = self._render(self._body, self.case)
        label = html.escape(self.sentence, quote=True)
        self._picture.value = f'<div role="img" aria-label="{label}" style="max-width:{SHOWN_PX}px;background:white">{self.svg}</div>'
        self._words.value = f'<p role="status">{label}</p>'

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, object], dict[str, object]]:
        """Give a notebook the widget, and whoever has no kernel the picture as it stands, with its sentence."""
        shown: dict[str, object] = dict(self._box._repr_mimebundle_())
        shown |= {SVG: self.svg, HTML: f'<p class="remark">{html.escape(self.sentence)}</p>', "text/plain": self.sentence}
        return shown, {SVG: {"alt": self.sentence, "width": SHOWN_PX}}


def mechanics_sliders(body: Body, render: Render) -> MechanicsSliders:
    """Make sliders over drop, lean, free leg, ankle weight, floor and tempo for one body.

    Parameters
    ----------
    body : Body
    render : callable
        As for `MechanicsSliders`.

    Returns
    -------
    MechanicsSliders
        Show it as the last line of a cell. On a page, where nothing can be slid, it is the picture of standing level and its sentence.
    """
    return MechanicsSliders(body, render)


def _digits(step: float) -> str:
    """Return the number format that a step needs.

    >>> _digits(1.0), _digits(0.5), _digits(0.05)
    ('.0f', '.1f', '.2f')
    """
    return f".{0 if step >= 1 else 1 if step >= 0.1 else 2}f"
