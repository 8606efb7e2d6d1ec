"""What figures say about items, people and resemblance. Pure: no database, clock or HTTP."""
