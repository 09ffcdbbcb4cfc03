"""Simulate and analyse the hip hitch: pelvis recordings and training logs in, an honest coach's report out."""
