"""Guest images and the data disk, built once and kept outside the repository under a hash of what they are made from."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .tools import BED, BedError, log, require, run

RELEASES = ("bookworm", "trixie")
_RECIPE = BED / "recipe"
_MIB = 1024 * 1024

# The data disk: a file to read at random (4 x RAM), one to copy (larger than RAM), and room for the copy.
_DATA_FILES_MIB = {"reads": 4096, "source": 1536}
_DATA_DISK_MIB = 8192


@dataclass(frozen=True)
class Image:
    release: str
    root: Path
    kernel: Path
    initrd: Path


def cache_directory() -> Path:
    chosen = os.environ.get("PRESSURED_VM_CACHE")
    if chosen:
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pressured-vm"


def _recipe_key(release: str) -> str:
    digest = hashlib.sha256(release.encode())
    for path in sorted(p for p in _RECIPE.rglob("*") if p.is_file()):
        if path.name.startswith("packages.") and path.name != f"packages.{release}":
            continue
        digest.update(str(path.relative_to(_RECIPE)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _build_into(final: Path, build: object) -> None:
    """Builds in a directory beside the final one and renames it, so that a broken build is never taken for an image."""
    final.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=final.name + ".", dir=final.parent))
    try:
        build(fresh)  # type: ignore[operator]
        fresh.chmod(0o755)
        fresh.rename(final)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def image(release: str) -> Image:
    """The image of a Debian release, from the cache or built now (about half a minute and 400 MB)."""
    if release not in RELEASES:
        raise BedError(f"no such release: {release} (known: {', '.join(RELEASES)})")
    directory = cache_directory() / f"{release}-{_recipe_key(release)}"
    if not directory.exists():
        require("mmdebstrap", "mke2fs")
        if os.geteuid() != 0:
            raise BedError("building an image needs root, because its files belong to root: run `eng/vm image` as root once")
        log(f"vm: building the {release} image in {directory}")
        _build_into(directory, lambda fresh: run(_RECIPE / "build", release, fresh))
    return Image(release, directory / "root.ext4", directory / "vmlinuz", directory / "initrd")


def data_disk() -> Path:
    """The disk of files that scenarios read and copy."""
    key = hashlib.sha256(repr((_DATA_FILES_MIB, _DATA_DISK_MIB)).encode()).hexdigest()[:12]
    directory = cache_directory() / f"data-{key}"

    def build(fresh: Path) -> None:
        files = fresh / "files"
        files.mkdir()
        block = os.urandom(_MIB)
        for name, size in _DATA_FILES_MIB.items():
            with open(files / name, "wb") as out:
                for _ in range(size):
                    out.write(block)
        run("mke2fs", "-q", "-t", "ext4", "-L", "data", "-m", "0", "-d", files, fresh / "data.ext4", f"{_DATA_DISK_MIB}M")
        shutil.rmtree(files)

    if not directory.exists():
        require("mke2fs")
        log(f"vm: building the data disk in {directory}")
        _build_into(directory, build)
    return directory / "data.ext4"
