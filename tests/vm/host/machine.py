"""One boot of the fixed bed: 1 GiB, 2 processors, disks at 2,000 operations a second, no network."""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .image import Image, data_disk
from .tools import BedError, require

MEMORY_MIB = 1024
_SWAP_DISK_MIB = 1024
_BOOT_LIMIT_SECONDS = 240.0
# clearcpuid=141: the kernel does without cmpxchg16b. QEMU 7.2 leaves the flags wrong after it, and Linux 6.12, which relies on them in its
# allocator, panics. Programs still see the instruction; .NET does not start on a processor that lacks it.
_APPEND = "root=/dev/vda rw console=ttyS0 panic=1 psi=1 quiet systemd.show_status=0 loglevel=5 transparent_hugepage=madvise clearcpuid=141"


@dataclass(frozen=True)
class Options:
    verbose: bool = False


@dataclass(frozen=True)
class Outcome:
    seconds: float
    """Wall-clock time of the whole boot."""
    cut_off: str
    """Why the host ended the machine; empty when it ended by itself."""
    driver_started: bool
    """Whether the guest came as far as its driver; if not, nothing was tested."""


def _drive(name: str, path: Path, keep: bool) -> list[str]:
    snapshot = "off" if keep else "on"
    return ["-drive", f"file={path},if=none,id={name},format=raw,cache=unsafe,snapshot={snapshot},throttling.iops-total=2000",
            "-device", f"virtio-blk-pci,drive={name},serial={name}"]


def _command(image: Image, exchange: Path, swap: Path) -> list[str]:
    return ["qemu-system-x86_64", "-nodefaults", "-no-reboot", "-display", "none", "-machine", "q35", "-m", f"{MEMORY_MIB}M",
            "-smp", "2", "-accel", "tcg,thread=multi", "-cpu", "max",
            "-kernel", str(image.kernel), "-initrd", str(image.initrd), "-append", _APPEND,
            *_drive("root", image.root, keep=False), *_drive("exchange", exchange, keep=True),
            *_drive("swap", swap, keep=False), *_drive("data", data_disk(), keep=False)]


def boot(image: Image, exchange: Path, console: Path, options: Options, limit: Callable[[str], float | None]) -> Outcome:
    """Boots and waits for the end. `limit` gives, for a line of the console, how many seconds the machine has from then on (None: as
    many as before); a machine that overstays is ended."""
    require("qemu-system-x86_64")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pressured-vm.") as scratch, open(console, "ab") as record:
        swap = _sparse(Path(scratch) / "swap", _SWAP_DISK_MIB)
        process = subprocess.Popen([*_command(image, exchange, swap), "-serial", "stdio"], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert process.stdout is not None
        selector = selectors.DefaultSelector()
        selector.register(process.stdout, selectors.EVENT_READ)
        deadline = began + _BOOT_LIMIT_SECONDS
        pending, cut_off, driver_started = b"", "", False
        try:
            while True:
                if not selector.select(max(0.0, min(1.0, deadline - time.monotonic()))):
                    if time.monotonic() >= deadline:
                        cut_off = "the machine overstayed its time limit and was ended"
                        break
                    continue
                chunk = os.read(process.stdout.fileno(), 65536)
                if not chunk:
                    break
                record.write(chunk)
                record.flush()
                *lines, pending = (pending + chunk).split(b"\n")
                for line in (raw.decode(errors="replace").strip("\r") for raw in lines):
                    if options.verbose:
                        print("  |", line, file=sys.stderr, flush=True)
                    driver_started |= "bed: up" in line
                    seconds = limit(line)
                    if seconds is not None:
                        deadline = time.monotonic() + seconds
        finally:
            if cut_off or process.poll() is None:
                process.kill() if cut_off else process.terminate()
            process.wait()
    if process.returncode not in (0, -9) and not cut_off:
        raise BedError(f"qemu ended with {process.returncode}; its output is in {console}")
    return Outcome(time.monotonic() - began, cut_off, driver_started)


def interactive(image: Image, exchange: Path) -> None:
    """Boots with the console on this terminal."""
    require("qemu-system-x86_64")
    with tempfile.TemporaryDirectory(prefix="pressured-vm.") as scratch:
        swap = _sparse(Path(scratch) / "swap", _SWAP_DISK_MIB)
        subprocess.run([*_command(image, exchange, swap), "-serial", "mon:stdio"])


def _sparse(path: Path, mib: int) -> Path:
    with open(path, "wb") as out:
        out.truncate(mib * 1024 * 1024)
    return path
