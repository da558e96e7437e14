"""The agents' page: our own login and routes around a Gradio page that stores nothing.

This is the only package that imports gradio. Import it lazily: importing it takes seconds.
"""
