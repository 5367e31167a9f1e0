using System;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Readers;

namespace PressureD.Core.Sampling;

/// <summary>What the machine's values of cgroup.stat and io.stat are: those of the top cgroup.</summary>
internal sealed class RootSource
{
    private readonly CgroupMetricPlan _plan;
    private readonly HeldFile[] _files;
    private readonly IoDevices _devices = new();
    private HeldFile _ioFile = HeldFile.None;

    /// <param name="kernel">The kernel.</param>
    /// <param name="metrics">The host's, by slot.</param>
    public RootSource(IKernel kernel, Metric[] metrics)
    {
        var slots = new SlotSet(metrics.Length);
        for (int slot = 0; slot < metrics.Length; slot++)
        {
            bool here = metrics[slot].OfMachine is null
                && metrics[slot].Source is MetricSource.CgroupKey or MetricSource.IoStat;
            if (here)
                slots.Add([slot]);
        }

        _plan = new CgroupMetricPlan(metrics, slots);
        _files = new HeldFile[_plan.Files.Length];
        _files.AsSpan().Fill(HeldFile.None);
        if (slots.Count > 0)
            OpenMissing(kernel);
    }

    /// <summary>Whether something could not be opened that may be there later.</summary>
    public bool LacksFiles { get; private set; }

    /// <summary>Opens what is not open yet.</summary>
    public void OpenMissing(IKernel kernel)
    {
        int directory = kernel.OpenCgroupRoot();
        LacksFiles = Errno.IsPassing(directory);
        if (directory < 0)
            return;
        for (int i = 0; i < _files.Length; i++)
            OpenFile(kernel, directory, _plan.Files[i].Name, ref _files[i]);
        if (_plan.Io is not null)
            OpenFile(kernel, directory, "io.stat"u8, ref _ioFile);
        kernel.Close(directory);
    }

    public void Update(IKernel kernel, Span<byte> buffer, Span<long> values)
    {
        Span<long> keyed = stackalloc long[KeyedReader.MaxKeys];
        for (int i = 0; i < _files.Length; i++)
        {
            CgroupMetricPlan.FilePlan file = _plan.Files[i];
            Span<long> found = keyed[..file.Slots.Length];
            file.Reader!.Read(_files[i].Read(kernel, buffer, out _), found);
            for (int k = 0; k < found.Length; k++)
                values[file.Slots[k]] = found[k];
        }

        if (_plan.Io is not { } io)
            return;
        ReadOnlySpan<byte> text = _ioFile.Read(kernel, buffer, out int error);
        IoSource.Update(io, text, error >= 0, kernel, _devices, values);
    }

    public void Close(IKernel kernel)
    {
        for (int i = 0; i < _files.Length; i++)
            _files[i].Close(kernel);
        _ioFile.Close(kernel);
    }

    private void OpenFile(IKernel kernel, int directory, ReadOnlySpan<byte> name, ref HeldFile file)
    {
        if (!file.IsOpen)
            LacksFiles |= Errno.IsPassing(HeldFile.Open(kernel, directory, name, out file));
    }
}
