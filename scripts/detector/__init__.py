"""Training of the detector in `guardrails/detect/weights`. Nothing here is packaged."""
