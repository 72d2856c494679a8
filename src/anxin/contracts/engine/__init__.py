"""Pure machinery of contracts: the text, the typesetter, the seal, certificates, PAdES, the evidence chain."""
