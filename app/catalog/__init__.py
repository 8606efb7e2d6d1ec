"""Clusters, courses and their immutable versions, lessons; the reader of `courses/`."""
