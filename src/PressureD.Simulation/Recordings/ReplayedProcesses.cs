using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Recordings;

/// <summary>The processes of a recording on the machine over which it is laid.</summary>
internal sealed class ReplayedProcesses
{
    /// <summary>
    /// A recorded death so soon after the signal is taken for what came of it, where pressured ran: it may have sent
    /// the same signal.
    /// </summary>
    private const long SameDeathUsec = 5_000_000;

    /// <summary>So long after its recorded death a victim would end by itself; the recording comes first.</summary>
    private const long EndMarginUsec = 1_000_000;

    private readonly Recording _recording;
    private readonly SimulatedMachine _machine;
    private readonly FrameDecoder _decoder;
    private readonly int _ownPid;
    private readonly Dictionary<int, (SimulatedProcess Process, long StartTicks)> _running = [];
    private readonly Dictionary<int, long> _absent = [];
    private readonly List<SimulatedProcess> _struck = [];
    private readonly SortedSet<int> _touched = [];

    /// <param name="recording">What is replayed.</param>
    /// <param name="machine">Where they are.</param>
    /// <param name="decoder">The sample to come.</param>
    /// <param name="ownPid">The daemon's, which is not started here.</param>
    public ReplayedProcesses(Recording recording, SimulatedMachine machine, FrameDecoder decoder, int ownPid)
    {
        _recording = recording;
        _machine = machine;
        _decoder = decoder;
        _ownPid = ownPid;
    }

    /// <summary>Pids that the recording goes on with, though the policy has ended them or who started them.</summary>
    public IReadOnlyCollection<int> Absent => _absent.Keys;

    /// <summary>Notes whom the daemon has signalled.</summary>
    public void NoteAct(KernelAct act)
    {
        if (act.Process is { } process) _struck.Add(process);
        if (act.File != "cgroup.kill") return;
        foreach (var member in _machine.Processes)
            if (member.Cgroup.IsWithin(act.Cgroup)) _struck.Add(member);
    }

    /// <summary>Ends who is no longer there in the sample.</summary>
    /// <param name="noteEnd">Told before a process ends that nobody here had signalled.</param>
    public void RemoveEnded(Action<SimulatedProcess> noteEnd)
    {
        _touched.Clear();
        foreach (var key in _decoder.Removed) Touch(key);
        foreach (var key in _decoder.Changed) Touch(key);
        _touched.Remove(_ownPid);
        foreach (var pid in _touched)
        {
            var isThere = TryStat(pid, out var stat);
            if (_absent.TryGetValue(pid, out var absent) && (!isThere || stat.StartTicks != absent))
                _absent.Remove(pid);
            if (!_running.TryGetValue(pid, out var known)) continue;
            var isSame = isThere && stat.StartTicks == known.StartTicks;
            var hasEnded = !isSame || stat.HasEnded;
            if (hasEnded && known.Process.IsAlive)
            {
                if (!_struck.Contains(known.Process)) noteEnd(known.Process);
                _machine.EndAtOnce(known.Process);
            }

            if (isSame) continue;
            _machine.Reap(known.Process);
            _running.Remove(pid);
        }

        FindAbsent();
    }

    /// <summary>Starts who is new in the sample, and moves who is elsewhere.</summary>
    public void Start()
    {
        foreach (var pid in _touched)
        {
            if (_absent.ContainsKey(pid) || !TryStat(pid, out var stat)) continue;
            if (!_running.TryGetValue(pid, out var known)) Start(pid, stat);
            else if (known.Process.IsAlive && CgroupOf(pid) is var cgroup && cgroup != known.Process.Cgroup)
                _machine.Move(known.Process, cgroup);
        }
    }

    private void Touch(string key)
    {
        if (RecordedFiles.PidOf(key) is > 0 and var pid) _touched.Add(pid);
    }

    private bool TryStat(int pid, out ProcessStat stat)
    {
        stat = default;
        return _decoder.Values.TryGetValue(RecordedFiles.KeyOf(pid, ProcessFile.Stat), out var value)
            && ProcessStatReader.TryRead(value.Content, out stat);
    }

    /// <summary>Who has ended here by a signal and lives on in the recording.</summary>
    private void FindAbsent()
    {
        for (var index = _struck.Count - 1; index >= 0; index--)
        {
            var process = _struck[index];
            if (process.IsAlive) continue;
            _struck.RemoveAt(index);
            if (!_running.TryGetValue(process.Pid, out var known) || known.Process != process) continue;
            if (!TryStat(process.Pid, out var stat) || stat.HasEnded) continue;
            _absent[process.Pid] = known.StartTicks;
            _machine.Reap(process);
            _running.Remove(process.Pid);
        }
    }

    private void Start(int pid, in ProcessStat stat)
    {
        if (_absent.ContainsKey(stat.ParentPid))
        {
            _absent[pid] = stat.StartTicks;
            return;
        }

        var content = _decoder.Values[RecordedFiles.KeyOf(pid, ProcessFile.Stat)].Content;
        var status = RecordedText.Of(_decoder.Values, RecordedFiles.KeyOf(pid, ProcessFile.Status));
        var uid = ProcessStatusReader.TryRead(Encoding.UTF8.GetBytes(status), out var said) ? said.EffectiveUid : 0;
        var process = _machine.Start(new ProcessOptions
        {
            Pid = pid,
            Comm = Encoding.UTF8.GetString(content.AsSpan(stat.CommOffset, stat.CommLength)),
            Cgroup = CgroupOf(pid).Path,
            ParentPid = stat.ParentPid,
            GroupPid = stat.ProcessGroup,
            SessionPid = stat.Session,
            Uid = (int)uid,
            IgnoresTerm = RecordedText.IgnoresTerm(status),
        });
        _running[pid] = (process, stat.StartTicks);
        if (stat.HasEnded) _machine.EndAtOnce(process);
    }

    private SimulatedCgroup CgroupOf(int pid) =>
        RecordedText.CgroupOf(_decoder.Values, pid) is { } path && _machine.FindCgroup(path) is { } cgroup
            ? cgroup
            : _machine.Root;

    /// <summary>Has a say in how long victims live, in place of the kernel port's faults.</summary>
    public void Attach() => _machine.StickVictim = StickUsec;

    /// <summary>A victim that the recording shows dying lives here as long as there.</summary>
    private long StickUsec(SimulatedProcess process)
    {
        if (!_recording.Summary.IsGuarded) return 0;
        if (!_running.TryGetValue(process.Pid, out var known) || known.Process != process) return 0;
        var endUsec = _recording.Ends.GetValueOrDefault((process.Pid, known.StartTicks), long.MaxValue);
        var leftUsec = endUsec - _machine.NowUsec;
        return leftUsec is >= 0 and <= SameDeathUsec ? leftUsec + EndMarginUsec : 0;
    }
}
