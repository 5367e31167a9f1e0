using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using PressureD.Contract.Linux.Interop;
using PressureD.Core.Kernel;
using PressureD.Linux;

namespace PressureD.Contract.Linux;

/// <summary>
/// The stage on a real machine: cgroups below one of its own, and children. It needs root for the cgroups.
/// </summary>
public sealed class LinuxStage : IKernelStage, IDisposable
{
    private static int _stages;

    private readonly LinuxKernel _kernel;
    private readonly string _topPath;
    private readonly List<StagedProcess> _processes = [];
    private readonly List<string> _cgroups = [];

    /// <summary>Makes the stage's own cgroup, where that is possible.</summary>
    public LinuxStage(LinuxKernel kernel)
    {
        _kernel = kernel;
        Top = $"pressured-contract-{kernel.Features.OwnPid}-{Interlocked.Increment(ref _stages)}";
        _topPath = Path.Combine(kernel.Features.CgroupMount, Top);
        if (kernel.Features.Cgroups == CgroupMode.None)
        {
            CgroupsUnusable = "no cgroup2 file system";
            return;
        }

        try
        {
            EnableMemory(kernel.Features.CgroupMount);
            Directory.CreateDirectory(_topPath);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            CgroupsUnusable = $"cannot make cgroups: {exception.Message}";
        }
    }

    /// <inheritdoc/>
    public string Top { get; }

    /// <inheritdoc/>
    public string? CgroupsUnusable { get; }

    /// <inheritdoc/>
    public void CreateCgroup(string path)
    {
        var full = Path.Combine(_topPath, path);
        EnableMemory(Path.GetDirectoryName(full)!);
        Directory.CreateDirectory(full);
        _cgroups.Add(path);
    }

    /// <inheritdoc/>
    public void RemoveCgroup(string path)
    {
        Directory.Delete(Path.Combine(_topPath, path));
        _cgroups.Remove(path);
    }

    /// <inheritdoc/>
    public void GiveCgroup(string path, int uid)
    {
        if (Libc.chown(Path.Combine(_topPath, path), uid, -1) < 0)
            throw new InvalidOperationException($"cannot give {path} to {uid}");
    }

    /// <inheritdoc/>
    public int StartProcess(string path)
    {
        var process = StagedProcess.Start();
        _processes.Add(process);
        if (path.Length > 0) File.WriteAllText(Path.Combine(_topPath, path, "cgroup.procs"), $"{process.Pid}");
        return process.Pid;
    }

    /// <inheritdoc/>
    public void EndProcess(int pid) => Find(pid).End();

    /// <inheritdoc/>
    public void Reap(int pid)
    {
        var process = Find(pid);
        process.Reap();
        _processes.Remove(process);
    }

    /// <inheritdoc/>
    public void RequestStep()
    {
        var other = new Thread(_kernel.Wake);
        other.Start();
        other.Join();
    }

    /// <inheritdoc/>
    public void Clear()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            process.Reap();
        }

        _processes.Clear();
        for (var index = _cgroups.Count - 1; index >= 0; index--)
            Directory.Delete(Path.Combine(_topPath, _cgroups[index]));
        _cgroups.Clear();
    }

    /// <summary>Leaves nothing behind.</summary>
    public void Dispose()
    {
        Clear();
        if (CgroupsUnusable is null) Directory.Delete(_topPath);
    }

    private StagedProcess Find(int pid) =>
        _processes.Find(process => process.Pid == pid)
        ?? throw new InvalidOperationException($"no process {pid} is staged");

    private void EnableMemory(string parent)
    {
        if (_kernel.Features.MemoryController)
            File.WriteAllText(Path.Combine(parent, "cgroup.subtree_control"), "+memory");
    }
}
