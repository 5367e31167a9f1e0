"""Tests of the judging: what is read from a run's files, and what a scenario makes of it."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

from host.results import Run
from host.scenarios import SCENARIOS, by_name, plan
from host.verdict import doubtful, figures, judge

_KILL = "        earlyoom-372     (    372) [001] d..2.    20.100000: signal_generate: sig=15 errno=0 code=0 comm={comm} pid={pid} grp=1 res=0"
_OOM = """            leak-416     (    416) [000] dN.2.    21.000000: signal_generate: sig=9 errno=0 code=128 comm=leak pid=416 grp=1 res=0
            leak-416     (    416) [000] .N.1.    21.000001: mark_victim: pid=416 comm=leak"""
_UNIT = "Id={name}\nActiveState={active}\nSubState={sub}\nResult={result}\nExecMainCode={code}\nExecMainStatus={status}\n"
_SAMPLES = """usec,total,free,available,anon,cached,swap_total,swap_free,some,full,io
20000000,1000000,0,120000,600000,0,0,0,0,0,0
20050000,1000000,0,70000,650000,0,0,0,0,0,0
20150000,1000000,0,500000,200000,0,0,0,0,5000,0
"""


def _unit(name: str, lives: bool) -> str:
    return _UNIT.format(name=name, active="active" if lives else "failed", sub="running" if lives else "failed",
                        result="success" if lives else "signal", code=0 if lives else 2, status=0 if lives else 9)


class Judging(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.directory = Path(scratch.name)
        self.write("samples.csv", _SAMPLES)
        self.write("watch.env", "start_usec=10000000\nend_usec=30000000\nreason=empty\n")
        self.write("counters.env", "oom_kill_before=1\noom_kill_after=1\n")
        self.write("probe.txt", "turns=900\nstall=9000000 700000\nstall=20000000 40000\nstall=20500000 5000\n")
        self.write("killer.status", "Name:\tearlyoom\nTgid:\t372\n")
        self.write("services.before", "dbus.service\nprobe.service\n")
        self.write("services.after", "dbus.service\nprobe.service\n")
        self.write("trace", _KILL.format(comm="leak", pid=416) + "\n")
        self.units(leak=False, probe=True, database=True)

    def write(self, name: str, text: str) -> None:
        (self.directory / name).write_text(text)

    def units(self, **lives: bool) -> None:
        self.write("units.txt", "\n".join(_unit(f"{name}.service", alive) for name, alive in lives.items()))

    def failures(self, scenario: str = "leak", killer: str = "earlyoom") -> list[str]:
        chosen = by_name(scenario)
        assert chosen is not None
        return judge(chosen, Run(scenario, killer, self.directory)).failures

    def test_a_recording_goes_on_for_as_long_as_the_scenario_says(self) -> None:
        leak = by_name("leak")
        assert leak is not None
        self.assertIn(f"DURATION={leak.records_seconds}\nRECORDS=1\n", plan(leak, records=True))
        self.assertIn(f"DURATION={leak.duration}\nRECORDS=0\n", plan(leak))

    def test_the_right_victim_passes(self) -> None:
        self.assertEqual([], self.failures())

    def test_a_signal_to_an_innocent_fails(self) -> None:
        self.write("trace", _KILL.format(comm="leak", pid=416) + "\n" + _KILL.format(comm="a b)", pid=9) + "\n")
        self.assertEqual(["signalled, though innocent: a b) (15)"], self.failures())

    def test_what_the_killers_process_did_before_it_was_the_killers_is_systemds(self) -> None:
        helper = _KILL.format(comm="(sd-mkuserns)", pid=373).replace("earlyoom-372", "(arlyoom)-372")
        self.write("trace", _KILL.format(comm="leak", pid=416) + "\n" + helper + "\n")
        self.assertEqual([], self.failures())

    def test_the_kernels_killer_fails_and_is_not_taken_for_the_killers_act(self) -> None:
        self.write("trace", _OOM + "\n")
        self.assertEqual(["the kernel's OOM killer acted 1 times", "nobody was killed who should have been"], self.failures())

    def test_an_oom_kill_that_only_the_counter_shows_fails(self) -> None:
        self.write("counters.env", "oom_kill_before=1\noom_kill_after=3\n")
        self.assertEqual(["the kernel's OOM killer acted 2 times"], self.failures())

    def test_a_victim_that_still_runs_fails(self) -> None:
        self.units(leak=True, probe=True, database=True)
        self.assertEqual(["leak.service still runs"], self.failures())

    def test_a_dead_innocent_fails(self) -> None:
        self.units(leak=False, probe=True, database=False)
        self.assertEqual(["database.service died (signal)"], self.failures())

    def test_a_lost_service_fails(self) -> None:
        self.write("services.after", "probe.service\n")
        self.assertEqual(["services lost: dbus.service"], self.failures())

    def test_a_signal_too_early_fails(self) -> None:
        self.write("samples.csv", _SAMPLES.replace(",70000,", ",115000,"))
        self.assertEqual(["first signal while 11.0 % was available"], self.failures())

    def test_nobody_may_die_in_a_quiet_scenario(self) -> None:
        self.write("trace", _KILL.format(comm="reader", pid=416) + "\n")
        self.units(reader=True, probe=True, database=True)
        self.assertEqual(["signalled, though innocent: reader (15)"], self.failures("random-reader"))

    def test_a_run_that_was_not_completed_fails(self) -> None:
        chosen = by_name("leak")
        assert chosen is not None
        self.assertEqual(["lost"], judge(chosen, Run("leak", "none", self.directory, failure="lost")).failures)

    def test_what_did_not_pass_is_doubtful_and_says_why(self) -> None:
        chosen = by_name("leak")
        assert chosen is not None
        self.assertEqual("", doubtful(chosen, Run("leak", "earlyoom", self.directory)))
        self.assertEqual("lost", doubtful(chosen, Run("leak", "earlyoom", self.directory, failure="lost")))
        self.units(leak=True, probe=True, database=True)
        self.write("samples.csv", _SAMPLES.replace("20150000", "22150000"))
        self.assertEqual("leak.service still runs (the bed stood still for 2050 ms)",
                         doubtful(chosen, Run("leak", "earlyoom", self.directory)))

    def test_an_empty_directory_does_not_pass(self) -> None:
        for path in self.directory.iterdir():
            path.unlink()
        self.assertNotEqual([], self.failures())
        self.assertNotEqual([], self.failures("random-reader"))

    def pressured(self, before: int = 7, after: int = 7, ended: str = "ended after 9 steps: 0 bytes allocated in them, 0 collections") -> None:
        lines = _SAMPLES.splitlines()
        counts = (before, before, after)
        self.write("samples.csv", "\n".join([lines[0] + ",faults", *(f"{line},{n}" for line, n in zip(lines[1:], counts))]) + "\n")
        self.write("killer.txt", f"[30.0] pressured[372]: {ended}\n")
        self.write("killer.end", "ActiveState=active\nNRestarts=0\nexit_usec=200000\n")

    def test_the_daemon_in_memory_passes(self) -> None:
        self.pressured()
        self.assertEqual([], self.failures(killer="pressured"))

    def test_a_major_fault_before_the_signal_fails(self) -> None:
        self.pressured(after=9)
        self.assertEqual(["2 major faults before the first signal"], self.failures(killer="pressured"))

    def test_faults_that_were_not_counted_fail(self) -> None:
        self.pressured(after=-1)
        self.assertEqual(["an unknown number of major faults before the first signal"], self.failures(killer="pressured"))

    def test_a_collection_fails_and_so_does_silence_about_it(self) -> None:
        self.pressured(ended="ended after 9 steps: 0 bytes allocated in them, 1 collections")
        self.assertEqual(["1 garbage collections while it ran"], self.failures(killer="pressured"))
        self.pressured(ended="ended")
        self.assertEqual(["the daemon did not say what its steps cost"], self.failures(killer="pressured"))

    def test_the_kernel_may_take_those_whose_limit_it_is_and_nobody_else(self) -> None:
        self.write("trace", _OOM + "\n")
        self.assertEqual([], self.failures("limit-leak"))
        self.write("trace", _OOM.replace("comm=leak", "comm=other") + "\n")
        self.assertEqual(["the kernel's OOM killer took other"], self.failures("limit-leak"))
        self.write("trace", "")
        self.assertEqual(["the limit did not act"], self.failures("limit-leak"))

    def test_calm_costs_are_compared(self) -> None:
        def cost(cpu_ms: int, sleeps: int) -> str:
            return (f"usec_before=0\ncpu_nsec_before=5\nsleeps_before=1\nmajor_faults_before=0\nusec_after=10000000\n"
                    f"cpu_nsec_after={cpu_ms * 1_000_000 + 5}\nsleeps_after={sleeps + 1}\nmajor_faults_after=0\n")

        self.pressured()
        self.write("trace", "")
        self.write("killer.cost", cost(100, 100))
        self.write("rival.cost", cost(120, 100))
        self.assertEqual([], self.failures("calm", "pressured"))
        self.write("killer.cost", cost(310, 130))
        self.assertEqual(["costs more than 1.5 times what earlyoom does", "wakes more often than earlyoom"], self.failures("calm", "pressured"))
        self.write("rival.cost", "")
        self.assertEqual(["it was not measured what the killers cost"], self.failures("calm", "pressured"))

    def test_what_the_journal_must_say_is_counted(self) -> None:
        self.pressured()
        self.write("trace", _KILL.format(comm="hotset", pid=416) + "\n")
        self.units(hotset=False, breather=True, probe=True, database=True)
        said = ("big-service [/app.slice/breather.service]: fired\nbig-service [/app.slice/breather.service]: over after 9 s\n"
                "reloaded: 13 rules\nslice-is-full [/app.slice]: fired\n")
        ended = (self.directory / "killer.txt").read_text()
        self.write("killer.txt", said + ended)
        self.assertEqual([], self.failures("live-policy", "pressured"))
        self.write("killer.txt", said + said.splitlines()[0] + "\n" + ended)
        self.assertEqual(1, len(self.failures("live-policy", "pressured")))

    def test_figures_count_stalls_of_the_window_only(self) -> None:
        line = figures(Run("leak", "earlyoom", self.directory))
        self.assertIn("stall longest 40 ms total 45 ms", line)
        # One sample's trend further than the last sample before the signal: 70000 - 50000 of 700000 + 20000.
        self.assertIn("first signal at 10.1 s with 2.8 % available", line)


class Plans(unittest.TestCase):
    def test_every_plan_names_its_scenario_and_its_end(self) -> None:
        self.assertEqual(len(SCENARIOS), len({s.name for s in SCENARIOS}))
        for scenario in SCENARIOS:
            with self.subTest(scenario.name):
                self.assertIn(f"NAME={scenario.name}\n", plan(scenario))
                self.assertTrue(scenario.workloads or scenario.rival)
                self.assertLessEqual(scenario.linger, scenario.duration)


if __name__ == "__main__":
    unittest.main()
