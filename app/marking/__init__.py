"""The desk for grading by hand: work after work by keyboard, shared out among graders."""
