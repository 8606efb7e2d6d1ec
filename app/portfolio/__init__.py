"""What a student shows of herself, to whom, until when."""
