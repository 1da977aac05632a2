"""docs/coverage.md: what each target makes of each attribute, every cell held against what a command sees."""
