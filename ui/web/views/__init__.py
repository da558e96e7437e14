"""Views: escaped HTML made from plain data, independent of Gradio."""
