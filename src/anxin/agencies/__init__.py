"""Agencies join, are verified, and publish services, prices, towns and hours."""
