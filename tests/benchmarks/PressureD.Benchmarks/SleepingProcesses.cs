using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;

namespace PressureD.Benchmarks;

/// <summary>
/// Processes that do nothing, in cgroups of their own, until so many run on the machine. Whoever dies is replaced.
/// </summary>
internal sealed class SleepingProcesses : IDisposable
{
    private const int Cgroups = 20;

    private readonly string _top;
    private readonly List<Process> _processes = [];

    public SleepingProcesses(string cgroupMount, int processesOfMachine)
    {
        Name = $"pressured-bench-{Environment.ProcessId}";
        _top = Path.Combine(cgroupMount, Name);
        Directory.CreateDirectory(_top);
        for (int i = 0; i < Cgroups; i++)
            Directory.CreateDirectory(CgroupOf(i));
        int missing = processesOfMachine - Process.GetProcesses().Length;
        if (missing < 1)
            throw new BenchmarkException($"more than {processesOfMachine} processes run here already");
        for (int i = 0; i < missing; i++)
            Add();
    }

    /// <summary>The path of the cgroup that holds them all.</summary>
    public string Name { get; }

    public int Count => _processes.Count;

    /// <summary>Waits until one has died, and starts another.</summary>
    public void ReplaceDead()
    {
        int dead = -1;
        SpinWait.SpinUntil(() => (dead = _processes.FindIndex(static process => process.HasExited)) >= 0);
        _processes[dead].Dispose();
        _processes.RemoveAt(dead);
        Add();
    }

    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        for (int i = 0; i < Cgroups; i++)
            Remove(CgroupOf(i));
        Remove(_top);
    }

    private string CgroupOf(int index) => Path.Combine(_top, $"unit{index % Cgroups}.service");

    private void Add()
    {
        var process = Process.Start("sleep", "100000");
        _processes.Add(process);
        File.WriteAllText(
            Path.Combine(CgroupOf(process.Id), "cgroup.procs"), process.Id.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A cgroup is empty a moment after its last process was waited for.</summary>
    private static void Remove(string path)
    {
        SpinWait.SpinUntil(() => TryRemove(path), TimeSpan.FromSeconds(10));
    }

    private static bool TryRemove(string path)
    {
        try
        {
            Directory.Delete(path);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
