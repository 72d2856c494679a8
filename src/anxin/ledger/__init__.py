"""Double-entry books that the database forces to balance."""
