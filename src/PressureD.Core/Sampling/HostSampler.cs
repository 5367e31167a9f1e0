using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Readers;

namespace PressureD.Core.Sampling;

/// <summary>
/// Turns the machine's files into the values that the policy can ask about, and reads no file beyond those.
/// </summary>
public sealed class HostSampler : IDisposable
{
    private static readonly string[] MeminfoKeys =
        ["MemTotal", "MemFree", "MemAvailable", "AnonPages", "Shmem", "SwapTotal", "SwapFree", "Zswap", "Zswapped"];

    private const int KeyTotal = 0;
    private const int KeyFree = 1;
    private const int KeyAvailable = 2;
    private const int KeyAnon = 3;
    private const int KeyShmem = 4;
    private const int KeySwapTotal = 5;
    private const int KeySwapFree = 6;
    private const int KeyZswap = 7;
    private const int KeyZswapped = 8;

    private const int MaxSwapDevices = 32;

    private static readonly ZramStat UnknownZram = new()
    {
        OriginalBytes = Quantity.Unknown,
        CompressedBytes = Quantity.Unknown,
        UsedBytes = Quantity.Unknown,
    };

    // Files that are held, by their places among the paths.
    private const int MeminfoFile = 0;
    private const int SwapsFile = 1;
    private const int VmstatFile = 2;
    private const int ArcFile = 3;
    private const int FirstPsiFile = 4;

    private static readonly string[] PsiResources = ["memory", "io", "cpu", "irq"];

    private static readonly byte[][] Paths =
    [
        "/proc/meminfo"u8.ToArray(),
        "/proc/swaps"u8.ToArray(),
        "/proc/vmstat"u8.ToArray(),
        "/proc/spl/kstat/zfs/arcstats"u8.ToArray(),
        .. Array.ConvertAll(PsiResources, static resource => Encoding.UTF8.GetBytes($"/proc/pressure/{resource}")),
    ];

    /// <summary>
    /// Averages move every 2 s: while nothing is wrong, pressure is read at this pace however often levels are. A rate
    /// over less than this is mostly noise, so that rates are always over this much and keep their value in between.
    /// </summary>
    private const long CalmIntervalUsec = 950_000;

    /// <summary>
    /// What the kernel keeps back of free memory (high watermarks and lowmem_reserve) is less than an eighth of it all,
    /// on a small machine with transparent huge pages too.
    /// </summary>
    private const int ReservePart = 8;

    private readonly IKernel _kernel;
    private readonly Metric[] _metrics;
    private readonly long[] _values;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(32 * 1024, pinned: true);

    private readonly KeyedReader _meminfoReader;
    private readonly long[] _meminfo;
    private readonly (int Slot, int Key)[] _meminfoSlots;
    private readonly VmstatSource _vmstat;
    private readonly PsiSource?[] _psi = new PsiSource?[PsiResources.Length];
    private readonly HeldFile[] _files = new HeldFile[Paths.Length];
    private readonly RootSource _root;
    private readonly WindowBank _windows;
    private readonly SwapDevice[] _swapDevices = new SwapDevice[MaxSwapDevices];
    private readonly HeldFile[] _zramFiles = new HeldFile[MaxSwapDevices];
    private readonly TextBuffer _path = new(64);
    private readonly List<string> _missing = [];

    /// <summary>Files that could not be opened, and that are tried again.</summary>
    private readonly List<int> _later = [];

    private readonly int _slotSwapUsed;
    private readonly int _slotUserTotal;
    private readonly int _slotZramUsed;
    private readonly int _slotZramStored;
    private readonly int _slotZramCompressed;
    private readonly int _slotArcSize;
    private readonly int _slotArcReclaimable;
    private readonly int _slotLateness;

    private readonly Func<long, long, long>? _creditBytes;

    private HeldFile _zswapEnabledFile = HeldFile.None;
    private HeldFile _zswapShareFile = HeldFile.None;
    private long _pressureUsec;
    private long _lastSwapTotalBytes = Quantity.Unknown;

