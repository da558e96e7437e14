"""The folder of a report: it is written whole or not at all, and never overwritten."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from pydantic import ValidationError

from assistant.errors import BadInput, StorageTrouble
from eval.evidence.report import Report, canonical
from eval.evidence.signing import Signer, is_signed

REPORT, SIGNATURE, KEY = "report.json", "report.json.sig", "public-key.pem"
Render = Callable[[Report], Mapping[str, bytes]]
"""Returns the files that are made from a report alone, by name."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What verifying a folder found; ``why`` names the first thing that is wrong.

    ``compared`` is False if another release made the files beside the report: only the report
    itself was verified then.
    """

    sha256: str
    holds: bool
    why: str
    compared: bool
    report: Report | None


def must_be_free(folder: Path) -> None:
    """`BadInput` if ``folder`` holds anything: a report is never overwritten."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(
            f"{folder} exists and is not empty. A report is never overwritten.",
            todo="Give the path of a folder that does not exist.",
        )


def write(
    folder: Path, report: Report, signer: Signer, render: Render, before: Callable[[str], None]
) -> str:
    """Write the report and all files made from it; return the SHA-256 (hex) of ``report.json``.

    The files are written to a folder beside ``folder``, which is renamed when ``before`` has
    recorded the hash. A kill leaves a hidden folder that the next run removes.
    """
    must_be_free(folder)
    body = canonical(report)
    digest = hashlib.sha256(body).hexdigest()
    made = render(Report.model_validate_json(body))  # from what is signed, as `verify` does
    files = {REPORT: body, SIGNATURE: signer.sign(body), KEY: signer.public_pem, **made}
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        for name, content in files.items():
            _keep(unfinished / name, content)
        before(digest)
        must_be_free(folder)
        unfinished.rename(folder)
    except OSError as error:
        raise StorageTrouble(
            f"The report cannot be written to {folder}: {error.strerror}.",
            safe="No report was written, and none was changed.",
        ) from None
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return digest


def _keep(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def verify(folder: Path, render: Render, public_pem: bytes | None = None) -> Verified:
    """Verify the signature of a report and the files made from it.

    Without ``public_pem`` the key that lies in the folder is used, which proves only that the files
    belong together. `BadInput` if there is no report.
    """
    body, signature = _read(folder / REPORT), _read(folder / SIGNATURE)
    digest = hashlib.sha256(body).hexdigest()
    if not is_signed(body, signature, public_pem or _read(folder / KEY)):
        return Verified(digest, False, "its signature is not of this key", False, None)
    try:
        report = Report.model_validate_json(body)
    except ValidationError:
        return Verified(digest, False, "it does not have the shape of a report", False, None)
    if canonical(report) != body:
        return Verified(digest, False, "it is not in its canonical form", False, report)
    if report.run.release != metadata.version("quietdesk"):
        return Verified(digest, True, "", False, report)
    for name, content in render(report).items():
        if _read(folder / name) != content:
            return Verified(digest, False, f"{name} is not what the report says", True, report)
    return Verified(digest, True, "", True, report)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from None
