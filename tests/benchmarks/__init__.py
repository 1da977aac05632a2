"""What conducto costs, measured side by side in one run. CI counts work instead: times are no test."""
