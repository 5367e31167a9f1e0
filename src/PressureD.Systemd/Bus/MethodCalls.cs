using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Runtime.CompilerServices;
using System.Text;
using PressureD.Core.Commands;
using PressureD.Core.Incidents;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Bus;

/// <summary>
/// Method calls between their arrival and their answer: who may, then the loop, then the reply. Nothing here waits; all
/// of it is on the bus thread, and all of it is bounded.
/// </summary>
internal sealed unsafe class MethodCalls : IDisposable
{
    private const int Places = 32;

    /// <summary>One connection's share, so that none keeps the others out.</summary>
    private const int MostFromOne = 4;

    /// <summary>
    /// Calls that polkit is asked about at once: an answer may take as long as somebody needs to type a password.
    /// </summary>
    private const int MostAuthorizing = 8;

    /// <summary>What other threads are woken for within <see cref="WindowUsec"/> at most, however many ask.</summary>
    private const int MostInWindow = 16;
    private const long WindowUsec = 100_000;

    /// <summary>What one question about incidents counts for: it makes a thread read dozens of files.</summary>
    private const int IncidentsInWindow = 4;

    /// <summary>Reading a policy takes longer than a step, and under pressure much longer.</summary>
    private const long ReloadUsec = 60_000_000;

    private const int MostDiagnostics = 200;

    private readonly CommandQueue _commands;
    private readonly IncidentDesk? _incidents;
    private readonly Authorization _authorization;
    private readonly SampleStreams _samples = new();
    private readonly PendingCall[] _calls = new PendingCall[Places];
    private readonly TextBuffer _text = new(Command.NameBytes * 4 + 4);
    private readonly ConditionalWeakTable<Rule, string> _explanations = new();
    private readonly long _answerUsec;
    private readonly Action<Action<ReloadResult>>? _reload;
    private readonly IWake _wake;

    // Put in by whoever has read the policy, taken out here.
    private readonly Queue<(long Ticket, ReloadResult Result)> _reloaded = new();
    private readonly Func<int, long>? _startOf;
    private BusConnection? _connection;
    private DaemonSnapshot? _snapshot;
    private long _lastTicket;
    private long _windowUsec;
    private int _inWindow;

    internal MethodCalls(CommandQueue commands, BusServiceOptions options, IWake wake)
    {
        _reload = options.Reload;
        _incidents = options.Incidents;
        _startOf = options.StartOf;
        _wake = wake;
        _commands = commands;
        _answerUsec = options.AnswerUsec;
        _authorization = new Authorization(this, options.AsksPolkit);
        for (int i = 0; i < Places; i++)
        {
            _calls[i] = new PendingCall(this);
        }
    }

    public void Dispose()
    {
        Clear();
        _samples.Dispose();
        foreach (PendingCall call in _calls)
        {
            call.Dispose();
        }
    }

    /// <summary>From now on calls come from this connection.</summary>
    internal void Attach(BusConnection connection, DaemonSnapshot snapshot)
    {
        _connection = connection;
        _snapshot = snapshot;
    }

    /// <summary>Forgets every call: their connection is about to go.</summary>
    internal void Clear()
    {
        foreach (PendingCall call in _calls)
        {
            call.Free();
        }

        _connection = null;
    }

    /// <summary>Takes a call in, or answers at once why not.</summary>
    /// <returns>Positive: it is taken care of; or a negative errno.</returns>
    internal int Accept(nint message)
    {
        if (_connection is not { } connection
            || Find(message) is not { } method
            || Libsystemd.MessageGetSender(message) is null)
        {
            return -Errno.ENOSYS;
        }

        ReadOnlySpan<byte> problem = CommandMessages.Check(message, method);
        if (!problem.IsEmpty)
        {
            return Refuse(message, ManagerError.InvalidArgument, problem);
        }

        if (FreePlace(message) is not { } call)
        {
            return Refuse(
                message, ManagerError.Busy,
                "too many calls that are not answered yet (4 for a connection, 32 in all): try again\0"u8);
        }

        if (method.Method == ManagerMethod.OpenSamples)
        {
            return OpenSamples(connection, message);
        }

        call.Take(message, method, ++_lastTicket);
        if (method.Method == ManagerMethod.Kill && CommandMessages.PidOf(message) is > 0 and int pid)
        {
            // Before anybody is asked for a password, by the end of which the number may be another's.
            call.StartTicks = _startOf?.Invoke(pid) ?? 0;
        }

        if (method.Access is Access.Open or Access.Inspect)
        {
            MakeReady(call);
        }
        else
        {
            _authorization.Begin(connection, call);
        }

        return 1;
    }