    /// <summary>Opens what the metrics need; what this machine lacks is named in <see cref="Missing"/>.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="metrics">By slot; begins with <see cref="PolicySet.BaseHostMetrics"/>.</param>
    /// <param name="creditBytes">
    /// From the time and the available bytes just read: what dying victims still hold, which counts as available
    /// already.
    /// </param>
    public HostSampler(IKernel kernel, Metric[] metrics, Func<long, long, long>? creditBytes = null)
    {
        _kernel = kernel;
        _creditBytes = creditBytes;
        _metrics = metrics;
        _values = new long[metrics.Length];
        _values.AsSpan().Fill(Quantity.Unknown);

        (_meminfoReader, _meminfoSlots) = PlanMeminfo(metrics);
        _meminfo = new long[_meminfoReader.Count];
        _vmstat = new VmstatSource(metrics);
        _slotSwapUsed = SlotOf("swap.used");
        _slotUserTotal = SlotOf("mem.user_total");
        _slotZramUsed = SlotOf("zram.used");
        _slotZramStored = SlotOf("zram.stored");
        _slotZramCompressed = SlotOf("zram.compressed");
        _slotArcSize = SlotOf("arc.size");
        _slotArcReclaimable = SlotOf("arc.reclaimable");
        _slotLateness = SlotOf("self.lateness");

        _files.AsSpan().Fill(HeldFile.None);
        Open(MeminfoFile);
        Open(SwapsFile);
        if (_vmstat.IsNeeded)
            Open(VmstatFile);
        if (_slotArcSize >= 0 || _slotArcReclaimable >= 0)
            Open(ArcFile);
        for (int i = 0; i < _psi.Length; i++)
        {
            PsiPlan plan = PsiPlan.For(metrics, static _ => true, PsiResources[i]);
            if (!plan.IsNeeded)
                continue;
            _psi[i] = new PsiSource(plan);
            Open(FirstPsiFile + i);
        }

        _root = new RootSource(kernel, metrics);
        var all = new int[metrics.Length];
        for (int slot = 0; slot < all.Length; slot++)
            all[slot] = slot;
        _windows = new WindowBank(metrics, all);
        _zramFiles.AsSpan().Fill(HeldFile.None);
    }

    /// <summary>Values by slot, in each metric's unit; <see cref="Quantity.Unknown"/> where not known.</summary>
    public ReadOnlySpan<long> Values => _values;

    /// <summary>Files that could not be opened and why, for the reasons of a degraded state.</summary>
    public IReadOnlyList<string> Missing => _missing;

    /// <summary>Whether one of them has been opened since this was set to false.</summary>
    public bool MissingChanged { get; set; }

    /// <summary>The trend behind <c>time_to_exhaustion</c>.</summary>
    public ExhaustionTrend Trend { get; } = new();

    /// <summary>What the kernel says, without any credit.</summary>
    internal HostMemory Raw { get; private set; } = HostMemory.Unknown;

    /// <summary>Reads everything once.</summary>
    /// <param name="nowUsec">The step's time.</param>
    /// <param name="latenessUsec">How long after its due time this sample is taken.</param>
    /// <param name="calm">Whether pressure may be up to a second old.</param>
    public void Sample(long nowUsec, long latenessUsec, bool calm)
    {
        Store(_slotLateness, latenessUsec);
        if (_later.Count > 0)
            OpenLater();
        if (_root.LacksFiles)
            _root.OpenMissing(_kernel);
        SampleMemory(nowUsec, updateTrend: true);
        if (_vmstat.IsNeeded && (_vmstat.SampledUsec == 0 || nowUsec - _vmstat.SampledUsec >= CalmIntervalUsec))
            _vmstat.Update(_files[VmstatFile].Read(_kernel, _buffer, out _), nowUsec, _values);
        if (!calm || _pressureUsec == 0 || nowUsec - _pressureUsec >= CalmIntervalUsec)
        {
            _pressureUsec = nowUsec;
            SamplePressure(nowUsec);
        }

        _windows.Update(nowUsec, _pressureUsec, _vmstat.SampledUsec, _values);
    }

