using System;
using System.Buffers.Text;
using System.Text;
using PressureD.Core.Publishing;
using PressureD.Core.Readers;
using PressureD.Core.Victims;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Journal;

/// <summary>
/// An event as the fields of a journal entry, in memory that is allocated once and does not move.
/// </summary>
internal sealed unsafe class JournalFields
{
    /// <summary>The message id of a victim's death.</summary>
    internal const string KilledId = "420198213f08494bbdc6181b4072484e";

    private const int MostFields = 20;
    private const int Capacity = 4096;

    private readonly byte[] _bytes = GC.AllocateArray<byte>(Capacity, pinned: true);
    private readonly IoVector[] _fields = GC.AllocateArray<IoVector>(MostFields, pinned: true);
    private int _length;
    private int _count;

    internal int Count => _count;

    internal ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Fills the fields anew from an event.</summary>
    internal void Fill(DaemonEvent item)
    {
        _length = 0;
        _count = 0;
        Add("MESSAGE="u8, item.Text.Span);
        Add("PRIORITY="u8, (long)item.Priority);
        Add("SYSLOG_IDENTIFIER=pressured"u8, default(ReadOnlySpan<byte>));
        Add("PRESSURED_MONOTONIC_USEC="u8, item.TimeUsec);
        Add("MESSAGE_ID="u8, MessageId(item.Kind));
        Add("PRESSURED_EVENT="u8, KindName(item.Kind));
        if (item.Kind == DaemonEventKind.LevelChanged)
        {
            Add("PRESSURED_LEVEL="u8, (long)item.Level);
        }

        if (item.Rule is { } rule)
        {
            Begin("PRESSURED_RULE="u8);
            _length += Encoding.UTF8.GetBytes(rule.AsSpan(0, Math.Min(rule.Length, 256)), Free);
            End();
        }

        if (item.Pid > 0)
        {
            Add("PRESSURED_PID="u8, (long)item.Pid);
        }

        if (item.Incident > 0)
        {
            Add("PRESSURED_INCIDENT="u8, item.Incident);
        }

        if (item.DryRun)
        {
            Add("PRESSURED_DRY_RUN=1"u8, default(ReadOnlySpan<byte>));
        }

        AddUnlessEmpty("PRESSURED_COMM="u8, item.Comm);
        AddUnlessEmpty("PRESSURED_CGROUP="u8, item.Cgroup);
        AddUnlessUnknown("PRESSURED_FREED_BYTES="u8, item.FreedBytes);
        AddUnlessUnknown("PRESSURED_EXPECTED_BYTES="u8, item.ExpectedBytes);
        if (item.Kind is DaemonEventKind.SignalSent or DaemonEventKind.Killed)
        {
            AddVictim(item);
        }
    }

    /// <summary>As systemd names them when it tells of an out-of-memory kill in a unit.</summary>
    private void AddVictim(DaemonEvent item)
    {
        ReadOnlySpan<byte> unit = UnitNames.Of(item.Cgroup.Span, out bool isOfUser);
        Add(isOfUser ? "USER_UNIT="u8 : "UNIT="u8, unit);
        if (item.Processes > 0)
        {
            Add("N_PROCESSES="u8, (long)item.Processes);
        }
    }

    /// <summary>Hands the fields to the journal; waits while it does not take them.</summary>
    /// <returns>0, or a negative errno.</returns>
    internal int Send()
    {
        fixed (IoVector* fields = _fields)
        {
            return Libsystemd.JournalSendv(fields, _count);
        }
    }

    private Span<byte> Free => _bytes.AsSpan(_length);

    // The ids by which journalctl and its catalog find these messages; they never change.
    internal static ReadOnlySpan<byte> MessageId(DaemonEventKind kind) => kind switch
    {
        DaemonEventKind.Killed => "420198213f08494bbdc6181b4072484e"u8,
        DaemonEventKind.RuleFired => "7d67aa08adb64bfeaf473730bfe0a32c"u8,
        DaemonEventKind.LevelChanged => "04d79d0eed2d4efd8fe96ec9111936cd"u8,
        DaemonEventKind.Braked => "5ab983e2012b43b2bedd8c5a1209b19a"u8,
        DaemonEventKind.PolicyReloaded => "74c2a9adf51d49e4a171effd4fbb0f2a"u8,
        DaemonEventKind.SignalSent => "5a11a9f81ad44f0cb9ac71da5da3d64e"u8,
        DaemonEventKind.HeldBack => "bed9c24f46684a47814b0e8a159897fa"u8,
        DaemonEventKind.ServiceJob => "6edf6a4b5bef44df85755f3cfdf24f66"u8,
        _ => default,
    };

    internal static ReadOnlySpan<byte> KindName(DaemonEventKind kind) => kind switch
    {
        DaemonEventKind.LevelChanged => "level-changed"u8,
        DaemonEventKind.RuleFired => "rule-fired"u8,
        DaemonEventKind.SignalSent => "signal-sent"u8,
        DaemonEventKind.Killed => "killed"u8,
        DaemonEventKind.ServiceJob => "service-job"u8,
        DaemonEventKind.HeldBack => "held-back"u8,
        DaemonEventKind.PolicyReloaded => "policy-reloaded"u8,
        DaemonEventKind.Braked => "braked"u8,
        _ => default,
    };

    private void AddUnlessEmpty(ReadOnlySpan<byte> name, TextBuffer value)
    {
        if (value.Length > 0)
        {
            Add(name, value.Span);
        }
    }

    private void AddUnlessUnknown(ReadOnlySpan<byte> name, long value)
    {
        if (value != Quantity.Unknown)
        {
            Add(name, value);
        }
    }

    private void Add(ReadOnlySpan<byte> name, long value)
    {
        Begin(name);
        Utf8Formatter.TryFormat(value, Free, out int written);
        _length += written;
        End();
    }

    private void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        // A name that ends in '=' and gets no value is a field that does not apply.
        if (value.IsEmpty && name[^1] == (byte)'=')
        {
            return;
        }

        Begin(name);
        value.CopyTo(Free);
        _length += value.Length;
        End();
    }

    private void Begin(ReadOnlySpan<byte> name)
    {
        fixed (byte* bytes = _bytes)
        {
            _fields[_count].Base = bytes + _length;
        }

        name.CopyTo(Free);
        _length += name.Length;
    }

    private void End()
    {
        fixed (byte* bytes = _bytes)
        {
            _fields[_count].Length = (nuint)(bytes + _length - (byte*)_fields[_count].Base);
        }

        _count++;
    }
}
