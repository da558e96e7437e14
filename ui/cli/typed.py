"""Input from a person: a password, a file, a text from an editor."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from ui.operations.base import Credential

PASSWORD = "QUIETDESK_PASSWORD"  # noqa: S105 - a variable's name
CODE = "QUIETDESK_CODE"
NEW_PASSWORD = "QUIETDESK_NEW_PASSWORD"  # noqa: S105 - a variable's name
_STDIN = "-"


def password(prompt: str, *, confirm: bool = False) -> str:
    """Return the password from the environment or from a hidden prompt."""
    given = os.environ.get(PASSWORD)
    if given:
        return given
    if not sys.stdin.isatty():
        from assistant.errors import BadInput

        raise BadInput(
            "There is no password, and no terminal to ask for one.", todo=f"Set {PASSWORD}."
        )
    return typer.prompt(prompt, hide_input=True, confirmation_prompt=confirm, err=True)


def new_password(prompt: str) -> str:
    """Return a new password from the environment or from a hidden prompt, typed twice."""
    given = os.environ.get(NEW_PASSWORD)
    if given:
        return given
    if not sys.stdin.isatty():
        from assistant.errors import BadInput

        raise BadInput("There is no new password.", todo=f"Set {NEW_PASSWORD}.")
    return typer.prompt(prompt, hide_input=True, confirmation_prompt=True, err=True)


def credential(login: str) -> Credential:
    """Return ``login`` with its password and code, typed or read from the environment.

    Whether a code is needed is not known here: `with_code` asks for it when it is.
    """
    from ui.operations.base import Credential

    secret = password(f"Password of {login}")
    return Credential(login=login, password=secret, code=os.environ.get(CODE, ""))


def with_code(given: Credential) -> Credential | None:
    """Return ``given`` with a code that is typed now; None where nobody can type it."""
    if given.code or not sys.stdin.isatty():
        return None
    code = typer.prompt(f"Code of {given.login}", hide_input=True, err=True)
    return given.model_copy(update={"code": code})


def any_credential(login: str) -> Credential | None:
    """Return ``login`` with its password, None without a login: the owner of the home calls."""
    return credential(login) if login else None


def text_of(where: str) -> str:
    """Return the text of a file, or of stdin for ``-``. `BadInput` when it is not usable text."""
    from assistant.errors import BadInput

    body = _bytes_of(where)
    name = "The input" if where == _STDIN else Path(where).name
    if not body.strip():
        raise BadInput(f"{name} is empty.")
    if b"\0" in body:
        raise BadInput(f"{name} is a binary file, not text.")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{name} is not UTF-8 text: byte {error.start:,} does not fit.",
            todo="Save it as UTF-8.",
        ) from None


def edited(text: str, folder: Path) -> str:
    """Return ``text`` as edited by the person; the temporary file is in ``folder``."""
    from assistant.errors import BadInput

    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        raise BadInput("No editor is set.", todo="Set EDITOR, or give the text with --file.")
    with tempfile.TemporaryDirectory(dir=folder, prefix="edit-") as kept:
        path = Path(kept) / "reply.txt"
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
        _run([*shlex.split(editor), str(path)])
        changed = text_of(str(path))
    if changed == text:
        raise BadInput("The text was not changed.")
    return changed


def _run(command: list[str]) -> None:
    from assistant.errors import BadInput

    try:
        code = subprocess.run(command, check=False).returncode  # noqa: S603 - the user's own editor
    except OSError as error:
        raise BadInput(f"The editor does not start: {error.strerror}.") from None
    if code:
        raise BadInput(f"The editor ended with code {code}, so its text was not used.")


def _bytes_of(where: str) -> bytes:
    from assistant.errors import BadInput
    from assistant.settings import load_settings

    settings = load_settings()
    most = settings.max_file_bytes
    if where == _STDIN:
        body = sys.stdin.buffer.read(most + 1)
    else:
        try:
            with Path(where).open("rb") as file:
                body = file.read(most + 1)
        except OSError as error:
            raise BadInput(f"{where} cannot be read: {error.strerror}.") from None
    if len(body) > most:
        name = "The input" if where == _STDIN else where
        raise BadInput(
            f"{name} is larger than {settings.max_file_mb} MiB.",
            todo="Split it, or raise QUIETDESK_MAX_FILE_MB.",
        )
    return body
