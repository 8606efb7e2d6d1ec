"""What runs the house on one machine: database, proxy, supervisor, backup, doctor."""
