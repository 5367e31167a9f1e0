using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using PressureD.Yaml.Interop;

namespace PressureD.Yaml;

/// <summary>
/// Tells whether the files of a policy have changed, by asking for their sizes and times: without descriptors or events
/// that could run out, and on every file system. While nothing changes it allocates nothing.
/// </summary>
public sealed class PolicyWatch
{
    private readonly string? _config;
    private readonly List<byte[]> _paths = [];
    private readonly List<byte[]> _holders = [];
    private ulong _seen;

    /// <param name="config">As for <see cref="PolicyFiles.Read(string?)"/>.</param>
    public PolicyWatch(string? config)
    {
        _config = config;
        Look();
    }

    /// <summary>
    /// Whether anything was written, made, moved or removed since this was asked last. It may have been something that
    /// is no policy, such as an editor's temporary file: <see cref="PolicyFiles.Find"/> tells.
    /// </summary>
    public bool HasMoved()
    {
        if (Stamp() == _seen)
            return false;

        // A file that is new is watched from now on.
        Look();
        return true;
    }

    private void Look()
    {
        _paths.Clear();
        foreach (string path in PolicyFiles.Places(_config))
            _paths.Add(Encoding.UTF8.GetBytes(path + '\0'));
        _holders.Clear();
        foreach (string path in PolicyFiles.Holders(_config))
            _holders.Add(Encoding.UTF8.GetBytes(path + '\0'));
        _seen = Stamp();
    }

    private ulong Stamp()
    {
        var hash = new RunningHash();
        foreach (byte[] path in _paths)
            Libc.AddStamp(path, ref hash);

        // Not when they were changed last: others may write there all the time.
        foreach (byte[] path in _holders)
            Libc.AddAccess(path, ref hash);
        return hash.Value;
    }
}
