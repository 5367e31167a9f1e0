using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Workloads;
using Files = PressureD.Simulation.Tests.ScenarioFiles.Scenarios;

namespace PressureD.Simulation.Tests.Kernel;

/// <summary>Which keys files have in each version, and that the figures of cgroups are the machine's.</summary>
public sealed class KernelKeysTests
{
    private const long MiB = 1 << 20;

    public static TheoryData<string> Versions => [.. KernelProfile.All.Select(static profile => profile.Name)];

    [Fact]
    public void Files_of_6_1_have_the_keys_of_a_real_one()
    {
        SimulatedMachine machine = new(new MachineOptions());
        machine.MakeCgroup("/a");
        SimulatedKernel kernel = new(machine);
        IReadOnlyDictionary<string, string> real = RealFiles.Read();
        foreach (string path in (string[])["/proc/vmstat", "/proc/meminfo", "/sys/fs/cgroup/memory.stat",
            "/sys/fs/cgroup/cpu.stat", "/sys/fs/cgroup/cgroup.stat", "/sys/fs/cgroup/memory.pressure",
            "/sys/fs/cgroup/cpu.pressure"])
            Assert.Equal(KeysOf(real[path]), Keys(kernel, path));

        const string service = "/sys/fs/cgroup/system.slice/database.service/";
        foreach ((string path, string content) in real)
        {
            if (!path.StartsWith(service, StringComparison.Ordinal) || path.EndsWith('/')) continue;
            string name = path[service.Length..];

            // There the cpu controller is off, here it is on.
            if (name == "cpu.stat") continue;
            string[] keys = content.Contains(' ') && name != "cgroup.controllers" ? KeysOf(content) : [];
            string simulated = KernelText.Read(kernel, "/sys/fs/cgroup/a/" + name);
            if (keys.Length > 0) Assert.Equal(keys, KeysOf(simulated));
        }
    }

    [Theory]
    [InlineData("5.10")]
    [InlineData("6.6")]
    [InlineData("6.12")]
    [InlineData("6.18")]
    public void Each_version_has_its_keys_in_its_order(string version)
    {
        SimulatedMachine machine = new(new MachineOptions { Profile = KernelProfile.Named(version)! });
        machine.MakeCgroup("/a");
        SimulatedKernel kernel = new(machine);
        Assert.Equal(Expected("vmstat", version), Keys(kernel, "/proc/vmstat"));
        Assert.Equal(Expected("meminfo", version), Keys(kernel, "/proc/meminfo"));
        Assert.Equal(Expected("memory.stat", version), Keys(kernel, "/sys/fs/cgroup/memory.stat"));
        Assert.Equal(Expected("memory.stat", version), Keys(kernel, "/sys/fs/cgroup/a/memory.stat"));
    }

