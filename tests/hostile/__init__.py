"""What a Generate may print to do harm: written pipelines (cases), and any number of damaged ones (fuzz)."""
