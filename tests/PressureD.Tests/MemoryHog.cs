using System;
using System.IO;
using System.Linq;
using PressureD.Systemd.Tests;

namespace PressureD.Tests;

/// <summary>A process in a cgroup that holds memory and does nothing.</summary>
internal sealed class MemoryHog : IDisposable
{
    public const int Mib = 200;

    private readonly RunningProgram _shell;

    /// <param name="cgroup">Where it lives.</param>
    /// <param name="program">A copy of tail(1), whose name becomes the process's.</param>
    /// <param name="mib">How much it holds. MiB.</param>
    /// <param name="ignoresTerm">Whether SIGTERM does nothing to it.</param>
    public MemoryHog(string cgroup, string program, int mib = Mib, bool ignoresTerm = false)
    {
        long before = Resident(cgroup);
        // tail keeps what may be its last line: all of it, for there is no end of line and no end of input.
        // A session of its own makes it a process group of its own.
        _shell = RunningProgram.Other(
            "setsid",
            "sh",
            "-c",
            (ignoresTerm ? "trap '' TERM; " : "")
            + "echo $$ > \"$0/cgroup.procs\"; { head -c \"$1\"M /dev/zero; sleep 1000; } | exec \"$2\" -n 1 >/dev/null 2>&1",
            cgroup,
            $"{mib}",
            program);
        Eventually.True(() => Resident(cgroup) - before >= (mib - 10) * 1024L * 1024 || _shell.HasExited, "the memory is filled");
        Assert.False(_shell.HasExited, _shell.Errors);
    }

    /// <summary>A copy of tail(1) under a name of the test's choosing.</summary>
    public static string Program(Sandbox sandbox, string name)
    {
        string path = sandbox.PathOf(name);
        File.Copy(new[] { "/usr/bin/tail", "/bin/tail" }.First(File.Exists), path);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    public void Dispose() => _shell.Dispose();

    private static long Resident(string cgroup)
    {
        long pages = 0;
        foreach (string pid in File.ReadAllLines(Path.Combine(cgroup, "cgroup.procs")))
        {
            try
            {
                pages += long.Parse(File.ReadAllText($"/proc/{pid}/statm").Split(' ')[1]);
            }
            catch (IOException)
            {
                // It has just ended.
            }
        }

        return pages * Environment.SystemPageSize;
    }
}
