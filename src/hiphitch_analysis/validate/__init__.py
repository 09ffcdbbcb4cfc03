"""How far what comes out is from what went in, and how near the simulator is to people: the engines of the studies in ``tests/studies``."""

from hiphitch_analysis.validate.noise import compare_noise
from hiphitch_analysis.validate.physiology import compare_physiology
from hiphitch_analysis.validate.recovery import SetCase, draw_case, recover_set, summarise_recovery

__all__ = ["SetCase", "compare_noise", "compare_physiology", "draw_case", "recover_set", "summarise_recovery"]
