"""The text that stands around what the emitters decide."""
