using System;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;

namespace PressureD.Core.Commands;

/// <summary>
/// One request to the loop and its answer, in a preallocated slot that is filled again and again. Before it is
/// submitted and after it is answered it belongs to the asker, in between to the loop.
/// </summary>
public sealed class Command
{
    /// <summary>Bytes that <see cref="Name"/> holds.</summary>
    public const int NameBytes = 4096;

    public CommandKind Kind { get; set; }

    /// <summary>By what the asker knows the answer again; the loop does not look at it.</summary>
    public long Ticket { get; set; }

    /// <summary>Who asks, to be named in the log.</summary>
    public uint Uid { get; set; }

    /// <summary>A rule, or a cgroup's path.</summary>
    public TextBuffer Name { get; } = new(NameBytes);

    /// <summary>What a person wrote, to be said again.</summary>
    public string Text { get; set; } = "";

    /// <summary>A length of time in microseconds, or a process id.</summary>
    public long Number { get; set; }

    public bool Flag { get; set; }

    /// <summary>
    /// From then on whoever asked has been told that nobody answers: what ends somebody is not done any more.
    /// CLOCK_MONOTONIC, microseconds.
    /// </summary>
    public long DeadlineUsec { get; set; } = long.MaxValue;

    /// <summary>Since when the loop has it; 0 before. CLOCK_MONOTONIC, microseconds.</summary>
    internal long SinceUsec { get; set; }

    /// <summary>When the process that is meant started, clock ticks since boot; 0 where that is not known.</summary>
    public long StartTicks { get; set; }

    /// <summary>The answer: how it ended.</summary>
    public CommandOutcome Outcome { get; set; }

    /// <summary>The answer: what went wrong, one sentence; empty when nothing did.</summary>
    public TextBuffer Problem { get; } = new(512);

    /// <summary>The answer: the values.</summary>
    public ReplyBuffer Reply { get; } = new();

    /// <summary>The answer: the rule that was asked about; null when none was or there is none.</summary>
    public Rule? Rule { get; set; }

    /// <summary>The answer: the policy that has no rule of the name that was asked about; null otherwise.</summary>
    public PolicySet? Policy { get; set; }

    /// <summary>Makes it a blank request.</summary>
    internal void Reset(CommandKind kind)
    {
        Kind = kind;
        Ticket = 0;
        Uid = 0;
        Name.Clear();
        Text = "";
        Number = 0;
        Flag = false;
        DeadlineUsec = long.MaxValue;
        SinceUsec = 0;
        StartTicks = 0;
        Outcome = CommandOutcome.Done;
        Problem.Clear();
        Reply.Clear();
        Rule = null;
        Policy = null;
    }

    /// <summary>Answers that it could not be done.</summary>
    public void Fail(CommandOutcome outcome, ReadOnlySpan<byte> problem)
    {
        Outcome = outcome;
        Problem.Clear();
        Problem.Append(problem);
        Reply.Clear();
    }
}
