"""eng/vm: the real-kernel test bed.

  eng/vm list                     what there is to run
  eng/vm image [RELEASE]          builds the guest image (bookworm or trixie), if it is not cached
  eng/vm run [SCENARIO...]        PressureD in the named scenarios, or in all
  eng/vm run --exec DIR COMMAND   a command of yours as root in the guest, in a copy of DIR
  eng/vm record DIR [SCENARIO...] what the machine does when nobody acts, into DIR/SCENARIO-N.rec: what docs/validation.md rests on
  eng/vm compare SCENARIO...      every killer in turn, and the table in docs/comparison.md
  eng/vm shell                    a root shell in the guest
"""

from __future__ import annotations

import argparse
import datetime
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from . import exchange, killers, machine, scenarios
from .compare import compare
from .image import RELEASES, Image, cache_directory, data_disk, image
from .session import Bench, run_command, run_scenarios
from .tools import REPOSITORY, BedError, log, require, run
from .verdict import doubtful, figures, judge, judge_leaving

# More than this is no accident of the bed.
_AGAIN_AT_MOST = 4


def main() -> int:
    arguments = _parser().parse_args()
    try:
        return int(arguments.verb(arguments))
    except BedError as error:
        print(f"vm: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="eng/vm", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(required=True, metavar="VERB")

    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--release", choices=RELEASES, default="bookworm", help="the guest's Debian release (default: bookworm)")
    common.add_argument("--verbose", action="store_true", help="show the guest's console")
    common.add_argument("--results", type=Path, metavar="DIR", help="where results go (default: a new directory in the cache)")
    common.add_argument("--payload", type=Path, metavar="DIR", help="what `packaging/publish DIR` made (default: publish now)")

    verb = verbs.add_parser("list", help="what there is to run")
    verb.set_defaults(verb=_list)

    verb = verbs.add_parser("image", help="builds the guest image, if it is not cached")
    verb.add_argument("release", nargs="?", choices=RELEASES, default="bookworm")
    verb.set_defaults(verb=_image)

    verb = verbs.add_parser("run", parents=[common], help="runs scenarios, or a command")
    verb.add_argument("--killer", choices=[k.name for k in killers.KILLERS], default="pressured", help="who may act")
    verb.add_argument("--exec", type=Path, metavar="PATH", dest="source", help="run a command in a copy of this directory or file")
    verb.add_argument("names", nargs="*", metavar="SCENARIO|COMMAND", help="scenarios (default: all), or for --exec the command, quoted if it has options")
    verb.set_defaults(verb=_run)

    verb = verbs.add_parser("record", parents=[common], help="recordings of what the machine does when nobody acts")
    verb.add_argument("--repeat", type=int, default=3, metavar="N", help="so many runs of each, a boot for each round (default: 3). Into a "
                      "DIR that holds some already, only what is missing is run")
    verb.add_argument("directory", type=Path, metavar="DIR", help="where DIR/SCENARIO-N.rec go")
    verb.add_argument("names", nargs="*", metavar="SCENARIO", help="scenarios (default: all that say for how long they are recorded)")
    verb.set_defaults(verb=_record)

    verb = verbs.add_parser("compare", parents=[common], help="every killer in turn")
    verb.add_argument("--repeat", type=int, default=3, metavar="N", help="repetitions; the table gives medians (default: 3). "
                      "Into a --results DIR that holds some already, only what is missing is run")
    verb.add_argument("--killers", default=",".join(k.name for k in killers.KILLERS), metavar="A,B", help="only these")
    verb.add_argument("--out", type=Path, metavar="FILE", default=REPOSITORY / "docs" / "comparison.md", help="the table")
    verb.add_argument("names", nargs="+", metavar="SCENARIO")
    verb.set_defaults(verb=_compare)

    verb = verbs.add_parser("shell", parents=[common], help="a root shell in the guest")
    verb.set_defaults(verb=_shell)
    return parser


def _list(_: argparse.Namespace) -> int:
    print("scenarios:")
    for scenario in scenarios.SCENARIOS:
        print(f"  {scenario.name:<16}{'quiet  ' if scenario.quiet else 'trouble'}  {scenario.what}")
    print("killers:")
    for killer in killers.KILLERS:
        print(f"  {killer.name:<16}{killer.configuration}")
    return 0


def _image(arguments: argparse.Namespace) -> int:
    built = image(arguments.release)
    data_disk()
    print(built.root.parent)
    return 0


def _chosen(names: list[str]) -> list[scenarios.Scenario]:
    unknown = [n for n in names if scenarios.by_name(n) is None]
    if unknown:
        raise BedError(f"no such scenario: {', '.join(unknown)} (eng/vm list names them)")
    return [s for s in scenarios.SCENARIOS if s.name in names] if names else [s for s in scenarios.SCENARIOS if not s.only_by_name]


def _results_directory(arguments: argparse.Namespace) -> Path:
    if arguments.results:
        directory: Path = arguments.results
    else:
        directory = cache_directory() / "results" / datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
    directory.mkdir(parents=True, exist_ok=True)
    return directory.resolve()


def _payload(given: Path | None, scratch: Path) -> Path:
    """The published product: the one given, or one published now."""
    if given is not None:
        if not (given / "install").exists():
            raise BedError(f"{given} is not what packaging/publish makes: there is no `install` in it")
        return given
    publish = REPOSITORY / "packaging" / "publish"
    if not publish.exists():
        raise BedError("there is no packaging/publish; give what it made with --payload, or another killer with --killer")
    run(publish, scratch / "payload")
    return scratch / "payload"


def _bench(arguments: argparse.Namespace, scratch: Path, needs_payload: bool) -> Bench:
    require("gcc", "mke2fs", "debugfs", "qemu-system-x86_64")
    payload = _payload(arguments.payload, scratch) if needs_payload or arguments.payload else None
    built: Image = image(arguments.release)
    data_disk()
    return Bench(built, machine.Options(arguments.verbose), exchange.build_guest_program(scratch),
                 _results_directory(arguments), payload)


def _run(arguments: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="pressured-vm.") as temporary:
        scratch = Path(temporary)
        if arguments.source is not None:
            if not arguments.names:
                raise BedError("--exec needs a command")
            return run_command(_bench(arguments, scratch, needs_payload=False), arguments.source, " ".join(arguments.names))
        killer = killers.by_name(arguments.killer)
        assert killer is not None
        chosen = _chosen(arguments.names)
        bench = _bench(arguments, scratch, needs_payload=killer.name == "pressured")
        runnable = [s for s in chosen if killer.name == "pressured" or not s.needs_pressured]
        runs = {r.scenario: r for r in run_scenarios(bench, killer, runnable)}
        again = [s for s in runnable if doubtful(s, runs[s.name])]
        if len(again) > _AGAIN_AT_MOST:
            log(f"vm: {len(again)} scenarios failed: too many for an accident of the bed")
            again = []
        for scenario in again:
            print(f"AGAIN {scenario.name}: {doubtful(scenario, runs[scenario.name])}")
        runs |= {r.scenario: r for r in run_scenarios(bench, killer, again, "again")}
        passed = failed = skipped = 0
        for scenario in chosen:
            if scenario.name not in runs:
                skipped += 1
                print(f"SKIP {scenario.name}: it is about PressureD alone")
                continue
            verdict = judge(scenario, runs[scenario.name])
            passed += verdict.passed
            failed += not verdict.passed
            print(f"{'PASS' if verdict.passed else 'FAIL'} {scenario.name}: {'; '.join([figures(verdict.run), *verdict.notes])}")
            for failure in verdict.failures:
                print(f"     {failure}")
        if killer.name == "pressured":
            left, how = judge_leaving(list(runs.values()))
            passed += left
            failed += not left
            print(f"{'PASS' if left else 'FAIL'} leaves within a second of systemctl stop: {how}")
        print(f"results: {bench.results}")
        print(f"vm: {passed} passed, {failed} failed, {skipped} skipped")
        return 1 if failed else 0


def _record(arguments: argparse.Namespace) -> int:
    recorded = [s for s in scenarios.SCENARIOS if s.records_seconds > 0]
    chosen = [s for s in _chosen(arguments.names) if s in recorded] if arguments.names else recorded
    if len(chosen) < len(arguments.names):
        raise BedError(f"recorded are: {', '.join(s.name for s in recorded)}")
    directory: Path = arguments.directory.resolve()
    directory.mkdir(parents=True, exist_ok=True)
    missing = 0
    with tempfile.TemporaryDirectory(prefix="pressured-vm.") as temporary:
        bench = replace(_bench(arguments, Path(temporary), needs_payload=True), records=True)
        none = killers.by_name("none")
        assert none is not None
        for number in range(1, arguments.repeat + 1):
            wanted = [s for s in chosen if not (directory / f"{s.name}-{number}.rec").exists()]
            for made in run_scenarios(bench, none, wanted, str(number)):
                recording = made.directory / "recording.rec"
                if made.failure or not recording.exists():
                    missing += 1
                    print(f"FAIL {made.scenario}-{number}: {made.failure or made.text('recorder.txt') or 'there is no recording'}")
                    continue
                shutil.copy(recording, directory / f"{made.scenario}-{number}.rec")
                print(f"{made.scenario}-{number}.rec: {figures(made)}", flush=True)
        print(f"results: {bench.results}")
    return 1 if missing else 0


def _compare(arguments: argparse.Namespace) -> int:
    chosen = _chosen(arguments.names)
    wanted = [killers.by_name(n) for n in arguments.killers.split(",")]
    if None in wanted:
        raise BedError(f"--killers takes some of: {', '.join(k.name for k in killers.KILLERS)}")
    named = [k for k in wanted if k is not None]
    if any(s.needs_pressured for s in chosen):
        raise BedError("only what every killer can be put through can be compared")
    with tempfile.TemporaryDirectory(prefix="pressured-vm.") as temporary:
        bench = _bench(arguments, Path(temporary), needs_payload=any(k.name == "pressured" for k in named))
        table = compare(bench, named, chosen, arguments.repeat, arguments.out)
    print(table)
    return 0


def _shell(arguments: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="pressured-vm.") as temporary:
        scratch = Path(temporary)
        bench = _bench(arguments, scratch, needs_payload=False)
        content = scratch / "content"
        exchange.stage(content, bench.program)
        (content / "in" / "boot.env").write_text("KILLER=none\nMODE=shell\n")
        if bench.payload is not None:
            shutil.copytree(bench.payload, content / "in" / "payload", symlinks=True)
        exchange.make(scratch / "exchange.ext4", content)
        machine.interactive(bench.image, scratch / "exchange.ext4")
    return 0
