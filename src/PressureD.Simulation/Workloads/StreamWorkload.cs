using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Workloads;

/// <summary>
/// Reads a file from end to end at a rate, again and again, as a backup or a media server does; some of what it reads
/// are pages that it has read before.
/// </summary>
public sealed class StreamWorkload : Workload
{
    private const long ReadNsec = 250;

    private MemoryRegion _file = null!;
    private Rate _rate;
    private long _position;
    private long _againMillionths;

    public required long BytesPerSecond { get; init; }
    public required long SizeBytes { get; init; }

    /// <summary>Millionths of its reads that are of pages read before, each equally likely.</summary>
    public long ReuseMillionths { get; init; }

    /// <summary>How often it has come to the end of the file.</summary>
    public int Passes { get; private set; }

    /// <summary>Pages read.</summary>
    public long ReadPages { get; private set; }

    public override void Begin(SimulatedMachine machine, SimulatedProcess process)
    {
        _file = machine.MapRegion(process, RegionKind.File);
        _rate = new Rate(Pages.FromBytes(BytesPerSecond));
    }

    public override void Tick(TaskTick task)
    {
        var due = _rate.Take(task.RemainingNsec / 1000);
        while (due > 0 && !task.Spent)
        {
            var batch = long.Min(due, task.Machine.Options.Disk.ReadaheadPages);
            _againMillionths += batch * ReuseMillionths;
            var again = _file.SizePages == 0 ? 0 : _againMillionths / 1_000_000;
            _againMillionths -= again * 1_000_000;
            var done = again > 0 ? task.Touch(_file, again, ReadNsec) : 0;
            done += ReadOn(task, batch - again);
            ReadPages += done;
            due -= done;
            if (done == 0) return;
        }
    }

    // What it comes to next is what it has not read for the longest time: only a file that is in memory as a whole is
    // there when it is read again.
    private long ReadOn(TaskTick task, long pages)
    {
        var size = Pages.FromBytes(SizeBytes);
        pages = long.Min(pages, size - _position);
        if (pages <= 0) return 0;
        long read;
        if (_file.ResidentPages < size)
        {
            read = task.Stream(_file, long.Min(pages, size - _file.ResidentPages));
            if (Passes > 0) task.Machine.CountRereads(_file, read);
        }
        else
        {
            read = task.Touch(_file, pages, ReadNsec);
        }

        _position += read;
        _file.SizePages = Passes > 0 ? size : long.Max(_position, _file.ResidentPages);
        if (_position < size) return read;
        _position = 0;
        Passes++;
        return read;
    }
}
