"""Outside systems of contracts: who issues certificates."""
