"""The exchange disk: what the guest is given, and what comes back."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from .tools import BED, BedError, require, run

_GUEST = BED / "guest"


def build_guest_program(directory: Path) -> Path:
    """Compiles the guest program, statically, so that it runs in whatever image is booted."""
    require("gcc")
    program = directory / "vmload"
    run("gcc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-static", "-o", program, *sorted(_GUEST.glob("*.c")))
    return program


def make(disk: Path, content: Path) -> None:
    """Makes the disk: `in` is the content given, `out` is empty, with room for results."""
    used = sum(p.stat().st_size for p in content.rglob("*") if p.is_file() and not p.is_symlink()) // (1024 * 1024)
    require("mke2fs")
    run("mke2fs", "-q", "-t", "ext4", "-L", "exchange", "-E", "root_owner=0:0", "-d", content, disk, f"{used * 5 // 4 + 256}M")


def stage(content: Path, program: Path) -> None:
    """Lays out what every boot needs under `content`/in."""
    inside = content / "in"
    (inside / "plans").mkdir(parents=True)
    (inside / "policies").mkdir()
    (content / "out").mkdir()
    shutil.copy(program, inside / "vmload")
    for name in ("driver", "lib.sh"):
        shutil.copy(_GUEST / name, inside / name)
    shutil.copytree(BED / "killers", inside / "killers")


def read_back(disk: Path, directory: Path) -> None:
    """Copies `out` into the directory, after replaying the journal a guest that was cut off has left."""
    # e2fsck says by 1 that it repaired something, which is what it is here for.
    repaired = subprocess.run(["e2fsck", "-f", "-y", str(disk)], capture_output=True, text=True)
    if repaired.returncode > 2:
        raise BedError(f"the exchange disk is beyond repair:\n{repaired.stdout}")
    directory.mkdir(parents=True, exist_ok=True)
    run("debugfs", "-R", f"rdump out {directory}", disk)
    for path in (directory / "out").iterdir():
        target = directory / path.name
        if target.is_dir():
            shutil.rmtree(target)
        path.rename(target)
    (directory / "out").rmdir()
