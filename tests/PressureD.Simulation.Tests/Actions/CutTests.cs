using PressureD.Core.Kernel;
using PressureD.Simulation.Tests.Engine;

namespace PressureD.Simulation.Tests.Actions;

/// <summary>A daemon that is killed before any of its calls leaves nothing behind once it has started again.</summary>
public sealed class CutTests
{
    private const double PressureFrom = 0.05;
    private const double PressureUntil = 1.3;
    private const double End = 5;

    [Theory]
    [InlineData("freeze: { of: 'batch.slice/*', for: 60s }")]
    [InlineData("freeze: { of: 'batch.slice/*', for: 200ms }")]
    [InlineData("throttle: { of: 'batch.slice/*', to: 90%, floor: 1MiB, for: 60s }")]
    [InlineData("swap: { of: 'batch.slice/*', max: 64MiB, high: 32MiB, swappiness: 10 }")]
    [InlineData("weight: { of: 'batch.slice/*', cpu: 5, io: 7 }")]
    [InlineData("set: { of: 'batch.slice/*', file: memory.low, value: 8MiB }")]
    public void KilledBeforeAnyCallItLeavesNothingBehind(string then)
    {
        CutKernel? whole = null;
        string before;
        using (Scene scene = Make(then, kernel => whole = new CutKernel(kernel, 0)))
        {
            before = Controls.Of(scene.Machine);
            bool changed = false;
            while (scene.Now < End)
            {
                scene.Step();
                changed |= Controls.Of(scene.Machine) != before;
            }

            Assert.True(changed, "it has an effect at all");
            Assert.Equal(before, Controls.Of(scene.Machine));
        }

        for (int call = 1; call <= whole!.Calls; call++)
        {
            Cut(then, call, before, runningWritesAreDone: true);
            Cut(then, call, before, runningWritesAreDone: false);
        }
    }

    private static void Cut(string then, int call, string before, bool runningWritesAreDone)
    {
        Scene scene = Make(then, kernel => new CutKernel(kernel, call));
        try
        {
            while (scene.Now < End)
                scene.Step();
            return;
        }
        catch (CutException)
        {
            using Scene again = scene.RestartAfterKill(runningWritesAreDone);
            again.Pressure(0);
            again.Step();
            again.Step();
            Assert.True(
                before == Controls.Of(again.Machine),
                $"cut before call {call}, writes under way {(runningWritesAreDone ? "" : "not ")}done:\n"
                + $"{Controls.Of(again.Machine)}\ninstead of\n{before}\n{scene.Text}");
        }
    }

    private static Scene Make(string then, System.Func<IKernel, IKernel> wrap)
    {
        Scene scene = ChangeTests.MakeScene(then, wrap: wrap);
        scene.Pressure(0);
        scene.At(PressureFrom, () => scene.Pressure(50));
        scene.At(PressureUntil, () => scene.Pressure(0));
        return scene;
    }
}
