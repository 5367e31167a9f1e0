using PressureD.Core.Kernel;

namespace PressureD.Linux.Tests;

public sealed class KernelFeaturesReportTests
{
    private static readonly KernelFeatures Complete = new()
    {
        Cgroups = CgroupMode.Unified,
        CgroupMount = "/sys/fs/cgroup",
        MemoryController = true,
        Psi = true,
        ShortTriggerWindows = true,
        CgroupKill = true,
        ProcessHandles = true,
        ReleaseMemory = true,
        Container = false,
        OwnPid = 1,
        OwnCgroup = "/",
        PageBytes = 4096,
        ClockTicks = 100,
    };

    [Theory]
    [InlineData(CgroupMode.Unified, false, "cgroup v2 at /sys/fs/cgroup")]
    [InlineData(CgroupMode.Hybrid, true, "hybrid cgroups: v2 at /sys/fs/cgroup, beside v1 hierarchies")]
    [InlineData(CgroupMode.None, true, "cgroup v1 alone")]
    [InlineData(CgroupMode.None, false, "no cgroups")]
    public void It_says_which_cgroups_there_are(CgroupMode mode, bool hasFirst, string said) => Assert.Equal(
        said, KernelFeaturesReport.Found(Complete with { Cgroups = mode, HasCgroups1 = hasFirst }));

    [Fact]
    public void A_complete_machine_lacks_nothing() => Assert.Empty(KernelFeaturesReport.Missing(Complete));

    /// <summary>The unit runs so by choice: windows of 2 s wake it late by one sample at most.</summary>
    [Fact]
    public void Short_windows_are_not_missed() =>
        Assert.Empty(KernelFeaturesReport.Missing(Complete with { ShortTriggerWindows = false }));

    [Fact]
    public void Each_lack_is_one_sentence_with_its_cost()
    {
        KernelFeatures[] lacking =
        [
            Complete with { Cgroups = CgroupMode.None, MemoryController = false, CgroupKill = false },
            Complete with { Cgroups = CgroupMode.Hybrid, MemoryController = false },
            Complete with { MemoryController = false },
            Complete with { Psi = false, Triggers = false, ShortTriggerWindows = false },
            Complete with { Triggers = false, ShortTriggerWindows = false },
            Complete with { CgroupKill = false },
            Complete with { ProcessHandles = false },
            Complete with { ReleaseMemory = false },
            Complete with { Container = true },
        ];
        foreach (var features in lacking) Assert.Contains(": ", Assert.Single(KernelFeaturesReport.Missing(features)));
    }

    [Fact]
    public void A_hybrid_machine_names_the_memory_controller_and_what_guards_the_host()
    {
        var sentence = Assert.Single(
            KernelFeaturesReport.Missing(Complete with { Cgroups = CgroupMode.Hybrid, MemoryController = false }));
        Assert.StartsWith("no memory controller on cgroup v2 (a v1 hierarchy holds it)", sentence);
        Assert.Contains("the host is guarded by MemAvailable, swap, PSI and processes", sentence);
    }
}
