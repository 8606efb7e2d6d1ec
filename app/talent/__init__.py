"""What a student says of herself to companies, who finds her by it, and what suits her."""
