"""Opaque-bytes tests: hostile texts, real scripts, and what each target must hand to the shell."""
