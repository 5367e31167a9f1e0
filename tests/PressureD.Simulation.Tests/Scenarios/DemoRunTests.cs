using System.Collections.Generic;
using System.Linq;
using System.Text;
using PressureD.Core.Kernel;
using PressureD.Simulation.Scenarios;

namespace PressureD.Simulation.Tests.Scenarios;

public class DemoRunTests
{
    [Fact]
    public void With_the_kernel_alone_the_leak_runs_until_nothing_is_available()
    {
        var lines = new List<string>();
        var outcome = new DemoRun(Leak) { TakeEvent = happened => lines.Add(happened.ToString()) }.Run(step: null);
        Assert.Equal("leaky", Assert.Single(outcome.KernelKills).Comm);
        Assert.Equal(0, outcome.LeastAvailableMiB);
        Assert.Contains(lines, line => line.Contains(" kernel    Out of memory: Killed process"));
    }

    [Fact]
    public void A_step_that_kills_in_time_keeps_memory_available()
    {
        var lines = new List<string>();
        var run = new DemoRun(Leak) { TakeEvent = happened => lines.Add(happened.ToString()) };
        var kernel = run.Kernel;
        var meminfo = kernel.OpenFile(KernelDirectory.None, "/proc/meminfo"u8);
        var killed = false;
        var outcome = run.Run(() =>
        {
            kernel.Wait(kernel.NowUsec + 100_000, new WaitEvent[4]);
            var buffer = new byte[4096];
            var text = Encoding.UTF8.GetString(buffer, 0, kernel.Read(meminfo, buffer));
            var field = text.Split('\n').Single(line => line.StartsWith("MemAvailable:"));
            if (killed || long.Parse(field.Split(' ')[^2]) > 100 * 1024) return;
            killed = true;
            var victim = kernel.Machine.Processes.Single(process => process.Comm == Leak.Culprit);
            var handle = kernel.OpenProcess(victim.Pid);
            Assert.Equal(0, kernel.Signal(handle, Signals.Kill));
        });
        Assert.Empty(outcome.KernelKills);
        Assert.Equal("leaky", Assert.Single(outcome.Deaths).Comm);
        Assert.InRange(outcome.LeastAvailableMiB, 80, 110);
        Assert.Contains(lines, line => line.EndsWith("died of signal 9"));
    }

    [Fact]
    public void Every_scenario_runs_to_its_end()
    {
        foreach (var scenario in DemoScenario.All)
        {
            var outcome = new DemoRun(scenario).Run(step: null);
            Assert.True(outcome.Rows[^1].ElapsedUsec >= scenario.DurationUsec - 1_000_000, scenario.Name);
        }
    }

    private static DemoScenario Leak => DemoScenario.All.Single(scenario => scenario.Name == "leak");
}