    /// <summary>
    /// Reads the machine's memory alone, for the trend and for whoever asks whether it has come near anything. All else
    /// keeps the values of the last sample.
    /// </summary>
    /// <param name="nowUsec">The time.</param>
    /// <param name="latenessUsec">How long after its due time this look is taken.</param>
    public void Glance(long nowUsec, long latenessUsec)
    {
        Store(_slotLateness, latenessUsec);
        SampleMemory(nowUsec, updateTrend: true);
    }

    /// <summary>
    /// What was taken since memory was last read, by the kernel's counters alone. Negative: more is free than then.
    /// </summary>
    /// <param name="memoryBytes">Of free memory.</param>
    /// <param name="swapBytes">Of free swap.</param>
    /// <param name="mostBytes">
    /// Of available memory at most: it is never less than what is free without the kernel's reserve, even where a
    /// limited cgroup trades its cache for what it takes, of which free memory shows nothing.
    /// </param>
    /// <returns>
    /// Whether it is known: not in a container, whose files may show another machine than the counters.
    /// </returns>
    public bool TryReadTaken(out long memoryBytes, out long swapBytes, out long mostBytes)
    {
        memoryBytes = swapBytes = mostBytes = 0;
        if (_kernel.Features.Container || _meminfo[KeyFree] == Quantity.Unknown
            || _meminfo[KeyAvailable] == Quantity.Unknown
            || _kernel.ReadFree(out long freeBytes, out long freeSwapBytes) < 0)
        {
            return false;
        }

        memoryBytes = _meminfo[KeyFree] - freeBytes;
        swapBytes = Math.Max(_meminfo[KeySwapFree], 0) - freeSwapBytes;
        mostBytes = _meminfo[KeyAvailable] - freeBytes + (_meminfo[KeyTotal] / ReservePart);
        return true;
    }

    /// <summary>Goes on with the windows of an earlier sampler over metrics that both have.</summary>
    internal void AdoptWindows(HostSampler earlier) => _windows.Adopt(earlier._windows);

    /// <summary>
    /// Reads levels and pressure again for the re-check before an act. Rates, functions over windows and the trend keep
    /// the step's values.
    /// </summary>
    public void Resample(long nowUsec)
    {
        SampleMemory(nowUsec, updateTrend: false);
        SamplePressure(nowUsec);
    }

    public void Dispose()
    {
        for (int i = 0; i < _files.Length; i++)
            _files[i].Close(_kernel);
        _zswapEnabledFile.Close(_kernel);
        _zswapShareFile.Close(_kernel);
        for (int i = 0; i < _zramFiles.Length; i++)
            _zramFiles[i].Close(_kernel);
        _root.Close(_kernel);
    }

    private void SampleMemory(long nowUsec, bool updateTrend)
    {
        ReadOnlySpan<byte> text = _files[MeminfoFile].Read(_kernel, _buffer, out _);
        _meminfoReader.Read(text, _meminfo);
        long available = _meminfo[KeyAvailable];
        long anon = _meminfo[KeyAnon];
        long swapTotal = _meminfo[KeySwapTotal];
        long swapFree = _meminfo[KeySwapFree];

        // No swap is known: none used, none free.
        long swapUsed = Math.Max(swapTotal, 0) - Math.Max(swapFree, 0);
        Raw = new HostMemory(
            available,
            available == Quantity.Unknown ? available : available + Math.Max(swapFree, 0),
            anon == Quantity.Unknown ? anon : anon + swapUsed);
        long credit = available == Quantity.Unknown || _creditBytes is null ? 0 : _creditBytes(nowUsec, available);
        if (credit > 0)
        {
            _meminfo[KeyAvailable] = available += credit;
            _meminfo[KeyAnon] = anon = anon == Quantity.Unknown ? anon : Math.Max(anon - credit, 0);
        }

        foreach ((int slot, int key) in _meminfoSlots)
            _values[slot] = _meminfo[key];

        _values[BaseHostSlot.MemAvailableUser] = available == Quantity.Unknown || anon == Quantity.Unknown
            ? Quantity.Unknown
            : Share(available, available + anon);
        Store(
            _slotUserTotal,
            available == Quantity.Unknown || anon == Quantity.Unknown ? Quantity.Unknown : available + anon);
        bool swapKnown = swapTotal != Quantity.Unknown && swapFree != Quantity.Unknown;
        Store(_slotSwapUsed, swapKnown ? swapTotal - swapFree : Quantity.Unknown);
        long effective = EffectiveSwap(swapTotal, swapFree, anon);
        _values[BaseHostSlot.SwapEffective] = effective;
        UpdateTrend(nowUsec, available, credit, effective, swapTotal, updateTrend);
        SampleArc();
        _root.Update(_kernel, _buffer, _values);
    }

