using System;

namespace PressureD.Systemd.Tests;

/// <summary>A test that becomes another user, for which it has to be root.</summary>
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() => Skip = Environment.IsPrivilegedProcess ? null : "needs root, to become another user";
}
