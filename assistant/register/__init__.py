"""The register of models: which there are, which one a tenant's feature uses, and what it used."""
