"""Final grades: settled, locked, corrected by a procedure, exported for the registrar."""
