"""Whatever was measured → angles: one pelvis sensor by guard, orientation and calibration; markers, models and landmarks by doors of their own."""
