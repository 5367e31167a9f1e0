using System;
using System.Collections.Generic;
using System.Runtime;
using System.Threading;
using PressureD.Core.Loop;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Linux;
using PressureD.Systemd.Notify;
using PressureD.Yaml;

namespace PressureD;

/// <summary>
/// Reads the policy again when asked to, or when the policy itself says so after its files have changed, and puts it
/// into force. On the main thread: it has read the first one, so that its stack is already as deep as that needs, and
/// it has nothing else to do but to read what else is asked of files.
/// </summary>
internal sealed class PolicyKeeper
{
    /// <summary>For so long somebody who asked for a reload waits until it is in force.</summary>
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromMilliseconds(500);

    /// <summary>How often it is asked whether a policy that took longer than that is in force by now.</summary>
    private static readonly TimeSpan TakingInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>How often files are looked at that are not reloaded by themselves: to say that they differ.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(10);

    private const string Unreadable = "the policy on disk cannot be read as a whole: what runs stays in force";

    private readonly CommandLine _line;
    private readonly LoopThread _loop;
    private readonly SystemdNotifier _notifier;
    private readonly Action<EventPriority, string> _say;
    private readonly Action<PolicySet> _taken;
    private readonly PolicyWatch _watch;
    private readonly MainWake _wake;
    private readonly Lock _asking = new();
    private List<Action<ReloadResult>> _answers = [];
    private bool _isAsked;
    private int _rules;
    private TimeSpan _autoReload;
    private ulong _inForce;
    private ulong _seen;
    private bool _isSettling;
    private bool _isTaking = true;
    private bool _hasReloaded;
    private PolicyStanding _standing;

    /// <param name="line">Where the policy is.</param>
    /// <param name="wake">What wakes the main thread.</param>
    /// <param name="loop">Takes new policies.</param>
    /// <param name="notifier">Is told when a reload begins and ends.</param>
    /// <param name="say">Writes a line to the log.</param>
    /// <param name="taken">Called with each policy that comes into force.</param>
    /// <param name="watch">Made before the first policy was read, so that no change is missed.</param>
    /// <param name="first">The policy that the daemon starts with.</param>
    public PolicyKeeper(
        CommandLine line,
        MainWake wake,
        LoopThread loop,
        SystemdNotifier notifier,
        Action<EventPriority, string> say,
        Action<PolicySet> taken,
        PolicyWatch watch,
        LoadedPolicy first)
    {
        _line = line;
        _wake = wake;
        _loop = loop;
        _notifier = notifier;
        _say = say;
        _taken = taken;
        Report(first.Problems);

        _watch = watch;
        _standing = new PolicyStanding(first.Degradation, first.Degradation is not null);
        Take(first);
    }

    /// <summary>How many collections there had been when memory was settled last.</summary>
    public int SettledCollections { get; private set; }

    /// <summary>Asks for a reload. Any thread, returns at once.</summary>
    /// <param name="answer">
    /// Called on the main thread when it is over; never when the daemon ends before. Several who ask at the same time
    /// get the result of one reload, which began after all of them had asked.
    /// </param>
    public void Ask(Action<ReloadResult>? answer)
    {
        lock (_asking)
        {
            _isAsked = true;
            if (answer is not null)
                _answers.Add(answer);
        }

        _wake.Signal();
    }

    /// <summary>Reloads whenever it is time to. The main thread, until the daemon ends.</summary>
    /// <param name="ending">When it does.</param>
    /// <param name="others">What else is done on this thread, whenever it was woken.</param>
    public void Tend(CancellationToken ending, Action others)
    {
        using CancellationTokenRegistration wakeAtEnd = ending.Register(_wake.Signal);

        // What a look needs is in memory from now on: the next one may be under pressure.
        LookAtFiles();
        long lookedMsec = Environment.TickCount64;
        while (!ending.IsCancellationRequested)
        {
            if (_isTaking && _loop.WaitInForce(TimeSpan.Zero))
                EndTaking();

            // The heap holds a policy that is read beside one in force with all that its rules remember, but not while
            // the loop makes just that: then whoever asks waits.
            if (!_isTaking && TakeRequests() is { } answers)
            {
                ReloadResult result = Reload();
                foreach (Action<ReloadResult> answer in answers)
                    answer(result);
            }

            others();
            if (_isTaking)
            {
                _wake.Wait(TakingInterval);
                continue;
            }

            TimeSpan interval = _autoReload > TimeSpan.Zero ? _autoReload : LookInterval;
            TimeSpan rest = interval - TimeSpan.FromMilliseconds(Environment.TickCount64 - lookedMsec);
            if (rest > TimeSpan.Zero)
            {
                _wake.Wait(rest);
                continue;
            }

            lookedMsec = Environment.TickCount64;
            LookAtFiles();
        }
    }

