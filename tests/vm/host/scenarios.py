"""The scenarios, as data. To add one, add an entry: nothing else knows their names.

`workloads` are lines of shell in terms of the guest's `service`, `service_with`, `mark`, `session`, `join_session`, `reload_policy` and
`check` (guest/lib.sh); the programs are those of guest/main.c. Beside them every scenario runs two innocent services: `probe`, whose stalls
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
    """Seconds, from the first workload, after which it ends in any case."""
    beside: tuple[str, ...] = ()
    """Lines like those, of what is there before the scenario begins: what their start costs the machine is no part of it."""
    linger: int = 4
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
    ends_when_done: bool = False
    """The scenario ends when its last workload line has."""
    swap_mib: int = 0
    zram_mib: int = 0
    """Size of a zram device that is swapped to before the disk."""
    database_mib: int = 100
    signals_at_most_percent: float | None = None
    """The first signal must not come while more than this is available: for PressureD by mem.available_user, for others by that or by
    MemAvailable / MemTotal, whichever is less."""
    finishes: tuple[str, ...] = ()
    """Units whose work must be done by the end, with exit code 0."""
    probe_waits_percent: float | None = None
    """The most of its time that the probe may wait for memory, by its cgroup's pressure: a busy host does not count there."""
    reaches_percent: float | None = None
    """The workload is only the one meant if availability fell to this."""
    kernel_victims: str = ""
    """Pattern of the comm of those that the kernel's killer may end, because a limit of their own says so."""
    drops_caches: bool = False
    """What the killer has not locked in memory must be read again when the workload begins."""
    policy: str = ""
    """Rules in /etc/pressured/policies.d beside the shipped ones."""
    drop_ins: tuple[str, ...] = ()
    """What the package leaves to the owner of the machine to give the daemon's unit."""
    later_policy: str = ""
    """Rules that the workload `reload_policy` adds while everything runs."""
    says: tuple[tuple[str, int], ...] = ()
    """Patterns, and how often the killer's journal must have each."""
    restarts: int = 0
    """How often the workload kills the killer, which its unit then starts again."""
    leaves: tuple[tuple[str, str], ...] = ()
    """Files of the scenario's results, and for each a pattern that must be found in it."""
    rival: str = ""
    """Another killer, whose cost in the same calm is measured beside PressureD's."""
    dry_run: bool = False
    bus_evidence: bool = False
    sessions: tuple[str, ...] = ()
    records_seconds: int = 0
    """For so long at most `eng/vm record` records it, with nobody acting; 0: it does not."""
    needs_pressured: bool = False
    only_by_name: bool = False
    """It strains the emulated machine itself, its figures are not settled, or it differs little from another: run when it is named, not
    among all."""

    @property
    def quiet(self) -> bool:
        return not self.victims and not self.dry_run and not self.kernel_victims


def _on_held(then: str) -> str:
    """A policy with one rule that acts once on the service `held`, when it has got what it holds."""
    return ("rules:\n  - name: act\n    for-each: system.slice/held.service\n    when: memory.current > 140MiB\n"
            f"    until: memory.current < 1MiB\n    cooldown: 1h\n    then: [{then}]\n")


def _in_app(name: str, when: str, cooldown: str, kill: str) -> str:
    """A policy with one rule that kills the largest process in app.slice."""
    return (f"rules:\n  - name: {name}\n    for-each: app.slice\n    when: {when}\n    cooldown: {cooldown}\n"
            f"    then: [ {{ kill: {{ from: \"./**\", rank: [size], {kill} }} }} ]\n")


# A service of the machine's own, from a unit file, which systemd starts anew with a cgroup of its own each time.
_SERVED = ("printf '[Service]\\nUser=tester\\nRemainAfterExit=yes\\nExecStart=/opt/bed/ballast 100\\n' > /run/systemd/system/served.service",
           "systemctl daemon-reload", "systemctl start served.service",
           "echo \"served.service $(systemctl show -P MainPID served.service) /system.slice/served.service\" >> $dir/started")
_SERVED_FILES = "/sys/fs/cgroup/system.slice/served.service"
_SWAP_OF = "/sys/fs/cgroup/system.slice/{}.service/memory.swap.current"

_HELD = "service held system.slice ballast 160"
_HELD_FILES = "/sys/fs/cgroup/system.slice/held.service"

# What the package leaves to the owner of the machine to decide.
_MAY_ASK_SYSTEMD = "install -Dm644 /usr/share/doc/pressured/drop-ins/units.rules /etc/polkit-1/rules.d/pressured.rules"
_MAY_SET_LIMITS = "install -Dm644 /usr/share/doc/pressured/drop-ins/limits.rules /etc/polkit-1/rules.d/pressured-limits.rules"


def _refused(answers: str) -> tuple[tuple[str, str], ...]:
    """A user who may read and change nothing: what such a one's `ask_daemon` must have left."""
    return ((answers, r'^State: s "guarding"\n'), (answers, r"\nListRules: a\(sssbbuutt\)b [1-9]"),
            *((answers, rf"\n{method}: Call failed: polkit wants an administrator's password first.*\n"
               rf"{method}: Error org\.freedesktop\.DBus\.Error\.InteractiveAuthorizationRequired: ")
              for method in ("Reload", "Pause", "SetDryRun", "Kill")),
            (answers, r'\nState: s "guarding"\nDryRun: b false\n$'))


SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        name="leak",
        what="a service leaks 40 MiB/s, no swap",
        workloads=("service leak system.slice leak 40",),
        duration=90, victims="leak", must_end=("leak.service",), ends_when_empty=("system.slice/leak.service",),
        signals_at_most_percent=10.0, records_seconds=75),
    Scenario(
        name="spike",
        what="a service takes 600 MiB at full speed beside three of 100 to 120 MiB, no swap",
        beside=("service web system.slice ballast 120", "service search system.slice ballast 120"),
        workloads=("service spike system.slice spike 600",),
        duration=60, victims="spike", must_end=("spike.service",), ends_when_empty=("system.slice/spike.service",),
        must_live=("web.service", "search.service"), signals_at_most_percent=10.0, records_seconds=50),
    Scenario(
        name="swap-thrash",
        what="a hot set of 1.3 x RAM, 1 GiB of swap",
        workloads=("service hotset system.slice hotset 1260",),
        duration=300, victims="hotset", must_end=("hotset.service",), ends_when_empty=("system.slice/hotset.service",), swap_mib=1000,
        records_seconds=60),
    Scenario(
        name="sibling-leak",
        what="one of two sibling services leaks 40 MiB/s, no swap",
        beside=("service sibling app.slice ballast 150",), workloads=("service leak app.slice leak 40",),
        duration=90, victims="leak", must_end=("leak.service",), must_live=("sibling.service",),
        # Until the incident can be read: what its victim was started as is told to root and to whose it was.
        ends_when_empty=("app.slice/leak.service",), bus_evidence=True, linger=16,
        leaves=(*((f"why-{asker}.txt", r"(?m)^  command line: /opt/bed/leak 40$") for asker in ("root", "tester")),
                ("why-bystander.txt", r"command line: withheld;"))),
    Scenario(
        name="term-ignorer",
        what="a leak of 40 MiB/s that ignores SIGTERM, no swap",
        workloads=("service leak system.slice leak 40 ignore-term",),
        duration=90, victims="leak", must_end=("leak.service",), ends_when_empty=("system.slice/leak.service",)),
    Scenario(
        name="leaderless-leak",
        what="a leak of 40 MiB/s whose main thread has ended: a zombie without memory by its own files, no swap",
        workloads=("service leak system.slice leak 40 leaderless",),
        duration=90, victims="leak", must_end=("leak.service",), ends_when_empty=("system.slice/leak.service",),
        signals_at_most_percent=10.0),
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
        ends_when_empty=("system.slice/hog.service",), records_seconds=45),
    Scenario(
        name="zram-leak",
        what="a service leaks 40 MiB/s into 500 MiB of zram",
        workloads=("service leak system.slice leak 40",),
        duration=150, victims="leak", must_end=("leak.service",), ends_when_empty=("system.slice/leak.service",), zram_mib=500,
        records_seconds=60),
    Scenario(
        name="limit-leak",
        what="a service leaks 40 MiB/s into its own memory.max of 60 MiB: its limit ends it, nobody else",
        workloads=("service_with '-p RemainAfterExit=yes -p MemoryMax=60M' leak system.slice leak 40",),
        duration=90, must_end=("leak.service",), ends_when_empty=("system.slice/leak.service",), kernel_victims="leak",
        records_seconds=20),
    Scenario(
        name="high-leak",
        what="a service leaks 40 MiB/s into its own memory.high of 60 MiB, no swap: it is throttled, nobody dies",
        workloads=("service_with '-p RemainAfterExit=yes -p MemoryHigh=60M' leak system.slice leak 40",),
        duration=30, must_live=("leak.service",), only_by_name=True, records_seconds=30),
    Scenario(
        name="protection",
        what="a hog beside three idle services of 100 MiB, one under memory.min, one under memory.low, one under neither; 512 MiB of swap",
        workloads=(*(f"{limit}service_with '-p RemainAfterExit=yes{option}' {name} {name}.slice ballast 100"
                     for name, limit, option in (
                         ("kept", "systemctl set-property --runtime kept.slice MemoryMin=120M; ", " -p MemoryMin=120M"),
                         ("low", "systemctl set-property --runtime low.slice MemoryLow=120M; ", " -p MemoryLow=120M"),
                         ("plain", "", ""))),
                   "sleep 3", "service hog system.slice ballast 560"),
        duration=40, must_live=("kept.service", "low.service", "plain.service"), swap_mib=512, only_by_name=True, records_seconds=40),
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
        name="restart-unit",
        what="a service leaks 40 MiB/s once; a rule restarts it through systemd and stops another, nobody is killed; a third's tasks are "
             "limited for a while",
        policy="""
rules:
  - name: restart-leak
    when: mem.available_user < 40%
    until: mem.available_user > 99%
    cooldown: 5min
    then:
      - set: { of: system.slice/held.service, file: pids.max, value: "7", for: 5s }
      - unit: { restart: restarted.service, timeout: 60s }
      - unit: { stop: stopped.service, timeout: 60s }
""",
        workloads=(_MAY_ASK_SYSTEMD, "service held system.slice ballast 10",
                   "service stopped system.slice ballast 10",
                   "printf '[Service]\\nUser=tester\\nRemainAfterExit=yes\\nExecStart=/bin/sh -c \"[ -e /tmp/once ] && exec sleep 600; "
                   "touch /tmp/once; exec /opt/bed/leak 40\"\\n' > /run/systemd/system/restarted.service",
                   "rm -f /tmp/once", "systemctl daemon-reload", "systemctl start restarted.service",
                   "echo \"restarted.service $(systemctl show -P MainPID restarted.service) /system.slice/restarted.service\" >> $dir/started"),
        duration=45, must_live=("restarted.service", "held.service"), must_end=("stopped.service",), needs_pressured=True,
        leaves=(("killer.txt", r"restart of restarted\.service: done after"),
                ("killer.txt", r"stop of stopped\.service: done after"),
                ("killer.txt", r"set \(pids\.max=7\) of /system\.slice/held\.service"),
                ("killer.txt", r"put back pids\.max of /system\.slice/held\.service to \w+ after .*, its time limit"),
                ("incidents.jsonl", r'"rule":"restart-leak","outcome":"acted"'))),
    Scenario(
        name="login",
        what="a user logs in on a machine that has systemd-oomd as well, which would start it, and asks the daemon for what only root may "
             "and those whom polkit lets",
        workloads=("systemctl enable --quiet pressured.service", "systemctl start user@1000.service", "sleep 5",
                   "check kept-off '! systemctl is-active --quiet systemd-oomd.socket systemd-oomd.service'",
                   "systemctl disable --quiet pressured.service",
                   "check free-again '[ ! -e /run/systemd/generator.early/systemd-oomd.socket ]'", "ask_daemon tester",
                   "make_operator tester", "ask_daemon tester operator", "put_back tester operator-after",
                   "unmake_operator tester", "ask_daemon tester operator-no-more", "ask_daemon root",
                   "systemctl stop user@1000.service"),
        duration=40, ends_when_done=True, finishes=("kept-off.service", "free-again.service"), needs_pressured=True,
        leaves=(*_refused("bus-tester.txt"), *_refused("bus-operator-no-more.txt"),
                ("bus-operator.txt", r"\nReload: bua\(ssuus\) true [1-9]"), ("bus-operator.txt", r"\nPause: t [1-9]"),
                ("bus-operator.txt", r"\nKill: Call failed: polkit wants an administrator's password first"),
                ("bus-operator.txt", r'\nState: s "paused"\nDryRun: b true\n$'),
                ("bus-operator-after.txt", r'\nState: s "guarding"\nDryRun: b false\n$'),
                ("bus-root.txt", r"\nReload: bua\(ssuus\) true [1-9]"), ("bus-root.txt", r"\nPause: t [1-9]"),
                ("bus-root.txt", r"\nKill: busstts false [1-9]"), ("bus-root.txt", r'\nState: s "paused"\nDryRun: b true\n$'))),
    Scenario(
        name="prekill",
        what="a program runs as a unit of its own before a leak is killed, and knows whom; that it fails is known. Before another is, a "
             "service is asked over the socket that it has for systemd-oomd",
        policy="""
rules:
  - name: ask-first
    when: mem.available_user < 40%
    cooldown: 1min
    then:
      - kill: { from: "system.slice/leak.service", signal: KILL, prekill: { run: [/opt/bed/hook, before], timeout: 20s } }
  - name: ask-sockets
    when: mem.available_user < 40%
    cooldown: 1min
    then:
      - kill: { from: "system.slice/other.service", signal: KILL, prekill: { run: [/usr/bin/pressurectl, prekill-sockets], timeout: 20s } }
""",
        workloads=(_MAY_ASK_SYSTEMD,
                   "printf '#!/bin/sh\\n{ echo arguments=$*; env; echo uid=$(id -u); echo adj=$(cat /proc/self/oom_score_adj); "
                   "cat /proc/self/cgroup; grep -E \"NoNewPrivs|CapBnd\" /proc/self/status; } > /run/bed/evidence/hook.txt; exit 3\\n' > /opt/bed/hook",
                   "printf '#!/bin/bash\\nIFS= read -r -d \"\" question\\nprintf %%s \"$question\" > /run/bed/evidence/question.json\\n"
                   "printf \"{\\\\\"parameters\\\\\":{}}\\\\0\"\\n' > /opt/bed/answer",
                   "chmod 755 /opt/bed/hook /opt/bed/answer",
                   "printf '[Socket]\\nListenStream=/run/systemd/oomd.prekill.hook/answer\\nAccept=yes\\n' "
                   "> /run/systemd/system/answer.socket",
                   "printf '[Service]\\nExecStart=/opt/bed/answer\\nStandardInput=socket\\n' > /run/systemd/system/answer@.service",
                   "systemctl daemon-reload", "systemctl start answer.socket",
                   "service other system.slice leak 8", "service leak system.slice leak 8"),
        duration=120, victims="leak", must_end=("leak.service", "other.service"),
        ends_when_empty=("system.slice/leak.service", "system.slice/other.service"), needs_pressured=True,
        leaves=(("hook.txt", r"arguments=before"), ("hook.txt", r"PRESSURED_RULE=ask-first"),
                ("hook.txt", r"PRESSURED_VICTIM_COMM=leak"), ("hook.txt", r"(?m)^uid=0$"), ("hook.txt", r"(?m)^adj=0$"),
                ("hook.txt", r"(?m)^CapBnd:\s+0*[1-9a-f]f+$"), ("hook.txt", r"pressured-run-\d+-\d\.service"),
                ("hook.txt", r"NoNewPrivs:\s+0"), ("incidents.jsonl", r'prekill /opt/bed/hook: failed after [^"]* \(exit code 3\)'),
                ("question.json", r'^\{"method":"io\.systemd\.oom\.Prekill\.Notify",'
                 r'"parameters":\{"cgroup":"/system\.slice/other\.service"\}\}$'),
                ("why.txt", r"prekill /usr/bin/pressurectl: done after "),
                ("incidents.jsonl", r'"rule":"ask-first","outcome":"killed"'), ("why.txt", r"killed leak \(pid"))),
    Scenario(
        name="victim-kinds",
        what="of a service with two jobs the bigger one is ended with all its processes and the other goes on; a unit is ended with the cgroups "
             "below it; what the machine looked like before is kept",
        policy="""
rules:
  - name: a-job
    when: exists("app.slice/jobs.service") for 10s
    cooldown: 1h
    then:
      - record: before the job was ended
      - kill: { from: "app.slice/jobs.service", victim: process-group, signal: KILL, rank: [size] }
  - name: a-unit
    when: exists("system.slice/whole.service") for 10s
    cooldown: 1h
    then: [ { kill: { from: "{system.slice/whole.service,system.slice/whole.service/**}", victim: unit, signal: KILL } } ]
""",
        workloads=("printf '#!/bin/bash\nset -m\n/opt/bed/hogs 3 20 &\nexec /opt/bed/ballast 40\n' > /opt/bed/jobs; chmod 755 /opt/bed/jobs",
                   "service jobs app.slice jobs",
                   "service_with '-p RemainAfterExit=yes -p Delegate=yes' whole system.slice hogs 3 20",
                   "cd /sys/fs/cgroup/system.slice/whole.service; mkdir inner; tail -n 1 cgroup.procs > inner/cgroup.procs; cd /"),
        duration=60, victims=r"hogs?\d*", must_end=("whole.service",), must_live=("jobs.service",),
        ends_when_empty=("system.slice/whole.service",), needs_pressured=True,
        says=((r"a-job: KILL to ", 1), (r"a-unit: KILL to ", 1)),
        leaves=(("incidents.jsonl", r'"rule":"a-job","outcome":"killed"'), ("incidents.jsonl", r"before the job was ended"),
                ("incidents.jsonl", r'"rule":"a-unit","outcome":"killed"'))),
    Scenario(
        name="fork-bomb",
        what="every process of a service takes memory and forks, again and again: memory.oom.group makes one victim of it all, no swap; "
             "vm.swappiness is set",
        workloads=("service_with '-p RemainAfterExit=yes -p Delegate=yes' bomb app.slice bomb 2",
                   "cd /sys/fs/cgroup/app.slice/bomb.service; echo 1 > memory.oom.group; mkdir inner",
                   "cat cgroup.procs > inner/cgroup.procs; cd /", "check set 'test $(cat /proc/sys/vm/swappiness) = 40'"),
        duration=40, victims="bomb", must_end=("bomb.service",), finishes=("set.service",), ends_when_empty=("app.slice/bomb.service",),
        needs_pressured=True, drop_ins=("swappiness",), leaves=(("killer.txt", r"put back \S*vm[./]swappiness.* to 60"),),
        policy="""
swap: { swappiness: 40 }
rules:
  - name: whole-service
    when: mem.available_user < 40%
    cooldown: 1min
    then: [ { kill: { from: "app.slice/**", victim: cgroup, rank: [size], signal: KILL } } ]
""",
        says=((r"whole-service: KILL to cgroup /app\.slice/bomb\.service", 1),
              (r"whole-service: died: cgroup /app\.slice/bomb\.service", 1))),
    Scenario(
        name="user-xattrs",
        what="the biggest is protected; what users ask of their own cgroups counts as `prefer` and not as `avoid`",
        workloads=("service keeper app.slice ballast 160",
                   *(f"service_with '-p RemainAfterExit=yes -p Delegate=yes' {name} app.slice ballast {mib}; mark {name} {attribute}"
                     for name, mib, attribute in (("wished", 40, "user.oomd_prefer"), ("shy", 120, "user.oomd_avoid"))),
                   "service modest app.slice ballast 80"),
        duration=40, victims="ballast", must_end=("wished.service", "shy.service"), must_live=("keeper.service", "modest.service"),
        ends_when_empty=("app.slice/wished.service", "app.slice/shy.service"), needs_pressured=True,
        policy="""
protect: [ { unit: keeper.service } ]
rules:
  - name: preferred
    for-each: app.slice
    when: memory.current > 380MiB for 1s
    cooldown: 1h
    then: [ { kill: { from: "./**", victim: process, rank: [size], signal: KILL } } ]
  - name: biggest
    for-each: app.slice
    when: memory.current > 300MiB for 6s
    cooldown: 1h
    then: [ { kill: { from: "./**", victim: process, rank: [size], signal: KILL } } ]
""",
        says=((r"preferred.*: KILL to .* in /app\.slice/wished\.service", 1),
              (r"biggest.*: KILL to .* in /app\.slice/shy\.service", 1))),
    Scenario(
        name="brake",
        what="processes that share their memory seem big, and none of it comes back when they die: after two the daemon stops killing",
        workloads=("service sharers app.slice sharers 6 150",),
        duration=30, victims="sharer", must_live=("sharers.service",), needs_pressured=True,
        policy=_in_app("still-full", "memory.current > 100MiB for 3s", "1s", "signal: KILL, min-size: 50MiB"),
        says=((r"still-full: KILL to \d+ \(sharer\)", 2), (r"still-full: died: \d+ \(sharer\)", 2),
              (r"brake: kills do not free what they should; no more of them", 1))),
    Scenario(
        name="pid-reuse",
        what="a victim leaves within its grace time and its pid is a newcomer's at once: the newcomer, as big, gets no signal",
        workloads=("service_with '-p RemainAfterExit=yes -p AmbientCapabilities=CAP_CHECKPOINT_RESTORE "
                   "-p StandardOutput=file:/run/bed/evidence/pids.txt' reuser app.slice reuser 120",),
        duration=25, victims="leaver", must_live=("reuser.service",), needs_pressured=True,
        policy=_in_app("too-big", "memory.current > 100MiB for 2s", "1h", "signal: TERM, grace: 6s"),
        leaves=(("pids.txt", r"^(\d+) \1$"),),
        says=((r"too-big: TERM to \d+ \(leaver\)", 1), (r"too-big: died: \d+ \(leaver\)", 1),
              (r"(?:KILL|TERM) to \d+ \(newcomer\)", 0))),
    Scenario(
        name="d-state",
        what="the biggest waits in the kernel for a disk that does not answer, and no signal ends it: its memory comes back all the same",
        workloads=("service database2 app.slice ballast 60", "fsfreeze -f /data", "service stuck app.slice stuck 200 /data/copy-stuck",
                   "sleep 17",
                   "{ grep -H State /proc/$(pidof stuck)/status; cat /sys/fs/cgroup/app.slice/stuck.service/memory.current; } "
                   "> /run/bed/evidence/stuck.txt", "fsfreeze -u /data"),
        duration=40, victims="stuck", must_end=("stuck.service",), must_live=("database2.service",), needs_pressured=True,
        ends_when_empty=("app.slice/stuck.service",),
        policy=_in_app("too-big", "memory.current > 245MiB for 2s", "1h", "signal: KILL, min-size: 100MiB"),
        leaves=(("stuck.txt", r"State:\s+D "), ("stuck.txt", r"(?m)^\d{1,7}$")),
        says=((r"too-big: KILL to \d+ \(stuck\)", 1),
              (r"too-big: gave up on \d+ \(stuck\).*: KILL has not ended it in 10\.\d s, it hangs in the kernel and still holds \d+\.\d [KM]iB", 1))),
    Scenario(
        name="reclaim-kernel-oom",
        what="a service's swap is limited through systemd and another's is forbidden, a part of both reclaimed; then the kernel is asked for a "
             "victim of its own choice",
        workloads=(_MAY_SET_LIMITS, "sleep 1", _HELD, "service pinned system.slice ballast 120", "service_with '-p RemainAfterExit=yes -p OOMScoreAdjust=900' chosen system.slice ballast 30",
                   f"sleep 12; check reclaimed 'test $(cat {_HELD_FILES}/memory.swap.current) -gt 30000000'",
                   "check pinned-stays 'test $(cat /sys/fs/cgroup/system.slice/pinned.service/memory.swap.current) = 0'",
                   "check limited 'test $(systemctl show -P MemorySwapMax held.service) = 104857600'"),
        duration=30, must_end=("chosen.service",), must_live=("held.service", "pinned.service"),
        finishes=("reclaimed.service", "limited.service", "pinned-stays.service"),
        ends_when_empty=("system.slice/chosen.service",), kernel_victims="ballast", swap_mib=256, needs_pressured=True,
        drop_ins=("kernel-oom",),
        policy="""
swap:
  cgroups:
    - { match: system.slice/held.service, max: 100MiB }
    - { match: system.slice/pinned.service, max: 0B }
rules:
  - name: squeeze
    for-each: "system.slice/{held,pinned}.service"
    when: memory.current > 100MiB for 3s
    cooldown: 1h
    then: [ { reclaim: { amount: 60MiB } } ]
  - name: last-resort
    for-each: system.slice/chosen.service
    when: memory.current > 20MiB for 8s
    cooldown: 1h
    then: [ { kernel-oom: true } ]
""",
        # By the daemon as it leaves or, if systemd has not answered by then, by its unit's last line.
        leaves=(("killer.txt", r"put back memory\.swap\.max of /system\.slice/held\.service to max|: [12] put back, "),),
        says=((r"swap rules: memory\.swap\.max of /system\.slice/held\.service is now 104857600, before max", 1),
              (r"swap rules: memory\.swap\.max of /system\.slice/pinned\.service is now 0, before max", 1),
              (r"squeeze .*held\.service.*: reclaimed ", 1), (r"had the kernel's own killer choose a victim", 1))),
    *(Scenario(
        name=name,
        what=f"the machine swaps to {where}: one service has no swap, one at most 20 MiB, by standing limits; the rest swaps",
        workloads=(_MAY_SET_LIMITS, "sleep 1", *_SERVED, "service pinned system.slice ballast 100", "service rest system.slice ballast 100",
                   "sleep 4", f"service hog system.slice ballast {hog}",
                   f"for _ in $(seq 150); do [ $(cat {_SWAP_OF.format('rest')}) -lt 12000000 ] || break; sleep 0.2; done",
                   f"for name in pinned served rest; do echo \"$name $(cat {_SWAP_OF.format('$name')})\"; done > /run/bed/evidence/swap.txt",
                   f"check pinned-stays 'test $(cat {_SWAP_OF.format('pinned')}) = 0'",
                   f"check served-stays 'test $(cat {_SWAP_OF.format('served')}) -le 20971520'",
                   f"check rest-swaps 'test $(cat {_SWAP_OF.format('rest')}) -gt 10000000'",
                   # Its whole set does not stay hot for long enough to be somebody who thrashes.
                   "systemctl stop hog.service"),
        duration=50, ends_when_done=True, must_live=("pinned.service", "served.service", "rest.service"), swap_mib=swap, zram_mib=zram,
        finishes=("pinned-stays.service", "served-stays.service", "rest-swaps.service"), needs_pressured=True, only_by_name=zram > 0,
        policy="""
swap:
  cgroups:
    - { match: system.slice/pinned.service, max: 0B }
    - { match: system.slice/served.service, max: 20MiB }
""",
        says=((r"memory\.swap\.max of /system\.slice/pinned\.service is now 0, before max", 1),
              (r"memory\.swap\.max of /system\.slice/served\.service is now 20971520, before max", 1)))
      # What zram holds lies in memory all the same, since none of it can be compressed.
      for name, where, swap, zram, hog in (("swap-limits", "a disk", 600, 0, 540), ("swap-limits-zram", "zram", 0, 600, 450))),
    Scenario(
        name="zswap-limits",
        what="compressed swap in memory: one service has none of it, another's never goes on to the disk (Debian 13)",
        workloads=(_MAY_SET_LIMITS, "echo 1 > /sys/module/zswap/parameters/enabled", "sleep 1", *_SERVED,
                   "service pinned system.slice ballast 100", "service rest system.slice ballast 100", "sleep 4",
                   "service hog system.slice ballast 540",
                   f"for _ in $(seq 150); do [ $(cat {_SWAP_OF.format('pinned')}) -lt 12000000 ] || break; sleep 0.2; done",
                   "for name in pinned served rest; do files=/sys/fs/cgroup/system.slice/$name.service; echo \"$name "
                   "max $(cat $files/memory.zswap.max) current $(cat $files/memory.zswap.current) swap $(cat $files/memory.swap.current) "
                   "writeback $(cat $files/memory.zswap.writeback) written $(awk '/^zswpwb/ { print $2 }' $files/memory.stat) "
                   "unit $(systemctl show -P MemoryZSwapMax $name.service) $(systemctl show -P MemoryZSwapWriteback $name.service)\"; "
                   "done > /run/bed/evidence/zswap.txt",
                   "systemctl stop hog.service", "systemctl stop pressured.service",
                   "for name in pinned served; do files=/sys/fs/cgroup/system.slice/$name.service; echo \"after $name "
                   "max $(cat $files/memory.zswap.max) writeback $(cat $files/memory.zswap.writeback) "
                   "unit $(systemctl show -P MemoryZSwapMax $name.service) $(systemctl show -P MemoryZSwapWriteback $name.service)\"; "
                   "done >> /run/bed/evidence/zswap.txt",
                   "systemctl start pressured.service", "echo 0 > /sys/module/zswap/parameters/enabled"),
        duration=70, ends_when_done=True, must_live=("pinned.service", "served.service", "rest.service"), swap_mib=600, needs_pressured=True, only_by_name=True,
        policy="""
swap:
  cgroups:
    - { match: system.slice/pinned.service, zswap-max: 0B }
    - { match: system.slice/served.service, zswap-writeback: false }
""",
        leaves=(("zswap.txt", r"(?m)^pinned max 0 current 0 swap [1-9]\d{6,} writeback 1 .* unit 0 yes$"),
                ("zswap.txt", r"(?m)^served max max current [1-9]\d* swap [1-9]\d* writeback 0 written 0 unit infinity no$"),
                ("zswap.txt", r"(?m)^rest max max current [1-9]\d* "),
                ("zswap.txt", r"(?m)^after pinned max max writeback 1 unit infinity yes$"),
                ("zswap.txt", r"(?m)^after served max max writeback 1 unit infinity yes$"))),
    Scenario(
        name="limit-restart",
        what="a service under standing limits is started anew, by its owner and beside a daemon that is killed or stopped: each new cgroup has "
             "them, until the daemon is stopped",
        workloads=(_MAY_SET_LIMITS, "sleep 1",
                   # now WHAT: what the kernel and systemd hold at this moment; wanted WHAT: how long until both limits are there.
                   f"now() {{ echo \"$1: max $(cat {_SERVED_FILES}/memory.swap.max) high $(cat {_SERVED_FILES}/memory.swap.high) "
                   "unit $(systemctl show -P MemorySwapMax served.service)\" >> /run/bed/evidence/limits.txt; }",
                   f"limited() {{ grep -qx 50331648 {_SERVED_FILES}/memory.swap.max && grep -qx 67108864 {_SERVED_FILES}/memory.swap.high; }}",
                   "wanted() { from=$(uptime_usec); for _ in $(seq 100); do ! limited || break; sleep 0.1; done; "
                   "echo \"$1: $(( ($(uptime_usec) - from) / 1000 )) ms\" >> /run/bed/evidence/limits.txt; now \"$1\"; }",
                   *_SERVED, "wanted started", f"before=$(stat -c %i {_SERVED_FILES})", "systemctl restart served.service", "wanted restarted",
                   f"test $(stat -c %i {_SERVED_FILES}) = $before || echo 'another cgroup' >> /run/bed/evidence/limits.txt",
                   "systemctl stop served.service; sleep 12; systemctl start served.service", "wanted away",
                   "systemctl kill -s KILL --kill-who=main pressured.service; systemctl restart served.service; sleep 1", "wanted killed",
                   "systemctl stop pressured.service", "now stopped", "systemctl restart served.service", "now without",
                   "systemctl start pressured.service", "wanted back",
                   "echo \"served.service $(systemctl show -P MainPID served.service) /system.slice/served.service\" >> $dir/started"),
        duration=75, ends_when_done=True, must_live=("served.service",), swap_mib=256, needs_pressured=True,
        policy="""
swap:
  cgroups:
    - { match: system.slice/served.service, max: 48MiB, high: 64MiB }
""",
        leaves=(*(("limits.txt", rf"(?m)^{what}: [12]?\d{{1,3}} ms$") for what in ("restarted", "away")),
                *(("limits.txt", rf"(?m)^{what}: max 50331648 high 67108864 unit 50331648$")
                  for what in ("started", "restarted", "away", "killed", "back")),
                ("limits.txt", r"(?m)^another cgroup$"),
                *(("limits.txt", rf"(?m)^{what}: max max high max unit infinity$") for what in ("stopped", "without")))),
    Scenario(
        name="changes-sigkill",
        what="the daemon gets SIGKILL again and again while a service is throttled, its swap limited, its weight changed and another is "
             "frozen, each time at another moment: nothing of it is left",
        workloads=("service_with '-p RemainAfterExit=yes -p CPUWeight=100' held system.slice ballast 160", "service cold system.slice ballast 60",
                   f"changed() {{ grep -q '[0-9]' {_HELD_FILES}/memory.high; }}",
                   f"free() {{ grep -qx max {_HELD_FILES}/memory.high && grep -qx max {_HELD_FILES}/memory.swap.max && "
                   f"grep -qx 100 {_HELD_FILES}/cpu.weight && grep -qx 0 /sys/fs/cgroup/system.slice/cold.service/cgroup.freeze; }}",
                   "for delay in 0 0.05 0.2 0.5 2; do for _ in $(seq 400); do ! changed || break; sleep 0.05; done; sleep $delay; "
                   f"files=$(cat {_HELD_FILES}/memory.high {_HELD_FILES}/memory.swap.max {_HELD_FILES}/cpu.weight "
                   "/sys/fs/cgroup/system.slice/cold.service/cgroup.freeze | tr '\\n' ' '); "
                   "systemctl kill -s KILL --kill-who=main pressured.service; "
                   "for _ in $(seq 100); do ! free || break; sleep 0.05; done; "
                   "free && echo \"after $delay s with $files: free\" >> /run/bed/evidence/cuts.txt; done"),
        duration=150, ends_when_done=True, must_live=("held.service", "cold.service"), swap_mib=256, restarts=5, needs_pressured=True,
        policy="""
rules:
  - name: hold
    for-each: system.slice/held.service
    when: memory.current > 40MiB for 5s
    until: memory.current < 1MiB
    cooldown: 10s
    then:
      - weight: { cpu: 20 }
      - swap: { max: 200MiB }
      - throttle: { to: 90%, floor: 30MiB, for: 10min }
      - freeze: { of: system.slice/cold.service, for: 10min }
""",
        leaves=(*(("cuts.txt", rf"(?m)^after {delay} s with \d+ 209715200 20 [01] : free$") for delay in ("0", "0.05", "0.2", "0.5")),
                ("cuts.txt", r"(?m)^after 2 s with \d+ 209715200 20 1 : free$"))),
    Scenario(
        name="bad-input",
        what="a unit that does not exist, a file that cannot be written, a program that hangs and hostile names on the way to a kill: "
             "each is said, and the chain goes on to its end",
        workloads=(_MAY_ASK_SYSTEMD,
                   r"""cp /opt/bed/leak "$(printf '/opt/bed/le"\033[31m')" """,
                   r"""printf '#!/bin/bash\nexec -a leak /opt/bed/le\\"* 10\n' > /opt/bed/hostile; chmod 755 /opt/bed/hostile""",
                   "service_with '-p RemainAfterExit=yes -p Delegate=yes' odd system.slice hostile",
                   r"""cd /sys/fs/cgroup/system.slice/odd.service; inner="$(printf 'in\033"side\377')"; mkdir "$inner" """,
                   'cat cgroup.procs > "$inner/cgroup.procs"; echo +memory > cgroup.subtree_control',
                   # What is made read-only in place stays writable in the daemon's own view of the files.
                   'touch /run/bed/high; mount --bind "$inner/memory.high" /run/bed/high; mount -o remount,bind,ro /run/bed/high',
                   'mount --bind /run/bed/high "$inner/memory.high"; cd /'),
        duration=120, victims=r'le".*', must_end=("odd.service",), ends_when_empty=("system.slice/odd.service",), needs_pressured=True,
        policy="""
rules:
  - name: through-it-all
    when: mem.available_user < 70%
    cooldown: 5min
    then:
      - unit: { restart: no-such-unit.service, timeout: 20s }
      - weight: { of: "system.slice/odd.service/*", cpu: 50 }   # it has turned on memory alone for those below it
      - throttle: { of: "system.slice/odd.service/*", to: 90%, for: 10s }
      - run: { command: [/bin/sleep, "100"], timeout: 2s }
      - run: { command: [/no/such/program], timeout: 20s }
      - kill: { from: "system.slice/odd.service/**", signal: KILL, prekill: { run: [/bin/sleep, "100"], timeout: 2s } }
""",
        leaves=(("killer.txt", r"restart of no-such-unit\.service: there is no such unit"),
                ("killer.txt", r"run of /bin/sleep: (ended by its time limit|not waited for any more)"),
                ("killer.txt", r"run of /no/such/program: failed"),
                ("killer.txt", r'cannot weight /system\.slice/odd\.service/in\\x1b"side\\xff \(cpu\.weight\): there is no such file'),
                ("killer.txt", r'(?m)^.*memory\.high[^\n]*side\\xff: EROFS'),
                ("killer.txt", r"prekill /bin/sleep: (ended by its time limit|not waited for any more)"),
                ("killer.txt", r'KILL to .*le"\\x1b\[31m.* in /system\.slice/odd\.service/in\\x1b"side\\xff'),
                ("incidents.jsonl", r'"rule":"through-it-all","outcome":"killed"'),
                ("incidents.jsonl", r'le\\(u0022|")\\\\?(u001[bB]|x1b)\[31m'),
                ("why.txt", r"there is no such unit"))),
    Scenario(
        name="file-copy",
        what="a copy of 1.5 GiB of files",
        workloads=("service copier system.slice copier /data/source /data/copy",),
        duration=180, linger=3, ends_when_empty=("system.slice/copier.service",), finishes=("copier.service",)),
    Scenario(
        name="fill-to-12",
        what="a service fills memory to 12 % available and stays, no swap",
        workloads=("service fill system.slice fill 120 60",),
        duration=35, must_live=("fill.service",), reaches_percent=12.2),
    Scenario(
        name="random-reader",
        what="random reads over files of 4 x RAM",
        workloads=("service reader system.slice reader /data/reads",),
        duration=20, must_live=("reader.service",)),
    Scenario(
        name="idle-full-swap",
        what="swap full of what nobody uses, memory comfortable",
        workloads=("service swapfill system.slice swapfill 245",),
        duration=25, must_live=("swapfill.service",), swap_mib=256),
    Scenario(
        name="tmpfs-60",
        what="a tmpfs filled to 60 % of RAM",
        workloads=("mkdir -p /run/bed/tmp", "mount -t tmpfs -o size=90%,mode=1777 tmpfs /run/bed/tmp",
                   "service tmpfill system.slice tmpfill /run/bed/tmp/file 580"),
        duration=22, must_live=("tmpfill.service",)),
    Scenario(
        name="parallel-build",
        what="a build of eight jobs at a time, short-lived processes of 20 to 60 MiB each",
        workloads=("service builder app.slice builder 8 30",),
        duration=90, linger=3, ends_when_empty=("app.slice/builder.service",), finishes=("builder.service",)),
    Scenario(
        name="zram-in-use",
        what="idle memory lies compressed in zram",
        workloads=("service swapfill system.slice swapfill 245",),
        duration=25, must_live=("swapfill.service",), zram_mib=512),
    Scenario(
        name="crash-loop",
        what="a service of 60 MiB fails and is restarted five times a second",
        workloads=("service_with '-p Restart=always -p RestartSec=200ms -p StartLimitIntervalSec=0' crasher app.slice crasher 60",),
        duration=20),
    Scenario(
        name="throttle-freeze",
        what="a service is throttled at 80 % of what it uses, another is frozen, and each is let go at its time limit",
        workloads=(_HELD, f"check throttled-then-not 'until grep -q [0-9] {_HELD_FILES}/memory.high; do sleep 0.1; done; "
                   f"until grep -qx max {_HELD_FILES}/memory.high; do sleep 0.1; done'",
                   "service cold system.slice ballast 60",
                   "check frozen-then-thawed 'for frozen in 1 0; do until grep -q \"frozen $frozen\" "
                   "/sys/fs/cgroup/system.slice/cold.service/cgroup.events; do sleep 0.1; done; done'"),
        duration=30, must_live=("held.service", "cold.service"), finishes=("throttled-then-not.service", "frozen-then-thawed.service"),
        ends_when_empty=("system.slice/throttled-then-not.service", "system.slice/frozen-then-thawed.service"),
        swap_mib=256,
        needs_pressured=True,
        policy=_on_held("{ throttle: { to: 80%, floor: 1MiB, for: 5s } }") + """\
  - name: stop-cold
    for-each: system.slice/cold.service
    when: memory.current > 50MiB
    until: memory.current < 1MiB
    cooldown: 1h
    then: [ { freeze: { for: 4s } } ]
""",
        says=((r"act \[/system\.slice/held\.service\]: throttle \(memory\.high\) of /system\.slice/held\.service", 1),
              (r"put back memory\.high of /system\.slice/held\.service to max after .*, its time limit", 1),
              (r"stop-cold \[/system\.slice/cold\.service\]: freeze \(cgroup\.freeze=1\) of /system\.slice/cold\.service", 1),
              (r"put back cgroup\.freeze of /system\.slice/cold\.service to 0 after .*, its time limit", 1))),
    *(Scenario(
        name=name,
        what=f"an idle service is offloaded to {where} without hurting the probe",
        workloads=(_HELD, "sleep 60", f"check offloaded 'test $(cat {_HELD_FILES}/memory.current) -lt 110000000'"),
        duration=75, ends_when_done=True, must_live=("held.service",), finishes=("offloaded.service",), swap_mib=swap, zram_mib=zram, needs_pressured=True,
        only_by_name=zram > 0, probe_waits_percent=1.0,
        policy=_on_held("{ offload: { ratio: 10%, interval: 2s, stall: 5%, floor: 20MiB, swap-out: 20MiB/s } }"))
      for name, where, swap, zram in (("offload-idle", "a disk", 512, 0), ("offload-zram", "zram", 0, 512))),
    Scenario(
        name="calm",
        what="nothing happens; what the killer itself costs",
        workloads=(),
        duration=30, linger=0, rival="earlyoom"),
)


