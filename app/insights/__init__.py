"""What scores tell about items and people, and which submissions resemble each other."""
