"""What companies struggle with: interviews, pain points with measures, how far each reaches."""
