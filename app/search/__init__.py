"""Search: documents with audience keys, written by the rooms in the transaction of the change."""
