using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Kernel;
using PressureD.Simulation.Faults;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Kernel;

/// <content>Processes, and operations that can hang.</content>
public sealed partial class SimulatedKernel
{
    private const int WorkerCount = 2;
    private const int PlaceCount = 16;
    private const int MaxOutputBytes = 4096;

    private readonly List<PendingOperation> _operations = [];
    private int _nextTicket = 1;

    /// <inheritdoc/>
    public int ListProcesses(Span<int> pids)
    {
        var fault = FaultOf(KernelCallKind.ListProcesses, "/proc");
        if (fault.Errno != 0) return -fault.Errno;
        var count = 0;
        foreach (var process in _machine.Processes)
        {
            if (count == pids.Length) break;
            pids[count++] = process.Pid;
        }

        return count;
    }

    /// <inheritdoc/>
    public int ListThreads(int pid, Span<int> threads)
    {
        var fault = FaultOf(KernelCallKind.ListProcesses, $"/proc/{pid}/task");
        if (fault.Errno != 0) return -fault.Errno;
        if (_machine.FindProcess(pid) is not { } process) return -Errno.ENOENT;
        var count = 0;
        if (count < threads.Length) threads[count++] = pid;
        if (process.HasOtherThread && count < threads.Length) threads[count++] = process.ThreadId;
        return count;
    }

    /// <inheritdoc/>
    public int ReadProcess(int pid, ProcessFile file, Span<byte> buffer) =>
        file is ProcessFile.Cmdline or ProcessFile.Exe or ProcessFile.Environ
            ? -Errno.EINVAL
            : ReadProcessFile(pid, file, buffer);

    /// <inheritdoc/>
    public int OpenProcess(int pid)
    {
        if (!Features.ProcessHandles) return -Errno.ENOSYS;
        if (pid <= 0) return -Errno.EINVAL;
        var path = $"/proc/{pid}";
        var fault = FaultOf(KernelCallKind.OpenProcess, path);
        if (fault.Errno != 0) return -fault.Errno;
        if (_machine.FindProcess(pid) is not { } process) return -Errno.ESRCH;
        return Enter(new Held.Process { Path = path, Target = process });
    }

    /// <inheritdoc/>
    public int Signal(int process, int signal)
    {
        if (Get<Held.Process>(process) is not { } held) return -Errno.EBADF;
        var fault = FaultOf(KernelCallKind.Signal, held.Path);
        if (fault.Errno != 0) return -fault.Errno;
        var target = held.Target;
        if (target.State != ProcessState.Reaped && !_options.KillCapability && _options.OwnUid != target.Options.Uid)
            return -Errno.EPERM;
        var noticed = signal != Signals.Probe && target.IsAlive;
        var result = _machine.Signal(target, signal);
        if (noticed && result >= 0) Acted?.Invoke(new KernelAct(target.Cgroup, target, signal, null, null));
        return result;
    }

    /// <inheritdoc/>
    public int Begin(in BlockingOperation operation)
    {
        SimulatedProcess? process = null;
        SimulatedCgroup? cgroup = null;
        var name = "";
        var path = $"/proc/{operation.Target}/{operation.Kind}";
        switch (operation.Kind)
        {
            case BlockingKind.ReleaseMemory:
                if (Get<Held.Process>(operation.Target) is not { } held) return -Errno.EBADF;
                process = held.Target;
                path = $"/proc/{process.Pid}/{operation.Kind}";
                break;
            case BlockingKind.Write:
                if (operation.Path.Length > BlockingOperation.MaxPathBytes) return -Errno.ENAMETOOLONG;
                if (operation.Value.Length > BlockingOperation.MaxValueBytes) return -Errno.EINVAL;
                path = name = Encoding.UTF8.GetString(operation.Path.Span);
                if (operation.Target == KernelDirectory.None) break;
                if (Get<Held.Directory>(operation.Target) is not { } directory) return -Errno.EBADF;
                cgroup = directory.Cgroup;
                path = PathOf(cgroup, name);
                break;
        }

        if (_operations.Count >= PlaceCount) return -Errno.EBUSY;
        var fault = FaultOf(KernelCallKind.Begin, path);
        if (fault.Errno != 0) return -fault.Errno;
        var ticket = _nextTicket;
        _nextTicket = _nextTicket == int.MaxValue ? 1 : _nextTicket + 1;
        _operations.Add(new PendingOperation
        {
            Ticket = ticket,
            Operation = operation,
            Process = process,
            Cgroup = cgroup,
            Path = name,
            Value = Encoding.UTF8.GetString(operation.Value.Span),
            DurationUsec = _options.OperationUsec + fault.DelayUsec,
        });
        StartOperations();
        return ticket;
    }

