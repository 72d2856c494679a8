"""The operator's versioned rules: weights, fees, limits, time-outs."""
