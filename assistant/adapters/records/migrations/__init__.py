"""The history of the tables, one module per step."""