    /// <summary>
    /// What start-up or a reload left behind goes now, once and compacting, and so does the code that only they need;
    /// after this the loop allocates nothing, so the heap stays as it is. The loop rehearses afterwards.
    /// </summary>
    public void SettleMemory()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        ProcessMemory.ReleaseUnchangedFilePages();
        SettledCollections = GC.CollectionCount(0);
    }

    private List<Action<ReloadResult>>? TakeRequests()
    {
        lock (_asking)
        {
            if (!_isAsked)
                return null;
            List<Action<ReloadResult>> answers = _answers;
            _isAsked = false;
            _answers = [];
            return answers;
        }
    }

    /// <summary>
    /// A file counts once it has lain untouched from one look to the next, so that one being written is not read half.
    /// </summary>
    private void LookAtFiles()
    {
        if (_watch.HasMoved())
        {
            _isSettling = true;
            return;
        }

        if (!_isSettling)
            return;
        _isSettling = false;
        PolicySources onDisk = PolicyFiles.Find(_line.Config);
        bool isNews = onDisk.Digest != _seen;
        _seen = onDisk.Digest;
        if (isNews)
            TakeNews(onDisk);
        Settle();
    }

    private void TakeNews(PolicySources onDisk)
    {
        if (onDisk.Digest == _inForce)
        {
            _say(EventPriority.Notice, "the policy on disk is again the one that runs");
            Note(new PolicyStanding(null, false));
        }
        else if (_autoReload > TimeSpan.Zero)
        {
            Reload();
        }
        else if (onDisk.Obstacles.Count > 0)
        {
            Report(onDisk.Obstacles);
            _say(EventPriority.Error, Unreadable);

            // Not kept as the standing: when it can be read again, what was known before holds again.
            _loop.NoteStanding(new PolicyStanding(Unreadable, Differs: true));
        }
        else
        {
            _say(
                EventPriority.Notice,
                "the policy on disk differs from what runs; a reload applies it, pressured --check says what it means");
            Note(_standing with { Differs = true });
        }
    }

    private ReloadResult Reload()
    {
        _notifier.NotifyReloading();

        // What the first rules remember was made after the start had settled memory. Not settled then, when the daemon
        // may have been started into trouble, but now: scattered, it leaves no place for another policy.
        if (!_hasReloaded)
            SettleMemory();
        _hasReloaded = true;
        LoadedPolicy loaded = Load();
        Report(loaded.Problems);
        if (loaded.Policy is not { } policy)
        {
            _seen = loaded.OnDisk;
            _say(
                EventPriority.Error,
                "reload refused: the policy on disk has errors; the one before stays in force");
            Note(new PolicyStanding("the policy on disk has errors: the one before stays in force", true));
            _notifier.NotifyReady();
            Settle();
            return new ReloadResult(false, _rules, loaded.Problems);
        }

        Take(loaded);
        IReadOnlyList<Diagnostic> problems = loaded.Problems;
        loaded = new LoadedPolicy(null, [], null);
        Note(new PolicyStanding(null, false));
        _loop.Replace(policy);
        _isTaking = true;
        if (_loop.WaitInForce(AnswerPatience))
            EndTaking();
        _say(EventPriority.Notice, $"reloaded: {QuantityText.Count(_rules, "rule")}");
        return new ReloadResult(true, _rules, problems);
    }

    /// <summary>
    /// Whatever a file makes of the reader, it must not end the daemon: then it is a policy with an error.
    /// </summary>
    private LoadedPolicy Load()
    {
        try
        {
            return PolicyStore.LoadForReload(_line.Config);
        }
        catch (Exception e)
        {
            string message = $"could not be read, which is a fault of ours: {e}";
            return new LoadedPolicy(null, [new Diagnostic(DiagnosticSeverity.Error, "policy", 0, 0, message)], null);
        }
    }

    private void EndTaking()
    {
        _isTaking = false;
        if (_hasReloaded)
            Settle();
    }

    /// <summary>
    /// Takes note of the policy that is in force, and keeps it for a start with a bad one; a dry run leaves what is
    /// kept alone.
    /// </summary>
    private void Take(LoadedPolicy loaded)
    {
        PolicySources sources = loaded.Sources!;
        _taken(loaded.Policy!);
        _rules = loaded.Policy!.Rules.Length;
        _autoReload = TimeSpan.FromMicroseconds(loaded.AutoReloadUsec);
        _inForce = sources.Digest;
        _seen = loaded.OnDisk;
        if (!_line.DryRun && PolicyStore.Keep(_line.Config, sources) is { } problem)
            _say(EventPriority.Warning, problem);
    }

    private void Settle()
    {
        SettleMemory();
        _loop.Rehearse();
    }

    private void Note(PolicyStanding standing)
    {
        _standing = standing;
        _loop.NoteStanding(standing);
    }

    private void Report(IReadOnlyList<Diagnostic> problems)
    {
        foreach (Diagnostic problem in problems)
        {
            _say(
                problem.Severity == DiagnosticSeverity.Error ? EventPriority.Error : EventPriority.Warning,
                problem.ToString());
        }
    }
}
