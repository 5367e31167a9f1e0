using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using PressureD.Core.Kernel;
using PressureD.Core.Publishing;
using PressureD.Core.Services;
using PressureD.Systemd.Bus;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Units;

/// <summary>
/// Carries the loop's requests to systemd on the bus thread's connection: transient units, restarts, stops. Nothing
/// here waits; how a job ends is heard from JobRemoved.
/// </summary>
internal sealed unsafe class UnitJobs : IDisposable
{
    /// <summary>How long systemd may take to take a job up; under memory pressure it is slow too.</summary>
    private const ulong AnswerUsec = 30_000_000;

    /// <summary>From the program's TERM, when its time is up, to KILL.</summary>
    private const ulong StopUsec = 1_000_000;

    /// <summary>systemd is asked how a program ended; without an answer it is said without it.</summary>
    private const ulong ExitUsec = 1_000_000;

    private const string ExitKindName = "ExecMainCode";
    private const string ExitStatusName = "ExecMainStatus";

    /// <summary>CLD_EXITED of wait(2): the status is an exit code, otherwise a signal.</summary>
    private const int Exited = 1;

    private readonly IWake _wake;
    private readonly UnitJob[] _jobs;
    private GCHandle _self;
    private BusConnection? _connection;

    /// <param name="jobs">The requests.</param>
    /// <param name="wake">Wakes the loop when one has ended.</param>
    internal UnitJobs(ServiceJobs jobs, IWake wake)
    {
        _wake = wake;
        _self = GCHandle.Alloc(this);
        _jobs = new UnitJob[jobs.All.Length];
        for (int i = 0; i < _jobs.Length; i++)
        {
            _jobs[i] = new UnitJob(this, jobs.All[i]);
        }
    }

    public void Dispose()
    {
        foreach (UnitJob job in _jobs)
        {
            job.Dispose();
        }

        _self.Free();
    }

    /// <summary>From now on requests go over this connection.</summary>
    /// <returns>0, or a negative errno.</returns>
    internal int Attach(BusConnection connection)
    {
        _connection = connection;
        return Math.Min(
            Libsystemd.BusMatchSignalAsync(
                connection.Handle, null, SystemdNames.Bus, SystemdNames.ObjectPath, SystemdNames.Manager, "JobRemoved",
                &JobRemoved, null, GCHandle.ToIntPtr(_self)),
            0);
    }

    /// <summary>The connection is about to go: nobody will hear how its jobs end.</summary>
    internal void Detach()
    {
        _connection = null;
        foreach (UnitJob job in _jobs)
        {
            if (job.Job.Stage is ServiceJobStage.Submitted or ServiceJobStage.Running)
            {
                job.Job.Detail.Append("the bus was lost"u8);
                End(job, ServiceJobResult.Unavailable);
            }
        }
    }

    /// <summary>Sends off what was submitted.</summary>
    /// <param name="isOnBus">Whether the connection may be used; without it a request fails at once.</param>
    internal void Advance(bool isOnBus)
    {
        foreach (UnitJob job in _jobs)
        {
            if (job.Job.Stage != ServiceJobStage.Submitted)
            {
                continue;
            }

            job.Job.Start();
            job.SinceUsec = MonotonicClock.NowUsec;
            job.Path.Clear();
            job.Question = null;
            int result = isOnBus && _connection is { } connection ? Ask(connection, job) : -Errno.ENOENT;
            if (result < 0)
            {
                job.Job.Detail.Append(isOnBus ? Errno.Name(result) : "there is no bus");
                End(job, ServiceJobResult.Unavailable);
            }
        }
    }

    private static int Ask(BusConnection connection, UnitJob job)
    {
        string member = job.Job.Kind switch
        {
            ServiceJobKind.Run => "StartTransientUnit",
            ServiceJobKind.Restart => "RestartUnit",
            ServiceJobKind.SetLimit => "SetUnitProperties",
            _ => "StopUnit",
        };
        BusMessage call = CallManager(connection, member);
        AddTerminated(ref call, job.Job.Unit.Span);
        if (job.Job.Kind == ServiceJobKind.SetLimit)
        {
            PropertyList.AddLimit(ref call, job.Job.Property, job.Job.Value);
        }
        else
        {
            call.Add("replace");
        }

        if (job.Job.Kind == ServiceJobKind.Run)
        {
            AddProperties(ref call, job.Job);

            // No further units.
            call.Open('a', "(sa(sv))");
            call.Close();
        }

        int result = call.SendAsync(connection, &Answered, job.UserData, AnswerUsec);
        call.Dispose();
        return result;
    }

