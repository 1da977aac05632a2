"""The conformance kit: trees as plain tuples, what they mean, and how a target's real run is compared with that."""
