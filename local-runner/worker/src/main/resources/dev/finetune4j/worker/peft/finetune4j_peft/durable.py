"""Files and folders that are whole once they have their name."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

PARTIAL = ".partial"
MANIFEST = "manifest.json"


def write_text(file: Path, text: str) -> None:
    """Replaces a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(file.name + PARTIAL)
    with partial.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    os.replace(partial, file)


def partial_of(folder: Path) -> Path:
    """Where a folder is filled."""
    return folder.with_name(folder.name + PARTIAL)


def write_folder(folder: Path, fill: Callable[[Path], None], manifest: bool = False) -> None:
    """Fills a folder beside, forces it to disk, and gives it its name in place of an older one."""
    partial = partial_of(folder)
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    fill(partial)
    if manifest:
        (partial / MANIFEST).write_text(json.dumps(digests(partial)), encoding="utf-8")
    for file in partial.rglob("*"):
        if file.is_file():
            with file.open("rb") as content:
                os.fsync(content.fileno())
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(partial, folder)


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of each file but the manifest, by its path in the folder."""
    found = {}
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.name != MANIFEST:
            with file.open("rb") as content:
                digest = hashlib.sha256()
                while block := content.read(1 << 20):
                    digest.update(block)
            found[file.relative_to(folder).as_posix()] = digest.hexdigest()
    return found


def damage(folder: Path) -> str | None:
    """Why a folder with a manifest is not as it was written, if so."""
    try:
        written = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return f"its manifest cannot be read: {type(error).__name__}"
    return None if written == digests(folder) else "its files are not those of its manifest"


def size(folder: Path) -> int:
    """Bytes of all files."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def link_tree(source: Path, target: Path, leave_out: str) -> None:
    """Links every file, or copies it where links cannot be, since a whole model may be most of the disk."""
    for file in source.rglob("*"):
        inner = file.relative_to(source)
        if file.is_dir() or inner.parts[0] == leave_out or file.name.endswith(PARTIAL):
            continue
        to = target / inner
        to.parent.mkdir(parents=True, exist_ok=True)
        to.unlink(missing_ok=True)
        link(file, to)


def link(file: str | Path, to: str | Path) -> None:
    """Gives a file a second name, or copies it where links cannot be."""
    try:
        os.link(file, to)
    except OSError:
        shutil.copy2(file, to)
