"""What one scenario's run left behind, read into values. Everything that is judged comes from these files."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

_SIGNAL = re.compile(
    r"^\s*(?P<sender>.+)-(?P<thread>\d+)\s+\(\s*(?P<process>[\d-]+)\)\s+\[\d+\]\s+\S+\s+(?P<at>\d+\.\d+): signal_generate: "
    r"sig=(?P<signal>\d+) errno=\S+ code=\S+ comm=(?P<comm>.*) pid=(?P<pid>\d+) grp=\S+ res=(?P<result>\d+)$")
_SAMPLE_PERIOD_USEC = 50_000
_VICTIM = re.compile(r"\s(?P<at>\d+\.\d+): mark_victim: pid=(?P<pid>\d+)")


@dataclass(frozen=True)
class Signal:
    at_usec: int
    number: int
    sender: str
    sender_process: int | None
    sender_thread: int
    comm: str
    pid: int


@dataclass(frozen=True)
class Sample:
    at_usec: int
    total_kib: int
    available_kib: int
    anon_kib: int
    swap_total_kib: int
    swap_free_kib: int
    memory_some_usec: int
    memory_full_usec: int
    killer_faults: int = -1
    """Major faults of the killer so far; -1 when it was not there or not counted."""

    @property
    def user_percent(self) -> float:
        """mem.available_user: MemAvailable / (MemAvailable + AnonPages)."""
        return 100.0 * self.available_kib / max(1, self.available_kib + self.anon_kib)

    @property
    def percent(self) -> float:
        return 100.0 * self.available_kib / max(1, self.total_kib)


@dataclass(frozen=True)
class Unit:
    name: str
    running: bool
    exit_code: int | None
    """Exit code, if it ended by itself."""
    signal: int | None
    result: str


@dataclass(frozen=True)
class Cost:
    """What a killer cost the machine."""

    cpu_ms_per_second: float
    wake_ups_per_second: float
    """Over all threads: whoever slept was woken."""
    major_faults: int

    def __str__(self) -> str:
        return f"{self.cpu_ms_per_second:.1f} ms/s of a processor, {self.wake_ups_per_second:.1f} wake-ups/s"


@dataclass
class Run:
    """One scenario under one killer."""

    scenario: str
    killer: str
    directory: Path
    failure: str = ""
    """Why there is nothing to judge, when the machine did not complete the scenario."""
    _texts: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        if name not in self._texts:
            path = self.directory / name
            self._texts[name] = path.read_text(errors="replace") if path.exists() else ""
        return self._texts[name]

    def values(self, name: str) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.text(name).splitlines() if "=" in line)

    @cached_property
    def window_usec(self) -> tuple[int, int]:
        watch = self.values("watch.env")
        return int(watch.get("start_usec", 0)), int(watch.get("end_usec", 0))

    @cached_property
    def samples(self) -> list[Sample]:
        rows = [[int(v) for v in line.split(",")] for line in self.text("samples.csv").splitlines()[1:]]
        return [Sample(r[0], r[1], r[3], r[4], r[6], r[7], r[8], r[9], r[11] if len(r) > 11 else -1) for r in rows if len(r) >= 11]

    @cached_property
    def oom_victims(self) -> dict[int, int]:
        """Process id → when the kernel's OOM killer chose it."""
        found = (_VICTIM.search(line) for line in self.text("trace").splitlines())
        return {int(m["pid"]): round(float(m["at"]) * 1e6) for m in found if m}

    @cached_property
    def kernel_ooms(self) -> int:
        counters = self.values("counters.env")
        counted = int(counters.get("oom_kill_after", 0)) - int(counters.get("oom_kill_before", 0))
        return max(counted, len(self.oom_victims))

    @cached_property
    def signals(self) -> list[Signal]:
        """Every SIGTERM and SIGKILL sent in the window, by the kernel's own trace."""
        found: list[Signal] = []
        for line in self.text("trace").splitlines():
            m = _SIGNAL.match(line)
            if m:
                process = int(m["process"]) if m["process"].isdigit() else None
                found.append(Signal(round(float(m["at"]) * 1e6), int(m["signal"]), m["sender"].strip(), process, int(m["thread"]),
                                    m["comm"], int(m["pid"])))
        return found

    @cached_property
    def killer_pid(self) -> int | None:
        status = re.search(r"^Tgid:\s*(\d+)", self.text("killer.status"), re.MULTILINE)
        return int(status[1]) if status else None

    @cached_property
    def killer_signals(self) -> list[Signal]:
        """Those that the killer under test sent. While it is in parentheses, its process is still systemd's, which ends helpers of its own."""
        threads = {int(t) for t in self.text("killer.threads").split()}
        return [s for s in self.signals
                if self.killer_pid is not None and (s.sender_process == self.killer_pid or s.sender_thread in threads)
                and s.pid not in self.oom_victims and not s.sender.startswith("(")]

    @cached_property
    def first_act_usec(self) -> int | None:
        """When the killer's first signal was sent or, failing that, when the kernel chose its first victim."""
        acts = [s.at_usec for s in self.killer_signals] or list(self.oom_victims.values())
        return min(acts) if acts else None

    def at(self, usec: int) -> Sample | None:
        """Memory as it was at a moment: the last sample before it, moved on by the trend of the two before."""
        before = [s for s in self.samples if s.at_usec <= usec][-2:]
        if len(before) < 2:
            return before[0] if before else None
        older, last = before
        part = (usec - last.at_usec) / max(1, last.at_usec - older.at_usec)

        def moved(old: int, new: int) -> int:
            return max(0, round(new + (new - old) * part))

        return Sample(usec, last.total_kib, moved(older.available_kib, last.available_kib), moved(older.anon_kib, last.anon_kib),
                      last.swap_total_kib, moved(older.swap_free_kib, last.swap_free_kib), last.memory_some_usec, last.memory_full_usec)

    @cached_property
    def faults_until_signal(self) -> int | None:
        """Major faults of the killer from the beginning to its first signal, or to the first sample after it."""
        if not self.killer_signals or not self.samples:
            return None
        first = self.killer_signals[0].at_usec
        then = next((s for s in self.samples if s.at_usec >= first), self.samples[-1])
        counted = (self.samples[0].killer_faults, then.killer_faults)
        return None if -1 in counted else counted[1] - counted[0]

    def cost(self, name: str = "killer.cost") -> Cost | None:
        """What the killer cost in the window; None when it was not there from beginning to end."""
        values = {key: int(value) for key, value in self.values(name).items()}
        try:
            seconds = (values["usec_after"] - values["usec_before"]) / 1e6
            return Cost((values["cpu_nsec_after"] - values["cpu_nsec_before"]) / 1e6 / seconds,
                        (values["sleeps_after"] - values["sleeps_before"]) / seconds,
                        values["major_faults_after"] - values["major_faults_before"])
        except (KeyError, ZeroDivisionError):
            return None

    @cached_property
    def stalls_usec(self) -> list[int] | None:
        """The probe's stalls above 1 ms within the window; None when the probe did not live to tell."""
        report = self.text("probe.txt")
        if not report:
            return None
        start, end = self.window_usec
        pairs = [line[6:].split() for line in report.splitlines() if line.startswith("stall=")]
        return [int(length) for at, length in pairs if start <= int(at) <= end]

    @cached_property
    def probe_waited_usec(self) -> int | None:
        """How long the probe waited for memory within the window, by the pressure of its cgroup."""
        before, after = (self.values(f"probe.{name}").get("waited_usec") for name in ("before", "after"))
        return None if before is None or after is None else int(after) - int(before)

    @cached_property
    def bed_noise_usec(self) -> int:
        """The longest lateness of the locked, real-time sampler: while there is memory, what the emulated
        processors and a busy host cost; a machine without memory makes even it wait."""
        gaps = (b.at_usec - a.at_usec for a, b in zip(self.samples, self.samples[1:]))
        return max(0, max(gaps, default=0) - _SAMPLE_PERIOD_USEC)

    @cached_property
    def exit_usec(self) -> int | None:
        """How long the killer took to leave after systemctl stop."""
        took = self.values("killer.end").get("exit_usec")
        return int(took) if took is not None else None

    @cached_property
    def units(self) -> dict[str, Unit]:
        found: dict[str, Unit] = {}
        for block in self.text("units.txt").split("\n\n"):
            values = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
            name = values.get("Id", "")
            # systemd tells the manner of an end by the numbers of siginfo: 1 exited, 2 killed, 3 dumped core.
            manner, status = values.get("ExecMainCode", "0"), int(values.get("ExecMainStatus") or 0)
            found[name] = Unit(
                name, values.get("ActiveState") == "active" and values.get("SubState") in ("running", None),
                status if manner == "1" else None, status if manner in ("2", "3") else None, values.get("Result", ""))
        return found

    @cached_property
    def session_programs(self) -> set[str]:
        """UNIT:COMM of what lives in the sessions' scopes at the end."""
        return {line.replace(" ", ":", 1) for line in self.text("sessions.txt").splitlines()}

    @cached_property
    def lost_services(self) -> set[str]:
        return set(self.text("services.before").split()) - set(self.text("services.after").split())
