"""Every setting of Quietdesk: environment variables that begin with ``QUIETDESK_``.

Unknown names are refused, numbers are bounded, secrets print as ``**********``.
``docs/settings.md`` is made from this class.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from platformdirs import user_data_path
from pydantic import AnyHttpUrl, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.errors import BadInput

PREFIX = "QUIETDESK_"


class Settings(BaseSettings):
    """The settings of one home."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    home: Path = Field(
        default_factory=lambda: user_data_path("quietdesk"),
        description="Folder that holds everything Quietdesk keeps.",
    )
    master_key: SecretStr | None = Field(
        default=None,
        description="Base64 of 32 bytes that wraps tenants' keys; else `master.key` in the home.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="SQLAlchemy URL of a PostgreSQL database; else SQLite in the home.",
    )
    embedder: str = Field(
        default="all-MiniLM-L6-v2",
        description="Folder of a sentence-transformers model, or the name of the installed one.",
    )
    reranker: Path | None = Field(
        default=None,
        description="Folder of a cross-encoder that reorders the best passages; else none.",
    )
    host: str = Field(default="127.0.0.1", description="Address that `serve` listens on.")
    port: int = Field(default=7860, ge=0, le=65535, description="Port that `serve` listens on.")
    session_hours: int = Field(
        default=12, ge=1, le=168, description="Hours after which a login ends."
    )
    session_idle_minutes: int = Field(
        default=120, ge=1, le=10_080, description="Minutes without use after which a login ends."
    )
    oidc_issuer: str = Field(
        default="",
        description="Issuer of the OpenID Connect provider through which people may log in; "
        "requests go to its origin alone.",
    )
    oidc_client_id: str = Field(default="", description="Id of this program at the provider.")
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="Its secret at the provider; none for a public client."
    )
    oidc_redirect_url: str = Field(
        default="",
        description="Address of `/login-back` at the page as browsers reach it, as it is "
        "registered at the provider.",
    )
    oidc_scopes: str = Field(
        default="openid profile email", description="Scopes that are asked for, with spaces."
    )
    oidc_groups_claim: str = Field(
        default="groups", description="Claim of the ID token that lists a person's groups."
    )
    oidc_roles: str = Field(
        default="",
        description="Roles of groups: `group=tenant:role`, with commas. At each login they replace "
        "the person's roles at the tenants that are named.",
    )
    tls_certificate: Path | None = Field(
        default=None,
        description="PEM file of the certificate of `serve`, with its chain; else plain HTTP.",
    )
    tls_key: Path | None = Field(
        default=None, description="PEM file of the key of the certificate."
    )
    tls_key_password: SecretStr | None = Field(
        default=None, description="Password of the key, if its file is encrypted."
    )
    tls_minimum: Literal["1.2", "1.3"] = Field(
        default="1.2", description="The oldest version of TLS that `serve` speaks."
    )
    tls_by_proxy: bool = Field(
        default=False,
        description="A trusted proxy terminates TLS: `serve` may listen off loopback without it.",
    )
    trusted_proxies: str = Field(
        default="",
        description="Addresses or networks of reverse proxies, with commas, whose "
        "`X-Forwarded-For` and `X-Forwarded-Proto` are used.",
    )
    hosts: str = Field(
        default="",
        description="Names by which browsers open the page, with commas (`*.example.com` for all "
        "below); else those of the certificate. Behind a proxy they are needed.",
    )
    root_path: str = Field(
        default="",
        pattern=r"^(?:/[A-Za-z0-9._~-]+)*$",
        description="Path below which a proxy serves the page, such as `/quietdesk`.",
    )
    writer: Literal["extractive", "model"] = Field(
        default="extractive",
        description="The writer: `extractive` quotes the sources, `model` asks a language model.",
    )
    model_url: AnyHttpUrl | None = Field(
        default=None,
        description="Base URL of an OpenAI-compatible server, with or without `/v1`; Azure's may "
        "end in `?api-version=`.",
    )
    model_file: Path | None = Field(
        default=None,
        description="GGUF file of a model to run in this process, instead of a server.",
    )
    model_name: str = Field(
        default="local", description="Name of the model in requests to the server."
    )
    model_key: SecretStr | None = Field(default=None, description="API key for the model server.")
    model_ca_file: Path | None = Field(
        default=None,
        description="PEM file of the authorities that sign model servers' certificates, beside the "
        "system's.",
    )
    model_answer_tokens: int | None = Field(
        default=None,
        ge=16,
        le=1_000_000,
        description="Most tokens of an answer; else the server's own limit.",
    )
    model_json: bool = Field(
        default=False,
        description="Whether the model is asked to answer in JSON of a fixed schema.",
    )
    model_region: str = Field(
        default="local", description="Region that the model's operator has promised."
    )
    model_no_training: bool = Field(
        default=False,
        description="Whether the model's operator has promised to train on nothing it is sent.",
    )
    model_baa: bool = Field(
        default=False,
        description="Whether the model's operator has signed a business associate agreement.",
    )
    model_timeout_s: float = Field(
        default=60,
        ge=1,
        le=600,
        description="Seconds without an answer after which a request to the model fails.",
    )
    webhook_url: AnyHttpUrl | None = Field(
        default=None,
        description="URL that released replies are posted to; else they wait in the outbox.",
    )
    max_file_mb: int = Field(
        default=50, ge=1, le=1024, description="Files larger than this are skipped by name."
    )
    threads: int = Field(
        default=0,
        ge=0,
        le=256,
        description="Threads for detection and embedding; 0 means automatic.",
    )

    @property
    def max_file_bytes(self) -> int:
        """`max_file_mb` in bytes."""
        return self.max_file_mb * 1024 * 1024


def load_settings() -> Settings:
    """Read the environment. `BadInput` names the first setting that cannot be used."""
    _refuse_unknown()
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = PREFIX + "_".join(str(part) for part in first["loc"]).upper()
        raise BadInput(f"{name}: {first['msg']}.", todo="See docs/settings.md.") from None


def _refuse_unknown() -> None:
    names = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    for name in os.environ:
        if name.startswith(PREFIX) and name not in names | _ELSEWHERE:
            raise BadInput(f"There is no setting {name}.", todo="See docs/settings.md.")


_ELSEWHERE = frozenset({"QUIETDESK_PASSWORD", "QUIETDESK_NEW_PASSWORD", "QUIETDESK_CODE"})
"""Environment variables from which the command line reads a password or a new one."""
