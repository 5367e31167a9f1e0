"""Who may act in a scenario, and by what configuration."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Killer:
    name: str
    unit: str
    configuration: str
    """What it ran with, as the comparison table says it."""


KILLERS: tuple[Killer, ...] = (
    Killer("none", "", "the kernel's OOM killer alone"),
    Killer("earlyoom", "earlyoom.service", "Debian's package as installed: 10 % of memory and of swap"),
    Killer("systemd-oomd", "systemd-oomd.service",
           "Fedora's defaults: memory pressure 80 % for 20 s on system.slice and user.slice, and swap at 90 % on the root slice"),
    Killer("oomd", "oomd.service", "Debian's package as installed: /etc/oomd/oomd.json"),
    Killer("nohang", "nohang.service", "Debian's package as installed: /etc/nohang/nohang.conf"),
    Killer("pressured", "pressured.service", "the shipped policy"),
)


def by_name(name: str) -> Killer | None:
    return next((k for k in KILLERS if k.name == name), None)
