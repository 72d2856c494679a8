"""Customers and the addresses they want help at."""