    [Theory]
    [InlineData("5.10", "usage_usec user_usec system_usec nr_periods nr_throttled throttled_usec")]
    [InlineData("6.1", "usage_usec user_usec system_usec nr_periods nr_throttled throttled_usec nr_bursts burst_usec")]
    [InlineData("6.18", "usage_usec user_usec system_usec nice_usec nr_periods nr_throttled throttled_usec nr_bursts "
        + "burst_usec")]
    public void Cpu_stat_has_the_keys_of_the_controller_on_a_unified_hierarchy(string version, string keys)
    {
        KernelProfile profile = KernelProfile.Named(version)!;
        SimulatedKernel kernel = new(new SimulatedMachine(new MachineOptions { Profile = profile }));
        Assert.Equal(keys, string.Join(' ', Keys(kernel, "/sys/fs/cgroup/cpu.stat")));
        SimulatedKernel hybrid = new(new SimulatedMachine(new MachineOptions
        {
            Profile = profile with { Cgroups = Core.Kernel.CgroupMode.Hybrid },
        }));
        Assert.DoesNotContain("nr_periods", Keys(hybrid, "/sys/fs/cgroup/cpu.stat"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void The_counters_of_cgroups_add_up_to_the_machines(string version)
    {
        SimulatedKernel kernel = Busy(version);
        Dictionary<string, long> host = KernelText.Keyed(kernel, "/proc/vmstat");
        Dictionary<string, long> root = KernelText.Keyed(kernel, "/sys/fs/cgroup/memory.stat");
        Dictionary<string, long>[] children =
        [
            KernelText.Keyed(kernel, "/sys/fs/cgroup/a.slice/memory.stat"),
            KernelText.Keyed(kernel, "/sys/fs/cgroup/b.slice/memory.stat"),
            KernelText.Keyed(kernel, "/sys/fs/cgroup/system.slice/memory.stat"),
        ];
        foreach (string key in root.Keys)
        {
            if (!key.StartsWith("pg", StringComparison.Ordinal)
                && !key.StartsWith("workingset", StringComparison.Ordinal)
                && !key.StartsWith("pswp", StringComparison.Ordinal))
                continue;
            Assert.True(root[key] == children.Sum(child => child[key]), key);
            if (host.TryGetValue(key, out long all)) Assert.True(all == root[key], key);
        }

        Assert.True(root["pgscan"] > root["pgsteal"] && root["pgsteal"] > 10_000);
        long scanned = host.Where(static pair => pair.Key is "pgscan_kswapd" or "pgscan_direct" or "pgscan_proactive")
            .Sum(static pair => pair.Value);
        Assert.Equal(scanned, root["pgscan"]);
        Assert.Equal(host["pgscan_anon"] + host["pgscan_file"], root["pgscan"]);
        Assert.True(host["pswpout"] > 0 && host["pswpin"] > 0 && host["nr_dirtied"] > 0 && host["nr_written"] > 0);
        Assert.Equal(host["nr_anon_pages"] * 4096, root["anon"]);
    }

    [Fact]
    public void Processor_time_and_io_of_cgroups_add_up_and_fit_the_machine()
    {
        SimulatedKernel kernel = Busy("6.1");
        SimulatedMachine machine = kernel.Machine;
        SimulatedCgroup[] children = [.. machine.Root.Children];
        Assert.Equal(machine.Root.DiskReadPages, children.Sum(static child => child.DiskReadPages));
        Assert.Equal(machine.Root.DiskWrites, children.Sum(static child => child.DiskWrites));
        Assert.True(machine.Root.CpuNsec > children.Sum(static child => child.CpuNsec), "kswapd is the root's");
        Assert.InRange(machine.Root.CpuNsec / 1000, 1, machine.ElapsedUsec * machine.Options.Cpus);

        Dictionary<string, long> cpu = KernelText.Keyed(kernel, "/sys/fs/cgroup/a.slice/cpu.stat");
        Assert.Equal(cpu["usage_usec"], cpu["user_usec"] + cpu["system_usec"]);
        Assert.True(cpu["user_usec"] > 0 && cpu["system_usec"] > 0);
        SimulatedCgroup a = machine.FindCgroup("/a.slice")!;
        Assert.Equal(
            $"254:0 rbytes={a.DiskReadPages * 4096} wbytes={a.DiskWrittenPages * 4096} rios={a.DiskReads} "
                + $"wios={a.DiskWrites} dbytes=0 dios=0\n",
            KernelText.Read(kernel, "/sys/fs/cgroup/a.slice/io.stat"));
        Assert.True(a.DiskReadPages >= a.DiskReads && a.DiskReads > 0 && a.DiskWrittenPages >= a.DiskWrites);
        Assert.Equal("", KernelText.Read(kernel, "/sys/fs/cgroup/idle.slice/io.stat"));
        Assert.Equal("0\n", KernelText.Read(kernel, "/sys/dev/block/254:0/queue/rotational"));
    }

    [Theory]
    [InlineData("6.12", "pgsteal_direct")]
    [InlineData("6.18", "pgsteal_proactive")]
    public void Reclaim_on_request_is_told_apart_where_the_kernel_does(string version, string key)
    {
        SimulatedMachine machine = new(new MachineOptions { Profile = KernelProfile.Named(version)! });
        SimulatedKernel kernel = new(machine);
        machine.MakeCgroup("/a");
        machine.Start(new ProcessOptions { Cgroup = "/a", FileBytes = 40 * MiB });
        Assert.Equal(0, kernel.WriteAsOwner("/a", "memory.reclaim", "4M"));
        Dictionary<string, long> stat = KernelText.Keyed(kernel, "/sys/fs/cgroup/a/memory.stat");
        Assert.InRange(stat[key], 1024, 1100);
        Assert.Equal(stat[key], stat["pgsteal"]);
    }

    private static SimulatedKernel Busy(string version)
    {
        SimulatedMachine machine = new(new MachineOptions
        {
            Profile = KernelProfile.Named(version)!,
            BootCacheBytes = 0,
            ReclaimableSlabBytes = 0,
            Swap = [new SwapDeviceOptions { SizeBytes = 1024 * MiB }],
        });
        SimulatedKernel kernel = new(machine);
        machine.MakeCgroup("/idle.slice");
        machine.MakeCgroup("/a.slice");
        machine.MakeCgroup("/b.slice/c.service");
        machine.Start(new ProcessOptions
        {
            Cgroup = "/a.slice", Workload = new HotSetWorkload { SizeBytes = 1100 * MiB },
        });
        machine.Start(new ProcessOptions
        {
            Cgroup = "/b.slice/c.service", Workload = new FileCopyWorkload { SizeBytes = 4096 * MiB },
        });
        machine.Advance(20_000_000);
        return kernel;
    }

    private static string[] Keys(SimulatedKernel kernel, string path) => KeysOf(KernelText.Read(kernel, path));

    private static string[] KeysOf(string content) =>
        [.. content.TrimEnd('\n').Split('\n').Select(static line => line[..line.IndexOfAny([' ', ':'])])];

    /// <summary>The lists beside this file say in their first line where they are from.</summary>
    private static string[] Expected(string file, string version) =>
    [
        .. File.ReadAllLines(Path.Combine(
                Files.Folder, "..", "..", "tests", "PressureD.Simulation.Tests", "Kernel", "Keys",
                $"{file}-{version}.txt"))
            .Skip(1).SelectMany(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
    ];
}
