using System;
using PressureD.Core.Cgroups;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;

namespace PressureD.Core.Sampling;

/// <summary>Reads from held files what all rules together ask about one cgroup.</summary>
internal sealed class CgroupSampler
{
    /// <summary>A machine that is short of memory or of descriptors is asked for a file again after so long.</summary>
    private const long ReopenUsec = 1_000_000;

    private readonly long[] _values;
    private CgroupMetricPlan _plan;
    private HeldFile[] _files = [];
    private HeldFile[] _psiFiles = [];
    private PsiSource[] _psi = [];
    private WindowBank _windows;
    private HeldFile _ioFile = HeldFile.None;
    private bool _lacksFiles;
    private long _reopenUsec;

    public CgroupSampler(CgroupMetricPlan plan)
    {
        _values = new long[plan.Metrics.Length];
        _plan = plan;
        _windows = new WindowBank(plan.Metrics, plan.Slots);
        Provide();
    }

    public CgroupMetricPlan Plan => _plan;

    /// <summary>The cgroup that it was last opened for.</summary>
    public CgroupSlot? Cgroup { get; private set; }

    /// <summary>A held file has said that the cgroup is gone.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Values by the policy's slots; unknown where nobody asks.</summary>
    public ReadOnlySpan<long> Values => _values;

    /// <summary>For what is computed from several cgroups.</summary>
    public Span<long> Computed => _values;

    /// <summary>The protected usage of the cgroups directly below, for <see cref="ProtectionPass"/>. Bytes.</summary>
    public long ChildrenProtected { get; set; }

    /// <summary>Opens the cgroup's files; those that are missing give unknown values.</summary>
    public void Open(IKernel kernel, CgroupSlot cgroup)
    {
        Cgroup = cgroup;
        IsGone = false;
        _values.AsSpan().Fill(Quantity.Unknown);
        _windows.Reset();
        OpenFiles(kernel);
    }

    public void Close(IKernel kernel)
    {
        for (int i = 0; i < _files.Length; i++)
            _files[i].Close(kernel);
        for (int i = 0; i < _psiFiles.Length; i++)
            _psiFiles[i].Close(kernel);
        _ioFile.Close(kernel);
    }

    /// <summary>Goes on with another plan for the same cgroup; windows in both go on.</summary>
    public void Replan(IKernel kernel, CgroupMetricPlan plan)
    {
        Close(kernel);
        _plan = plan;
        Provide();
        var windows = new WindowBank(plan.Metrics, plan.Slots);
        windows.Adopt(_windows);
        _windows = windows;
        OpenFiles(kernel);
    }

    /// <summary>Reads everything once.</summary>
    /// <param name="kernel">The kernel it was opened on.</param>
    /// <param name="devices">For the cost of io.</param>
    /// <param name="host">The machine's values of this step, for the root cgroup.</param>
    /// <param name="nowUsec">The step's time.</param>
    /// <param name="buffer">For a file's content.</param>
    public void Sample(IKernel kernel, IoDevices devices, ReadOnlySpan<long> host, long nowUsec, Span<byte> buffer)
    {
        if (_lacksFiles && nowUsec >= _reopenUsec)
        {
            _reopenUsec = nowUsec + ReopenUsec;
            OpenMissingFiles(kernel);
        }

        Read(kernel, devices, host, nowUsec, buffer);
        _windows.Update(nowUsec, _values);
    }

    /// <summary>Reads levels and totals again, for the look before an act; functions keep their values.</summary>
    public void Resample(IKernel kernel, IoDevices devices, ReadOnlySpan<long> host, long nowUsec, Span<byte> buffer) =>
        Read(kernel, devices, host, nowUsec, buffer);

    private void Read(IKernel kernel, IoDevices devices, ReadOnlySpan<long> host, long nowUsec, Span<byte> buffer)
    {
        bool gone = false;
        Span<long> keyed = stackalloc long[KeyedReader.MaxKeys];
        for (int i = 0; i < _files.Length; i++)
        {
            ReadOnlySpan<byte> text = _files[i].Read(kernel, buffer, out int error);
            gone |= error == -Errno.ENODEV;
            CgroupMetricPlan.FilePlan file = _plan.Files[i];
            if (file.Reader is null)
            {
                _values[file.Slots[0]] = ValueReader.TryRead(text, out long value) ? value : Quantity.Unknown;
                continue;
            }

            Span<long> found = keyed[..file.Slots.Length];
            file.Reader.Read(text, found);
            for (int k = 0; k < found.Length; k++)
                _values[file.Slots[k]] = found[k];
        }

        for (int i = 0; i < _psi.Length; i++)
        {
            ReadOnlySpan<byte> text = _psiFiles[i].Read(kernel, buffer, out int error);
            gone |= error == -Errno.ENODEV;
            _psi[i].Update(text, nowUsec, _values);
        }

        if (_plan.Io is { } io)
        {
            ReadOnlySpan<byte> text = _ioFile.Read(kernel, buffer, out int error);
            gone |= error == -Errno.ENODEV;
            IoSource.Update(io, text, error >= 0, kernel, devices, _values);
        }

        foreach ((int slot, int hostSlot) in _plan.HostCopies)
            _values[slot] = host[hostSlot];
        IsGone |= gone;
    }

    private void Provide()
    {
        _files = new HeldFile[_plan.Files.Length];
        _psiFiles = new HeldFile[_plan.Psi.Length];
        _psi = new PsiSource[_plan.Psi.Length];
        for (int i = 0; i < _psi.Length; i++)
            _psi[i] = new PsiSource(_plan.Psi[i]);
    }

    private void OpenFiles(IKernel kernel)
    {
        _lacksFiles = false;
        for (int i = 0; i < _files.Length; i++)
            OpenFile(kernel, _plan.Files[i].Name, out _files[i]);
        for (int i = 0; i < _psiFiles.Length; i++)
        {
            _psi[i].Reset();
            OpenFile(kernel, _plan.Psi[i].FileName, out _psiFiles[i]);
        }

        if (_plan.Io is not null)
            OpenFile(kernel, "io.stat"u8, out _ioFile);
    }

    /// <summary>Tries again what could not be opened; what is open stays so.</summary>
    private void OpenMissingFiles(IKernel kernel)
    {
        _lacksFiles = false;
        for (int i = 0; i < _files.Length; i++)
        {
            if (_files[i].MayOpenLater)
                OpenFile(kernel, _plan.Files[i].Name, out _files[i]);
        }

        for (int i = 0; i < _psiFiles.Length; i++)
        {
            if (_psiFiles[i].MayOpenLater)
                OpenFile(kernel, _plan.Psi[i].FileName, out _psiFiles[i]);
        }

        if (_ioFile.MayOpenLater)
            OpenFile(kernel, "io.stat"u8, out _ioFile);
    }

    private void OpenFile(IKernel kernel, ReadOnlySpan<byte> name, out HeldFile file) =>
        _lacksFiles |= Errno.IsPassing(HeldFile.Open(kernel, Cgroup!.Directory, name, out file));
}
