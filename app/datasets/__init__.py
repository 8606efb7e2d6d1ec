"""Data sets: kept once, in versions that never change, read in every lab and in grading."""
