"""Switches off the telemetry of the libraries that send any.

Five of them do unless environment variables forbid it. `silence_vendors` sets these, replacing
other values, and must run before the libraries are imported, because most read them only then.
"""

from __future__ import annotations

import os
import sys

_QUIET = {
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime 1.31 contacts Microsoft's collector when imported
    "ANONYMIZED_TELEMETRY": "False",  # Chroma's settings read it
    "CHROMA_OTEL_COLLECTION_ENDPOINT": "",
    "DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",  # Gradio compares with exactly "True"
    "GRADIO_SHARE": "False",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    "HF_HUB_OFFLINE": "1",
    "LANGCHAIN_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "LANGSMITH_GATEWAY": "false",  # would put LangSmith between us and the model
    "LANGSMITH_OTEL_ENABLED": "false",
    "LANGSMITH_TRACING": "false",
    "LANGSMITH_TRACING_V2": "false",
    "TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS": "",  # then tldextract uses the list it ships
    "TRANSFORMERS_OFFLINE": "1",
}
_TAKEN_OUT = (
    "LANGCHAIN_API_KEY",
    "LANGCHAIN_ENDPOINT",
    "LANGCHAIN_HANDLER",
    "LANGSMITH_API_KEY",
    "LANGSMITH_ENDPOINT",
    "LANGSMITH_RUNS_ENDPOINTS",
    "OPENAI_LOG",
)


def silence_vendors() -> None:
    """Switch off telemetry, tracing and update checks, whatever the environment contains."""
    os.environ.update(_QUIET)
    for name in _TAKEN_OUT:
        os.environ.pop(name, None)
    langsmith = sys.modules.get("langsmith.utils")
    if langsmith is not None:  # LangSmith caches the environment
        langsmith.get_env_var.cache_clear()
