"""What model servers do differently, put right between the client and the egress gate."""