    /// <summary>
    /// The daemon was killed: workers end with it. What waits for one is not done; of what one was doing nobody knows
    /// whether it was.
    /// </summary>
    /// <param name="runningAreDone">Whether what workers were at is done.</param>
    public void EndWorkers(bool runningAreDone)
    {
        foreach (var operation in _operations)
            if (runningAreDone && operation is { StartedUsec: >= 0, Done: false }) Perform(operation);
        _operations.Clear();
    }

    /// <inheritdoc/>
    public int Finish(int ticket, Span<byte> output)
    {
        var index = _operations.FindIndex(operation => operation.Ticket == ticket);
        if (index < 0) return -Errno.EINVAL;
        EndOperations();
        var operation = _operations[index];
        if (!operation.Done) return -Errno.EAGAIN;
        _operations.RemoveAt(index);
        if (operation.Result <= 0) return operation.Result;
        var length = int.Min(operation.Result, output.Length);
        operation.Output.AsSpan(0, length).CopyTo(output);
        return length;
    }

    private int ReadProcessFile(int pid, ProcessFile file, Span<byte> buffer)
    {
        var path = $"/proc/{pid}/{NameOf(file)}";
        var fault = FaultOf(KernelCallKind.ReadProcess, path);
        if (fault.Errno != 0) return -fault.Errno;
        if ((_machine.FindProcess(pid) ?? _machine.FindByThread(pid)) is not { } process) return -Errno.ENOENT;
        if (file == ProcessFile.Exe && !_processFiles.HasMemory(process, pid)) return -Errno.ENOENT;
        var error = Render(new FileSource { Process = process, Thread = pid, ProcessFile = file }, path);
        return error < 0 ? error : Copy(_text.Bytes, buffer, fault);
    }

    // Two workers take what waits in order; the others stay queued behind them.
    private void StartOperations()
    {
        var running = 0;
        foreach (var operation in _operations)
            if (operation is { StartedUsec: >= 0, Done: false }) running++;
        foreach (var operation in _operations)
        {
            if (running >= WorkerCount) return;
            if (operation.StartedUsec >= 0) continue;
            operation.StartedUsec = NowUsec;
            running++;
        }
    }

    private void EndOperations()
    {
        while (true)
        {
            var ended = false;
            foreach (var operation in _operations)
            {
                if (operation.Done || operation.StartedUsec < 0 || operation.EndsUsec > NowUsec) continue;
                Perform(operation);
                ended = true;
            }

            if (!ended) return;
            StartOperations();
        }
    }

    private void Perform(PendingOperation operation)
    {
        operation.Done = true;
        if (operation.Operation.Kind == BlockingKind.ReleaseMemory)
        {
            operation.Result = Features.ReleaseMemory ? _machine.ReleaseMemory(operation.Process!) : -Errno.ENOSYS;
            return;
        }

        if (operation.Operation.Kind == BlockingKind.Write)
        {
            // As the port says: EAGAIN stands for a ticket that still runs.
            operation.Result = PerformWrite(operation) is var result && result == -Errno.EAGAIN
                ? -Errno.ETIMEDOUT : result;
            return;
        }

        operation.Output = new byte[MaxOutputBytes];
        operation.Result = ReadProcessFile(operation.Operation.Target, operation.Operation.File, operation.Output);
    }

    private int PerformWrite(PendingOperation operation)
    {
        if (operation.Cgroup is { } cgroup)
            return WriteControl(cgroup, Encoding.UTF8.GetBytes(operation.Path), operation.Value);
        if (!operation.Path.StartsWith('/')) return -Errno.EINVAL;
        var fault = FaultOf(KernelCallKind.WriteControl, operation.Path);
        return fault.Errno != 0 ? -fault.Errno : _hostFiles.Write(operation.Path, operation.Value);
    }

    private long NextOperationUsec()
    {
        var next = long.MaxValue;
        foreach (var operation in _operations)
            if (operation is { StartedUsec: >= 0, Done: false }) next = long.Min(next, operation.EndsUsec);
        return next;
    }
}
