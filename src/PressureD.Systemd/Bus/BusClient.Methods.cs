using System;
using System.Collections.Generic;
using Microsoft.Win32.SafeHandles;
using PressureD.Core.Policy;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Bus;

public sealed unsafe partial class BusClient
{
    /// <summary>A password may have to be typed in between.</summary>
    private const long PersonUsec = 120_000_000;

    /// <summary>polkit may take its time without asking anybody; the daemon waits no longer itself.</summary>
    private const long PolkitUsec = 15_000_000;

    private delegate void Filler(ref BusMessage call);

    private delegate T Parser<out T>(nint reply);

    /// <summary>All rules, as far as they fit an answer.</summary>
    /// <exception cref="BusException">The daemon is not there, refuses, or does not answer.</exception>
    public IReadOnlyList<RuleStatus> ListRules() => Ask("ListRules", static (ref BusMessage _) => { }, static reply =>
    {
        List<RuleStatus> rules = [];
        Check(Libsystemd.MessageEnterContainer(reply, (byte)'a', "(sssbbuutt)"));
        while (Check(Libsystemd.MessageEnterContainer(reply, (byte)'r', "sssbbuutt")) > 0)
        {
            rules.Add(new RuleStatus(
                Text(reply), Text(reply), Text(reply), ReadBoolean(reply), ReadBoolean(reply), ReadCount(reply),
                ReadCount(reply), ReadTime(reply), ReadTime(reply)));
            Check(Libsystemd.MessageExitContainer(reply));
        }

        return rules;
    });

    /// <summary>What the swap section has set, or would in a dry run, as far as it fits an answer.</summary>
    /// <exception cref="BusException">The daemon is not there, refuses, or does not answer.</exception>
    public IReadOnlyList<StandingLimit> ListLimits() => Ask(
        "ListLimits",
        static (ref BusMessage _) => { },
        static reply =>
        {
            List<StandingLimit> limits = [];
            Check(Libsystemd.MessageEnterContainer(reply, (byte)'a', "(ssssb)"));
            while (Check(Libsystemd.MessageEnterContainer(reply, (byte)'r', "ssssb")) > 0)
            {
                limits.Add(new StandingLimit(Text(reply), Text(reply), Text(reply), Text(reply), ReadBoolean(reply)));
                Check(Libsystemd.MessageExitContainer(reply));
            }

            return limits;
        });

    /// <summary>What a rule is, does, and how it stands.</summary>
    /// <exception cref="BusException">There is no such rule; or no answer.</exception>
    public RuleExplanation Explain(string rule) => Ask("Explain", Name(rule), static reply =>
    {
        string text = Text(reply);
        uint count = ReadCount(reply);
        List<RuleMatch> matches = [];
        Check(Libsystemd.MessageEnterContainer(reply, (byte)'a', "(ssstt)"));
        while (Check(Libsystemd.MessageEnterContainer(reply, (byte)'r', "ssstt")) > 0)
        {
            matches.Add(new RuleMatch(Text(reply), Text(reply), Text(reply), ReadTime(reply), ReadTime(reply)));
            Check(Libsystemd.MessageExitContainer(reply));
        }

        return new RuleExplanation(text, count, matches);
    });

    /// <summary>Why a rule does not act, and whom it would end.</summary>
    /// <exception cref="BusException">There is no such rule; or no answer.</exception>
    public WhyNotReply WhyNot(string rule) => Ask("WhyNot", Name(rule), static reply =>
    {
        ExpectedVictim victim = new(ReadCount(reply), Text(reply), Text(reply), ReadTime(reply));
        List<WhyNotReason> reasons = [];
        Check(Libsystemd.MessageEnterContainer(reply, (byte)'a', "(ssst)"));
        while (Check(Libsystemd.MessageEnterContainer(reply, (byte)'r', "ssst")) > 0)
        {
            reasons.Add(new WhyNotReason(Text(reply), Text(reply), Text(reply), ReadTime(reply)));
            Check(Libsystemd.MessageExitContainer(reply));
        }

        return new WhyNotReply(victim is { Pid: 0, Cgroup: "" } ? null : victim, reasons);
    });

    /// <summary>Keeps what the machine looks like as an incident, which is complete some 10 s later.</summary>
    /// <param name="text">What it is kept for.</param>
    /// <returns>The incident's number.</returns>
    /// <exception cref="BusException">Not now; or the daemon is not there, refuses, or does not answer.</exception>
    public ulong Record(string text) => Ask(
        "Record", (ref BusMessage call) => call.Add(text), static reply => ReadTime(reply), PersonUsec);

