using System;
using PressureD.Core.Engine;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Readers;
using PressureD.Core.Sampling;
using PressureD.Core.Victims;

namespace PressureD.Core.Services;

/// <summary>What a program that a rule runs is told in its environment.</summary>
internal static class HookEnvironment
{
    /// <summary>So much of a path is told, its end; of one that has to be escaped, a quarter.</summary>
    private const int MostPathBytes = 640;

    /// <summary>
    /// Fills in the variables, each ended by NUL. What is not known is left out; there is always room for all.
    /// </summary>
    public static void Fill(
        ServiceJob job, MatchState match, long incident, Victim? victim, HostSampler host, long nowUsec)
    {
        TextBuffer text = job.Environment.Clear();
        ReadOnlySpan<long> values = host.Values;
        text.Append("PRESSURED_RULE="u8).Append(match.Rule.Name).Append("\0"u8);
        Add(text, "PRESSURED_INCIDENT="u8, incident == 0 ? Quantity.Unknown : incident);
        if (match.Cgroup is { } cgroup)
            AddPath(text, "PRESSURED_CGROUP=/"u8, cgroup.Path);
        if (victim is not null)
            AddVictim(text, victim);
        Add(text, "PRESSURED_MEMORY_TOTAL_BYTES="u8, values[BaseHostSlot.MemTotal]);
        Add(text, "PRESSURED_MEMORY_AVAILABLE_BYTES="u8, values[BaseHostSlot.MemAvailable]);
        Add(text, "PRESSURED_SWAP_TOTAL_BYTES="u8, values[BaseHostSlot.SwapTotal]);
        Add(text, "PRESSURED_SWAP_FREE_BYTES="u8, values[BaseHostSlot.SwapFree]);
        Add(text, "PRESSURED_TIME_TO_EXHAUSTION_USEC="u8, values[BaseHostSlot.TimeToExhaustion]);
        Add(text, "PRESSURED_MEMORY_FULL_AVG10_MILLIONTHS="u8, values[BaseHostSlot.MemoryFullAvg10]);
        Add(text, "PRESSURED_IO_FULL_AVG10_MILLIONTHS="u8, values[BaseHostSlot.IoFullAvg10]);
        ConditionEvidence.Append(
            job.Reason.Clear(), match.Rule.When, new ConditionEvaluator(values, match, nowUsec, recheck: true));
        text.Append("PRESSURED_REASON="u8).Append(job.Reason.Span).Append("\0"u8);
    }

    private static void AddVictim(TextBuffer text, Victim victim)
    {
        if (victim.Pid != 0)
        {
            Add(text, "PRESSURED_VICTIM_PID="u8, victim.Pid);
            Add(text, "PRESSURED_VICTIM_UID="u8, victim.Uid);
            text.Append("PRESSURED_VICTIM_COMM="u8).AppendEscaped(victim.Comm.Span).Append("\0"u8);
        }

        AddPath(text, "PRESSURED_VICTIM_CGROUP=/"u8, victim.Path.Span);
        Add(text, "PRESSURED_VICTIM_BYTES="u8, victim.SizeBytes);
    }

    private static void AddPath(TextBuffer text, ReadOnlySpan<byte> name, ReadOnlySpan<byte> path)
    {
        int most = path.ContainsAnyExceptInRange((byte)' ', (byte)'~') || path.Contains((byte)'\\')
            ? MostPathBytes / 4
            : MostPathBytes;
        text.Append(name);
        if (path.Length > most)
        {
            text.Append("..."u8);
            path = path[^most..];
        }

        text.AppendEscaped(path).Append("\0"u8);
    }

    private static void Add(TextBuffer text, ReadOnlySpan<byte> name, long value)
    {
        if (value is Quantity.Unknown or Quantity.Unlimited)
            return;
        text.Append(name).Append(value).Append("\0"u8);
    }
}
