using System;
using PressureD.Core.Cgroups;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;

namespace PressureD.Core.Sampling;

/// <summary>Reads one rule's metrics of one cgroup from held files.</summary>
internal sealed class CgroupSampler
{
    private const int MaxKeys = 32;

    private readonly CgroupMetricPlan _plan;
    private readonly HeldFile[] _files;
    private readonly HeldFile[] _psiFiles;
    private readonly PsiSource[] _psi;
    private readonly long[] _values;

    public CgroupSampler(CgroupMetricPlan plan)
    {
        _plan = plan;
        _files = new HeldFile[plan.Files.Length];
        _psiFiles = new HeldFile[plan.PsiResources.Length];
        _psi = new PsiSource[plan.PsiResources.Length];
        for (int i = 0; i < _psi.Length; i++)
            _psi[i] = new PsiSource(plan.Metrics, plan.PsiResources[i]);
        _values = new long[plan.Metrics.Length];
    }

    /// <summary>Values by the rule's slots.</summary>
    public ReadOnlySpan<long> Values => _values;

    /// <summary>Opens the cgroup's files; those that are missing give unknown values.</summary>
    public void Open(IKernel kernel, CgroupSlot cgroup)
    {
        _values.AsSpan().Fill(Quantity.Unknown);
        for (int i = 0; i < _files.Length; i++)
            HeldFile.Open(kernel, cgroup.Directory, _plan.Files[i].Name, out _files[i]);
        for (int i = 0; i < _psiFiles.Length; i++)
        {
            _psi[i].Reset();
            HeldFile.Open(kernel, cgroup.Directory, _plan.PsiFileNames[i], out _psiFiles[i]);
        }
    }

    public void Close(IKernel kernel)
    {
        for (int i = 0; i < _files.Length; i++)
            _files[i].Close(kernel);
        for (int i = 0; i < _psiFiles.Length; i++)
            _psiFiles[i].Close(kernel);
    }

    /// <summary>Reads everything once.</summary>
    /// <returns>False when a held file says that the cgroup is gone.</returns>
    public bool Sample(IKernel kernel, long nowUsec, Span<byte> buffer)
    {
        bool alive = true;
        Span<long> keyed = stackalloc long[MaxKeys];
        for (int i = 0; i < _files.Length; i++)
        {
            ReadOnlySpan<byte> text = _files[i].Read(kernel, buffer, out int error);
            alive &= error != -Errno.ENODEV;
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
            alive &= error != -Errno.ENODEV;
            _psi[i].Update(text, nowUsec, _values);
        }

        return alive;
    }
}
