namespace PressureD.Systemd.Bus;

/// <summary>What a method call waits for.</summary>
internal enum PendingStage
{
    /// <summary>Nothing: the place is free.</summary>
    Free,

    /// <summary>The bus says whose connection it comes from.</summary>
    Identifying,

    /// <summary>polkit says whether its caller may.</summary>
    Authorizing,

    /// <summary>It may be done, and has not been begun.</summary>
    Ready,

    /// <summary>The loop answers.</summary>
    Running,
}
