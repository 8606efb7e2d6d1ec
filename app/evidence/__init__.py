"""What people have shown of skills: an append-only ledger, with who vouches."""
