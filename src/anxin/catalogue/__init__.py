"""The service catalogue as versioned data."""
