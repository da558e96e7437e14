"""Keys, and the seal that encrypts every stored text."""
