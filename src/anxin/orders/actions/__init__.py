"""The only writers of orders, named by the trade's verbs."""
