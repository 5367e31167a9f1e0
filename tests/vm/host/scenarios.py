"""The scenarios, as data. To add one, add an entry: nothing else knows their names.

`workloads` are lines of shell in terms of the guest's `service`, `service_with`, `session`, `join_session` and `reload_policy`
(guest/lib.sh); the programs are those of guest/main.c. Beside them every scenario runs two innocent services: `probe`, whose stalls
are measured, and `database`, which holds `database_mib`. Innocent is everything that is not named here as a victim.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scenario:
    name: str
    what: str
    workloads: tuple[str, ...]
    duration: int
    """Seconds after which it ends in any case."""
    linger: int = 6
    """Seconds it goes on after its end condition, to see that the machine is well and that nobody else dies."""
    victims: str = ""
    """Pattern of the comm of those that must be killed (at least one) and may be; empty: a quiet scenario, nobody may."""
    must_end: tuple[str, ...] = ()
    """Units of which nothing may be left."""
    must_live: tuple[str, ...] = ()
    """Units, or UNIT:COMM inside a session's scope, that must live; probe, database and the system's services always must."""
    ends_when_empty: tuple[str, ...] = ()
    """Cgroups; the scenario ends when all have become empty."""
    ends_at_signal: bool = False
    swap_mib: int = 0
    zram_mib: int = 0
    """Size of a zram device that is swapped to before the disk."""
    database_mib: int = 100
    signals_at_most_percent: float | None = None
    """The first signal must not come while more than this is available: for PressureD by mem.available_user, for others by that or by
    MemAvailable / MemTotal, whichever is less."""
    finishes: tuple[str, ...] = ()
    """Units whose work must be done by the end, with exit code 0."""
    reaches_percent: float | None = None
    """The workload is only the one meant if availability fell to this."""
    kernel_victims: str = ""
    """Pattern of the comm of those that the kernel's killer may end, because a limit of their own says so."""
    drops_caches: bool = False
    """What the killer has not locked in memory must be read again when the workload begins."""
    policy: str = ""
    """Rules in /etc/pressured/policies.d beside the shipped ones."""
    later_policy: str = ""
    """Rules that the workload `reload_policy` adds while everything runs."""
    says: tuple[tuple[str, int], ...] = ()
    """Patterns, and how often the killer's journal must have each."""
    rival: str = ""
    """Another killer, whose cost in the same calm is measured beside PressureD's."""
    dry_run: bool = False
    bus_evidence: bool = False
    sessions: tuple[str, ...] = ()
    needs_pressured: bool = False

    @property
    def quiet(self) -> bool:
        return not self.victims and not self.dry_run and not self.kernel_victims


SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        name="leak",
        what="a service leaks 40 MiB/s, no swap",
        workloads=("service leak system.slice leak 40",),
        duration=90, victims="leak", must_end=("leak.service",), ends_when_empty=("system.slice/leak.service",),
        signals_at_most_percent=10.0),
    Scenario(
        name="spike",
        what="a service takes 600 MiB at full speed beside three of 100 to 120 MiB, no swap",
        workloads=("service web system.slice ballast 120", "service search system.slice ballast 120", "sleep 5",
                   "service spike system.slice spike 600"),
        duration=60, victims="spike", must_end=("spike.service",), ends_when_empty=("system.slice/spike.service",),
        must_live=("web.service", "search.service"), signals_at_most_percent=10.0),
    Scenario(
        name="swap-thrash",
        what="a hot set of 1.3 x RAM, 1 GiB of swap",
        workloads=("service hotset system.slice hotset 1260",),
        duration=120, victims="hotset", must_end=("hotset.service",), ends_when_empty=("system.slice/hotset.service",), swap_mib=1000),
    Scenario(
        name="sibling-leak",
        what="one of two sibling services leaks 40 MiB/s, no swap",
        workloads=("service sibling app.slice ballast 150", "sleep 3", "service leak app.slice leak 40"),
        duration=90, victims="leak", must_end=("leak.service",), must_live=("sibling.service",),
        ends_when_empty=("app.slice/leak.service",), bus_evidence=True),
    Scenario(
        name="term-ignorer",
        what="a leak of 40 MiB/s that ignores SIGTERM, no swap",
        workloads=("service leak system.slice leak 40 ignore-term",),
        duration=90, victims="leak", must_end=("leak.service",), ends_when_empty=("system.slice/leak.service",)),
    Scenario(
        name="many-hogs",
        what="40 hogs of 20 MiB in one login session beside another program of that session, no swap",
        workloads=("session session-7 ballast 8", "join_session session-7 hogs 40 20"),
        duration=90, linger=20, victims="hog[0-9]+", must_live=("session-7.scope:ballast",), ends_at_signal=True,
        sessions=("session-7",)),
    Scenario(
        name="cold-leak",
        what="the leak again with every cache dropped before it: the killer has to be in memory already",
        workloads=("service leak system.slice leak 40",),
        duration=90, victims="leak", must_end=("leak.service",), ends_when_empty=("system.slice/leak.service",),
        drops_caches=True, needs_pressured=True),
    Scenario(
        name="cache-thrash",
        what="a service holds so much that the mapped files of others do not fit beside it, no swap",
        workloads=("service mapper system.slice mapper /data/source 300", "sleep 5", "service hog system.slice ballast 590"),
        duration=120, victims="ballast", must_end=("hog.service",), must_live=("mapper.service",),
        ends_when_empty=("system.slice/hog.service",)),
    Scenario(
        name="zram-leak",
        what="a service leaks 40 MiB/s into 500 MiB of zram",
        workloads=("service leak system.slice leak 40",),
        duration=150, victims="leak", must_end=("leak.service",), ends_when_empty=("system.slice/leak.service",), zram_mib=500),
    Scenario(
        name="limit-leak",
        what="a service leaks 40 MiB/s into its own memory.max of 60 MiB: its limit ends it, nobody else",
        workloads=("service_with '-p RemainAfterExit=yes -p MemoryMax=60M' leak system.slice leak 40",),
        duration=90, must_end=("leak.service",), ends_when_empty=("system.slice/leak.service",), kernel_victims="leak"),
    Scenario(
        name="live-policy",
        what="rules for each cgroup with an end of their own, and a rule that is added while the machine thrashes",
        workloads=("service breather app.slice breather 200 100 20", "sleep 25", "service hotset app.slice hotset 1260", "sleep 15",
                   "reload_policy"),
        duration=180, victims="hotset", must_end=("hotset.service",), must_live=("breather.service",),
        ends_when_empty=("app.slice/hotset.service",), swap_mib=1000, needs_pressured=True,
        policy="""\
rules:
  - { name: swap-thrash, disable: true }
  - { name: swap-thrash-goes-on, disable: true }
  - name: big-service
    for-each: "app.slice/*"
    when: memory.current > 150MiB for 1s
    until: memory.current < 60MiB
    then:
      - log: "holds more than 150 MiB"
""",
        later_policy="""\
rules:
  - name: slice-is-full
    for-each: app.slice
    when: memory.current > 400MiB for 1s
    cooldown: 30s
    then:
      - kill: { from: "./**", victim: process, rank: [size], signal: KILL, min-size: 50MiB }
""",
        # It falls to 100 MiB and rises again in between, which is neither an end nor a second beginning.
        says=((r"big-service \[/app\.slice/breather\.service\]: fired", 1),
              (r"big-service \[/app\.slice/breather\.service\]: over after", 1),
              (r"reloaded: \d+ rules", 1),
              (r"slice-is-full \[/app\.slice\]: fired", 1))),
    Scenario(
        name="dry-run",
        what="the leak again under pressured --dry-run: it says what it would do and does nothing",
        workloads=("service leak system.slice leak 40",),
        duration=90, ends_when_empty=("system.slice/leak.service",), dry_run=True, needs_pressured=True),
    Scenario(
        name="file-copy",
        what="a copy of 1.5 GiB of files",
        workloads=("service copier system.slice copier /data/source /data/copy",),
        duration=180, linger=3, ends_when_empty=("system.slice/copier.service",), finishes=("copier.service",)),
    Scenario(
        name="fill-to-12",
        what="a service fills memory to 12 % available and stays, no swap",
        workloads=("service fill system.slice fill 120 60",),
        duration=80, must_live=("fill.service",), reaches_percent=12.2),
    Scenario(
        name="random-reader",
        what="random reads over files of 4 x RAM",
        workloads=("service reader system.slice reader /data/reads",),
        duration=30, must_live=("reader.service",)),
    Scenario(
        name="idle-full-swap",
        what="swap full of what nobody uses, memory comfortable",
        workloads=("service swapfill system.slice swapfill 245",),
        duration=35, must_live=("swapfill.service",), swap_mib=256),
    Scenario(
        name="tmpfs-60",
        what="a tmpfs filled to 60 % of RAM",
        workloads=("mkdir -p /run/bed/tmp", "mount -t tmpfs -o size=90%,mode=1777 tmpfs /run/bed/tmp",
                   "service tmpfill system.slice tmpfill /run/bed/tmp/file 580"),
        duration=30, must_live=("tmpfill.service",)),
    Scenario(
        name="parallel-build",
        what="a build of eight jobs at a time, short-lived processes of 20 to 60 MiB each",
        workloads=("service builder app.slice builder 8 30",),
        duration=90, linger=3, ends_when_empty=("app.slice/builder.service",), finishes=("builder.service",)),
    Scenario(
        name="zram-in-use",
        what="idle memory lies compressed in zram",
        workloads=("service swapfill system.slice swapfill 245",),
        duration=35, must_live=("swapfill.service",), zram_mib=512),
    Scenario(
        name="crash-loop",
        what="a service of 60 MiB fails and is restarted five times a second",
        workloads=("service_with '-p Restart=always -p RestartSec=200ms -p StartLimitIntervalSec=0' crasher app.slice crasher 60",),
        duration=30),
    Scenario(
        name="calm",
        what="nothing happens; what the killer itself costs",
        workloads=(),
        duration=40, linger=0, rival="earlyoom"),
)


def by_name(name: str) -> Scenario | None:
    return next((s for s in SCENARIOS if s.name == name), None)


def plan(scenario: Scenario) -> str:
    """The scenario as the shell file that the guest's driver reads."""
    lines = [
        f"NAME={scenario.name}",
        f"DURATION={scenario.duration}",
        f"LINGER={scenario.linger}",
        f"SWAP_MIB={scenario.swap_mib}",
        f"ZRAM_MIB={scenario.zram_mib}",
        f"BALLAST_MIB={scenario.database_mib}",
        f"UNTIL_EMPTY='{' '.join(scenario.ends_when_empty)}'",
        f"UNTIL_SIGNAL={int(scenario.ends_at_signal)}",
        f"DROP_CACHES={int(scenario.drops_caches)}",
        f"RIVAL={scenario.rival}",
        f"DRY_RUN={int(scenario.dry_run)}",
        f"BUS={int(scenario.bus_evidence)}",
        f"SESSIONS='{' '.join(scenario.sessions)}'",
        "workloads() {",
        *(f"  {line}" for line in scenario.workloads or (":",)),
        "}",
    ]
    return "\n".join(lines) + "\n"
