"""What the interfaces hand to the controls of `eval.evidence`: doors, and guards to disable."""
