"""Pages of the safety code: the worker's own, the scan, the check, the e-card, and the issuer's desk."""
