"""People, organisations, posts and permissions, sign-in and real names."""
