"""Judges a run by what its scenario states."""

from __future__ import annotations

import re
import statistics
from dataclasses import dataclass, field

from .results import Run
from .scenarios import Scenario

_SECURITY = re.compile(r"Overall exposure level for pressured\.service:\s*([\d.]+)")
_KILLS = re.compile(r"^\.Kills\s+property\s+\S+\s+(\d+)", re.MULTILINE)
_SECURITY_LIMIT = 1.2
# The promise is a second on a real processor (a test of the published daemon keeps it); the guest's is about ten times slower.
_EXIT_LIMIT_USEC = 2_000_000
_HUNG_USEC = 5_000_000
# What processor time under emulation allows to tell apart: single runs differ by a third.
_COST_LIMIT = 1.5
_ENDED = re.compile(r"\bended after (\d+) steps: (\d+) bytes allocated in them, (\d+) collections\b")


@dataclass
class Verdict:
    run: Run
    failures: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.failures

    def require(self, holds: bool, failure: str) -> None:
        if not holds:
            self.failures.append(failure)


def figures(run: Run) -> str:
    """The probe's stalls and the availability at the first signal, as one line."""
    parts = []
    if run.stalls_usec is None:
        parts.append("probe did not survive")
    else:
        parts.append(f"stall longest {max(run.stalls_usec, default=0) / 1000:.0f} ms total {sum(run.stalls_usec) / 1000:.0f} ms")
    if run.samples:
        full = run.samples[-1].memory_full_usec - run.samples[0].memory_full_usec
        waited = "" if run.probe_waited_usec is None else f"probe waited {run.probe_waited_usec / 1000:.0f} ms for memory, "
        parts.append(f"{waited}PSI full {full / 1000:.0f} ms, bed noise {run.bed_noise_usec / 1000:.0f} ms")
    if run.first_act_usec is not None:
        then = run.at(run.first_act_usec)
        if then is not None:
            swap = f", swap {100 * then.swap_free_kib / then.swap_total_kib:.0f} % free" if then.swap_total_kib else ""
            who = "first signal" if run.killer_signals else "kernel's first kill"
            parts.append(f"{who} at {(run.first_act_usec - run.window_usec[0]) / 1e6:.1f} s with {then.user_percent:.1f} % "
                         f"available ({then.percent:.1f} % of RAM{swap})")
    elif run.samples:
        lowest = min(run.samples, key=lambda s: s.user_percent)
        parts.append(f"no signal, lowest availability {lowest.user_percent:.1f} % ({lowest.percent:.1f} % of RAM)")
    return "; ".join(parts)


def judge(scenario: Scenario, run: Run) -> Verdict:
    verdict = Verdict(run)
    if run.failure:
        verdict.failures.append(run.failure)
        return verdict
    if len(run.samples) < 2:
        verdict.failures.append("the guest left no samples")
        return verdict
    _judge_deaths(scenario, run, verdict)
    _judge_survivors(scenario, run, verdict)
    _judge_timing(scenario, run, verdict)
    if run.killer == "pressured":
        _judge_service(scenario, run, verdict)
        for name, pattern in scenario.leaves:
            verdict.require(re.search(pattern, run.text(name)) is not None, f"{name} does not say {pattern}")
        _judge_residence(scenario, run, verdict)
        _judge_journal(scenario, run, verdict)
        if scenario.rival:
            _judge_cost(scenario, run, verdict)
        if scenario.bus_evidence:
            _judge_bus(run, verdict)
    return verdict


def doubtful(scenario: Scenario, run: Run) -> str:
    """Why a run did not pass; empty if it did. On an emulated machine that stands still now and then, one run alone is no proof of it: one
    more in a new machine is due."""
    verdict = judge(scenario, run)
    if verdict.passed or run.failure:
        return run.failure
    return f"{'; '.join(verdict.failures)} (the bed stood still for {run.bed_noise_usec / 1000:.0f} ms)"


