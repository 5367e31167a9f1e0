using System;
using System.Collections.Generic;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Recordings;
using PressureD.Simulation.Scenarios;

namespace PressureD.Simulation.Tests.Recordings;

/// <summary>A scenario that is recorded while it runs, by a recorder beside the daemon.</summary>
internal sealed class RecordedRun
{
    private readonly MachineRecorder _recorder;
    private readonly SimulatedKernel _beside;
    private readonly Action<SimulatedKernel>? _sampled;
    private readonly long _everyUsec;
    private readonly List<byte[]> _frames = [];

    /// <param name="scenario">What is run, at once.</param>
    /// <param name="everyUsec">From one sample to the next.</param>
    /// <param name="sampled">Called after each sample with a port of its own.</param>
    public RecordedRun(Scenario scenario, long everyUsec, Action<SimulatedKernel>? sampled = null)
    {
        ScenarioRun run = new(scenario, scenario.Policy);
        _everyUsec = everyUsec;
        _sampled = sampled;
        _beside = run.Stage.Kernel.Beside();
        _recorder = new MachineRecorder(run.Stage.Kernel.Beside(), "sim", "6.1", leftOutPid: 0);
        run.Stage.Machine.At(0, Sample);
        Outcome = run.Run();
        _recorder.Dispose();
    }

    public ScenarioOutcome Outcome { get; }

    /// <summary>What the recorder told, a frame for each sample.</summary>
    public IReadOnlyList<byte[]> Frames => _frames;

    public Recording Recording() => new(Read);

    public static ScenarioOutcome Replay(Recording recording, Scenario scenario)
    {
        Scenario replayed = recording.ToScenario("recording", scenario.Policy, scenario.PolicyName);
        return new ScenarioRun(replayed, replayed.Policy).Run();
    }

    private void Sample(SimulatedMachine machine)
    {
        _frames.Add(_recorder.Sample(machine.NowUsec + 1_000_000_000_000).ToArray());
        _sampled?.Invoke(_beside);
        machine.At(machine.ElapsedUsec + _everyUsec, Sample);
    }

    private IEnumerable<ReadOnlyMemory<byte>> Read()
    {
        foreach (byte[] frame in _frames)
            yield return frame;
    }
}