    private static BusMessage CallManager(BusConnection connection, string member) =>
        BusMessage.Call(connection, SystemdNames.Bus, SystemdNames.ObjectPath, SystemdNames.Manager, member);

    private static void AddProperties(ref BusMessage call, ServiceJob job)
    {
        call.Open('a', "(sv)");
        PropertyList.Add(ref call, "Description", "Program run by pressured");

        // Its start is over when the program is, so that the job's result is the program's.
        PropertyList.Add(ref call, "Type", "oneshot");
        PropertyList.Add(ref call, "CollectMode", "inactive-or-failed");

        // It stays until we have asked how the program ended, or are gone from the bus.
        PropertyList.Add(ref call, "AddRef", true);
        PropertyList.Add(ref call, "TimeoutStartUSec", (ulong)job.TimeoutUsec);
        PropertyList.Add(ref call, "TimeoutStopUSec", StopUsec);
        if (job.User is { } user)
        {
            PropertyList.Add(ref call, "User", user);
        }

        PropertyList.Open(ref call, "Environment", "as");
        call.Open('a', "s");
        ReadOnlySpan<byte> rest = job.Environment.Span;
        for (int end = rest.IndexOf((byte)0); end >= 0; end = rest.IndexOf((byte)0))
        {
            call.AddTerminated(rest[..(end + 1)]);
            rest = rest[(end + 1)..];
        }

        call.Close();
        PropertyList.Close(ref call);

        PropertyList.Open(ref call, "ExecStart", "a(sasb)");
        call.Open('a', "(sasb)");
        call.Open('r', "sasb");
        call.Add(job.Command[0]);
        call.Open('a', "s");
        foreach (string argument in job.Command)
        {
            call.Add(argument);
        }

        call.Close();
        call.Add(false);
        call.Close();
        call.Close();
        PropertyList.Close(ref call);
        call.Close();
    }

    private static void AddTerminated(ref BusMessage call, ReadOnlySpan<byte> text)
    {
        Span<byte> terminated = stackalloc byte[text.Length + 1];
        text.CopyTo(terminated);
        terminated[^1] = 0;
        call.AddTerminated(terminated);
    }

    private void End(UnitJob job, ServiceJobResult result)
    {
        job.Path.Clear();
        job.Job.End(result);
        _wake.Signal();
    }

    /// <summary>sd_bus_message_handler_t for the answer to a request: the job's path, or an error.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Answered(nint message, nint userdata, nint error)
    {
        try
        {
            UnitJob job = (UnitJob)GCHandle.FromIntPtr(userdata).Target!;
            if (job.Job.Stage == ServiceJobStage.Running)
            {
                job.Owner.TakeAnswer(job, message);
            }

            return 0;
        }
        catch (Exception)
        {
            return -Errno.EIO;
        }
    }

    private void TakeAnswer(UnitJob job, nint message)
    {
        if (job.Question is not null)
        {
            TakeExit(job, message);
            return;
        }

        BusError* error = Libsystemd.MessageGetError(message);
        if (error != null)
        {
            ReadOnlySpan<byte> text = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(error->Message);
            job.Job.Detail.AppendEscaped(text.IsEmpty ? error->NameSpan : text);
            End(job, Classify(Encoding.ASCII.GetString(error->NameSpan)));
            return;
        }

        if (job.Job.Kind == ServiceJobKind.SetLimit)
        {
            End(job, ServiceJobResult.Done);
            return;
        }

        byte* path = null;
        if (Libsystemd.MessageReadBasic(message, (byte)'o', &path) > 0)
        {
            job.Path.Append(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(path));
            return;
        }

        job.Job.Detail.Append("its answer is not understood"u8);
        End(job, ServiceJobResult.Failed);
    }

