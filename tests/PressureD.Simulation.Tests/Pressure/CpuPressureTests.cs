using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Pressure;
using PressureD.Simulation.Tests.Kernel;
using PressureD.Simulation.Workloads;

namespace PressureD.Simulation.Tests.Pressure;

/// <summary>cpu.pressure, where tasks have to share processors.</summary>
public sealed class CpuPressureTests
{
    [Fact]
    public void Who_shares_processors_waits_and_who_does_not_run_does_not()
    {
        SimulatedMachine machine = Busy(alone: 1, together: 3);
        machine.MakeCgroup("/idle");
        machine.Advance(10_000_000);

        // Four that never rest on two processors: each waits for half of the time, two of three share one.
        AssertShare(machine, "/alone", PsiState.CpuSome, 50);
        AssertShare(machine, "/alone", PsiState.CpuFull, 50);
        AssertShare(machine, "/together", PsiState.CpuSome, 75);
        AssertShare(machine, "/together", PsiState.CpuFull, 25);
        AssertShare(machine, "/idle", PsiState.CpuSome, 0);
        AssertShare(machine, "/", PsiState.CpuSome, 100);
        AssertShare(machine, "/", PsiState.CpuFull, 0);
    }

    /// <summary>One too many on eight: two of them share a processor, an eighth of the machine.</summary>
    [Fact]
    public void One_task_too_many_is_no_trouble_for_all()
    {
        SimulatedMachine machine = Busy(alone: 1, together: 8, cpus: 8);
        machine.Advance(10_000_000);
        AssertShare(machine, "/", PsiState.CpuSome, 12);
    }

    [Fact]
    public void Nobody_waits_where_there_are_processors_for_all()
    {
        SimulatedMachine machine = Busy(alone: 1, together: 1);
        machine.Advance(10_000_000);
        AssertShare(machine, "/alone", PsiState.CpuSome, 0);
        AssertShare(machine, "/", PsiState.CpuSome, 0);
    }

    [Fact]
    public void Files_of_cgroups_show_it()
    {
        SimulatedMachine machine = Busy(alone: 1, together: 3);
        var kernel = new SimulatedKernel(machine);
        machine.Advance(60_000_000);
        string text = KernelText.Read(kernel, "/sys/fs/cgroup/alone/cpu.pressure");
        Assert.Matches(@"^some avg10=(49|50)\.\d\d .*\nfull avg10=(49|50)\.\d\d ", text);
        Assert.Contains("full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n", KernelText.Read(kernel, "/proc/pressure/cpu"));
    }

    private static SimulatedMachine Busy(int alone, int together, int cpus = 2)
    {
        var machine = new SimulatedMachine(new MachineOptions { Cpus = cpus });
        for (int i = 0; i < alone + together; i++)
        {
            string cgroup = machine.MakeCgroup(i < alone ? "/alone" : "/together").Path;
            machine.Start(new ProcessOptions { Comm = "busy", Cgroup = cgroup, Workload = new BusyWorkload() });
        }

        return machine;
    }

    private static void AssertShare(SimulatedMachine machine, string cgroup, PsiState state, long percent)
    {
        long nsec = machine.FindCgroup(cgroup)!.Pressure.TotalNsec(state);
        Assert.InRange(nsec / 100_000_000, long.Max(0, percent - 2), percent + (percent == 0 ? 0 : 2));
    }

    private sealed class BusyWorkload : Workload
    {
        public override void Tick(TaskTick task) => task.Run(SimulatedMachine.TickNsec);
    }
}
