"""People talk about things of the rooms above: threads of posts, read, followed and moderated."""
