"""Projects, challenges and internships as companies offer them: written, reviewed, published."""
