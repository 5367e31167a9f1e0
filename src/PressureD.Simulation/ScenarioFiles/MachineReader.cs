using System.Collections.Generic;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Policy.Expressions;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Yaml.Documents;
using PressureD.Yaml.Policies;

namespace PressureD.Simulation.ScenarioFiles;

/// <summary>Reads the machine of a scenario and the daemon's place on it.</summary>
internal static class MachineReader
{
    private static readonly CgroupMode[] CgroupModes = [CgroupMode.Unified, CgroupMode.Hybrid, CgroupMode.None];

    public static MachineOptions Read(YamlNode? node, ulong seed, DiagnosticBag diagnostics)
    {
        var machine = new MachineOptions { Seed = seed };
        if (node is null || Fields.Open(node, ScenarioSchema.Machine, diagnostics) is not { } fields) return machine;
        var read = machine with
        {
            RamBytes = fields.Size("ram") ?? machine.RamBytes,
            Cpus = fields.Integer("cpus", 1, 1024) ?? machine.Cpus,
            Profile = Profile(fields),
            Swap = Swap(fields, diagnostics),
            Zswap = Zswap(fields, diagnostics),
            Swappiness = fields.Integer("swappiness", 0, 200) ?? machine.Swappiness,
            Disk = Disk(fields, diagnostics),
            KernelBytes = fields.Size("kernel-memory") ?? machine.KernelBytes,
            ReclaimableSlabBytes = fields.Size("slab") ?? machine.ReclaimableSlabBytes,
            BootCacheBytes = fields.Size("boot-cache") ?? machine.BootCacheBytes,
            MinFreeBytes = fields.Size("min-free") ?? machine.MinFreeBytes,
            Costs = machine.Costs with { Slowdown = fields.Integer("slowdown", 1, 100) ?? 1 },
        };
        var own = read.KernelBytes + read.ReclaimableSlabBytes + read.BootCacheBytes;
        if (!fields.Failed && read.RamBytes < 2 * own)
            fields.Fail(fields.PositionOf("ram"),
                $"'ram' is {QuantityText.Bytes(read.RamBytes)}, expected at least twice what the kernel and its "
                + $"caches begin with, which is {QuantityText.Bytes(own)}");
        if (!fields.Failed && read.Zswap is not null && ProblemOfZswap(read) is { } problem)
            fields.Fail(fields.PositionOf("zswap"), problem);
        return fields.Failed ? machine : read;
    }

    public static (SimulatedKernelOptions Options, bool DryRun) ReadDaemon(YamlNode? node, DiagnosticBag diagnostics)
    {
        var options = new SimulatedKernelOptions { WakeLatencyUsec = null };
        if (node is null || Fields.Open(node, ScenarioSchema.Daemon, diagnostics) is not { } fields)
            return (options, false);
        return (options with
        {
            WakeLatencyUsec = fields.Duration("wake-latency"),
            OwnUid = fields.Integer("uid", 0, int.MaxValue) ?? 0,
            KillCapability = fields.Flag("kill-capability") ?? true,
            ResourceCapability = fields.Flag("resource-capability") ?? true,
            AdminCapability = fields.Flag("admin-capability") ?? true,
            Container = fields.Flag("container") ?? false,
        }, fields.Flag("dry-run") ?? false);
    }

    private static KernelProfile Profile(Fields fields)
    {
        var profile = fields.Choice("kernel") is { } index
            ? KernelProfile.Named(ScenarioSchema.Machine["kernel"].Choices[index])! : KernelProfile.Debian12;
        return profile with
        {
            Zswap = profile.Zswap || fields.Node("zswap") is not null,
            MultiGenerationalLru = fields.Choice("lru") is { } lru ? lru == 1 : profile.MultiGenerationalLru,
            Cgroups = fields.Choice("cgroups") is { } mode ? CgroupModes[mode] : CgroupMode.Unified,
            Psi = fields.Flag("psi") ?? true,
        };
    }

    private static DiskOptions Disk(Fields fields, DiagnosticBag diagnostics)
    {
        var disk = new DiskOptions();
        if (fields.Node("disk") is not { } node) return disk;
        if (Fields.Open(node, ScenarioSchema.Disk, diagnostics) is not { } inner) return disk;
        var iops = inner.Frequency("iops");
        if (iops == 0) inner.Fail(inner.PositionOf("iops"), "'iops' is 0/s, expected at least 1/s");
        var read = disk with
        {
            OperationsPerSecond = iops is > 0 ? iops.Value : disk.OperationsPerSecond,
            ReadLatencyUsec = inner.Duration("latency") ?? disk.ReadLatencyUsec,
            SwapClusterPages = inner.Integer("swap-cluster", 1, 256) ?? disk.SwapClusterPages,
        };
        if (inner.Failed) fields.MarkFailed();
        return read;
    }

