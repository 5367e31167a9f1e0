using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Policy;
using PressureD.Core.Readers;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Scenarios;

namespace PressureD.Simulation.Recordings;

/// <summary>A machine as it was recorded, to be run again under any policy.</summary>
public sealed class Recording
{
    private readonly Func<IEnumerable<ReadOnlyMemory<byte>>> _frames;
    private readonly Dictionary<string, string> _machine;
    private readonly long _startUsec;
    private readonly (int Pid, string Cgroup)? _daemon;

    /// <summary>Reads a recording through, to learn what is in it.</summary>
    /// <param name="frames">
    /// Begins to read its frames, as <see cref="MachineRecorder"/> gave them; each is good until the next one.
    /// </param>
    /// <exception cref="FormatException">There is no frame, or one cannot be read.</exception>
    public Recording(Func<IEnumerable<ReadOnlyMemory<byte>>> frames)
    {
        _frames = frames;
        var decoder = new FrameDecoder();
        var running = new Dictionary<int, long>();
        var directories = new HashSet<string>(StringComparer.Ordinal);
        long samples = 0, lastUsec = 0, gap = 0, wallUsec = 0, firstKills = 0, kills = 0;
        int processes = 0, cgroups = 0;
        foreach (var frame in frames())
        {
            decoder.Read(frame.Span);
            if (samples++ == 0)
            {
                _startUsec = decoder.NowUsec;
                wallUsec = decoder.WallUsec;
                _daemon = DaemonOf(decoder);
                firstKills = RecordedText.KernelKills(decoder.Values);
            }
            else
            {
                gap = long.Max(gap, decoder.NowUsec - lastUsec);
            }

            lastUsec = decoder.NowUsec;
            kills = RecordedText.KernelKills(decoder.Values);
            NoteEnds(decoder, running);
            processes = int.Max(processes, running.Count);
            foreach (var key in decoder.Removed)
                if (key.EndsWith('/')) directories.Remove(key);
            foreach (var key in decoder.Changed)
                if (key.EndsWith('/')) directories.Add(key);
            cgroups = int.Max(cgroups, directories.Count);
        }

        if (samples == 0) throw new FormatException("there is no sample in it");
        _machine = MachineText.Read(RecordedText.Of(decoder.Values, RecordedFiles.MachineKey));
        Summary = new RecordingSummary(
            _machine.GetValueOrDefault("host", ""),
            _machine.GetValueOrDefault("release", ""),
            wallUsec,
            lastUsec - _startUsec,
            samples,
            gap,
            processes,
            cgroups,
            kills - firstKills,
            _daemon is not null);
    }

    public RecordingSummary Summary { get; }

    /// <summary>When each process ended, by pid and start, on the monotonic clock.</summary>
    internal Dictionary<(int Pid, long StartTicks), long> Ends { get; } = [];

    /// <summary>The recorded machine as a scenario, which can be run any number of times.</summary>
    /// <param name="name">What the recording is called.</param>
    /// <param name="policy">By what the daemon acts there; null: it is not there.</param>
    /// <param name="policyName">The policy in words.</param>
    public Scenario ToScenario(string name, PolicySet? policy, string policyName)
    {
        var daemon = RecordedMachine.Daemon(_daemon);
        return new Scenario
        {
            Name = name,
            Title = $"What {Summary.Host} would have seen by another policy",
            Machine = RecordedMachine.Options(_machine, _startUsec),
            DurationUsec = Summary.DurationUsec + SimulatedMachine.TickUsec,
            Daemon = daemon,
            Policy = policy,
            PolicyName = policyName,
            Expect = new Expectations { Victims = null },
            Script =
            [
                (stage, scripted) =>
                    stage.Replayed = new RecordingPlayer(this, _frames(), scripted, daemon.OwnPid),
            ],
        };
    }

    private static (int Pid, string Cgroup)? DaemonOf(FrameDecoder decoder)
    {
        foreach (var (key, value) in decoder.Values)
        {
            if (RecordedFiles.PidOf(key) is not (> 0 and var pid) || !key.EndsWith("/stat", StringComparison.Ordinal))
                continue;
            if (!ProcessStatReader.TryRead(value.Content, out var stat)) continue;
            if (!value.Content.AsSpan(stat.CommOffset, stat.CommLength).SequenceEqual("pressured"u8)) continue;

            // Others of the name are somebody's experiment.
            var cgroup = RecordedText.CgroupOf(decoder.Values, pid) ?? "/";
            if (cgroup == "/" || cgroup.EndsWith("/pressured.service", StringComparison.Ordinal)) return (pid, cgroup);
        }

        return null;
    }

    private void NoteEnds(FrameDecoder decoder, Dictionary<int, long> running)
    {
        foreach (var key in decoder.Removed)
        {
            var pid = RecordedFiles.PidOf(key);
            if (pid != 0 && key.EndsWith("/stat", StringComparison.Ordinal)) End(pid);
        }

        foreach (var key in decoder.Changed)
        {
            var pid = RecordedFiles.PidOf(key);
            if (pid == 0 || !key.EndsWith("/stat", StringComparison.Ordinal)) continue;
            if (!ProcessStatReader.TryRead(decoder.Values[key].Content, out var stat)) continue;
            if (running.GetValueOrDefault(pid, stat.StartTicks) != stat.StartTicks) End(pid);
            if (stat.HasEnded) Ends.TryAdd((pid, stat.StartTicks), decoder.NowUsec);
            running[pid] = stat.StartTicks;
        }

        void End(int pid)
        {
            if (running.Remove(pid, out var start)) Ends.TryAdd((pid, start), decoder.NowUsec);
        }
    }
}