    /// <summary>The call may be done.</summary>
    internal void MakeReady(PendingCall call)
    {
        call.Stage = PendingStage.Ready;
        call.DeadlineUsec = MonotonicClock.NowUsec + _answerUsec;
    }

    /// <summary>Who calls may do it, or see all of the answer.</summary>
    internal void Grant(PendingCall call)
    {
        call.Inspection = Inspection.Granted;
        MakeReady(call);
    }

    /// <summary>Who calls may see all of the answer as far as it is of a process of its own.</summary>
    internal void GrantOwn(PendingCall call)
    {
        call.Inspection = Inspection.GrantedOwn;
        MakeReady(call);
    }

    /// <summary>
    /// Who calls may not do it, and is told why; what is only not to be seen is left out of an answer that comes.
    /// </summary>
    internal void Deny(PendingCall call, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        if (call.Method.Access == Access.Inspect)
        {
            call.Inspection = Inspection.Denied;
            MakeReady(call);
            return;
        }

        Fail(call, name, text);
    }

    /// <summary>Whose call it is is known now.</summary>
    internal void Judge(PendingCall call) => _authorization.Judge(call);

    /// <summary>polkit has answered.</summary>
    internal void Decide(PendingCall call, nint reply) => _authorization.Decide(call, reply);

    /// <summary>Whether one more call may wait for polkit.</summary>
    internal bool MayAuthorize()
    {
        int count = 0;
        foreach (PendingCall call in _calls)
        {
            count += call.Stage == PendingStage.Authorizing ? 1 : 0;
        }

        return count < MostAuthorizing;
    }

    /// <summary>Moves every call on as far as it goes.</summary>
    /// <param name="now">The time.</param>
    /// <param name="until">Lowered to when it has to be called again.</param>
    internal void Advance(long now, ref long until)
    {
        TakeAnswers();
        TakeReloads();
        TakeIncidents();
        Submit(now, ref until);
        _samples.Write(_snapshot!, now, ref until);
        foreach (PendingCall call in _calls)
        {
            if (call.Stage is not (PendingStage.Ready or PendingStage.Running))
            {
                continue;
            }

            if (now >= call.DeadlineUsec)
            {
                Fail(call, ManagerError.NoAnswer, "the daemon's loop has not answered in time\0"u8);
            }
            else
            {
                until = Math.Min(until, call.DeadlineUsec);
            }
        }
    }

    /// <summary>Answers a call that something is wrong, and gives its place back.</summary>
    internal void Fail(PendingCall call, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        Refuse(call.Message, name, text);
        call.Free();
    }

    private static ManagerMethodInfo? Find(nint message)
    {
        byte* member = Libsystemd.MessageGetMember(message);
        ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(member);
        foreach (ManagerMethodInfo method in ManagerInterface.Methods)
        {
            if (Ascii.Equals(name, method.Name))
            {
                return method;
            }
        }

        return null;
    }

    private int OpenSamples(BusConnection connection, nint message)
    {
        uint intervalMsec;
        if (Libsystemd.MessageReadBasic(message, (byte)'u', &intervalMsec) <= 0)
        {
            return -Errno.EINVAL;
        }

        int descriptor = _samples.Open(intervalMsec);
        if (descriptor < 0)
        {
            return Refuse(message, ManagerError.Busy, "as many streams are open as there can be: 8\0"u8);
        }

        BusMessage reply = BusMessage.Return(message);
        reply.AddDescriptor(descriptor);
        int result = reply.Send(connection);
        reply.Dispose();
        Libc.Close(descriptor);
        return result < 0 ? result : 1;
    }

    private PendingCall? FreePlace(nint message)
    {
        ReadOnlySpan<byte> sender =
            MemoryMarshal.CreateReadOnlySpanFromNullTerminated(Libsystemd.MessageGetSender(message));
        PendingCall? free = null;
        int own = 0;
        foreach (PendingCall call in _calls)
        {
            if (call.Stage == PendingStage.Free)
            {
                free ??= call;
            }
            else if (MemoryMarshal.CreateReadOnlySpanFromNullTerminated(call.Sender).SequenceEqual(sender))
            {
                own++;
            }
        }

        return own < MostFromOne ? free : null;
    }