    private static List<SwapDeviceOptions> Swap(Fields fields, DiagnosticBag diagnostics)
    {
        var devices = new List<SwapDeviceOptions>();
        if (fields.Node("swap") is YamlScalar)
        {
            if (fields.Size("swap") is > 0 and var bytes) devices.Add(new SwapDeviceOptions { SizeBytes = bytes });
        }
        else if (fields.Items("swap") is { } items)
        {
            foreach (var item in items)
                if (Device(fields, item, devices.Count, diagnostics) is { } device) devices.Add(device);
        }

        if (fields.Node("zram") is { } node && Zram(fields, node, diagnostics) is { } zram) devices.Add(zram);
        return devices;
    }

    private static SwapDeviceOptions? Device(Fields fields, YamlNode item, int before, DiagnosticBag diagnostics)
    {
        if (Fields.Open(item, ScenarioSchema.SwapDevice, diagnostics) is not { } inner) return Failed(fields);
        inner.Require("size", inner.Position, UnitTable.Example(UnitKind.Bytes));
        var device = new SwapDeviceOptions
        {
            SizeBytes = inner.Size("size") ?? 0,
            Name = inner.Text("name") ?? $"/dev/vd{(char)('b' + before)}",
            Priority = inner.Integer("priority", 0, 32767) ?? -2 - before,
            File = inner.Flag("file") ?? false,
        };
        return inner.Failed ? Failed(fields) : device;
    }

    private static SwapDeviceOptions? Zram(Fields fields, YamlNode node, DiagnosticBag diagnostics)
    {
        if (Fields.Open(node, ScenarioSchema.Zram, diagnostics) is not { } inner) return Failed(fields);
        inner.Require("size", inner.Position, UnitTable.Example(UnitKind.Bytes));
        var defaults = new ZramOptions();
        var ratio = inner.Share("ratio", 10_000);
        if (ratio < 1_000_000) inner.Fail(inner.PositionOf("ratio"), "'ratio' is below 100%, expected at least 100%");
        var device = new SwapDeviceOptions
        {
            SizeBytes = inner.Size("size") ?? 0,
            Name = "/dev/zram0",
            Priority = inner.Integer("priority", 0, 32767) ?? 100,
            Zram = new ZramOptions
            {
                RatioPermille = (ratio / 1000) ?? defaults.RatioPermille,
                IncompressiblePermille = (inner.Share("incompressible") / 1000) ?? defaults.IncompressiblePermille,
                CompressNsec = inner.Duration("compress") ?? defaults.CompressNsec,
                DecompressNsec = inner.Duration("decompress") ?? defaults.DecompressNsec,
            },
        };
        return inner.Failed ? Failed(fields) : device;
    }

    private static ZswapOptions? Zswap(Fields fields, DiagnosticBag diagnostics)
    {
        if (fields.Node("zswap") is not { } node) return null;
        var zswap = new ZswapOptions();
        if (Fields.Open(node, ScenarioSchema.Zswap, diagnostics) is not { } inner)
        {
            fields.MarkFailed();
            return null;
        }

        var pool = inner.Share("max-pool");
        if (pool % 10_000 is not (null or 0))
            inner.Fail(inner.PositionOf("max-pool"), $"'max-pool' is {Written(inner)}, expected whole percent");
        var ratio = inner.Share("ratio", 10_000);
        if (ratio < 1_000_000) inner.Fail(inner.PositionOf("ratio"), "'ratio' is below 100%, expected at least 100%");
        if (inner.Failed) fields.MarkFailed();
        return new ZswapOptions
        {
            MaxPoolPercent = (int)((pool / 10_000) ?? zswap.MaxPoolPercent),
            RatioPermille = (ratio / 1000) ?? zswap.RatioPermille,
            IncompressiblePermille = (inner.Share("incompressible") / 1000) ?? zswap.IncompressiblePermille,
            CompressNsec = inner.Duration("compress") ?? zswap.CompressNsec,
            DecompressNsec = inner.Duration("decompress") ?? zswap.DecompressNsec,
        };
    }

    private static string Written(Fields fields) => fields.Scalar("max-pool", "a percentage")!.Value;

    private static string? ProblemOfZswap(MachineOptions machine)
    {
        if (machine.Profile.Release < KernelProfile.Debian12.Release)
            return $"'zswap' is not modelled for kernel {machine.Profile.Name}, expected kernel 6.1 or later";
        foreach (var device in machine.Swap)
            if (device.Zram is not null) return "'zswap' in front of 'zram' is not modelled, expected one of them";
        return machine.Swap.Count == 0 ? "'zswap' is in front of a swap device, expected 'swap' as well" : null;
    }

    private static SwapDeviceOptions? Failed(Fields fields)
    {
        fields.MarkFailed();
        return null;
    }
}
