"""One pelvis sensor → pelvis angles: guard, orientation, calibration, angles."""
