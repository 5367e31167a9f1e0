using System;
using System.Collections.Generic;
using PressureD.Core.Cgroups;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;

namespace PressureD.Core.Sampling;

/// <summary>
/// One sampler for each cgroup that some rule asks about, however many rules do: a file is opened once and read once in
/// a step.
/// </summary>
internal sealed class CgroupSamples
{
    /// <summary>
    /// What samplers may hold together: beside what rules remember of their matches, now and at a reload, it has to fit
    /// into our memory.
    /// </summary>
    private const long MaxBytes = 5L << 20;

    private readonly IKernel _kernel;
    private readonly Metric[] _metrics;
    private readonly Metric[] _hostMetrics;
    private readonly SlotSet _wanted;
    private readonly IoDevices _devices = new();
    private readonly List<CgroupMetricPlan> _plans = [];
    private readonly List<CgroupMetricPlan> _rootPlans = [];
    private readonly List<CgroupSampler> _samplers = [];
    private readonly List<CgroupSampler> _free = [];
    private readonly Dictionary<CgroupSlot, CgroupSampler> _byCgroup = [];
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(32 * 1024, pinned: true);
    private long _bytes;

    public CgroupSamples(IKernel kernel, PolicySet policy)
    {
        _kernel = kernel;
        _metrics = policy.CgroupMetrics;
        _hostMetrics = policy.HostMetrics;
        _wanted = new SlotSet(_metrics.Length);
    }

    /// <summary>Those that are sampled, in the order in which they came.</summary>
    public List<CgroupSampler> All => _samplers;

    /// <summary>The cgroup's sampler, which from now on reads these metrics as well.</summary>
    /// <returns>Null when there is no room for it.</returns>
    public CgroupSampler? Require(CgroupSlot cgroup, ReadOnlySpan<int> slots)
    {
        _wanted.Clear();
        _wanted.Add(slots);
        if (_byCgroup.TryGetValue(cgroup, out CgroupSampler? known))
        {
            _wanted.Add(known.Plan.Slots);
            if (_wanted.Count == known.Plan.Slots.Length)
                return known;
            CgroupMetricPlan more = PlanOf(cgroup);
            if (!MakeRoom(more.SamplerBytes - known.Plan.SamplerBytes))
                return null;
            known.Replan(_kernel, more);
            return known;
        }

        CgroupMetricPlan plan = PlanOf(cgroup);
        CgroupSampler? sampler = Reuse(plan);
        if (sampler is null)
        {
            if (!MakeRoom(plan.SamplerBytes))
                return null;
            sampler = new CgroupSampler(plan);
        }

        sampler.Open(_kernel, cgroup);
        _samplers.Add(sampler);
        _byCgroup.Add(cgroup, sampler);
        return sampler;
    }

    /// <summary>The cgroup is gone, or nobody asks any more.</summary>
    public void Drop(CgroupSlot cgroup)
    {
        if (!_byCgroup.Remove(cgroup, out CgroupSampler? sampler))
            return;
        sampler.Close(_kernel);
        _samplers.Remove(sampler);
        _free.Add(sampler);
    }

    /// <summary>Null when nothing is asked about it.</summary>
    public CgroupSampler? Find(CgroupSlot cgroup) => _byCgroup.GetValueOrDefault(cgroup);

    public void SampleAll(ReadOnlySpan<long> host, long nowUsec)
    {
        foreach (CgroupSampler sampler in _samplers)
            sampler.Sample(_kernel, _devices, host, nowUsec, _buffer);
    }

    /// <summary>Reads one cgroup's levels and totals again.</summary>
    public void Resample(CgroupSampler sampler, ReadOnlySpan<long> host, long nowUsec) =>
        sampler.Resample(_kernel, _devices, host, nowUsec, _buffer);

    public void Close()
    {
        foreach (CgroupSampler sampler in _samplers)
            sampler.Close(_kernel);
        _samplers.Clear();
        _free.Clear();
        _byCgroup.Clear();
    }

    private CgroupMetricPlan PlanOf(CgroupSlot cgroup)
    {
        bool isRoot = IsRoot(cgroup);
        List<CgroupMetricPlan> plans = isRoot ? _rootPlans : _plans;
        foreach (CgroupMetricPlan plan in plans)
        {
            if (plan.Asked.Equals(_wanted))
                return plan;
        }

        var made = new CgroupMetricPlan(_metrics, _wanted, isRoot ? _hostMetrics : null);
        plans.Add(made);
        return made;
    }

    /// <summary>
    /// Whether its values are the machine's. In a container the top of what is seen is a cgroup like any other, which
    /// its cgroup.events tells: the real root has none.
    /// </summary>
    private bool IsRoot(CgroupSlot cgroup)
    {
        if (cgroup.Parent is not null)
            return false;
        int error = HeldFile.Open(_kernel, cgroup.Directory, "cgroup.events"u8, out HeldFile events);
        events.Close(_kernel);
        return error < 0;
    }

    /// <summary>Those that no cgroup has are let go first.</summary>
    private bool MakeRoom(long bytes)
    {
        if (_bytes + bytes > MaxBytes)
        {
            foreach (CgroupSampler free in _free)
                _bytes -= free.Plan.SamplerBytes;
            _free.Clear();
        }

        if (_bytes + bytes > MaxBytes)
            return false;
        _bytes += bytes;
        return true;
    }

    /// <summary>One that a cgroup has left and that reads the same: it need not be allocated.</summary>
    private CgroupSampler? Reuse(CgroupMetricPlan plan)
    {
        for (int i = _free.Count - 1; i >= 0; i--)
        {
            if (!ReferenceEquals(_free[i].Plan, plan))
                continue;
            CgroupSampler sampler = _free[i];
            _free.RemoveAt(i);
            return sampler;
        }

        return null;
    }
}
