"""Runs scenarios: as few boots as possible, and a new one after whatever wrecked a machine."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from . import exchange, machine
from .image import Image
from .killers import Killer
from .results import Run
from .scenarios import Scenario, plan
from .tools import BedError, log

# Setting a scenario up and clearing it away, on a machine ten times slower than the host.
_AROUND_SECONDS = 150.0
_END_SECONDS = 60.0
# An emulated kernel that is patching itself at boot is now and then lost before anything was tested; that says nothing of what is.
_FALSE_STARTS = 3


@dataclass(frozen=True)
class Bench:
    """What every boot of a session shares."""

    image: Image
    options: machine.Options
    program: Path
    results: Path
    payload: Path | None = None
    records: bool = False
    """Whether what the machine does is recorded, for replay."""


def run_scenarios(bench: Bench, killer: Killer, scenarios: list[Scenario], label: str = "") -> list[Run]:
    """Runs them in order under one killer; each result is in DIRECTORY/KILLER[-LABEL]/SCENARIO."""
    directory = bench.results / (killer.name + (f"-{label}" if label else ""))
    directory.mkdir(parents=True, exist_ok=True)
    runs: list[Run] = []
    remaining = list(scenarios)
    boots = false_starts = 0
    while remaining:
        boots += 1
        outcome = _boot(bench, killer, remaining, directory, boots)
        if not outcome.driver_started and false_starts < _FALSE_STARTS:
            false_starts += 1
            log(f"vm: {killer.name}: the guest did not come up; booting again")
            continue
        done = 0
        for scenario in remaining:
            if not (directory / scenario.name / "completed").exists():
                break
            runs.append(Run(scenario.name, killer.name, directory / scenario.name))
            done += 1
        if done < len(remaining):
            # The one that did not complete is the one the machine was lost in; the rest get a new machine.
            lost = remaining[done]
            reason = (outcome.cut_off or "the machine ended before the scenario did") + _last_words(directory / f"console-{boots}.txt")
            runs.append(Run(lost.name, killer.name, directory / lost.name, failure=reason))
            done += 1
        remaining = remaining[done:]
    return runs


def _last_words(console: Path) -> str:
    lines = [line.strip() for line in console.read_text(errors="replace").splitlines() if line.strip()] if console.exists() else []
    return f"; its console ended with: {lines[-1]}" if lines else ""


def _boot(bench: Bench, killer: Killer, scenarios: list[Scenario], directory: Path, number: int) -> machine.Outcome:
    durations = {s.name: float(s.duration) for s in scenarios}
    last_started: list[str] = []

    def limit(line: str) -> float | None:
        found = re.search(r"bed: (\S+)", line)
        if not found:
            return None
        if found[1] in durations:
            last_started.append(found[1])
            log(f"vm: {killer.name}: {found[1]}")
            return durations[found[1]] + _AROUND_SECONDS
        return _END_SECONDS if "bed: done" in line else None

    with tempfile.TemporaryDirectory(prefix="pressured-vm.") as scratch:
        content = Path(scratch) / "content"
        exchange.stage(content, bench.program)
        inside = content / "in"
        (inside / "boot.env").write_text(f"KILLER={killer.name}\nMODE=scenarios\n")
        for index, scenario in enumerate(scenarios):
            (inside / "plans" / f"{index:02}-{scenario.name}.sh").write_text(plan(scenario, bench.records))
            for name, text in ((scenario.name, scenario.policy), (f"{scenario.name}-later", scenario.later_policy)):
                if text:
                    (inside / "policies" / f"{name}.yaml").write_text(text)
        if killer.name == "pressured" or bench.records:
            if bench.payload is None:
                raise BedError("there is no payload to test")
            shutil.copytree(bench.payload, inside / "payload", symlinks=True)
        disk = Path(scratch) / "exchange.ext4"
        exchange.make(disk, content)
        outcome = machine.boot(bench.image, disk, directory / f"console-{number}.txt", bench.options, limit)
        exchange.read_back(disk, directory)
    log(f"vm: {killer.name}: boot {number} took {outcome.seconds:.0f} s" + (f"; {outcome.cut_off}" if outcome.cut_off else ""))
    return outcome


def run_command(bench: Bench, source: Path, command: str) -> int:
    """Runs a command as root in a guest, in the given directory (or the directory of the given file); its output goes to standard output
    and its exit code is returned."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pressured-vm.") as scratch:
        content = Path(scratch) / "content"
        exchange.stage(content, bench.program)
        inside = content / "in"
        (inside / "boot.env").write_text("KILLER=none\nMODE=exec\n")
        (inside / "command").write_text(command + "\n")
        if source.is_dir():
            shutil.copytree(source, inside / "exec", symlinks=True)
        else:
            (inside / "exec").mkdir()
            shutil.copy(source, inside / "exec" / source.name)
        if bench.payload is not None:
            shutil.copytree(bench.payload, inside / "payload", symlinks=True)
        disk = Path(scratch) / "exchange.ext4"
        exchange.make(disk, content)

        def limit(line: str) -> float | None:
            return 1800.0 if "bed: up" in line else None

        directory = bench.results / "exec"
        directory.mkdir(parents=True, exist_ok=True)
        outcome = machine.boot(bench.image, disk, directory / "console-1.txt", bench.options, limit)
        exchange.read_back(disk, directory)
    for name in ("stdout.txt", "stderr.txt"):
        text = directory / name
        if text.exists():
            print(text.read_text(errors="replace"), end="")
    log(f"vm: the command's boot took {time.monotonic() - started:.0f} s")
    code = directory / "exit-code"
    if outcome.cut_off or not code.exists():
        raise BedError(outcome.cut_off or f"the machine ended before the command did; see {directory}")
    return int(code.read_text())