    private void Submit(long now, ref long until)
    {
        while (Oldest() is { } call)
        {
            if (now - _windowUsec >= WindowUsec)
            {
                _windowUsec = now;
                _inWindow = 0;
            }

            if (_inWindow >= MostInWindow)
            {
                until = Math.Min(until, _windowUsec + WindowUsec);
                return;
            }

            if (IsOfIncidents(call))
            {
                AskForIncidents(call);
                continue;
            }

            if (call.Method.Method == ManagerMethod.Record && _incidents is null)
            {
                FailWithoutIncidents(call);
                continue;
            }

            if (call.Method.Method == ManagerMethod.Reload)
            {
                BeginReload(call, now);
                continue;
            }

            if (_commands.Begin(CommandOf(call.Method.Method)) is not { } command)
            {
                return;
            }

            if (call.Method.Method == ManagerMethod.Kill)
            {
                CommandMessages.FillKill(command, call);
            }
            else
            {
                CommandMessages.Fill(command, call);
            }

            _commands.Submit();
            call.Stage = PendingStage.Running;
            _inWindow++;
        }
    }

    private void BeginReload(PendingCall call, long now)
    {
        if (_reload is null)
        {
            Fail(call, ManagerError.Of(CommandOutcome.NotPossible), "there is no policy to read again\0"u8);
            return;
        }

        call.Stage = PendingStage.Running;
        call.DeadlineUsec = now + ReloadUsec;
        long ticket = call.Ticket;
        _reload(result =>
        {
            lock (_reloaded)
            {
                _reloaded.Enqueue((ticket, result));
            }

            _wake.Signal();
        });
    }

    private void TakeReloads()
    {
        while (true)
        {
            (long Ticket, ReloadResult Result) done;
            lock (_reloaded)
            {
                if (!_reloaded.TryDequeue(out done))
                {
                    return;
                }
            }

            foreach (PendingCall call in _calls)
            {
                if (call.Stage == PendingStage.Running && call.Ticket == done.Ticket)
                {
                    Answer(call, done.Result);
                }
            }
        }
    }

    private void Answer(PendingCall call, ReloadResult result)
    {
        BusMessage reply = BusMessage.Return(call.Message);
        reply.Add(result.IsInForce);
        reply.Add((uint)result.Rules);
        reply.Open('a', "(ssuus)");
        for (int i = 0; i < Math.Min(result.Diagnostics.Count, MostDiagnostics); i++)
        {
            Diagnostic problem = result.Diagnostics[i];
            reply.Open('r', "ssuus");
            reply.Add(problem.Severity == DiagnosticSeverity.Error ? "error" : "warning");
            reply.Add(problem.File);
            reply.Add((uint)problem.Line);
            reply.Add((uint)problem.Column);
            reply.Add(problem.Message);
            reply.Close();
        }

        reply.Close();
        reply.Send(_connection!);
        reply.Dispose();
        call.Free();
    }

    private static bool IsOfIncidents(PendingCall call) =>
        call.Method.Method is ManagerMethod.ListIncidents or ManagerMethod.GetIncident;

    private void AskForIncidents(PendingCall call)
    {
        if (_incidents is null)
        {
            FailWithoutIncidents(call);
            return;
        }

        IncidentQuery query = _incidents.Begin()!;
        CommandMessages.Fill(query, call);
        _incidents.Submit();
        call.Stage = PendingStage.Running;
        _inWindow += IncidentsInWindow;
    }

    private void FailWithoutIncidents(PendingCall call) =>
        Fail(call, ManagerError.Of(CommandOutcome.NotPossible), "no incidents are kept here\0"u8);

    private void TakeIncidents()
    {
        if (_incidents?.PeekAnswer() is not { } query)
        {
            return;
        }

        foreach (PendingCall call in _calls)
        {
            if (call.Stage == PendingStage.Running && call.Ticket == query.Ticket)
            {
                Answer(call, query);
            }
        }

        _incidents.Release();
    }

