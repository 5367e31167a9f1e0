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
    /// <summary>Appends the variables, each ended by NUL. What is not known is left out.</summary>
    public static void Fill(
        TextBuffer text, MatchState match, long incident, Victim? victim, HostSampler host, long nowUsec)
    {
        ReadOnlySpan<long> values = host.Values;
        text.Append("PRESSURED_RULE="u8).Append(match.Rule.Name).Append("\0"u8);
        Add(text, "PRESSURED_INCIDENT="u8, incident == 0 ? Quantity.Unknown : incident);
        if (match.Cgroup is { } cgroup)
            text.Append("PRESSURED_CGROUP=/"u8).AppendEscaped(cgroup.Path).Append("\0"u8);
        if (victim is not null)
            AddVictim(text, victim);
        Add(text, "PRESSURED_MEMORY_TOTAL_BYTES="u8, values[BaseHostSlot.MemTotal]);
        Add(text, "PRESSURED_MEMORY_AVAILABLE_BYTES="u8, values[BaseHostSlot.MemAvailable]);
        Add(text, "PRESSURED_SWAP_TOTAL_BYTES="u8, values[BaseHostSlot.SwapTotal]);
        Add(text, "PRESSURED_SWAP_FREE_BYTES="u8, values[BaseHostSlot.SwapFree]);
        Add(text, "PRESSURED_TIME_TO_EXHAUSTION_USEC="u8, values[BaseHostSlot.TimeToExhaustion]);
        Add(text, "PRESSURED_MEMORY_FULL_AVG10_MILLIONTHS="u8, values[BaseHostSlot.MemoryFullAvg10]);
        Add(text, "PRESSURED_IO_FULL_AVG10_MILLIONTHS="u8, values[BaseHostSlot.IoFullAvg10]);
        text.Append("PRESSURED_REASON="u8);
        ConditionEvidence.Append(
            text, match.Rule.When, new ConditionEvaluator(values, match, nowUsec, recheck: true));
        text.Append("\0"u8);
    }

    private static void AddVictim(TextBuffer text, Victim victim)
    {
        if (victim.Pid != 0)
        {
            Add(text, "PRESSURED_VICTIM_PID="u8, victim.Pid);
            Add(text, "PRESSURED_VICTIM_UID="u8, victim.Uid);
            text.Append("PRESSURED_VICTIM_COMM="u8).AppendEscaped(victim.Comm.Span).Append("\0"u8);
        }

        text.Append("PRESSURED_VICTIM_CGROUP=/"u8).AppendEscaped(victim.Path.Span).Append("\0"u8);
        Add(text, "PRESSURED_VICTIM_BYTES="u8, victim.SizeBytes);
    }

    private static void Add(TextBuffer text, ReadOnlySpan<byte> name, long value)
    {
        if (value is Quantity.Unknown or Quantity.Unlimited)
            return;
        text.Append(name).Append(value).Append("\0"u8);
    }
}
