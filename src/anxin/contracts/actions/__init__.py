"""The only writers of contracts, named by the trade's verbs."""
