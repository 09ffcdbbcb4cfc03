"""Sliders: numbers in, picture and sentence out. Over the mechanics of standing on one leg, and over how a session tires."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

from hiphitch_analysis.workload.anthropometry import Body
from hiphitch_analysis.workload.effects import Case
from hiphitch_analysis.workload.mechanics import Posture
from hiphitch_analysis.workload.repetition import Repetition, turn_round

Render = Callable[[Body, Case], tuple[str, str]]
RenderSession = Callable[[Body, float, float, float], tuple[str, str]]

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
FATIGUE_SLIDERS: dict[str, tuple[str, float, float, float]] = {
    "strength_nm_kg": ("strength [N·m/kg]", 0.8, 4.0, 0.02),
    "rest_s": ("rest between sets [s]", 0.0, 300.0, 5.0),
    "ankle_kg": ("ankle weight [kg]", 0.0, 5.0, 0.5),
}
SVG, HTML = "image/svg+xml", "text/html"
SHOWN_PX = 688  # 182 mm at 96 px to the inch


class Sliders:
    """Controls, a picture and a sentence that follow them; a class that says what `_draw` draws is one set of sliders.

    Parameters
    ----------
    controls : dict of str to widget
        Each with a ``value``.
    reset_words, reset_tooltip : str
        Of the button that puts every control back to where it began.

    Attributes
    ----------
    controls : dict of str to widget
        Set their ``value``.
    svg, sentence : str
        What is shown now.
    """

    def __init__(self, controls: dict[str, Any], reset_words: str, reset_tooltip: str) -> None:
        import ipywidgets as widgets

        self.controls = controls
        self._first = {name: control.value for name, control in controls.items()}
        reset = widgets.Button(description=reset_words, tooltip=reset_tooltip)
        reset.on_click(lambda _: self.reset())
        self._picture, self._words = widgets.HTML(), widgets.HTML()
        box = widgets.GridBox([*controls.values(), reset], layout=widgets.Layout(grid_template_columns="repeat(auto-fill, 27em)"))
        self._box = widgets.VBox([box, self._words, self._picture])
        self._redraw()
        for control in controls.values():
            control.observe(self._redraw, names="value")

    def reset(self) -> None:
        """Put every control back to where it began; drawn once, at the end."""
        for control in self.controls.values():
            control.unobserve(self._redraw, names="value")
        for name, control in self.controls.items():
            control.value = self._first[name]
            control.observe(self._redraw, names="value")
        self._redraw()

    def _draw(self) -> tuple[str, str]:
        """Return SVG and sentence for where the controls stand."""
        raise NotImplementedError

    def _redraw(self, _: object = None) -> None:
        self.svg, self.sentence = self._draw()
        label = html.escape(self.sentence, quote=True)
        self._picture.value = f'<div role="img" aria-label="{label}" style="max-width:{SHOWN_PX}px;background:white">{self.svg}</div>'
        self._words.value = f'<p role="status">{label}</p>'

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, object], dict[str, object]]:
        """Give a notebook the widget, and whoever has no kernel the picture as it stands, with its sentence."""
        shown: dict[str, object] = dict(self._box._repr_mimebundle_())
        shown |= {SVG: self.svg, HTML: f'<p class="remark">{html.escape(self.sentence)}</p>', "text/plain": self.sentence}
        return shown, {SVG: {"alt": self.sentence, "width": SHOWN_PX}}


class MechanicsSliders(Sliders):
    """Six controls over standing on one leg.

    Parameters
    ----------
    body : Body
    render : callable
        ``(body, case) → (SVG, sentence)``, e.g. `report.mechanics.render_case`; the rooms of one floor do not know each other.

    Attributes
    ----------
    controls : dict of str to widget
        ``drop_deg``, ``lean_deg``, ``leg_deg``, ``ankle_kg``, ``floor_share`` and ``phase_s``.
    """

    def __init__(self, body: Body, render: Render) -> None:
        import ipywidgets as widgets

        self._body, self._render = body, render
        controls = {name: make_slider(*row, value=max(0.0, row[1])) for name, row in SLIDERS.items()}
        controls["phase_s"] = widgets.SelectionSlider(options=list(TEMPI), value=HELD, description="lowering, raising", **_wide())
        super().__init__(controls, "Back to level", "All sliders back to standing level without a weight")

    @property
    def case(self) -> Case:
        """What the controls stand at; with a tempo, the bottom of the repetition."""
        at = {name: control.value for name, control in self.controls.items()}
        posture = Posture(0.0 - at["drop_deg"], at["lean_deg"], at["leg_deg"], at["floor_share"])
        return Case(posture, at["ankle_kg"], turn_round(Repetition(at["drop_deg"], at["phase_s"])) if at["phase_s"] else None)

    def _draw(self) -> tuple[str, str]:
        return self._render(self._body, self.case)


class FatigueSliders(Sliders):
    """Three controls over a session.

    Parameters
    ----------
    body : Body
    strength_nm_kg, rest_s, ankle_kg : float
        Where they begin [N·m/kg], [s], [kg].
    render : callable
        ``(body, strength_nm_kg, rest_s, ankle_kg) → (SVG, sentence)``, e.g. `report.fatigue.render_session`.

    Attributes
    ----------
    controls : dict of str to widget
        ``strength_nm_kg``, ``rest_s`` and ``ankle_kg``.
    """

    def __init__(self, body: Body, strength_nm_kg: float, rest_s: float, ankle_kg: float, render: RenderSession) -> None:
        self._body, self._render = body, render
        at = {"strength_nm_kg": strength_nm_kg, "rest_s": rest_s, "ankle_kg": ankle_kg}
        controls = {name: make_slider(*row, value=at[name]) for name, row in FATIGUE_SLIDERS.items()}
        super().__init__(controls, "Back", "All sliders back to where they began")

    def _draw(self) -> tuple[str, str]:
        return self._render(self._body, *(self.controls[name].value for name in FATIGUE_SLIDERS))


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


def fatigue_sliders(body: Body, strength_nm_kg: float, rest_s: float, ankle_kg: float, render: RenderSession) -> FatigueSliders:
    """Make sliders over strength, rest and ankle weight of a session.

    Parameters
    ----------
    body : Body
    strength_nm_kg, rest_s, ankle_kg : float
        Where they begin [N·m/kg], [s], [kg]; beyond the end of a slider, at its end.
    render : callable
        As for `FatigueSliders`.

    Returns
    -------
    FatigueSliders
        Show it as the last line of a cell. On a page it is the picture of where it began and its sentence.
    """
    return FatigueSliders(body, strength_nm_kg, rest_s, ankle_kg, render)


def make_slider(words: str, low: float, high: float, step: float, value: float) -> Any:
    """Return a slider with these words, ends and step that stands at `value`, or at the end next to it."""
    import ipywidgets as widgets

    at = min(max(value, low), high)
    return widgets.FloatSlider(value=at, min=low, max=high, step=step, description=words, readout_format=_digits(step), **_wide())


def _wide() -> dict[str, Any]:
    import ipywidgets as widgets

    return {"style": {"description_width": "11em"}, "layout": widgets.Layout(width="26em")}


def _digits(step: float) -> str:
    """Return the number format that a step needs.

    >>> _digits(1.0), _digits(0.5), _digits(0.05)
    ('.0f', '.1f', '.2f')
    """
    return f".{0 if step >= 1 else 1 if step >= 0.1 else 2}f"
