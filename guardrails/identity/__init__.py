"""From names to placeholders and back: redactor, vault, restorer, permissions."""