def _judge_deaths(scenario: Scenario, run: Run, verdict: Verdict) -> None:
    if scenario.kernel_victims:
        allowed = re.compile(scenario.kernel_victims)
        others = sorted({s.comm for s in run.signals if s.pid in run.oom_victims and not allowed.fullmatch(s.comm)})
        verdict.require(not others, f"the kernel's OOM killer took {', '.join(others)}")
        verdict.require(run.kernel_ooms > 0, "the limit did not act")
    elif not scenario.dry_run:
        verdict.require(run.kernel_ooms == 0, f"the kernel's OOM killer acted {run.kernel_ooms} times")
    if scenario.dry_run:
        verdict.require(not run.killer_signals, f"a dry run sent {len(run.killer_signals)} signals")
        verdict.require(re.search(r"(?i)\bwould (send|signal|kill)\b", run.text("killer.txt")) is not None,
                        "the journal does not say what would have been killed")
        return
    pattern = re.compile(scenario.victims or r"(?!)")
    wrong = sorted({f"{s.comm} ({s.number})" for s in run.killer_signals if not pattern.fullmatch(s.comm)})
    verdict.require(not wrong, f"signalled, though innocent: {', '.join(wrong)}")
    right = {s.pid for s in run.killer_signals if pattern.fullmatch(s.comm)}
    if scenario.victims and run.killer != "none":
        verdict.require(bool(right), "nobody was killed who should have been")
    if len(right) > 1:
        verdict.notes.append(f"{len(right)} processes killed")
    for name in scenario.must_end:
        unit = run.units.get(name)
        verdict.require(unit is not None and not unit.running, f"{name} still runs")


def _judge_survivors(scenario: Scenario, run: Run, verdict: Verdict) -> None:
    for name in ("probe.service", "database.service", *scenario.must_live):
        if ":" in name:
            verdict.require(name in run.session_programs, f"{name} died")
        else:
            unit = run.units.get(name)
            verdict.require(unit is not None and unit.running, f"{name} died" + (f" ({unit.result})" if unit else ""))
    for name in scenario.finishes:
        unit = run.units.get(name)
        verdict.require(unit is not None and unit.exit_code == 0, f"{name} did not finish its work")
    own = set(run.units)
    lost = sorted(run.lost_services - own)
    verdict.require(not lost, f"services lost: {', '.join(lost)}")
    verdict.require(run.stalls_usec is not None, "the probe left no report")


def _judge_timing(scenario: Scenario, run: Run, verdict: Verdict) -> None:
    limit = scenario.signals_at_most_percent
    if limit is not None and run.killer_signals:
        then = run.at(run.killer_signals[0].at_usec)
        if then is None:
            verdict.failures.append("no sample before the first signal")
        else:
            measured = then.user_percent if run.killer == "pressured" else min(then.user_percent, then.percent)
            # Half a point is what a sample every 50 ms leaves uncertain.
            verdict.require(measured <= limit + 0.5, f"first signal while {measured:.1f} % was available")
    most = scenario.probe_waits_percent
    if most is not None:
        start, end = run.window_usec
        waited = run.probe_waited_usec
        verdict.require(waited is not None and 100.0 * waited <= most * (end - start),
                        f"the probe waited {'an unknown time' if waited is None else f'{waited / 1000:.0f} ms'} for memory")
    if scenario.reaches_percent is not None and run.samples:
        lowest = min(s.user_percent for s in run.samples)
        verdict.require(lowest <= scenario.reaches_percent,
                        f"the workload did not do its work: {lowest:.1f} % stayed available")


def _judge_service(scenario: Scenario, run: Run, verdict: Verdict) -> None:
    end = run.values("killer.end")
    verdict.require(end.get("ActiveState") == "active", f"pressured.service was {end.get('ActiveState', 'not started')} at the end")
    restarts = end.get("NRestarts", "0")
    verdict.require(restarts == str(scenario.restarts), f"pressured was restarted {restarts} times, not {scenario.restarts}")
    took = run.exit_usec
    verdict.require(took is not None and took < _HUNG_USEC, "the daemon did not leave when it was stopped")
    if took is not None:
        verdict.notes.append(f"left in {took / 1000:.0f} ms, systemctl stop {int(end.get('stop_usec', 0)) / 1000:.0f} ms")


