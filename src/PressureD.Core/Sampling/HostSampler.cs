using System;
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
        ["MemTotal", "MemFree", "MemAvailable", "AnonPages", "Shmem", "SwapTotal", "SwapFree"];

    private const int KeyTotal = 0;
    private const int KeyFree = 1;
    private const int KeyAvailable = 2;
    private const int KeyAnon = 3;
    private const int KeyShmem = 4;
    private const int KeySwapTotal = 5;
    private const int KeySwapFree = 6;

    private const int MaxSwapDevices = 32;

    /// <summary>
    /// Averages move every 2 s: while nothing is wrong, pressure is read at this pace however often levels are. A rate
    /// over less than this is mostly noise, so that rates are always over this much and keep their value in between.
    /// </summary>
    private const long CalmIntervalUsec = 950_000;

    private readonly IKernel _kernel;
    private readonly Metric[] _metrics;
    private readonly long[] _values;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(32 * 1024, pinned: true);

    private readonly KeyedReader _meminfoReader;
    private readonly long[] _meminfo;
    private readonly (int Slot, int Key)[] _meminfoSlots;
    private readonly KeyedReader _vmstatReader;
    private readonly long[] _vmstat;
    private readonly long[] _vmstatPrevious;
    private readonly int[] _vmstatSlots;
    private readonly string[] _psiResources = ["memory", "io", "cpu"];
    private readonly PsiSource[] _psi = new PsiSource[3];
    private readonly HeldFile[] _psiFiles = new HeldFile[3];
    private readonly SwapDevice[] _swapDevices = new SwapDevice[MaxSwapDevices];
    private readonly HeldFile[] _zramFiles = new HeldFile[MaxSwapDevices];
    private readonly TextBuffer _path = new(64);
    private readonly List<string> _missing = [];
    private readonly int _slotSwapUsed;
    private readonly int _slotZramUsed;
    private readonly int _slotLateness;

    private readonly Func<long, long, long>? _creditBytes;

    private HeldFile _meminfoFile;
    private HeldFile _vmstatFile;
    private HeldFile _swapsFile;
    private long _pressureUsec;
    private long _vmstatUsec;
    private long _vmstatPreviousUsec;
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
        (_vmstatReader, _vmstatSlots) = PlanVmstat(metrics);
        _vmstat = new long[_vmstatReader.Count];
        _vmstatPrevious = new long[_vmstatReader.Count];
        _vmstatPrevious.AsSpan().Fill(Quantity.Unknown);
        _slotSwapUsed = SlotOf("swap.used");
        _slotZramUsed = SlotOf("zram.used");
        _slotLateness = SlotOf("self.lateness");

        Open("/proc/meminfo", out _meminfoFile);
        Open("/proc/swaps", out _swapsFile);
        _vmstatFile = HeldFile.None;
        if (_vmstatSlots.Length > 0)
            Open("/proc/vmstat", out _vmstatFile);
        for (int i = 0; i < _psi.Length; i++)
        {
            _psi[i] = new PsiSource(metrics, _psiResources[i]);
            _psiFiles[i] = HeldFile.None;
            if (_psi[i].IsNeeded)
                Open($"/proc/pressure/{_psiResources[i]}", out _psiFiles[i]);
        }

        _zramFiles.AsSpan().Fill(HeldFile.None);
    }

    /// <summary>Values by slot, in each metric's unit; <see cref="Quantity.Unknown"/> where not known.</summary>
    public ReadOnlySpan<long> Values => _values;

    /// <summary>Files that could not be opened and why, for the reasons of a degraded state.</summary>
    public IReadOnlyList<string> Missing => _missing;

    /// <summary>The trend behind <c>time_to_exhaustion</c>.</summary>
    public ExhaustionTrend Trend { get; } = new();

    /// <summary>Available memory as the kernel says, without any credit.</summary>
    public long RawAvailableBytes { get; private set; } = Quantity.Unknown;

    /// <summary>Free swap plus available memory, as the kernel says.</summary>
    public long RawHeadroomBytes { get; private set; } = Quantity.Unknown;

    /// <summary>Reads everything once.</summary>
    /// <param name="nowUsec">The step's time.</param>
    /// <param name="latenessUsec">How long after its due time this sample is taken.</param>
    /// <param name="calm">Whether pressure may be up to a second old.</param>
    public void Sample(long nowUsec, long latenessUsec, bool calm)
    {
        if (_slotLateness >= 0)
            _values[_slotLateness] = latenessUsec;
        SampleMemory(nowUsec, updateTrend: true);
        if (_vmstatUsec == 0 || nowUsec - _vmstatUsec >= CalmIntervalUsec)
            SampleVmstat(nowUsec);
        if (calm && _pressureUsec != 0 && nowUsec - _pressureUsec < CalmIntervalUsec)
            return;
        _pressureUsec = nowUsec;
        SamplePressure(nowUsec);
    }

    /// <summary>
    /// Reads levels and pressure again for the re-check before an act. Rates and the trend keep the step's values.
    /// </summary>
    public void Resample(long nowUsec)
    {
        SampleMemory(nowUsec, updateTrend: false);
        SamplePressure(nowUsec);
    }

    public void Dispose()
    {
        _meminfoFile.Close(_kernel);
        _swapsFile.Close(_kernel);
        _vmstatFile.Close(_kernel);
        for (int i = 0; i < _psiFiles.Length; i++)
            _psiFiles[i].Close(_kernel);
        for (int i = 0; i < _zramFiles.Length; i++)
            _zramFiles[i].Close(_kernel);
    }

    private void SampleMemory(long nowUsec, bool updateTrend)
    {
        ReadOnlySpan<byte> text = _meminfoFile.Read(_kernel, _buffer, out _);
        _meminfoReader.Read(text, _meminfo);
        long available = _meminfo[KeyAvailable];
        long anon = _meminfo[KeyAnon];
        long swapTotal = _meminfo[KeySwapTotal];
        long swapFree = _meminfo[KeySwapFree];

        RawAvailableBytes = available;
        RawHeadroomBytes = available == Quantity.Unknown ? available : available + Math.Max(swapFree, 0);
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
        bool swapKnown = swapTotal != Quantity.Unknown && swapFree != Quantity.Unknown;
        Store(_slotSwapUsed, swapKnown ? swapTotal - swapFree : Quantity.Unknown);
        long effective = EffectiveSwap(swapTotal, swapFree, anon);
        _values[BaseHostSlot.SwapEffective] = effective;
        UpdateTrend(nowUsec, available, credit, effective, swapTotal, updateTrend);
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
        Store(_slotZramUsed, 0);
        if (swapTotal == Quantity.Unknown || swapFree == Quantity.Unknown)
            return Quantity.Unknown;
        if (swapTotal == 0)
            return 0;

        ReadOnlySpan<byte> text = _swapsFile.Read(_kernel, _buffer, out _);
        int count = SwapsReader.Read(text, _swapDevices);
        long zramFree = 0;
        ZramStat all = default;
        for (int i = 0; i < count; i++)
        {
            ref readonly SwapDevice device = ref _swapDevices[i];
            if (!device.IsZram)
                continue;
            zramFree += device.SizeBytes - device.UsedBytes;
            AddZram(device.ZramNumber, ref all);
        }

        Store(_slotZramUsed, all.UsedBytes);
        if (zramFree == 0 && all.UsedBytes == 0)
            return swapFree;
        long shmem = Math.Max(_meminfo[KeyShmem], 0);
        return SwapCapacity.EffectiveBytes(
            Math.Max(swapFree - zramFree, 0), zramFree, all, Math.Max(anon, 0) + shmem);
    }

    private void AddZram(int number, ref ZramStat all)
    {
        if (number < 0 || number >= _zramFiles.Length)
            return;
        ref HeldFile file = ref _zramFiles[number];
        if (!file.IsOpen)
        {
            _path.Clear().Append("/sys/block/zram"u8).Append(number).Append("/mm_stat"u8);
            HeldFile.Open(_kernel, KernelDirectory.None, _path.Span, out file);
        }

        ReadOnlySpan<byte> text = file.Read(_kernel, _buffer, out int error);
        if (error < 0)
            file.Close(_kernel);
        if (!ZramReader.TryRead(text, out ZramStat stat))
            return;
        all.OriginalBytes += stat.OriginalBytes;
        all.CompressedBytes += stat.CompressedBytes;
        all.UsedBytes += stat.UsedBytes;
    }

    private void SampleVmstat(long nowUsec)
    {
        if (_vmstatSlots.Length == 0)
            return;
        _vmstat.AsSpan().CopyTo(_vmstatPrevious);
        _vmstatPreviousUsec = _vmstatUsec;
        ReadOnlySpan<byte> text = _vmstatFile.Read(_kernel, _buffer, out _);
        _vmstatReader.Read(text, _vmstat);
        _vmstatUsec = nowUsec;
        long elapsedUsec = nowUsec - _vmstatPreviousUsec;
        for (int i = 0; i < _vmstatSlots.Length; i++)
        {
            long before = _vmstatPrevious[i];
            bool known = before != Quantity.Unknown && _vmstat[i] != Quantity.Unknown && _vmstatPreviousUsec != 0;
            _values[_vmstatSlots[i]] = known && elapsedUsec > 0
                ? (long)((Int128)Math.Max(_vmstat[i] - before, 0) * 1_000_000_000 / elapsedUsec)
                : Quantity.Unknown;
        }
    }

    private void SamplePressure(long nowUsec)
    {
        for (int i = 0; i < _psi.Length; i++)
        {
            if (!_psi[i].IsNeeded)
                continue;
            ReadOnlySpan<byte> text = _psiFiles[i].Read(_kernel, _buffer, out _);
            _psi[i].Update(text, nowUsec, _values);
        }
    }

    private static long Share(long part, long whole) =>
        whole <= 0 ? 0 : (long)((Int128)part * Quantity.Whole / whole);

    private void Store(int slot, long value)
    {
        if (slot >= 0)
            _values[slot] = value;
    }

    private void Open(string path, out HeldFile file)
    {
        int error = HeldFile.Open(_kernel, KernelDirectory.None, Encoding.UTF8.GetBytes(path), out file);
        if (error < 0)
            _missing.Add($"{path} cannot be read ({Errno.Name(error)}): what it says is unknown to every rule");
    }

    private int SlotOf(string name) => Array.FindIndex(_metrics, metric => metric.Name == name);

    private static (KeyedReader Reader, (int Slot, int Key)[] Slots) PlanMeminfo(Metric[] metrics)
    {
        var keys = new List<string>(MeminfoKeys);
        var slots = new List<(int, int)>();
        for (int slot = 0; slot < metrics.Length; slot++)
        {
            if (metrics[slot].Source != MetricSource.Meminfo)
                continue;
            int key = keys.IndexOf(metrics[slot].Key);
            if (key < 0)
            {
                key = keys.Count;
                keys.Add(metrics[slot].Key);
            }

            slots.Add((slot, key));
        }

        return (new KeyedReader(keys), slots.ToArray());
    }

    private static (KeyedReader Reader, int[] Slots) PlanVmstat(Metric[] metrics)
    {
        var keys = new List<string>();
        var slots = new List<int>();
        for (int slot = 0; slot < metrics.Length; slot++)
        {
            if (metrics[slot].Source != MetricSource.VmstatRate)
                continue;
            keys.Add(metrics[slot].Key);
            slots.Add(slot);
        }

        return (new KeyedReader(keys), slots.ToArray());
    }
}
