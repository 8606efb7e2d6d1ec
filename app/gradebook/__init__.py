"""Course grades: items by students, the best submission counts, export."""
