"""Repetitions → faults of form with their certainty, and the form score."""
