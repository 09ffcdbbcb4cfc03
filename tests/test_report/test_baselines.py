"""A handful of figures as pictures: what no test of single artists sees, such as what covers what.

After a wanted change take new ones, and look at them: ``python3 tasks.py test tests/test_report/test_baselines.py --renew-baselines``.
"""

from pathlib import Path

import pytest
from matplotlib.testing.compare import compare_images
from matplotlib.text import Text
from matplotlib.ticker import NullFormatter
from tests.drawn import builders

BASELINES = Path(__file__).parent / "baselines"
KEPT = ("draw_ladder", "draw_reps", "draw_progress", "draw_waveform", "draw_free_body")
DPI = 60
# Root mean square of grey levels. Without words pictures do not depend on a font engine; one bar a degree shorter makes 13.
TOLERANCE = 1.0


def picture(fig, path: Path) -> Path:
    """Save without words: where these stand, and that they can be read, test_every_figure.py sees to."""
    for ax in fig.axes:
        ax.xaxis.set_major_formatter(NullFormatter())
        ax.yaxis.set_major_formatter(NullFormatter())
    for text in fig.findobj(Text):
        text.set_visible(False)
    fig.savefig(path, dpi=DPI, metadata={"Software": None})
    return path


@pytest.mark.parametrize("name", KEPT)
def test_the_figure_looks_as_it_did(name, history, angles, tired_reps, tmp_path, request):
    drawn = picture(builders(history, angles, tired_reps)[name](), tmp_path / f"{name}.png")
    kept = BASELINES / drawn.name
    if request.config.getoption("--renew-baselines"):
        kept.write_bytes(drawn.read_bytes())
    assert compare_images(str(kept), str(drawn), tol=TOLERANCE) is None


def test_one_shorter_bar_is_seen(history, angles, tired_reps, tmp_path):
    tired_reps.loc[5, "bottom_deg"] += 1.0
    drawn = picture(builders(history, angles, tired_reps)["draw_reps"](), tmp_path / "draw_reps.png")
    assert compare_images(str(BASELINES / drawn.name), str(drawn), tol=TOLERANCE) is not None
