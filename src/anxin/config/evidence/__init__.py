"""Level 2 as evidence: the register of controls, and what the running house says of itself."""
