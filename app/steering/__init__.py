"""The desk of programme officers: everything that waits for somebody, with owner and due date."""
