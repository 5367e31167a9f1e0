using System;
using PressureD.Core.Policy;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Workloads;
using PressureD.Yaml.Policies;

namespace PressureD.Simulation.ScenarioFiles;

/// <summary>Reads what a process does. What is made here is made anew for every process of every run.</summary>
internal static class WorkloadReader
{
    /// <param name="does">The key of the process.</param>
    /// <param name="fields">What is below it.</param>
    public static Func<Workload> Read(string does, Fields fields) => does switch
    {
        "leak" => Leak(fields),
        "spike" => Spike(fields),
        "hot-set" => HotSet(fields),
        "mlock" => Mlock(fields),
        "reactive" => Reactive(fields),
        "cache-reader" => CacheReader(fields),
        "stream" => Stream(fields),
        "writer" => Writer(fields),
        "copy" => Copy(fields),
        "tmpfs" => Tmpfs(fields),
        "probe" => Probe(fields),
        "sawtooth" => Sawtooth(fields),
        "build" => Build(fields),
        "forks" => Forks(fields),
        "restarts" => Restarts(fields),
        _ => throw new ArgumentException($"No process does {does}.", nameof(does)),
    };

    private static Func<Workload> Leak(Fields fields)
    {
        var chosen = fields.Choice("shape");
        var shape = (LeakShape)(chosen ?? 0);
        var isExponential = shape == LeakShape.Exponential;
        var rate = (isExponential ? fields.Speed("rate") : Speed(fields, "rate")) ?? 0;
        var last = (isExponential ? fields.Speed("to") : Speed(fields, "to")) ?? 0;
        var over = fields.Duration("over") ?? 0;
        var used = fields.Share("used") ?? 0;
        var ceiling = fields.Size("ceiling") ?? 0;
        foreach (var key in (string[])["to", "over"])
        {
            if (fields.Has("shape") && chosen is null) continue;
            if (shape != LeakShape.Constant) fields.Require(key, fields.PositionOf("shape"), "what 'shape' leads to");
            else if (fields.Has(key) && !fields.Has("shape"))
                fields.Fail(fields.PositionOf(key), $"'{key}' without 'shape', expected ramp, exponential or step");
            else if (fields.Has(key))
                fields.Fail(fields.PositionOf(key), $"'{key}' of a leak that is constant");
        }

        if (fields.Has("over") && over == 0 && !fields.Failed)
            fields.Fail(fields.PositionOf("over"), "'over' is 0, expected more");

        // By equal factors nothing comes from nothing.
        if (isExponential && !fields.Failed)
        {
            AtLeastAPage(fields, "rate", rate, "expected more of what is exponential");
            AtLeastAPage(fields, "to", last, "expected more of what is exponential");
        }

        return () => new LeakWorkload
        {
            BytesPerSecond = rate,
            Shape = shape,
            FinalBytesPerSecond = last,
            OverUsec = over,
            UsedMillionths = used,
            CeilingBytes = ceiling,
        };
    }

    private static long? Speed(Fields fields, string key)
    {
        var speed = fields.Speed(key);
        if (speed > 0) AtLeastAPage(fields, key, speed.Value, "a page a second: it would stand still");
        return speed;
    }

    private static void AtLeastAPage(Fields fields, string key, long speed, string why)
    {
        if (speed < Pages.Bytes) fields.Fail(fields.PositionOf(key), $"'{key}' is below 4KiB/s, {why}");
    }

    private static Func<Workload> Spike(Fields fields)
    {
        var least = fields.Size("base") ?? 0;
        var peak = fields.Size("peak") ?? 0;
        var rise = fields.Duration("rise") ?? 0;
        var hold = fields.Duration("hold") ?? 5_000_000;
        var fall = fields.Duration("fall") ?? 0;
        var period = fields.Duration("period") ?? 0;
        if (!fields.Failed && fields.Has("base") && least >= peak)
            fields.Fail(fields.PositionOf("base"), "'base' is not below 'peak'");
        var once = rise + hold + fall;
        if (!fields.Failed && fields.Has("period") && period <= once)
            fields.Fail(fields.PositionOf("period"),
                $"'period' is {QuantityText.Duration(period)}, expected more than 'rise', 'hold' and 'fall' together, "
                + $"which is {QuantityText.Duration(once)}");
        return () => new SpikeWorkload
        {
            BaseBytes = least, PeakBytes = peak, RiseUsec = rise, HoldUsec = hold, FallUsec = fall, PeriodUsec = period,
        };
    }

    private static Func<Workload> HotSet(Fields fields)
    {
        var size = fields.Size("size") ?? 0;
        var touches = fields.Frequency("touches") ?? 0;
        var cold = fields.Size("cold") ?? 0;
        var coldTouches = fields.Frequency("cold-touches") ?? 0;
        var writes = fields.Share("writes") ?? 1_000_000;
        var fill = Speed(fields, "fill") ?? 0;
        if (fields.Has("cold-touches") && !fields.Has("cold"))
            fields.Fail(fields.PositionOf("cold-touches"), "'cold-touches' without 'cold', expected that set's size");
        return () => new HotSetWorkload
        {
            SizeBytes = size,
            TouchesPerSecond = touches,
            ColdBytes = cold,
            ColdTouchesPerSecond = coldTouches,
            WriteMillionths = writes,
            FillBytesPerSecond = fill,
        };
    }

    private static Func<Workload> Mlock(Fields fields)
    {
        var size = fields.Size("size") ?? 0;
        var fill = Speed(fields, "fill") ?? 0;
        return () => new MlockWorkload { SizeBytes = size, FillBytesPerSecond = fill };
    }

