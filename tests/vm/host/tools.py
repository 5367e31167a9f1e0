"""The host's programs: which are needed, how they are installed, how they are run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
BED = REPOSITORY / "tests" / "vm"

_PACKAGES = {
    "mmdebstrap": "mmdebstrap",
    "qemu-system-x86_64": "qemu-system-x86",
    "mke2fs": "e2fsprogs",
    "debugfs": "e2fsprogs",
    "gcc": "gcc libc6-dev",
}


class BedError(Exception):
    """The bed itself cannot do what was asked; the message says what to do about it."""


def log(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def require(*programs: str) -> None:
    """Installs the missing ones where that is allowed, else says which packages to install."""
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    missing = sorted({_PACKAGES[p] for p in programs if shutil.which(p) is None})
    if not missing:
        return
    packages = " ".join(missing)
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise BedError(f"needed on this machine: {packages} (on Debian: sudo apt-get install {packages})")
    log(f"vm: installing {packages}")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=environment, stdout=sys.stderr)
    run("apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages.split(), env=environment)


def run(*command: str | Path, env: dict[str, str] | None = None, cwd: Path | None = None) -> str:
    """Runs a program to its end; its output is returned, and is the message of the error if it fails."""
    done = subprocess.run([str(c) for c in command], env=env, cwd=cwd, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, errors="replace")
    if done.returncode != 0:
        raise BedError(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout[-4000:]}")
    return done.stdout
