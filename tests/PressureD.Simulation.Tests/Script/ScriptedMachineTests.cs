using System.Text;
using PressureD.Core.Kernel;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Pressure;
using PressureD.Simulation.Script;
using PressureD.Simulation.Tests.Kernel;

namespace PressureD.Simulation.Tests.Script;

public class ScriptedMachineTests
{
    [Fact]
    public void Values_change_at_their_moment_and_not_a_step_earlier()
    {
        var kernel = new ScriptedMachine()
            .MemInfo("MemAvailable", 900_000)
            .At(3_000_000).MemInfo("MemAvailable", 100_000).VmStat("oom_kill", 1)
            .At(5_000_000).Restore("/proc/meminfo")
            .Build();
        Assert.Contains("\nMemAvailable:     900000 kB\n", KernelText.Read(kernel, "/proc/meminfo"));
        WaitFor(kernel, 2_999_999);
        Assert.Contains("\nMemAvailable:     900000 kB\n", KernelText.Read(kernel, "/proc/meminfo"));
        WaitFor(kernel, 1);
        Assert.Contains("\nMemAvailable:     100000 kB\n", KernelText.Read(kernel, "/proc/meminfo"));
        Assert.StartsWith("MemTotal:        4194304 kB\n", KernelText.Read(kernel, "/proc/meminfo"));
        Assert.Equal(1, KernelText.Keyed(kernel, "/proc/vmstat")["oom_kill"]);
        WaitFor(kernel, 2_000_000);
        Assert.DoesNotContain("100000 kB", KernelText.Read(kernel, "/proc/meminfo"));
    }

    [Fact]
    public void Pressure_and_control_files_are_literal()
    {
        var kernel = new ScriptedMachine()
            .Cgroup("/a/b")
            .At(1_000_000).Pressure("/a/b", "memory", "35.00", "20.50", 7_000_000, 4_000_000)
            .At(1_000_000).Pressure("/", "io", "1.00", "0.50")
            .At(1_000_000).File("/a/b", "memory.current", "123456789\n")
            .Build();
        Assert.StartsWith("some avg10=0.00 ", KernelText.Read(kernel, "/sys/fs/cgroup/a/b/memory.pressure"));
        WaitFor(kernel, 1_000_000);
        Assert.Equal(
            "some avg10=35.00 avg60=0.00 avg300=0.00 total=7000000\n"
            + "full avg10=20.50 avg60=0.00 avg300=0.00 total=4000000\n",
            KernelText.Read(kernel, "/sys/fs/cgroup/a/b/memory.pressure"));
        Assert.StartsWith("some avg10=1.00 ", KernelText.Read(kernel, "/proc/pressure/io"));
        var directory = kernel.OpenDirectory(kernel.OpenDirectory(kernel.OpenCgroupRoot(), "a"u8), "b"u8);
        var buffer = new byte[32];
        var length = kernel.Read(kernel.OpenFile(directory, "memory.current"u8), buffer);
        Assert.Equal("123456789\n", Encoding.UTF8.GetString(buffer, 0, length));
    }

    [Fact]
    public void Files_that_no_machine_has_can_be_added_and_errors_too()
    {
        var kernel = new ScriptedMachine()
            .File("/run/systemd/sessions/3", "LEADER=1000\n")
            .At(2_000_000).Fail("/proc/meminfo", Errno.EIO)
            .Build();
        Assert.Equal("LEADER=1000\n", KernelText.Read(kernel, "/run/systemd/sessions/3"));
        var file = KernelText.Open(kernel, "/proc/meminfo");
        Assert.True(kernel.Read(file, new byte[100]) > 0);
        WaitFor(kernel, 2_000_000);
        Assert.Equal(-Errno.EIO, kernel.Read(file, new byte[100]));
    }

    [Fact]
    public void Processes_and_cgroups_come_and_go()
    {
        var kernel = new ScriptedMachine()
            .Cgroup("/job/a").Process(1000, "ld", "/job/a", anonMiB: 300)
            .At(4_000_000).Exit(1000)
            .At(6_000_000).RemoveCgroup("/job/a").Cgroup("/job/a")
            .Build();
        var directory = kernel.OpenDirectory(kernel.OpenDirectory(kernel.OpenCgroupRoot(), "job"u8), "a"u8);
        var process = kernel.OpenProcess(1000);
        Assert.Equal(0, kernel.Watch(process));
        Assert.Equal("1000\n", KernelText.Read(kernel, "/sys/fs/cgroup/job/a/cgroup.procs"));
        var events = new WaitEvent[4];
        Assert.Equal(1, kernel.Wait(kernel.NowUsec + 60_000_000, events));
        Assert.Equal(new WaitEvent(WaitKind.Exit, process), events[0]);
        Assert.InRange(kernel.Machine.ElapsedUsec, 4_000_000, 4_100_000);
        var held = kernel.OpenFile(directory, "cgroup.procs"u8);
        WaitFor(kernel, 3_000_000);
        Assert.Equal(-Errno.ENODEV, kernel.Read(held, new byte[10]));
        Assert.Equal("", KernelText.Read(kernel, "/sys/fs/cgroup/job/a/cgroup.procs"));
    }

    [Fact]
    public void Imposed_stall_rises_as_the_kernel_computes_it_and_fires_triggers()
    {
        var script = new ScriptedMachine().Cgroup("/a");
        script.At(1_000_000).Do(
            machine => machine.ImposeStall(machine.FindCgroup("/a")!, PsiState.MemoryFull, 500_000));
        var kernel = script.Build();
        var directory = kernel.OpenDirectory(kernel.OpenCgroupRoot(), "a"u8);
        var trigger = kernel.ArmTrigger(directory, "memory.pressure"u8, StallKind.Full, 400_000, 1_000_000);
        var events = new WaitEvent[4];
        Assert.Equal(1, kernel.Wait(kernel.NowUsec + 60_000_000, events));
        Assert.Equal(new WaitEvent(WaitKind.Pressure, trigger), events[0]);
        Assert.InRange(kernel.Machine.ElapsedUsec, 1_800_000, 2_000_000);
        kernel.Close(trigger);
        WaitFor(kernel, 30_000_000);
        var group = kernel.Machine.FindCgroup("/a")!.Pressure;
        Assert.InRange(PsiAverages.Whole(group.Averages(PsiState.MemoryFull).Avg10), 46, 50);
        Assert.Equal(0, kernel.Machine.Root.Pressure.TotalNsec(PsiState.MemoryFull));
    }

    private static void WaitFor(SimulatedKernel kernel, long usec)
    {
        var deadlineUsec = kernel.NowUsec + usec;
        while (kernel.NowUsec < deadlineUsec) kernel.Wait(deadlineUsec, new WaitEvent[4]);
    }
}