    private static Func<Workload> Reactive(Fields fields)
    {
        var defaults = new ReactiveWorkload { SizeBytes = 0 };
        var size = fields.Size("size") ?? 0;
        var fill = Speed(fields, "fill") ?? 0;
        var machine = fields.Choice("watches") == 1;
        var stall = fields.Duration("stall") ?? defaults.StallUsec;
        var delay = fields.Duration("delay") ?? defaults.DelayUsec;
        var sheds = fields.Share("sheds") ?? defaults.ShedMillionths;
        var pause = fields.Duration("pause") ?? defaults.PauseUsec;
        if (stall is 0 or > ReactiveWorkload.WindowUsec)
            fields.Fail(fields.PositionOf("stall"), "'stall' is not within 2s, expected more than 0 and at most 2s");
        return () => new ReactiveWorkload
        {
            SizeBytes = size,
            FillBytesPerSecond = fill,
            WatchesMachine = machine,
            StallUsec = stall,
            DelayUsec = delay,
            ShedMillionths = sheds,
            PauseUsec = pause,
        };
    }

    private static Func<Workload> CacheReader(Fields fields)
    {
        var size = fields.Size("size") ?? 0;
        var reads = fields.Frequency("reads") ?? 0;
        var cached = fields.Flag("cached") ?? false;
        return () => new CacheReaderWorkload { SizeBytes = size, ReadsPerSecond = reads, StartsCached = cached };
    }

    private static Func<Workload> Stream(Fields fields)
    {
        var rate = Speed(fields, "rate") ?? 0;
        var size = fields.Size("size") ?? 0;
        var reuse = fields.Share("reuse") ?? 0;
        if (!fields.Failed && fields.Has("size") && size < 4096)
            fields.Fail(fields.PositionOf("size"), "'size' is below 4KiB, a page");
        return () => new StreamWorkload { BytesPerSecond = rate, SizeBytes = size, ReuseMillionths = reuse };
    }

    private static Func<Workload> Writer(Fields fields)
    {
        var rate = Speed(fields, "rate") ?? 0;
        var sync = fields.Duration("fsync") ?? 0;
        var ceiling = fields.Size("ceiling") ?? 0;
        if (fields.Has("fsync") && sync < 10_000 && !fields.Failed)
            fields.Fail(fields.PositionOf("fsync"), "'fsync' is below 10ms, a tick of the simulation");
        return () => new WriterWorkload { BytesPerSecond = rate, SyncUsec = sync, CeilingBytes = ceiling };
    }

    private static Func<Workload> Copy(Fields fields)
    {
        var size = fields.Size("size") ?? 0;
        return () => new FileCopyWorkload { SizeBytes = size };
    }

    private static Func<Workload> Tmpfs(Fields fields)
    {
        var rate = Speed(fields, "rate") ?? 0;
        var ceiling = fields.Size("ceiling") ?? 0;
        return () => new TmpfsFillerWorkload { BytesPerSecond = rate, CeilingBytes = ceiling };
    }

    private static Func<Workload> Sawtooth(Fields fields)
    {
        var least = fields.Size("base") ?? 0;
        var most = fields.Size("peak") ?? 0;
        var rate = Speed(fields, "rate") ?? 0;
        return () => new SawtoothWorkload { BaseBytes = least, PeakBytes = most, BytesPerSecond = rate };
    }

    private static Func<Workload> Forks(Fields fields)
    {
        var defaults = new ForksWorkload { ForksPerSecond = 0 };
        var rate = fields.Frequency("rate") ?? 0;
        var memory = fields.Size("memory") ?? defaults.ChildBytes;
        var life = fields.Duration("life") ?? 0;
        var bomb = fields.Flag("bomb") ?? false;
        if (!fields.Failed && fields.Has("rate") && rate is 0 or > 10_000)
            fields.Fail(fields.PositionOf("rate"), "'rate' is not within 1/s to 10000/s");
        if (fields.Has("life") && life == 0 && !fields.Failed)
            fields.Fail(fields.PositionOf("life"), "'life' is 0, expected more");
        return () => new ForksWorkload
        {
            ForksPerSecond = rate, ChildBytes = memory, LifeUsec = life, IsBomb = bomb,
        };
    }

    private static Func<Workload> Probe(Fields fields)
    {
        var defaults = new ProbeWorkload();
        var period = fields.Duration("period") ?? defaults.PeriodUsec;
        var memory = fields.Size("memory") ?? defaults.MemoryBytes;
        var files = fields.Size("files") ?? defaults.FileBytes;
        if (period < 10_000)
            fields.Fail(fields.PositionOf("period"), "'period' is below 10ms, a tick of the simulation");
        return () => new ProbeWorkload { PeriodUsec = period, MemoryBytes = memory, FileBytes = files };
    }

    private static Func<Workload> Build(Fields fields)
    {
        var defaults = new BuildWorkload();
        var jobs = fields.Integer("jobs", 1, 64) ?? defaults.Jobs;
        var memory = fields.Size("memory") ?? defaults.JobBytes;
        var time = fields.Duration("time") ?? defaults.JobUsec;
        var units = fields.Integer("units", 1, 1_000_000) ?? defaults.Units;
        return () => new BuildWorkload { Jobs = jobs, JobBytes = memory, JobUsec = time, Units = units };
    }

    private static Func<Workload> Restarts(Fields fields)
    {
        var defaults = new RestartLoopWorkload();
        var memory = fields.Size("memory") ?? defaults.LifeBytes;
        var rate = Speed(fields, "rate") ?? defaults.BytesPerSecond;
        var life = fields.Duration("life") ?? defaults.LifeUsec;
        var pause = fields.Duration("pause") ?? defaults.PauseUsec;
        return () => new RestartLoopWorkload
        {
            LifeBytes = memory, BytesPerSecond = rate, LifeUsec = life, PauseUsec = pause,
        };
    }
}
