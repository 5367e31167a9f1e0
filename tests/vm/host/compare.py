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

from .killers import KILLERS, Killer
from .results import Run
from .scenarios import SCENARIOS, Scenario
from .session import Bench, run_scenarios
from .tools import log
from .verdict import Verdict, judge

# Why a machine was lost in a scenario; in the place of its results.
_FAILURE = "failure.txt"

# A run's raw logs: the kernel's trace of signals, its log, the killer's own log, the samples, the probe's stalls, the units' ends.
_KEPT = ("trace", "dmesg.txt", "killer.txt", "samples.csv", "probe.txt", "units.txt", "sessions.txt", "watch.env", "counters.env",
         "killer.end", "killer.status", "killer.threads", "killer.cost", "rival.cost", "started", _FAILURE)
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

    def cost(self) -> str:
        """Medians of what the killer itself took."""
        costs = [c for c in (v.run.cost() for v in self.verdicts if not v.run.failure) if c is not None]
        if not costs:
            return "–"
        return (f"{statistics.median(c.cpu_ms_per_second for c in costs):.1f} ms/s, "
                f"{statistics.median(c.wake_ups_per_second for c in costs):.1f}/s")

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
    """Runs what the results directory does not hold yet; writes a table of all it holds to `out`, and the raw logs to a directory of that
    name without its ending. So a comparison that was cut short goes on, and more scenarios or repetitions are added to one."""
    raw = out.with_suffix("")
    text = ""
    for repetition in range(1, repeat + 1):
        for killer in killers:
            directory = bench.results / f"{killer.name}-{repetition}"
            missing = [s for s in scenarios if _run(directory, s, killer) is None]
            if not missing:
                continue
            log(f"vm: repetition {repetition} of {repeat}: {killer.name}")
            for run in run_scenarios(bench, killer, missing, f"{repetition}"):
                if run.failure:
                    run.directory.mkdir(parents=True, exist_ok=True)
                    (run.directory / _FAILURE).write_text(run.failure + "\n")
        # After each repetition, so that a comparison that is cut short has a table of what it did.
        text = _document(bench.image.release, _cells(bench.results, raw), _versions(bench.results), raw.name)
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text)
    return text


def _run(directory: Path, scenario: Scenario, killer: Killer) -> Run | None:
    """The run that is there already."""
    place = directory / scenario.name
    if (place / _FAILURE).exists():
        return Run(scenario.name, killer.name, place, failure=(place / _FAILURE).read_text().strip())
    return Run(scenario.name, killer.name, place) if (place / "completed").exists() else None


def _cells(results: Path, raw: Path) -> dict[tuple[str, str], Cell]:
    """Everything that a results directory holds, in the order of scenarios and killers; the raw logs are copied on the way."""
    cells = {}
    for scenario in SCENARIOS:
        for killer in KILLERS:
            verdicts = []
            for directory in sorted(results.glob(f"{killer.name}-[0-9]*"), key=lambda path: int(path.name.rsplit("-", 1)[1])):
                run = _run(directory, scenario, killer)
                if run is not None:
                    verdicts.append(judge(scenario, run))
                    _keep(run, raw / scenario.name / directory.name)
            if verdicts:
                cells[scenario.name, killer.name] = Cell(scenario, killer, verdicts)
    return cells


def _versions(results: Path) -> str:
    return "\n".join(dict.fromkeys(
        line for path in sorted(results.glob("*/versions.txt")) for line in path.read_text().splitlines()))


def _keep(run: Run, directory: Path) -> None:
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
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


def _document(release: str, cells: dict[tuple[str, str], Cell], versions: str, raw: str) -> str:
    killers = [k for k in KILLERS if any(name == k.name for _, name in cells)]
    lines = [
        "# Comparison on a real kernel",
        "",
        f"Made by `eng/vm compare` on {release}; do not edit. Each figure is the median of the repetitions whose number the last column "
        f"gives. The raw logs of every run are in [`{raw}/`]({raw}/).",
        "",
        "The bed is one virtual machine of 1 GiB and 2 processors with disks of 2,000 operations a second, its processors emulated in "
        "software: times are comparable within the table and with nothing else. The probe is an innocent process that every 20 ms "
        "touches its own 32 MiB and a mapped file; a stall is time beyond its period. Availability is given at the first signal (of the "
        "kernel's killer where it alone acted), by MemAvailable / (MemAvailable + AnonPages) and by MemAvailable / MemTotal. Who signalled "
        "whom is read from the kernel's own trace. Bed noise is the longest lateness of a locked, real-time sampler: while there is memory, "
        "it is what the emulation and a busy host cost, and a stall below it says nothing; a machine without memory makes even it wait. "
        "Own cost is the killer's processor time and how often its threads woke, over the scenario.",
        "",
        "| killer | configuration |",
        "|---|---|",
        *(f"| {k.name} | {k.configuration} |" for k in killers),
        "",
    ]
    for scenario in (s for s in SCENARIOS if any(name == s.name for name, _ in cells)):
        lines += [
            f"## {scenario.name}",
            "",
            scenario.what[0].upper() + scenario.what[1:] + (". Nobody may die." if scenario.quiet else "."),
            "",
            "| killer | outcome | longest stall | total stall | first signal after | available then | bed noise | own cost | "
            "as stated |",
            "|---|---|---|---|---|---|---|---|---|",
        ]
        row = [cells[scenario.name, k.name] for k in killers if (scenario.name, k.name) in cells]
        for cell in row:
            outcome = "; ".join(f"{text} ({count} of {len(cell.verdicts)})" for text, count in Counter(cell.outcomes).most_common())
            passed = sum(v.passed for v in cell.verdicts)
            lines.append(f"| {cell.killer.name} | {outcome} | {_milliseconds(cell.median(True))} | {_milliseconds(cell.median(False))} | "
                         f"{cell.seconds_to_act()} | {cell.availability()} | {cell.noise()} | {cell.cost()} | "
                         f"{passed} of {len(cell.verdicts)} |")
        lines += ["", _conclusion(row), ""]
    lines += ["## Versions", "", "```", versions, "```", ""]
    return "\n".join(lines)


def _conclusion(row: list[Cell]) -> str:
    """What comes of one scenario, from its cells."""
    stated = [c.killer.name for c in row if c.saved]
    text = f"As the scenario states in every repetition: {', '.join(stated) if stated else 'none of them'}."
    ours = next((c for c in row if c.killer.name == "pressured"), None)
    if ours is None:
        return text
    peers = [c for c in row if c.killer.name not in ("none", "pressured")]
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
