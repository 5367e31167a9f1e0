using System;
using System.Collections.Generic;
using PressureD.Contract;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Tests.Kernel;

/// <summary>The world around a simulated kernel.</summary>
internal sealed class SimulatedKernelStage : IKernelStage
{
    private readonly SimulatedKernel _kernel;
    private readonly List<SimulatedProcess> _started = [];

    public SimulatedKernelStage(SimulatedKernel kernel)
    {
        _kernel = kernel;
        kernel.Machine.MakeCgroup(Top);
    }

    public string Top => "contract";

    public string? CgroupsUnusable => null;

    public void CreateCgroup(string path) => _kernel.Machine.MakeCgroup(Top + "/" + path);

    public void RemoveCgroup(string path)
    {
        var cgroup = _kernel.Machine.FindCgroup(Top + "/" + path) ?? throw new InvalidOperationException(path);
        for (var round = 0; round < 100 && cgroup.Processes.Count > 0; round++) Advance();
        if (_kernel.Machine.RemoveCgroup(cgroup) < 0) throw new InvalidOperationException(path + " is in use");
    }

    public void GiveCgroup(string path, int uid) => _kernel.Machine.FindCgroup(Top + "/" + path)!.OwnerUid = uid;

    public int StartProcess(string path)
    {
        var process = _kernel.Machine.Start(new ProcessOptions
        {
            Comm = "cat",
            Arguments = ["cat", "-u"],
            Environment = ["CONTRACT=kept", "EMPTY="],
            Cgroup = path.Length == 0 ? "/" : $"/{Top}/{path}",
            ParentPid = _kernel.Daemon.Pid,
            AnonBytes = 256 << 10,
            ParentReaps = false,
        });
        _started.Add(process);
        return process.Pid;
    }

    public void EndProcess(int pid) => _kernel.Machine.Exit(Find(pid));

    public void Reap(int pid)
    {
        var process = Find(pid);
        for (var round = 0; round < 1000 && process.IsAlive; round++) Advance();
        if (process.State != ProcessState.Zombie) throw new InvalidOperationException($"{pid} does not end");
        _kernel.Machine.Reap(process);
    }

    public void RequestStep() => _kernel.RequestStep();

    public void Clear()
    {
        foreach (var process in _started)
        {
            if (process.State == ProcessState.Reaped) continue;
            _kernel.Machine.Exit(process);
            Reap(process.Pid);
        }

        _started.Clear();
        RemoveBelow(_kernel.Machine.FindCgroup(Top)!);
    }

    private void RemoveBelow(SimulatedCgroup cgroup)
    {
        foreach (var child in new List<SimulatedCgroup>(cgroup.Children))
        {
            RemoveBelow(child);
            _kernel.Machine.RemoveCgroup(child);
        }
    }

    private SimulatedProcess Find(int pid) =>
        _started.FindLast(process => process.Pid == pid)
            ?? throw new InvalidOperationException($"{pid} was not started");

    private void Advance() => _kernel.Machine.Advance(SimulatedMachine.TickUsec);
}
