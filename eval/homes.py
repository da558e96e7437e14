"""The settings of a home that a measurement fills, apart from those of the user's home."""

from __future__ import annotations

from pathlib import Path

from assistant.settings import Settings


def own_home(settings: Settings, folder: Path) -> Settings:
    """Return ``settings`` for a home in ``folder``: no key, database or webhook of the user's."""
    return settings.model_copy(
        update={"home": folder, "master_key": None, "database_url": None, "webhook_url": None}
    )


def with_model(settings: Settings, origin: str, name: str) -> Settings:
    """Return ``settings`` whose writer asks the model ``name`` at ``origin``, without a key."""
    return settings.model_copy(
        update={
            "writer": "model",
            "model_url": f"{origin}/v1",
            "model_file": None,
            "model_name": name,
            "model_key": None,
        }
    )
