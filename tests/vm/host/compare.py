"""Every killer in turn through the same scenarios, and the table of what came of it.

The table says nothing that is not computed from the runs it describes; what it is computed from is kept beside it.
"""

from __future__ import annotations

import gzip
import math
import shutil
import statistics
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from .killers import Killer
from .results import Run
from .scenarios import Scenario
from .session import Bench, run_scenarios
from .tools import log
from .verdict import Verdict, judge

# A run's raw logs: the kernel's trace of signals, its log, the killer's own log, the samples, the probe's stalls, the units' ends.
_KEPT = ("trace", "dmesg.txt", "killer.txt", "samples.csv", "probe.txt", "units.txt", "sessions.txt", "watch.env", "counters.env",
         "killer.end", "killer.status", "killer.threads", "started")
_COMPRESSED_ABOVE_BYTES = 16 * 1024

# By how much PressureD's stall may exceed the best peer's.
_ALLOWANCE_MS, _ALLOWANCE_PART = 50.0, 0.10


@dataclass(frozen=True)
class Cell:
    """All repetitions of one scenario under one killer."""

    scenario: Scenario
    killer: Killer
    verdicts: list[Verdict]

    @property
    def outcomes(self) -> list[str]:
        return [_outcome(self.scenario, v) for v in self.verdicts]

    @property
    def saved(self) -> bool:
        """Every repetition ended as the scenario states."""
        return all(v.passed for v in self.verdicts)

    def median(self, longest: bool) -> float:
        """Milliseconds; infinite when the probe died in most repetitions."""
        values = []
        for verdict in self.verdicts:
            stalls = None if verdict.run.failure else verdict.run.stalls_usec
            values.append(math.inf if stalls is None else (max(stalls, default=0) if longest else sum(stalls)) / 1000)
        # statistics.median averages the middle two, of which one may be infinite; the higher one is the honest answer then.
        return statistics.median(values) if all(map(math.isfinite, values)) else statistics.median_high(values)

    def noise(self) -> str:
        """Median of the bed's own longest lateness."""
        values = [v.run.bed_noise_usec / 1000 for v in self.verdicts if not v.run.failure and v.run.samples]
        return f"{statistics.median(values):.0f} ms" if values else "–"

    def availability(self) -> str:
        """Median availability at the first signal, by both measures."""
        moments = [r.at(r.first_act_usec) for r in (v.run for v in self.verdicts) if not r.failure and r.first_act_usec is not None]
        known = [m for m in moments if m is not None]
        if not known:
            return "–"
        return (f"{statistics.median(m.user_percent for m in known):.1f} % / "
                f"{statistics.median(m.percent for m in known):.1f} %")

    def seconds_to_act(self) -> str:
        acts = [(r.first_act_usec - r.window_usec[0]) / 1e6 for r in (v.run for v in self.verdicts)
                if not r.failure and r.first_act_usec is not None]
        return f"{statistics.median(acts):.1f} s" if acts else "–"


def _outcome(scenario: Scenario, verdict: Verdict) -> str:
    run = verdict.run
    if run.failure:
        return "machine lost"
    parts = []
    if run.kernel_ooms:
        parts.append("kernel's killer acted")
    own = {s.pid for s in run.killer_signals}
    if any(f.startswith("signalled, though innocent") for f in verdict.failures):
        parts.append("killed an innocent")
    elif own:
        parts.append("right victim")
    elif not run.kernel_ooms:
        parts.append("nobody acted")
    if any(f.startswith("first signal while") for f in verdict.failures):
        parts.append("too early")
    if not verdict.passed and parts in (["right victim"], ["nobody acted"]) and (scenario.quiet or own):
        parts.append(verdict.failures[0])
    return ", ".join(parts)


def compare(bench: Bench, killers: list[Killer], scenarios: list[Scenario], repeat: int, out: Path) -> str:
    """Runs everything, writes the table to `out` and the raw logs to a directory of that name without its ending."""
    raw = out.with_suffix("")
    found: dict[tuple[str, str], list[Verdict]] = {}
    text = ""
    for repetition in range(1, repeat + 1):
        for killer in killers:
            log(f"vm: repetition {repetition} of {repeat}: {killer.name}")
            for run in run_scenarios(bench, killer, scenarios, f"{repetition}"):
                scenario = next(s for s in scenarios if s.name == run.scenario)
                found.setdefault((scenario.name, killer.name), []).append(judge(scenario, run))
                _keep(run, raw / scenario.name / f"{killer.name}-{repetition}")
        # After each repetition, so that a comparison that is cut short has a table of what it did.
        cells = {(s.name, k.name): Cell(s, k, found[s.name, k.name]) for s in scenarios for k in killers}
        versions = "\n".join(dict.fromkeys(
            line for path in sorted(bench.results.glob("*/versions.txt")) for line in path.read_text().splitlines()))
        text = _document(bench.image.release, killers, scenarios, repetition, cells, versions, raw.name)
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text)
    return text