    private static ServiceJobResult Classify(string name) => name switch
    {
        _ when SystemdNames.IsUnknownUnit(name) => ServiceJobResult.NoSuchUnit,
        "org.freedesktop.DBus.Error.AccessDenied" or "org.freedesktop.DBus.Error.AuthFailed"
            or "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired" => ServiceJobResult.Refused,
        "org.freedesktop.DBus.Error.ServiceUnknown" or "org.freedesktop.DBus.Error.NameHasNoOwner"
            or "org.freedesktop.DBus.Error.NoReply" or "org.freedesktop.DBus.Error.Timeout"
            or "org.freedesktop.DBus.Error.Disconnected" => ServiceJobResult.Unavailable,
        _ => ServiceJobResult.Failed,
    };

    /// <summary>sd_bus_message_handler_t for JobRemoved(u id, o job, s unit, s result).</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int JobRemoved(nint message, nint userdata, nint error)
    {
        try
        {
            uint id;
            byte* path = null;
            byte* unit = null;
            byte* result = null;
            if (Libsystemd.MessageReadBasic(message, (byte)'u', &id) > 0
                && Libsystemd.MessageReadBasic(message, (byte)'o', &path) > 0
                && Libsystemd.MessageReadBasic(message, (byte)'s', &unit) > 0
                && Libsystemd.MessageReadBasic(message, (byte)'s', &result) > 0)
            {
                ((UnitJobs)GCHandle.FromIntPtr(userdata).Target!).TakeResult(
                    MemoryMarshal.CreateReadOnlySpanFromNullTerminated(path),
                    MemoryMarshal.CreateReadOnlySpanFromNullTerminated(result));
            }

            return 0;
        }
        catch (Exception)
        {
            return -Errno.EIO;
        }
    }

    private void TakeResult(ReadOnlySpan<byte> path, ReadOnlySpan<byte> result)
    {
        foreach (UnitJob job in _jobs)
        {
            if (job.Job.Stage != ServiceJobStage.Running || !job.Path.Span.SequenceEqual(path))
            {
                continue;
            }

            bool isProgram = job.Job.Kind == ServiceJobKind.Run;
            bool late = isProgram && MonotonicClock.NowUsec - job.SinceUsec >= job.Job.TimeoutUsec;
            bool done = result.SequenceEqual("done"u8);
            if (isProgram && !done && !late && result.SequenceEqual("failed"u8)
                && AskExit(job, ExitKindName))
            {
                return;
            }

            if (isProgram)
            {
                Unreference(job);
            }

            if (!done)
            {
                job.Job.Detail.AppendEscaped(result);
            }

            End(
                job,
                done ? ServiceJobResult.Done
                    : late || result.SequenceEqual("timeout"u8) ? ServiceJobResult.TimedOut
                    : ServiceJobResult.Failed);
            return;
        }
    }

    /// <returns>False when it cannot be asked.</returns>
    private bool AskExit(UnitJob job, string property)
    {
        if (_connection is not { } connection)
        {
            return false;
        }

        BusMessage call = BusMessage.Call(
            connection,
            SystemdNames.Bus,
            UnitPath.Of(job.Job.Unit.ToString()),
            "org.freedesktop.DBus.Properties",
            "Get");
        call.Add(SystemdNames.Bus + ".Service");
        call.Add(property);
        job.Question = property;
        int result = call.SendAsync(connection, &Answered, job.UserData, ExitUsec);
        call.Dispose();
        return result >= 0;
    }

    private void TakeExit(UnitJob job, nint message)
    {
        int value = 0;
        bool isKnown = Libsystemd.MessageGetError(message) == null
            && Libsystemd.MessageEnterContainer(message, (byte)'v', "i") > 0
            && Libsystemd.MessageReadBasic(message, (byte)'i', &value) > 0;
        if (isKnown && job.Question == ExitKindName)
        {
            job.ExitKind = value;
            if (AskExit(job, ExitStatusName))
            {
                return;
            }

            isKnown = false;
        }

        if (isKnown)
        {
            job.Job.Detail.Append(job.ExitKind == Exited ? "exit code " : "signal ").Append(value);
        }
        else
        {
            job.Job.Detail.Append("failed"u8);
        }

        Unreference(job);
        End(job, ServiceJobResult.Failed);
    }

    private void Unreference(UnitJob job)
    {
        if (_connection is not { } connection)
        {
            return;
        }

        // The answer is of no use: it is gone with us at the latest.
        BusMessage call = CallManager(connection, "UnrefUnit");
        AddTerminated(ref call, job.Job.Unit.Span);
        call.Send(connection);
        call.Dispose();
    }
}
