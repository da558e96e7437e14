"""Where a server is asked, and how it takes the key.

A base URL may end in ``/v1`` or not, in a slash or not, or be the whole path; its query is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import httpx

_CHAT = "/chat/completions"
_VERSION = re.compile(r"/v\d+(?:beta)?(?:/openai)?$")
_AZURE_HOSTS = (
    ".openai.azure.com",
    ".cognitiveservices.azure.com",
    ".services.ai.azure.com",
)
_AZURE_VERSION = "2024-10-21"


@dataclass(frozen=True, slots=True)
class Address:
    """The URLs at which chat may be served, in the order in which they are tried.

    ``azure`` sends the key in the header ``api-key``.
    """

    urls: tuple[str, ...]
    azure: bool = False


def address_of(base: str, model: str, *, azure: bool = False) -> Address:
    """Return where ``model`` may be asked at ``base``."""
    url = httpx.URL(base)
    azure = azure or url.host.endswith(_AZURE_HOSTS) or "api-version" in url.params
    return Address(tuple(_urls(url, model, azure=azure)), azure)


def _urls(url: httpx.URL, model: str, *, azure: bool) -> list[str]:
    path = url.path.rstrip("/")
    if path.endswith(_CHAT):
        return [str(url.copy_with(path=path))]
    if azure and path in {"", "/openai"}:
        deployed = url if "api-version" in url.params else _versioned(url)
        return [
            str(deployed.copy_with(path=f"/openai/deployments/{model}{_CHAT}")),
            str(url.copy_with(path=f"/openai/v1{_CHAT}")),
        ]
    if _VERSION.search(path) or "/deployments/" in path:
        return [str(url.copy_with(path=path + _CHAT))]
    first, second = (f"/v1{_CHAT}", _CHAT) if not path else (_CHAT, f"/v1{_CHAT}")
    return [str(url.copy_with(path=path + each)) for each in (first, second)]


def _versioned(url: httpx.URL) -> httpx.URL:
    return url.copy_merge_params({"api-version": _AZURE_VERSION})
