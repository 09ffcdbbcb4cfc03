"""Run by ``read.c3d`` in a process of its own: ezc3d → an npz file. Damaged files can crash that library, and then only this process ends."""

from __future__ import annotations

import json
import sys


def main(path: str, out: str) -> None:
    """Read the points of a C3D file and what its parameters say about them, and write both to `out`."""
    import ezc3d
    import numpy as np

    content = ezc3d.c3d(path, extract_forceplat_data=False)
    point, data = content["parameters"]["POINT"], content["data"]
    said = {key: [str(value) for value in entry["value"]] for key, entry in point.items() if "value" in entry}
    rate = float(content["header"]["points"]["frame_rate"] or 0)
    np.savez(out, points=data["points"][:3], residuals=data["meta_points"]["residuals"], said=json.dumps(said), rate=rate)


if __name__ == "__main__":
    main(*sys.argv[1:3])
