"""How the detector in `guardrails/detect/weights` is made. Nothing here ships."""
