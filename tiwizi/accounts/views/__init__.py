"""Pages of sign-in: entering, passwords, the second factor, an account's own page."""
