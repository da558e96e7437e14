"""What leaves and what is kept, searched for everything that was planted."""