def by_name(name: str) -> Scenario | None:
    return next((s for s in SCENARIOS if s.name == name), None)


def plan(scenario: Scenario, records: bool = False) -> str:
    """The scenario as the shell file that the guest's driver reads; if it records, `pressurectl record` runs beside it."""
    lines = [
        f"NAME={scenario.name}",
        f"DURATION={scenario.records_seconds if records else scenario.duration}",
        f"RECORDS={int(records)}",
        f"LINGER={scenario.linger}",
        f"SWAP_MIB={scenario.swap_mib}",
        f"ZRAM_MIB={scenario.zram_mib}",
        f"BALLAST_MIB={scenario.database_mib}",
        f"UNTIL_EMPTY='{' '.join(scenario.ends_when_empty)}'",
        f"UNTIL_SIGNAL={int(scenario.ends_at_signal)}",
        f"UNTIL_DONE={int(scenario.ends_when_done)}",
        f"DROP_CACHES={int(scenario.drops_caches)}",
        f"RIVAL={scenario.rival}",
        f"DRY_RUN={int(scenario.dry_run)}",
        f"DROP_INS='{' '.join(scenario.drop_ins)}'",
        f"BUS={int(scenario.bus_evidence)}",
        f"SESSIONS='{' '.join(scenario.sessions)}'",
        "beside() {",
        *(f"  {line}" for line in scenario.beside or (":",)),
        "}",
        "workloads() {",
        *(f"  {line}" for line in scenario.workloads or (":",)),
        "}",
    ]
    return "\n".join(lines) + "\n"
