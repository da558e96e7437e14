"""The tabs of the desk: fields, buttons, and what happens when they are used."""
