"""Pelvis angles → repetitions, and what each one measures."""
