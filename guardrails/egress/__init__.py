"""The egress gate: what leaves, what comes back, and the backstop below both."""
