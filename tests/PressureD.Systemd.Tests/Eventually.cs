using System;
using System.Threading;

namespace PressureD.Systemd.Tests;

/// <summary>Waits for conditions that other threads and processes bring about.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    internal static void True(Func<bool> condition, string what) =>
        Assert.True(SpinWait.SpinUntil(condition, Deadline), $"did not happen within {Deadline}: {what}");
}
