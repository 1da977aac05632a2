"""The emitters: one module a target, found by entry point."""
