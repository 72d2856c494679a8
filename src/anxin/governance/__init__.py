"""The register of personal data, and what people and the duty of protection may do by it."""
