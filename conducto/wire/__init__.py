"""A pipeline as text between two lines, as a Generate node prints it: docs/wire.md."""
