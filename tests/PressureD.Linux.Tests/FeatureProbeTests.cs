using System;
using System.IO;
using PressureD.Core.Kernel;

namespace PressureD.Linux.Tests;

/// <summary>What the probe says agrees with what can be seen otherwise.</summary>
public sealed class FeatureProbeTests
{
    private readonly KernelFeatures _features = FeatureProbe.Probe();

    [Fact]
    public void The_mount_has_the_files_of_cgroup2()
    {
        if (_features.Cgroups == CgroupMode.None) Assert.Empty(_features.CgroupMount);
        else Assert.True(File.Exists(Path.Combine(_features.CgroupMount, "cgroup.controllers")));
    }

    [Fact]
    public void The_own_cgroup_lists_the_own_process()
    {
        if (_features.OwnCgroup.Length == 0) return;
        var procs = File.ReadAllLines(Path.Join(_features.CgroupMount, _features.OwnCgroup, "cgroup.procs"));
        Assert.Contains($"{Environment.ProcessId}", procs);
        Assert.Equal(Environment.ProcessId, _features.OwnPid);
    }

    [Fact]
    public void Sizes_are_those_of_the_system()
    {
        Assert.Equal(Environment.SystemPageSize, _features.PageBytes);
        Assert.Equal(100, _features.ClockTicks);
    }

    [Fact]
    public void Short_windows_need_CAP_SYS_RESOURCE()
    {
        const int CapSysResource = 24;
        foreach (var line in File.ReadLines("/proc/self/status"))
        {
            if (!line.StartsWith("CapEff:", StringComparison.Ordinal) || !_features.Psi) continue;
            var effective = Convert.ToUInt64(line[7..].Trim(), 16);
            Assert.Equal((effective >> CapSysResource & 1) == 1, _features.ShortTriggerWindows);
        }
    }
}
