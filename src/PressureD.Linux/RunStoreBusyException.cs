using System.IO;

namespace PressureD.Linux;

/// <summary>Another process holds the run store: a daemon already works with this directory.</summary>
/// <param name="path">The store's file.</param>
/// <param name="holderPid">Who holds it; 0 when that cannot be told.</param>
public sealed class RunStoreBusyException(string path, int holderPid)
    : IOException($"the run store {path} is held by " + (holderPid > 0 ? $"process {holderPid}" : "another process"))
{
    /// <summary>Who holds it; 0 when that cannot be told.</summary>
    public int HolderPid { get; } = holderPid;
}
