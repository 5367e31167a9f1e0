using System;
using System.Runtime.InteropServices;

namespace PressureD.Systemd.Interop;

/// <summary>sd_bus: a connection, closed without waiting when released. Used by one thread at a time.</summary>
internal sealed class BusHandle : SafeHandle
{
    public BusHandle()
        : base(IntPtr.Zero, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == IntPtr.Zero;

    protected override bool ReleaseHandle()
    {
        Libsystemd.BusCloseUnref(handle);
        return true;
    }
}
