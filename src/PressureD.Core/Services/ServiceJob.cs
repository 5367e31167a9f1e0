using System.Collections.Immutable;
using System.Threading;
using PressureD.Core.Publishing;

namespace PressureD.Core.Services;

/// <summary>
/// One request to the service manager, in a place that is used again and again. It changes hands by its stage.
/// </summary>
public sealed class ServiceJob
{
    private int _stage;
    private bool _isAbandoned;

    internal ServiceJob()
    {
    }

    public ServiceJobStage Stage => (ServiceJobStage)Volatile.Read(ref _stage);

    public ServiceJobKind Kind { get; set; }

    /// <summary>The unit's name; for a program the name of the unit it is run as.</summary>
    public TextBuffer Unit { get; } = new(256);

    /// <summary>The program's path and its arguments.</summary>
    public ImmutableArray<string> Command { get; set; } = [];

    /// <summary>The user that a program runs as; null: root.</summary>
    public string? User { get; set; }

    /// <summary>The program's environment: NAME=VALUE, each ended by NUL.</summary>
    public TextBuffer Environment { get; } = new(4096);

    /// <summary>The condition with its values, a part of that.</summary>
    internal TextBuffer Reason { get; } = new(1024);

    /// <summary>How long a program may take before the service manager ends it. Microseconds.</summary>
    public long TimeoutUsec { get; set; }

    /// <summary>The limit to set: a property of the unit.</summary>
    public string Property { get; set; } = "";

    /// <summary>Its value: bytes, the largest number for no limit; of a switch 0 or 1.</summary>
    public ulong Value { get; set; }

    /// <summary>Whether <see cref="Property"/> is a switch.</summary>
    public bool IsSwitch => UnitLimit.IsSwitch(Property);

    public ServiceJobResult Result { get; private set; }

    /// <summary>The service manager's word for the result, plain text.</summary>
    public TextBuffer Detail { get; } = new(256);

    /// <summary>Whether nobody waits for it any more: its place is free as soon as it has ended.</summary>
    public bool IsAbandoned => Volatile.Read(ref _isAbandoned);

    /// <summary>The service manager's side: takes it up.</summary>
    public void Start() => Move(ServiceJobStage.Running);

    /// <summary>The service manager's side: it is over. <see cref="Detail"/> is filled before.</summary>
    public void End(ServiceJobResult result)
    {
        Result = result;
        Move(ServiceJobStage.Ended);
    }

    internal void Fill(ServiceJobKind kind)
    {
        Kind = kind;
        Unit.Clear();
        Command = [];
        User = null;
        Environment.Clear();
        Detail.Clear();
        TimeoutUsec = 0;
        Property = "";
        Value = 0;
        Volatile.Write(ref _isAbandoned, false);
        Move(ServiceJobStage.Filling);
    }

    internal void Submit() => Move(ServiceJobStage.Submitted);

    internal void Abandon() => Volatile.Write(ref _isAbandoned, true);

    internal void Free() => Move(ServiceJobStage.Free);

    private void Move(ServiceJobStage stage) => Volatile.Write(ref _stage, (int)stage);
}
