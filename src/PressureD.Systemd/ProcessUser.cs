using PressureD.Systemd.Interop;

namespace PressureD.Systemd;

/// <summary>The user that this process runs as.</summary>
public static class ProcessUser
{
    /// <summary>The effective user's number.</summary>
    public static uint Uid => Libc.GetEffectiveUid();
}
