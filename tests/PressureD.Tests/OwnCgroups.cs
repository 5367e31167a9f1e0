using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using PressureD.Systemd.Tests;

namespace PressureD.Tests;

/// <summary>Cgroups of the test's own below the machine's cgroup2 mount, removed afterwards.</summary>
internal sealed partial class OwnCgroups : IDisposable
{
    private readonly List<string> _made = [];

    public OwnCgroups()
    {
        Mount = FindMount() ?? throw new InvalidOperationException("no cgroup2 file system is mounted");
        Name = $"pressured-test-{Environment.ProcessId}-{Guid.NewGuid():N}"[..40];
        Make("");
    }

    public string Mount { get; }

    /// <summary>The name of the top one, below which all are.</summary>
    public string Name { get; }

    /// <summary>Null when cgroups can be made here, else why not.</summary>
    public static string? Unusable()
    {
        if (FindMount() is not { } mount)
            return "no cgroup2 file system is mounted";
        try
        {
            using var probe = new OwnCgroups();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"cgroups cannot be made below {mount}: {e.Message}";
        }
    }

    public string PathOf(string name) => Path.Combine(Mount, Name, name).TrimEnd('/');

    /// <summary>Makes a cgroup; "" is the top one.</summary>
    public string Make(string name)
    {
        string path = PathOf(name);
        Directory.CreateDirectory(path);
        _made.Add(path);
        return path;
    }

    /// <summary>Gives a cgroup to a user, with an attribute that he has set to 1.</summary>
    public static void Give(string path, int uid, string attribute)
    {
        Assert.Equal(0, SetAttribute(path, attribute, "1"u8, 1, 0));
        Assert.Equal(0, ChangeOwner(path, uid, -1));
    }

    /// <summary>The names (comm) of the processes in a cgroup.</summary>
    public string[] Comms(string name) => Pids(PathOf(name)).Select(Comm).Where(comm => comm.Length > 0).ToArray();

    public void Dispose()
    {
        foreach (string path in Enumerable.Reverse(_made))
        {
            Eventually.True(() => End(path), $"{path} is empty and gone");
        }
    }

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, int uid, int gid);

    [LibraryImport("libc", EntryPoint = "setxattr", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetAttribute(
        string path, string name, ReadOnlySpan<byte> value, nuint length, int flags);

    private static bool End(string path)
    {
        foreach (int pid in Pids(path))
        {
            using RunningProgram kill = RunningProgram.Other("kill", "-KILL", $"{pid}").Ended();
        }

        try
        {
            Directory.Delete(path);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static int[] Pids(string path)
    {
        try
        {
            return File.ReadAllLines(Path.Combine(path, "cgroup.procs")).Select(int.Parse).Where(pid => pid > 0).ToArray();
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static string Comm(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/comm").TrimEnd('\n');
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static string? FindMount() =>
        File.ReadAllLines("/proc/self/mountinfo")
            .Where(line => line.Contains(" - cgroup2 ", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[4])
            .FirstOrDefault();
}
