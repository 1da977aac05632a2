"""From the user's tree to a Plan: one pass a module, each taking what the one before gives."""