    private void SampleArc()
    {
        if (_slotArcSize < 0 && _slotArcReclaimable < 0)
            return;
        ArcStatsReader.Read(_files[ArcFile].Read(_kernel, _buffer, out _), out long size, out long least);
        Store(_slotArcSize, size);
        bool known = size != Quantity.Unknown && least != Quantity.Unknown;
        Store(_slotArcReclaimable, known ? Math.Max(size - least, 0) : Quantity.Unknown);
    }

    private void UpdateTrend(
        long nowUsec, long available, long credit, long effective, long swapTotal, bool update)
    {
        if (available == Quantity.Unknown || effective == Quantity.Unknown)
        {
            _values[BaseHostSlot.TimeToExhaustion] = Quantity.Unknown;
            return;
        }

        if (swapTotal != _lastSwapTotalBytes)
        {
            Trend.Reset();
            _lastSwapTotalBytes = swapTotal;
        }

        long headroom = available + effective;
        if (update)
            Trend.Add(nowUsec, headroom - credit);
        _values[BaseHostSlot.TimeToExhaustion] = Trend.TimeToExhaustionUsec(headroom);
    }

    private long EffectiveSwap(long swapTotal, long swapFree, long anon)
    {
        StoreZram(UnknownZram);
        if (swapTotal == Quantity.Unknown || swapFree == Quantity.Unknown)
            return Quantity.Unknown;
        ZramStat all = default;
        if (swapTotal == 0)
        {
            StoreZram(all);
            return 0;
        }

        // Cut off, or not readable for the moment, it does not say that there is no zram.
        ReadOnlySpan<byte> text = _files[SwapsFile].Read(_kernel, _buffer, out int error);
        if (Errno.IsPassing(error) || (text.Length > 0 && !text.EndsWith((byte)'\n')))
            return Quantity.Unknown;
        int count = SwapsReader.Read(text, _swapDevices);
        long zramFree = 0;
        for (int i = 0; i < count; i++)
        {
            ref readonly SwapDevice device = ref _swapDevices[i];
            if (!device.IsZram)
                continue;
            zramFree += device.SizeBytes - device.UsedBytes;
            if (!TryAddZram(device.ZramNumber, ref all))
                return Quantity.Unknown;
        }

        StoreZram(all);
        long diskFree = Math.Max(swapFree - zramFree, 0);
        long cost = diskFree == 0
            ? 0
            : SwapCapacity.ZswapCostBytes(diskFree, ZswapRoom(), _meminfo[KeyZswapped], _meminfo[KeyZswap]);
        if (zramFree == 0 && all.UsedBytes == 0)
            return swapFree - cost;
        long shmem = Math.Max(_meminfo[KeyShmem], 0);
        return SwapCapacity.EffectiveBytes(diskFree, zramFree, all, Math.Max(anon, 0) + shmem) - cost;
    }

    /// <summary>How much zswap's pool may still grow, bytes; 0 when it is off, or nothing is known of it.</summary>
    private long ZswapRoom()
    {
        if (_meminfo[KeyZswap] == Quantity.Unknown || _meminfo[KeyZswapped] == Quantity.Unknown)
            return 0;
        if (!ReadLate(ref _zswapEnabledFile, "/sys/module/zswap/parameters/enabled"u8, out _).StartsWith("Y"u8))
            return 0;
        ReadOnlySpan<byte> text = ReadLate(
            ref _zswapShareFile, "/sys/module/zswap/parameters/max_pool_percent"u8, out _);
        return Utf8Parser.TryParse(text, out int percent, out _)
            ? (_meminfo[KeyTotal] / 100 * percent) - _meminfo[KeyZswap]
            : 0;
    }