    private void Answer(PendingCall call, IncidentQuery query)
    {
        if (query.IsWithheld && call.Inspection == Inspection.Undecided)
        {
            // Nobody waits for polkit with what was read: it is read once more then.
            call.OwnerUid = query.OwnerUid;
            _authorization.Begin(_connection!, call);
            return;
        }

        switch (query.Outcome)
        {
            case IncidentQueryOutcome.NoSuchIncident:
                Fail(call, ManagerError.NoSuchIncident, "there is no incident of that number (any more)\0"u8);
                return;
            case IncidentQueryOutcome.Unreadable:
                Fail(call, ManagerError.Failed, "the incident is damaged or cannot be read\0"u8);
                return;
        }

        BusMessage reply = BusMessage.Return(call.Message);
        if (query.IsList)
        {
            CommandMessages.Append(ref reply, query.Reply.Span, _text);
        }
        else
        {
            reply.AddTerminated(query.Content.AsSpan(0, query.Length + 1));
        }

        Send(call, ref reply);
    }

    /// <summary>
    /// The oldest that can go on: those about incidents wait for each other, and the others do not wait for them.
    /// </summary>
    private PendingCall? Oldest()
    {
        bool isDeskFree = _incidents is not { IsFree: false };
        PendingCall? oldest = null;
        foreach (PendingCall call in _calls)
        {
            if (call.Stage == PendingStage.Ready && (isDeskFree || !IsOfIncidents(call))
                && (oldest is null || call.Ticket < oldest.Ticket))
            {
                oldest = call;
            }
        }

        return oldest;
    }

    private void TakeAnswers()
    {
        while (_commands.PeekAnswer() is { } command)
        {
            foreach (PendingCall call in _calls)
            {
                if (call.Stage == PendingStage.Running && call.Ticket == command.Ticket)
                {
                    Answer(call, command);
                }
            }

            _commands.Release();
        }
    }

    private void Answer(PendingCall call, Command command)
    {
        if (command.Outcome != CommandOutcome.Done)
        {
            _text.Clear();
            if (command.Policy is { } policy)
            {
                _text.Append(AbsentRule.Say(policy, "the policy in force", Encoding.UTF8.GetString(command.Name.Span)));
            }
            else
            {
                _text.Append(command.Problem.Span);
            }

            // A full buffer takes no end of its own.
            _text.Append("\0"u8);
            Fail(call, ManagerError.Of(command.Outcome), _text.Span);
            return;
        }

        BusMessage reply = BusMessage.Return(call.Message);
        if (command is { Kind: CommandKind.Explain, Rule: { } rule })
        {
            reply.Add(Explain(rule));
        }

        CommandMessages.Append(ref reply, command.Reply.Span, _text);
        Send(call, ref reply);
    }

    private void Send(PendingCall call, ref BusMessage reply)
    {
        int result = reply.Send(_connection!);
        reply.Dispose();
        if (result < 0)
        {
            Fail(call, ManagerError.Failed, "the answer could not be put into a message\0"u8);
        }
        else
        {
            call.Free();
        }
    }

    /// <summary>Made once for each rule, so that asking again and again leaves nothing for the collector.</summary>
    private string Explain(Rule rule)
    {
        if (_explanations.TryGetValue(rule, out string? known))
        {
            return known;
        }

        DaemonSnapshot snapshot = _snapshot!;
        var machine = new MachineSize(
            Math.Max(snapshot.MemoryTotalBytes, 0), Math.Max(snapshot.SwapTotalBytes, 0));
        string text = string.Join('\n', PolicyText.Describe(rule, machine));
        _explanations.Add(rule, text);
        return text;
    }

    private int Refuse(nint message, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        BusMessage reply = BusMessage.Error(message, name, text);
        int result = reply.Send(_connection!);
        reply.Dispose();
        return result < 0 ? result : 1;
    }

    private static CommandKind CommandOf(ManagerMethod method) => method switch
    {
        ManagerMethod.Pause => CommandKind.Pause,
        ManagerMethod.Resume => CommandKind.Resume,
        ManagerMethod.SetDryRun => CommandKind.SetDryRun,
        ManagerMethod.ListRules => CommandKind.ListRules,
        ManagerMethod.ListLimits => CommandKind.ListLimits,
        ManagerMethod.Explain => CommandKind.Explain,
        ManagerMethod.WhyNot => CommandKind.WhyNot,
        ManagerMethod.Record => CommandKind.Record,

        // Its arguments say which of the kinds it is.
        ManagerMethod.Kill => CommandKind.KillByRule,
        _ => throw new ArgumentOutOfRangeException(nameof(method)),
    };
}
