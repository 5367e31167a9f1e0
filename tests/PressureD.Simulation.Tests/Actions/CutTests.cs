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

    [Fact]
    public void KilledBeforeAnyCallStandingLimitsAreKnownToTheNextOne()
    {
        const string Policy = "swap:\n  swappiness: 20\n  cgroups: [{ match: 'batch.slice/*', max: 64MiB }]\n"
            + "rules:\n  - { name: quiet, when: mem.available < 0.1%, then: [{ log: low }] }\n";
        CutKernel? whole = null;
        string before;
        using (Scene scene = MakeStanding(Policy, kernel => whole = new CutKernel(kernel, 0)))
        {
            before = Controls.Of(scene.Machine);
            scene.Run(2);
            Assert.Equal(3, scene.Loop.EffectCount);
            scene.Loop.Leave();
            Assert.Equal(before, Controls.Of(scene.Machine));
        }

        for (int call = 1; call <= whole!.Calls; call++)
        {
            Scene scene = MakeStanding(Policy, kernel => new CutKernel(kernel, call));
            try
            {
                scene.Run(2);
                scene.Loop.Leave();
            }
            catch (CutException)
            {
                using Scene again = scene.RestartAfterKill(runningWritesAreDone: call % 2 == 0);
                again.Loop.Leave();
                Assert.True(before == Controls.Of(again.Machine), $"cut before call {call}:\n{scene.Text}");
            }
        }
    }

    private static Scene MakeStanding(string policy, System.Func<IKernel, IKernel> wrap)
    {
        var scene = new Scene(policy) { Wrap = wrap };
        scene.Start("small", "/batch.slice/a", 40);
        scene.Start("large", "/batch.slice/b", 200);
        return scene;
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
