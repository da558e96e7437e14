"""The scan for values of the vault and the directory in redacted text."""
