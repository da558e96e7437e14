"""What is shown, as escaped HTML made from plain data; knows nothing of Gradio."""
