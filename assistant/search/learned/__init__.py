"""Ranks sections by how well they answer a question, with weights trained on other documents."""