    /// <summary>A file that is opened when it is first asked for; nothing when it cannot be read.</summary>
    private ReadOnlySpan<byte> ReadLate(ref HeldFile file, ReadOnlySpan<byte> path, out int error)
    {
        if (!file.IsOpen)
            HeldFile.Open(_kernel, KernelDirectory.None, path, out file);
        ReadOnlySpan<byte> text = file.Read(_kernel, _buffer, out error);
        if (error < 0)
            file.Close(_kernel);
        return text;
    }

    private void StoreZram(in ZramStat all)
    {
        Store(_slotZramUsed, all.UsedBytes);
        Store(_slotZramStored, all.OriginalBytes);
        Store(_slotZramCompressed, all.CompressedBytes);
    }

    /// <returns>
    /// False when it cannot be read for the moment. A device whose file is not there to read counts as empty.
    /// </returns>
    private bool TryAddZram(int number, ref ZramStat all)
    {
        if (number < 0 || number >= _zramFiles.Length)
            return true;
        ref HeldFile file = ref _zramFiles[number];
        _path.Clear().Append("/sys/block/zram"u8).Append(number).Append("/mm_stat"u8);
        ReadOnlySpan<byte> text = ReadLate(ref file, _path.Span, out int error);
        if (error < 0 && !Errno.IsPassing(error))
            return true;
        if (!text.EndsWith((byte)'\n') || !ZramReader.TryRead(text, out ZramStat stat))
            return false;
        all.OriginalBytes += stat.OriginalBytes;
        all.CompressedBytes += stat.CompressedBytes;
        all.UsedBytes += stat.UsedBytes;
        return true;
    }

    private void SamplePressure(long nowUsec)
    {
        for (int i = 0; i < _psi.Length; i++)
        {
            if (_psi[i] is { } source)
                source.Update(_files[FirstPsiFile + i].Read(_kernel, _buffer, out _), nowUsec, _values);
        }
    }

    private static long Share(long part, long whole) =>
        whole <= 0 ? 0 : Quantity.Scale(part, Quantity.Whole, whole);

    private void Store(int slot, long value)
    {
        if (slot >= 0)
            _values[slot] = value;
    }

    private void Open(int index)
    {
        int error = HeldFile.Open(_kernel, KernelDirectory.None, Paths[index], out _files[index]);
        if (error >= 0)
            return;
        _missing.Add(Lack(index) + $" ({Errno.Name(error)}): what it says is unknown to every rule");

        // The first of them are of every kernel; others may not be there at all, which stays so.
        if (index < ArcFile || Errno.IsPassing(error))
            _later.Add(index);
    }

    private string Lack(int index) => $"{Encoding.UTF8.GetString(Paths[index])} cannot be read";

    /// <summary>A daemon that was started while a file could not be opened would be blind to it for good.</summary>
    private void OpenLater()
    {
        for (int i = _later.Count - 1; i >= 0; i--)
        {
            int index = _later[i];
            if (HeldFile.Open(_kernel, KernelDirectory.None, Paths[index], out _files[index]) < 0)
                continue;
            _later.RemoveAt(i);
            Forget(Lack(index));
        }
    }

    private void Forget(string lack)
    {
        _missing.RemoveAll(text => text.StartsWith(lack, StringComparison.Ordinal));
        MissingChanged = true;
    }

    private int SlotOf(string name) => Array.FindIndex(_metrics, metric => metric.Name == name);

    private static (KeyedReader Reader, (int Slot, int Key)[] Slots) PlanMeminfo(Metric[] metrics)
    {
        var keys = new List<string>(MeminfoKeys);
        var slots = new List<(int, int)>();
        for (int slot = 0; slot < metrics.Length; slot++)
        {
            MetricOrigin? machine = metrics[slot].OfMachine;
            if ((machine?.Source ?? metrics[slot].Source) != MetricSource.Meminfo)
                continue;
            string name = machine?.Key ?? metrics[slot].Key;
            int key = keys.IndexOf(name);
            if (key < 0)
            {
                key = keys.Count;
                keys.Add(name);
            }

            slots.Add((slot, key));
        }

        return (new KeyedReader(keys), slots.ToArray());
    }
}