    /// <summary>Reads the policy again.</summary>
    /// <exception cref="BusException">The daemon is not there, refuses, or does not answer.</exception>
    public ReloadAnswer Reload() => Ask(
        "Reload",
        static (ref BusMessage _) => { },
        static reply =>
        {
            bool inForce = ReadBoolean(reply);
            uint rules = ReadCount(reply);
            List<Diagnostic> problems = [];
            Check(Libsystemd.MessageEnterContainer(reply, (byte)'a', "(ssuus)"));
            while (Check(Libsystemd.MessageEnterContainer(reply, (byte)'r', "ssuus")) > 0)
            {
                DiagnosticSeverity severity =
                    Text(reply) == "error" ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning;
                problems.Add(new Diagnostic(
                    severity, Text(reply), (int)ReadCount(reply), (int)ReadCount(reply), Text(reply)));
                Check(Libsystemd.MessageExitContainer(reply));
            }

            return new ReloadAnswer(inForce, rules, problems);
        },
        PersonUsec);

    /// <summary>No actions for a while.</summary>
    /// <exception cref="BusException">The daemon is not there, refuses, or does not answer.</exception>
    public void Pause(long durationUsec, string reason) => Tell("Pause", (ref BusMessage call) =>
    {
        call.Add((ulong)durationUsec);
        call.Add(reason);
    });

    /// <summary>Ends a pause.</summary>
    /// <exception cref="BusException">It is not paused; or the daemon is not there, refuses, or does not answer.
    /// </exception>
    public void Resume() => Tell("Resume", static (ref BusMessage _) => { });

    /// <summary>Actions of a rule, or of all when its name is empty, are only said, or done.</summary>
    /// <exception cref="BusException">The daemon is not there, refuses, or does not answer.</exception>
    public void SetDryRun(string rule, bool on) => Tell("SetDryRun", (ref BusMessage call) =>
    {
        call.Add(rule);
        call.Add(on);
    });

    /// <summary>
    /// Ends whom a rule would end, all in a cgroup, or a process: one of the three is given, the others are empty or 0.
    /// </summary>
    /// <param name="rule">The rule.</param>
    /// <param name="cgroup">The cgroup's path.</param>
    /// <param name="pid">The process.</param>
    /// <param name="dryRun">Whether it is only said who it would be.</param>
    /// <exception cref="BusException">
    /// There is nobody, it is never ended, or not now; or the daemon is not there, refuses, or does not answer.
    /// </exception>
    public KillResult Kill(string rule, string cgroup, uint pid, bool dryRun) => Ask(
        "Kill",
        (ref BusMessage call) =>
        {
            call.Add(rule);
            call.Add(cgroup);
            call.Add(pid);
            call.Add(dryRun);
        },
        static reply => new KillResult(
            ReadBoolean(reply), ReadCount(reply), Text(reply), Text(reply), ReadTime(reply), ReadTime(reply),
            Text(reply)),
        PersonUsec);

    /// <summary>
    /// Samples as they are taken, one JSON object a line, until the handle is closed; who does not read is dropped.
    /// </summary>
    /// <param name="intervalMsec">Between two lines at least.</param>
    /// <exception cref="BusException">The daemon is not there, refuses, or does not answer.</exception>
    public SafeFileHandle OpenSamples(uint intervalMsec) => Ask(
        "OpenSamples",
        (ref BusMessage call) => call.Add(intervalMsec),
        static reply =>
        {
            int descriptor;
            Check(Libsystemd.MessageReadBasic(reply, (byte)'h', &descriptor));

            // The one in the message is closed with it.
            return new SafeFileHandle(Libc.Duplicate(descriptor), ownsHandle: true);
        });

    private static Filler Name(string rule) => (ref BusMessage call) => call.Add(rule);

    private void Tell(string member, Filler fill) => Ask(member, fill, static _ => 0, PersonUsec);

    private T Ask<T>(string member, Filler fill, Parser<T> parse, long answerUsec = 0)
    {
        BusMessage call = BusMessage.Call(
            _connection, ManagerInterface.BusName, ManagerInterface.ObjectPath, ManagerInterface.Name, member);
        Libsystemd.MessageSetAllowInteractiveAuthorization(call.Handle, 1);
        return Ask(ref call, fill, parse, Math.Max(answerUsec, _answerUsec));
    }

    private T Ask<T>(ref BusMessage call, Filler fill, Parser<T> parse, long answerUsec)
    {
        try
        {
            fill(ref call);
            BusMessage reply = BusCall.Invoke(_connection, ref call, answerUsec);
            try
            {
                return parse(reply.Handle);
            }
            finally
            {
                reply.Dispose();
            }
        }
        catch (BusException problem)
        {
            throw new BusException(problem.Problem, Explain(problem)) { ErrorName = problem.ErrorName };
        }
        finally
        {
            call.Dispose();
        }
    }

    private static string Text(nint reply) => ReadString(reply) ?? "";

    private static uint ReadCount(nint reply)
    {
        uint value;
        Check(Libsystemd.MessageReadBasic(reply, (byte)'u', &value));
        return value;
    }

    private static ulong ReadTime(nint reply)
    {
        ulong value;
        Check(Libsystemd.MessageReadBasic(reply, (byte)'t', &value));
        return value;
    }
}
