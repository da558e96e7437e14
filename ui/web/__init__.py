"""The agents' page: our own login and doors around a Gradio page that keeps nothing.

The only package that imports gradio. Import it lazily: it takes seconds, and `--help` must not.
"""
