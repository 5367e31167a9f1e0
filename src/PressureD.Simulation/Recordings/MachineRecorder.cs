using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Cgroups;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;

namespace PressureD.Simulation.Recordings;

/// <summary>
/// Reads all that the daemon can read of a machine, again and again, and tells each time what has changed. It changes
/// nothing there.
/// </summary>
public sealed class MachineRecorder : IDisposable
{
    /// <summary>
    /// What a process's stat does not show when it changes (its cgroup, oom_score_adj), and what cgroups seldom change
    /// (owner, attributes), is read in one of so many samples.
    /// </summary>
    private const int SeldomSamples = 8;

    /// <summary>Pids that were the kernel's own are looked at again after so many samples.</summary>
    private const int KernelPidSamples = 64;

    private readonly IKernel _kernel;
    private readonly int _leftOutPid;
    private readonly string _machineText;
    private readonly FrameEncoder _encoder = new();
    private readonly CgroupTable _cgroups;
    private readonly CostlyReads _costly;
    private readonly RecordedCell _machine = new(RecordedFiles.MachineKey);
    private readonly List<(int File, RecordedCell Cell)> _host = [];
    private readonly SortedDictionary<string, RecordedCell> _devices = new(StringComparer.Ordinal);
    private readonly Dictionary<CgroupSlot, RecordedCgroup> _recorded = [];
    private readonly Dictionary<int, RecordedProcess> _processes = [];
    private readonly List<RecordedProcess> _gone = [];
    private readonly HashSet<int> _kernelPids = [];
    private readonly SwapDevice[] _swaps = new SwapDevice[SwapsReader.MaxDevices];
    private readonly byte[] _buffer = new byte[128 * 1024];
    private int[] _pids = new int[1024];
    private long _samples;

    /// <param name="kernel">What is recorded.</param>
    /// <param name="host">The machine's name.</param>
    /// <param name="release">The kernel's version.</param>
    /// <param name="leftOutPid">A process that does not belong to what is recorded, or 0.</param>
    public MachineRecorder(IKernel kernel, string host, string release, int leftOutPid)
    {
        _kernel = kernel;
        _leftOutPid = leftOutPid;
        _machineText = MachineText.Of(kernel.Features, host, release);
        _costly = new CostlyReads(kernel);
        _cgroups = new CgroupTable(kernel) { Added = Add, Removed = Remove };
        foreach (var path in RecordedFiles.Host)
        {
            var file = kernel.OpenFile(KernelDirectory.None, Encoding.UTF8.GetBytes(path));
            if (file != -Errno.ENOENT) _host.Add((file, new RecordedCell(path)));
        }
    }

    /// <summary>Samples taken.</summary>
    public long Samples => _samples;

    /// <summary>Processes and cgroups of the last sample.</summary>
    public int Processes => _processes.Count;

    /// <inheritdoc cref="Processes"/>
    public int Cgroups => _recorded.Count;

    /// <summary>Whether workers read for it.</summary>
    public bool IsReading => _costly.IsBusy;

    /// <summary>Takes what workers have read meanwhile. It is told by the next sample.</summary>
    public void Advance() => _costly.Advance();

    /// <summary>Reads everything.</summary>
    /// <param name="wallUsec">The time of day, since 1970.</param>
    /// <returns>
    /// A frame: what has changed since the last sample, or since nothing. Good until the next call of any method.
    /// </returns>
    public ReadOnlySpan<byte> Sample(long wallUsec)
    {
        _samples++;
        _encoder.Begin(_kernel.NowUsec, wallUsec);
        _encoder.Put(_machine, Encoding.UTF8.GetBytes(_machineText));
        foreach (var (file, cell) in _host) Read(file, cell);
        ReadZram();
        ReadCgroups();
        ReadProcesses();
        _costly.Advance();
        _costly.Take(_encoder);
        return _samples == 1 || _encoder.IsWholeDue ? _encoder.Whole() : _encoder.End();
    }

    /// <summary>The last sample as a frame that needs none before it.</summary>
    public ReadOnlySpan<byte> Whole() => _encoder.Whole();