def _keep(run: Run, directory: Path) -> None:
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    if run.failure:
        (directory / "failure.txt").write_text(run.failure + "\n")
    for name in _KEPT:
        path = run.directory / name
        if not path.exists() or not path.stat().st_size:
            continue
        content = path.read_bytes()
        if len(content) > _COMPRESSED_ABOVE_BYTES:
            (directory / f"{name}.gz").write_bytes(gzip.compress(content, mtime=0))
        else:
            (directory / name).write_bytes(content)


def _milliseconds(value: float) -> str:
    return f"{value:.0f} ms" if math.isfinite(value) else "probe died"


def _document(release: str, killers: list[Killer], scenarios: list[Scenario], repeat: int, cells: dict[tuple[str, str], Cell],
              versions: str, raw: str) -> str:
    names = " ".join(s.name for s in scenarios)
    lines = [
        "# Comparison on a real kernel",
        "",
        f"Made by `eng/vm compare --release {release} --repeat {repeat} {names}`; do not edit. {_of(repeat)} "
        f"The raw logs of every run are in [`{raw}/`]({raw}/).",
        "",
        "The bed is one virtual machine of 1 GiB and 2 processors with disks of 2,000 operations a second, its processors emulated in "
        "software: times are comparable within the table and with nothing else. The probe is an innocent process that every 20 ms "
        "touches its own 32 MiB and a mapped file; a stall is time beyond its period. Availability is given at the first signal (of the "
        "kernel's killer where it alone acted), by MemAvailable / (MemAvailable + AnonPages) and by MemAvailable / MemTotal. Who signalled "
        "whom is read from the kernel's own trace. Bed noise is the longest lateness of a locked, real-time sampler: while there is memory, "
        "it is what the emulation and a busy host cost, and a stall below it says nothing; a machine without memory makes even it wait.",
        "",
        "| killer | configuration |",
        "|---|---|",
        *(f"| {k.name} | {k.configuration} |" for k in killers),
        "",
    ]
    for scenario in scenarios:
        lines += [
            f"## {scenario.name}",
            "",
            scenario.what[0].upper() + scenario.what[1:] + ".",
            "",
            "| killer | outcome | longest stall | total stall | first signal after | available then | bed noise | as stated |",
            "|---|---|---|---|---|---|---|---|",
        ]
        for killer in killers:
            cell = cells[scenario.name, killer.name]
            outcome = "; ".join(f"{text} ({count} of {repeat})" for text, count in Counter(cell.outcomes).most_common())
            passed = sum(v.passed for v in cell.verdicts)
            lines.append(f"| {killer.name} | {outcome} | {_milliseconds(cell.median(True))} | {_milliseconds(cell.median(False))} | "
                         f"{cell.seconds_to_act()} | {cell.availability()} | {cell.noise()} | {passed} of {repeat} |")
        lines += ["", _conclusion(scenario, killers, cells), ""]
    lines += ["## Versions", "", "```", versions, "```", ""]
    return "\n".join(lines)


def _of(repeat: int) -> str:
    return f"Each figure is the median of {repeat} repetitions." if repeat > 1 else "Each figure is that of a single run."


def _conclusion(scenario: Scenario, killers: list[Killer], cells: dict[tuple[str, str], Cell]) -> str:
    stated = [k.name for k in killers if cells[scenario.name, k.name].saved]
    text = f"As the scenario states in every repetition: {', '.join(stated) if stated else 'none of them'}."
    if not any(k.name == "pressured" for k in killers):
        return text
    ours = cells[scenario.name, "pressured"]
    peers = [cells[scenario.name, k.name] for k in killers if k.name not in ("none", "pressured")]
    good = [c for c in peers if c.saved]
    if not ours.saved:
        return text + " PressureD did not."
    if not good:
        return text + " No peer did, so there is no stall to compare with."
    for longest, name in ((True, "longest"), (False, "total")):
        best = min(good, key=lambda c: c.median(longest))
        allowed = best.median(longest) + max(_ALLOWANCE_MS, _ALLOWANCE_PART * best.median(longest))
        worse = ours.median(longest) > allowed
        text += (f" PressureD's {name} stall is {'worse than' if worse else 'within the allowance of'} the best peer's "
                 f"({best.killer.name}, {_milliseconds(best.median(longest))}; allowed {_milliseconds(allowed)}).")
    return text
