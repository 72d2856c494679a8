"""Mechanisms without trade words: clock, money, ids, states, events, errors, crypto, access."""