def _judge_residence(scenario: Scenario, run: Run, verdict: Verdict) -> None:
    """What the daemon needs is in memory already: no major fault before the signal, no collection."""
    # Whoever has it read a policy in the middle of this has it read from the disk.
    if run.killer_signals and not scenario.later_policy:
        faults = run.faults_until_signal
        verdict.require(faults == 0, f"{'an unknown number of' if faults is None else faults} major faults before the first signal")
    ended = _ENDED.search(run.text("killer.txt"))
    verdict.require(ended is not None, "the daemon did not say what its steps cost")
    if ended:
        # What appears on the machine, such as a new cgroup, has to be noted somewhere.
        verdict.notes.append(f"{ended[2]} bytes allocated in {ended[1]} steps")
        verdict.require(ended[3] == "0", f"{ended[3]} garbage collections while it ran")
    cost = run.cost()
    if cost is not None and (cost.major_faults or run.killer_signals):
        verdict.notes.append(f"major faults: {run.faults_until_signal or 0} before the first signal, {cost.major_faults} in all")


def _judge_journal(scenario: Scenario, run: Run, verdict: Verdict) -> None:
    for pattern, times in scenario.says:
        found = len(re.findall(pattern, run.text("killer.txt")))
        verdict.require(found == times, f"the journal has \"{pattern}\" {found} times, not {times}")


def _judge_cost(scenario: Scenario, run: Run, verdict: Verdict) -> None:
    own, rival = run.cost(), run.cost("rival.cost")
    if own is None or rival is None:
        verdict.failures.append("it was not measured what the killers cost")
        return
    verdict.notes += [f"cost {own}", f"{scenario.rival}'s {rival}"]
    # To be no more than the rival's is what is aimed at, and the figures say how far off that is.
    verdict.require(own.cpu_ms_per_second <= _COST_LIMIT * rival.cpu_ms_per_second,
                    f"costs more than {_COST_LIMIT} times what {scenario.rival} does")
    verdict.require(own.wake_ups_per_second <= 1.2 * rival.wake_ups_per_second, f"wakes more often than {scenario.rival}")


def judge_leaving(runs: list[Run]) -> tuple[bool, str]:
    """Whether the daemon leaves within a second: the median of a session's stops, since one alone may meet a busy moment of the host."""
    taken = [r.exit_usec for r in runs if not r.failure and r.exit_usec is not None]
    if not taken:
        return False, "it was never stopped"
    middle = statistics.median(taken)
    return middle < _EXIT_LIMIT_USEC, f"median {middle / 1000:.0f} ms of {len(taken)} stops, longest {max(taken) / 1000:.0f} ms"


def _judge_bus(run: Run, verdict: Verdict) -> None:
    exposure = _SECURITY.search(run.text("security.txt"))
    verdict.require(exposure is not None and float(exposure[1]) <= _SECURITY_LIMIT,
                    f"systemd-analyze security: {exposure[1] if exposure else 'nothing'}, at most {_SECURITY_LIMIT} is allowed")
    if exposure:
        verdict.notes.append(f"systemd-analyze security {exposure[1]}")
    before, after = run.text("bus-before.txt"), run.text("bus-after.txt")
    verdict.require("org.pressured1.Manager" in before, "busctl introspect does not show org.pressured1.Manager")
    kills = [_KILLS.search(text) for text in (before, after)]
    verdict.require(all(kills) and int(kills[1][1]) > int(kills[0][1]),  # type: ignore[index]
                    "the Kills property does not count the kill")
    monitor = run.text("bus-monitor.txt")
    verdict.require("Member=PropertiesChanged" in monitor, "no PropertiesChanged signal on the bus")
    verdict.require("Member=Killed" in monitor, "no Killed signal on the bus")