    /// <summary>What could not be read, in words: each kind of file once, with how many of them.</summary>
    public IReadOnlyList<string> Unreadable()
    {
        var counts = new SortedDictionary<(string Name, string Errno), int>();
        foreach (var cell in _encoder.Cells)
        {
            if (cell.Number < 0 || cell.Errno == 0) continue;
            var name = cell.Key;
            if (RecordedFiles.PidOf(name) != 0) name = $"/proc/PID/{name[(name.LastIndexOf('/') + 1)..]}";
            else if (IsOfCgroup(name)) name = $"{name[(name.LastIndexOf('/') + 1)..]} of a cgroup";
            var key = (name, Errno.Name(cell.Errno));
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        var lines = new List<string>();
        foreach (var ((name, errno), count) in counts)
            lines.Add(count == 1 ? $"{name}: {errno}" : $"{name}: {errno}, {count} of them");
        return lines;
    }

    /// <summary>Gives every descriptor back.</summary>
    public void Dispose()
    {
        _cgroups.Dispose();
        foreach (var (file, _) in _host) _kernel.Close(file);
    }

    private bool IsOfCgroup(string key) => _kernel.Features.Cgroups != CgroupMode.None
        && key.StartsWith(_kernel.Features.CgroupMount + "/", StringComparison.Ordinal);

    /// <summary>Reads a held file; false when it is gone.</summary>
    private bool Read(int file, RecordedCell cell)
    {
        var length = file < 0 ? file : _kernel.Read(file, _buffer);
        if (Errno.IsGone(length)) return false;
        if (length < 0) _encoder.PutErrno(cell, -length);
        else _encoder.Put(cell, _buffer.AsSpan(0, length));
        return true;
    }

    private void ReadZram()
    {
        foreach (var (_, cell) in _host)
        {
            if (cell.Key != RecordedFiles.Swaps || cell.Errno != 0) continue;
            var count = SwapsReader.Read(cell.Content, _swaps);
            for (var index = 0; index < count; index++)
                if (_swaps[index].IsZram) ReadDevice(RecordedFiles.ZramKey(_swaps[index].ZramNumber), once: false);
        }
    }

    /// <summary>A line of io.stat begins with the device: "8:0 rbytes=...".</summary>
    private void ReadDisks(ReadOnlySpan<byte> ioStat)
    {
        foreach (var range in ioStat.Split((byte)'\n'))
        {
            var line = ioStat[range];
            var space = line.IndexOf((byte)' ');
            if (space > 0) ReadDevice(RecordedFiles.DiskKey(Encoding.UTF8.GetString(line[..space])), once: true);
        }
    }

    private void ReadDevice(string key, bool once)
    {
        var known = _devices.TryGetValue(key, out var cell);
        if (known && once) return;
        if (cell is null) _devices[key] = cell = new RecordedCell(key);
        var file = _kernel.OpenFile(KernelDirectory.None, Encoding.UTF8.GetBytes(key));
        if (!Read(file, cell)) _encoder.Remove(cell);
        if (file >= 0) _kernel.Close(file);
    }

    private void Add(CgroupSlot slot) => _recorded[slot] = new RecordedCgroup(
        RecordedFiles.KeyOf(_kernel.Features.CgroupMount, Encoding.UTF8.GetString(slot.Path)));

    private void Remove(CgroupSlot slot)
    {
        var cgroup = _recorded[slot];
        _recorded.Remove(slot);
        foreach (var file in cgroup.Files)
            if (file >= 0) _kernel.Close(file);
        foreach (var cell in cgroup.Cells)
            if (cell is not null) _encoder.Remove(cell);
        _encoder.Remove(cgroup.Directory);
    }

    private void ReadCgroups()
    {
        _cgroups.Refresh();
        var slots = _cgroups.Slots;
        for (var index = 0; index < slots.Length; index++)
        {
            var cgroup = _recorded[slots[index]];
            if (cgroup.Directory.Number < 0 || (index + _samples) % SeldomSamples == 0)
            {
                var text = DirectoryText.Of(_kernel, slots[index].Directory, slots[index].Identity);
                _encoder.Put(cgroup.Directory, Encoding.UTF8.GetBytes(text));
            }

            ReadCgroup(slots[index], cgroup);
        }
    }

    private void ReadCgroup(CgroupSlot slot, RecordedCgroup cgroup)
    {
        if (cgroup.IsToBeOpened) Open(slot, cgroup);
        for (var index = 0; index < cgroup.Files.Length; index++)
        {
            // Where it is missing, nothing is recorded, which says so.
            if (cgroup.Files[index] == -Errno.ENOENT) continue;
            var cell = cgroup.CellAt(index);
            var isControllers = index == RecordedFiles.ControllersIndex;
            var before = isControllers ? cell.Content.ToArray() : [];
            if (!Read(cgroup.Files[index], cell)) return;
            if (isControllers && !cell.Content.SequenceEqual(before)) cgroup.IsToBeOpened = true;
            if (RecordedFiles.Cgroup[index] == "io.stat") ReadDisks(cell.Content);
        }
    }

    private void Open(CgroupSlot slot, RecordedCgroup cgroup)
    {
        cgroup.IsToBeOpened = false;
        for (var index = 0; index < cgroup.Files.Length; index++)
        {
            if (cgroup.Files[index] >= 0) continue;
            var name = Encoding.UTF8.GetBytes(RecordedFiles.Cgroup[index]);
            cgroup.Files[index] = _kernel.OpenFile(slot.Directory, name);
        }
    }

    private void ReadProcesses()
    {
        if (_samples % KernelPidSamples == 0) _kernelPids.Clear();
        var count = _kernel.ListProcesses(_pids);
        while (count == _pids.Length)
        {
            _pids = new int[_pids.Length * 2];
            count = _kernel.ListProcesses(_pids);
        }

        var pids = _pids.AsSpan(0, int.Max(0, count));
        pids.Sort();
        foreach (var pid in pids)
            if (pid != _leftOutPid && !_kernelPids.Contains(pid)) ReadProcess(pid);
        foreach (var process in _processes.Values)
            if (process.SeenInSample != _samples) _gone.Add(process);
        foreach (var process in _gone)
        {
            Forget(process);
            _processes.Remove(process.Pid);
        }

        _gone.Clear();
    }

    private void ReadProcess(int pid)
    {
        var length = _kernel.ReadProcess(pid, ProcessFile.Stat, _buffer);
        if (length < 0 || !ProcessStatReader.TryRead(_buffer.AsSpan(0, length), out var stat)) return;
        if (stat.IsKernelThread)
        {
            _kernelPids.Add(pid);
            return;
        }

        if (!_processes.TryGetValue(pid, out var process)) _processes[pid] = process = new RecordedProcess(pid);
        var comm = _buffer.AsSpan(stat.CommOffset, stat.CommLength);
        if (process.StartTicks != stat.StartTicks || !comm.SequenceEqual(process.Comm))
        {
            if (process.StartTicks != stat.StartTicks) Forget(process);
            process.StartTicks = stat.StartTicks;
            process.Comm = comm.ToArray();
            _costly.Ask(process);
        }

        process.SeenInSample = _samples;
        var isNew = process.Cells[0].Number < 0;
        var isSame = !isNew && process.Cells[0].Content.SequenceEqual(_buffer.AsSpan(0, length));
        if (isSame && (pid + _samples) % SeldomSamples != 0) return;
        _encoder.Put(process.Cells[0], _buffer.AsSpan(0, length));
        for (var index = 1; index < process.Cells.Length; index++)
        {
            length = _kernel.ReadProcess(pid, RecordedFiles.Process[index], _buffer);
            if (length >= 0) _encoder.Put(process.Cells[index], _buffer.AsSpan(0, length));
            else if (!Errno.IsGone(length)) _encoder.PutErrno(process.Cells[index], -length);
        }
    }

    private void Forget(RecordedProcess process)
    {
        foreach (var cell in process.Cells) _encoder.Remove(cell);
        foreach (var cell in process.CostlyCells) _encoder.Remove(cell);
    }
}
