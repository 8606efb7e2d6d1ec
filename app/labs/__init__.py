"""Labs: immutable versions of notebooks with their environment, data, limits and points."""
