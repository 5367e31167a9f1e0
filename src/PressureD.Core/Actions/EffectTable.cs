using System;
using PressureD.Core.Cgroups;
using PressureD.Core.Durable;
using PressureD.Core.Engine;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Services;

namespace PressureD.Core.Actions;

/// <summary>
/// Every change that is in effect, each with its record in the undo journal. It is put back when its rule is over, its
/// time limit is reached, a reload drops it or the daemon ends; and by whoever comes next if the daemon is killed.
/// </summary>
internal sealed class EffectTable
{
    /// <summary>What cannot be put back is tried again this often.</summary>
    private const long RetryUsec = 1_000_000;

    /// <summary>Workers that are all taken are asked again this often.</summary>
    private const long BusyUsec = 100_000;

    /// <summary>
    /// What slows somebody down ends the pressure that it is for, and begins it again when it is put back at once: it
    /// stays for so long after its rule is over, unless the rule says itself when that is.
    /// </summary>
    private const long AfterglowUsec = 2_000_000;

    /// <summary>How long systemd may take from its answer to the cgroup.</summary>
    private const long AwaitUsec = 2_000_000;

    /// <summary>A unit whose cgroup has been gone for so long is not being restarted, most likely.</summary>
    private const long RestartPatienceUsec = 10_000_000;

    /// <summary>From one question to the service manager to the next, while it does not answer.</summary>
    private const long AskAgainUsec = 10_000_000;

    private readonly IKernel _kernel;
    private readonly IEventSink _sink;
    private readonly UndoJournal _journal;
    private readonly ControlWriter _writer;
    private readonly UnitLimits _units;
    private readonly byte[] _now = new byte[512];
    private readonly Effect[] _effects = new Effect[UndoJournal.Records];
    private readonly WaitEvent[] _events = new WaitEvent[8];
    private bool _hasStandingFailed;

    public EffectTable(
        IKernel kernel, IEventSink sink, UndoJournal journal, ControlWriter writer, UnitLimits units)
    {
        _units = units;
        _kernel = kernel;
        _sink = sink;
        _journal = journal;
        _writer = writer;
        for (int i = 0; i < _effects.Length; i++)
            _effects[i] = new Effect(i);
    }

    /// <summary>Whether writing vm.swappiness was refused.</summary>
    public bool RefusedSwappiness { get; private set; }

    /// <summary>Whether systemd does not let us set limits of its units.</summary>
    public bool RefusedUnits => _units.IsRefused;

    /// <summary>Whether a standing limit could not be written for the moment since this was asked last.</summary>
    public bool TakeStandingFailed()
    {
        bool hasFailed = _hasStandingFailed;
        _hasStandingFailed = false;
        return hasFailed;
    }

    /// <summary>How many changes are in effect or under way.</summary>
    public int Count { get; private set; }

    /// <summary>The effect of a rule on a file; null when there is none.</summary>
    /// <param name="path">The cgroup; empty for a file of the machine.</param>
    /// <param name="identity">The cgroup's inode; 0 for a file of the machine.</param>
    /// <param name="name">The file.</param>
    public Effect? FindOfRule(ReadOnlySpan<byte> path, long identity, ReadOnlySpan<byte> name) =>
        Find(path, identity, name, ofRule: true);

    /// <summary>The standing limit of a file, or what a previous process left there; null when there is none.</summary>
    /// <inheritdoc cref="FindOfRule"/>
    public Effect? FindStanding(ReadOnlySpan<byte> path, long identity, ReadOnlySpan<byte> name) =>
        Find(path, identity, name, ofRule: false);

    private Effect? Find(ReadOnlySpan<byte> path, long identity, ReadOnlySpan<byte> name, bool ofRule)
    {
        foreach (Effect effect in _effects)
        {
            if (effect.Stage != EffectStage.Free && effect.RuleHash != 0 == ofRule
                && Name(effect).SequenceEqual(name) && IsOf(effect, path, identity))
            {
                return effect;
            }
        }

        return null;
    }

    /// <summary>What is there again when an effect is over.</summary>
    private ReadOnlySpan<byte> BackTo(Effect effect)
    {
        foreach (Effect other in _effects)
        {
            if (effect.IsOverStanding
                && other is { RuleHash: 0, IsDropped: false, Stage: EffectStage.Beginning or EffectStage.Held }
                && _journal.IsSameFile(other.Record, effect.Record))
            {
                return Ours(other);
            }
        }

        return Old(effect);
    }

    /// <summary>Whether an effect is a standing limit that a rule's change lies on, and not about to leave.</summary>
    private bool IsCovered(Effect standing)
    {
        if (standing.RuleHash != 0)
            return false;
        foreach (Effect other in _effects)
        {
            if (other is { IsOverStanding: true, Stage: not (EffectStage.Free or EffectStage.Ending) }
                && _journal.IsSameFile(other.Record, standing.Record))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a worker writes the same file for another effect: its value is not known until then.</summary>
    private bool IsOtherWritten(Effect effect)
    {
        foreach (Effect other in _effects)
        {
            if (other != effect && other is { Stage: not EffectStage.Free, Write: >= 0 }
                && _journal.IsSameFile(other.Record, effect.Record))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// What the service manager holds is the path's: it gives it to every cgroup that the unit gets. All else ends with
    /// the cgroup it was written to.
    /// </summary>
    private bool IsOf(Effect effect, ReadOnlySpan<byte> path, long identity) =>
        _journal.Identity(effect.Record) == identity
        || (_journal.IsByManager(effect.Record) && Path(effect).SequenceEqual(path));

    /// <summary>Notes a change and has it written: by the service manager if it asks to be the one who does.</summary>
    /// <param name="change">Where, what is there, and what is to be there.</param>
    /// <param name="effect">Filled in with whose it is.</param>
    /// <returns>0, or a negative errno: EBUSY for workers that are taken, ENOSPC for a full journal.</returns>
    public int Begin(in PlannedChange change, out Effect? effect)
    {
        effect = null;
        if (change.Path.Length > UndoJournal.MaxPathBytes)
            return -Errno.ENAMETOOLONG;
        int record = _journal.Begin(change.Identity, change.Path, change.Name, change.Old, change.Ours);
        if (record < 0)
            return -Errno.ENOSPC;
        bool byManager = change.IsStanding && _units.Takes(change.Path, change.Name);
        if (byManager)
            _journal.SetByManager(record, true);
        int request = byManager ? _units.Begin(change.Path, change.Name, change.Ours) : -1;
        int write = byManager ? -1 : _writer.Begin(change.Directory, change.Name, change.Ours);
        int result = byManager ? request : write;
        if (result < 0)
        {
            _journal.End(record);
            return result;
        }

        effect = _effects[record];
        Fill(effect, EffectStage.Beginning);
        effect.Request = request;
        effect.Write = write;
        effect.IsOverStanding = change.IsOverStanding;
        return 0;
    }

    /// <summary>
    /// Takes over what a previous process left and that could not be put back at once. What it had the service manager
    /// set is asked back like any other effect, unless the policy still wants it; all else is tried again.
    /// </summary>
    public void TakeOver()
    {
        foreach (Effect effect in _effects)
        {
            if (!IsLeft(effect))
                continue;
            if (_journal.IsByManager(effect.Record))
            {
                // What is there now may be its own value or the one from before ours, if taking it back was cut off.
                Fill(effect, EffectStage.Held);
                effect.AskAgainUsec = _kernel.NowUsec;
                effect.RuleName = StandingLimits.Name;
            }
            else
            {
                TakeOver(effect, EffectEnd.Inherited, "a previous process");
            }
        }
    }

    /// <summary>Takes over what was frozen to be killed and could not be thawed at once.</summary>
    private void TakeOverKilled()
    {
        if (!_journal.TakeLeft())
            return;
        foreach (Effect effect in _effects)
        {
            if (IsLeft(effect))
                TakeOver(effect, EffectEnd.Killed, "a kill");
        }
    }

    /// <summary>Whether a change is noted that nobody keeps.</summary>
    private bool IsLeft(Effect effect) => effect.Stage == EffectStage.Free && _journal.IsHeld(effect.Record);

    private void TakeOver(Effect effect, EffectEnd end, string from)
    {
        Fill(effect, EffectStage.Ending);
        effect.RetryUsec = _kernel.NowUsec + RetryUsec;
        effect.End = end;
        effect.RuleName = from;
    }

    private void Fill(Effect effect, EffectStage stage)
    {
        Count++;
        effect.Stage = stage;
        effect.Write = -1;
        effect.Request = -1;
        effect.AwaitUsec = 0;
        effect.GoneSinceUsec = 0;
        effect.IsTold = false;
        effect.RuleName = "";
        effect.RuleHash = 0;
        effect.Match = null;
        effect.MatchIdentity = 0;
        effect.Action = null;
        effect.Asker = null;
        effect.SinceUsec = _kernel.NowUsec;
        effect.UntilUsec = 0;
        effect.OverSinceUsec = 0;
        effect.SeenActive = false;
        effect.IsOverStanding = false;
        effect.IsDropped = false;
        effect.RetryUsec = 0;
        effect.AskAgainUsec = 0;
        effect.SaidSet = false;
        effect.SaidStuck = false;
    }

    /// <summary>Takes results, and puts back what is over.</summary>
    public void Advance(long nowUsec)
    {
        _writer.Sweep();
        TakeOverKilled();
        if (Count == 0)
            return;
        foreach (Effect effect in _effects)
        {
            if (effect.Stage == EffectStage.Beginning)
                AdvanceBeginning(effect, nowUsec);

            // What lies on a standing limit goes first: the service manager would write over it.
            if (effect.Stage == EffectStage.Held && IsOver(effect, nowUsec) && !IsCovered(effect))
                effect.Stage = EffectStage.Ending;
            if (effect is { Stage: EffectStage.Held, AskAgainUsec: not 0 } && nowUsec >= effect.AskAgainUsec
                && !IsCovered(effect))
            {
                AskAgain(effect, nowUsec);
            }

            if (effect.Stage == EffectStage.Ending)
                AdvanceEnding(effect, nowUsec);
        }
    }

    /// <summary>When some effect must be looked at again; unlimited when none need be.</summary>
    public long NextDeadlineUsec(long nowUsec)
    {
        long deadline = long.MaxValue;
        if (Count == 0)
            return deadline;
        foreach (Effect effect in _effects)
        {
            long due = effect.Stage switch
            {
                // It waits for the end of what lies on it, which has a time of its own.
                EffectStage.Held when IsCovered(effect) => long.MaxValue,
                EffectStage.Held when effect.OverSinceUsec != 0 => effect.OverSinceUsec + AfterglowUsec,
                EffectStage.Held when effect.UntilUsec != 0 => effect.UntilUsec,
                EffectStage.Held when effect.AskAgainUsec != 0 => effect.AskAgainUsec,
                EffectStage.Beginning or EffectStage.Ending => Math.Max(effect.RetryUsec, nowUsec + BusyUsec),
                _ => long.MaxValue,
            };
            deadline = Math.Min(deadline, due);
        }

        return deadline;
    }

    /// <summary>
    /// A reload: an effect whose rule asks for the same thing still goes on as that rule's, all others are put back.
    /// Until then the effects have no match.
    /// </summary>
    public void Orphan()
    {
        foreach (Effect effect in _effects)
            effect.Match = null;
    }

    /// <summary>Gives effects of an earlier policy to the rules of the new one that ask for them still.</summary>
    public void Adopt(RuleRuntime rule)
    {
        foreach (Effect effect in _effects)
        {
            if (effect.Stage is not (EffectStage.Beginning or EffectStage.Held) || effect.RuleHash != rule.Hash
                || effect.Match is not null || effect.Action is not { } had)
            {
                continue;
            }

            foreach (RuleAction action in rule.Rule.Actions)
            {
                if (action is not ChangeAction wanted || rule.IsDryRun || !wanted.HasEffectOf(had))
                    continue;
                effect.Action = wanted;
                effect.Match = FindMatch(rule, effect.MatchIdentity);
                effect.OverSinceUsec = 0;
                effect.SeenActive = false;
            }
        }
    }

    /// <summary>Thaws what holds a process or cgroup that was sent TERM: who is frozen cannot leave.</summary>
    /// <param name="path">The cgroup that it is, or is in.</param>
    /// <param name="isWhole">Whether all that are in it and below were sent it.</param>
    public void ThawFor(ReadOnlySpan<byte> path, bool isWhole)
    {
        foreach (Effect effect in _effects)
        {
            if (effect.Stage != EffectStage.Held || !Name(effect).SequenceEqual("cgroup.freeze"u8))
                continue;
            ReadOnlySpan<byte> frozen = Path(effect);
            if (!PathPrefixes.IsWithin(path, frozen) && !(isWhole && PathPrefixes.IsWithin(frozen, path)))
                continue;
            effect.Stage = EffectStage.Ending;
            effect.End = EffectEnd.Asked;
        }
    }

    /// <summary>Drops the standing limits of an earlier policy that the new one does not ask for.</summary>
    public void DropStanding(StandingLimits limits)
    {
        foreach (Effect effect in _effects)
        {
            if (effect.Stage is EffectStage.Beginning or EffectStage.Held && effect.RuleHash == 0)
                effect.IsDropped = !limits.AsksFor(this, effect);
        }
    }

    /// <summary>
    /// Drops the standing limits of cgroups that are gone, so that their places are free. A unit's limit waits a while
    /// for the unit to be started again, and is that of the new cgroup then.
    /// </summary>
    public void DropGone(CgroupTable cgroups, long nowUsec)
    {
        if (cgroups.Slots.IsEmpty)
            return;
        foreach (Effect effect in _effects)
        {
            if (effect.Stage != EffectStage.Held || effect.RuleHash != 0 || Path(effect).IsEmpty)
                continue;
            CgroupSlot? cgroup = cgroups.Find(Path(effect));
            bool isThere = cgroup is not null && IsOf(effect, Path(effect), cgroup.Identity);
            if (isThere)
            {
                effect.GoneSinceUsec = 0;
                Follow(effect, cgroup!, nowUsec);
                continue;
            }

            if (effect.GoneSinceUsec == 0)
                effect.GoneSinceUsec = nowUsec;
            effect.IsDropped |= !_journal.IsByManager(effect.Record)
                || nowUsec - effect.GoneSinceUsec >= RestartPatienceUsec;
        }
    }

    /// <summary>
    /// A unit's limit is that of the cgroup it has now. One that was made anew, as transient units are, has none.
    /// </summary>
    private void Follow(Effect effect, CgroupSlot cgroup, long nowUsec)
    {
        if (_journal.Identity(effect.Record) == cgroup.Identity)
            return;
        _journal.SetIdentity(effect.Record, cgroup.Identity);
        int result = ControlText.Read(
            _kernel, cgroup.Directory, Name(effect), _now, out ReadOnlySpan<byte> value);
        if (!Errno.IsGone(result) && !value.SequenceEqual(Ours(effect)))
            effect.AskAgainUsec = nowUsec;
    }

    /// <summary>The control file of an effect in use.</summary>
    public ReadOnlySpan<byte> Name(Effect effect) => _journal.Name(effect.Record);

    /// <summary>The cgroup of an effect in use; empty for a file of the machine.</summary>
    public ReadOnlySpan<byte> Path(Effect effect) => _journal.Path(effect.Record);

    /// <summary>What was there before an effect in use.</summary>
    public ReadOnlySpan<byte> Old(Effect effect) => _journal.Old(effect.Record);

    /// <summary>The standing limits that are in force or about to be, one after the other.</summary>
    /// <param name="after">The one before; null: the first.</param>
    /// <returns>Null when there are no more.</returns>
    public Effect? NextStanding(Effect? after)
    {
        for (int i = after is null ? 0 : after.Record + 1; i < _effects.Length; i++)
        {
            Effect effect = _effects[i];
            if (effect is { RuleHash: 0, IsDropped: false, Stage: EffectStage.Beginning or EffectStage.Held })
                return effect;
        }

        return null;
    }

    /// <summary>What an effect in use has written.</summary>
    public ReadOnlySpan<byte> Ours(Effect effect) => _journal.Ours(effect.Record);

    /// <summary>Puts everything back and waits for it, as far as the time allows; the rest stays noted.</summary>
    public void EndAll(long patienceUsec)
    {
        long untilUsec = _kernel.NowUsec + patienceUsec;
        TakeOverKilled();

        // What was to be tried again later has no later.
        foreach (Effect effect in _effects)
            effect.RetryUsec = 0;
        while (true)
        {
            long nowUsec = _kernel.NowUsec;
            bool any = false;
            foreach (Effect effect in _effects)
            {
                if (effect.Stage == EffectStage.Held)
                    effect.Stage = EffectStage.Ending;
                any |= effect.Stage != EffectStage.Free;
                effect.End = EffectEnd.Leaving;
            }

            if (!any || nowUsec >= untilUsec)
                return;
            Advance(nowUsec);
            _kernel.Wait(Math.Min(untilUsec, NextDeadlineUsec(nowUsec)), _events);
        }
    }

    private static MatchState? FindMatch(RuleRuntime rule, long identity)
    {
        foreach (MatchState match in rule.Matches)
        {
            if ((match.Cgroup?.Identity ?? 0) == identity)
                return match;
        }

        return null;
    }

    private static bool IsOver(Effect effect, long nowUsec)
    {
        if (effect.IsDropped)
        {
            effect.End = EffectEnd.Dropped;
            return true;
        }

        if (effect.RuleHash == 0)
            return false;
        if (effect.Match is not { IsGone: false } match)
            effect.End = EffectEnd.Dropped;
        else if (IsRuleOver(effect, match, nowUsec))
            effect.End = EffectEnd.RuleOver;
        else if (effect.UntilUsec != 0 && nowUsec >= effect.UntilUsec)
            effect.End = EffectEnd.Limit;
        else
            return false;
        return true;
    }

    private static bool IsRuleOver(Effect effect, MatchState match, long nowUsec)
    {
        if (match.Phase == MatchPhase.Active)
        {
            effect.SeenActive = true;
            effect.OverSinceUsec = 0;
            return false;
        }

        if (effect.OverSinceUsec == 0)
            effect.OverSinceUsec = nowUsec;
        bool saysWhen = match.Rule.Until is not null && effect.SeenActive;
        return saysWhen || nowUsec - effect.OverSinceUsec >= AfterglowUsec;
    }

    private void AdvanceBeginning(Effect effect, long nowUsec)
    {
        if (effect.IsAsking || effect.AwaitUsec != 0)
        {
            AdvanceAsking(effect, nowUsec);
            return;
        }

        if (effect.Write < 0)
        {
            if (nowUsec >= effect.RetryUsec)
                WriteDirectly(effect, nowUsec);
            return;
        }

        if (!_writer.TryFinish(effect.Write, out int result))
            return;
        effect.Write = -1;
        if (effect.Asker is { } asker)
            asker.Note(effect.AskerAct, result);
        effect.Asker = null;
        effect.Stage = EffectStage.Held;
        if (result >= 0)
        {
            if (effect.RuleHash == 0)
                SaySet(effect, nowUsec);
            return;
        }

        // Nothing was changed, most likely. What is there says so.
        effect.Stage = EffectStage.Ending;
        effect.End = EffectEnd.Failed;
        if (Errno.IsPassing(result))
            _hasStandingFailed |= effect.RuleHash == 0;
        else
            RefusedSwappiness |= Name(effect).SequenceEqual("/proc/sys/vm/swappiness"u8);
        if (!Errno.IsGone(result))
            Say(effect, nowUsec, EventPriority.Error, "could not write"u8, result);
    }

    /// <summary>
    /// The service manager writes a moment after it has answered. Where it does not, because it may not or the unit is
    /// none that runs, the file is written here.
    /// </summary>
    private void AdvanceAsking(Effect effect, long nowUsec)
    {
        if (effect.IsAsking)
        {
            if (!_units.TryFinish(effect.Request, out ServiceJobResult result))
                return;
            effect.Request = -1;
            bool isKnown = result is ServiceJobResult.Refused or ServiceJobResult.NoSuchUnit or ServiceJobResult.Failed;
            if (isKnown)
                _journal.SetByManager(effect.Record, false);
            bool isDone = result == ServiceJobResult.Done;
            effect.AskAgainUsec = isDone || isKnown ? 0 : nowUsec + AskAgainUsec;

            // Where it has not been told, nothing comes that could be waited for.
            effect.AwaitUsec = isDone ? nowUsec + AwaitUsec : nowUsec;
        }

        int directory = CgroupPaths.Open(_kernel, Path(effect));
        int read = directory;
        ReadOnlySpan<byte> value = default;
        if (directory >= 0)
        {
            read = ControlText.Read(_kernel, directory, Name(effect), _now, out value);
            _kernel.Close(directory);
        }

        if (Errno.IsGone(read) || value.SequenceEqual(Ours(effect)))
        {
            effect.AwaitUsec = 0;
            effect.Stage = EffectStage.Held;
            SaySet(effect, nowUsec);
        }
        else if (nowUsec >= effect.AwaitUsec)
        {
            effect.AwaitUsec = 0;
            WriteDirectly(effect, nowUsec);
        }
    }

    private void AskAgain(Effect effect, long nowUsec)
    {
        effect.AskAgainUsec = nowUsec + AskAgainUsec;
        int request = _units.Takes(Path(effect), Name(effect))
            ? _units.Begin(Path(effect), Name(effect), Ours(effect))
            : -Errno.EACCES;
        if (request == -Errno.EBUSY)
            effect.AskAgainUsec = nowUsec + BusyUsec;
        if (request < 0)
            return;
        effect.Request = request;
        effect.Stage = EffectStage.Beginning;
    }

    private void WriteDirectly(Effect effect, long nowUsec)
    {
        int directory = CgroupPaths.Open(_kernel, Path(effect));
        int write = directory < 0 ? directory : _writer.Begin(directory, Name(effect), Ours(effect));
        if (directory >= 0)
            _kernel.Close(directory);
        if (write >= 0)
        {
            effect.Write = write;
            return;
        }

        effect.RetryUsec = nowUsec + BusyUsec;
        if (write == -Errno.EBUSY || Errno.IsPassing(write))
            return;
        effect.Stage = EffectStage.Ending;
        effect.End = EffectEnd.Failed;
    }

    /// <returns>Whether the service manager has heard of the end, or it is not known how to make it hear.</returns>
    private bool TellManager(Effect effect)
    {
        if (!effect.IsAsking)
        {
            // Its refusal does not count here: what it let us set it may let us put back.
            int request = _units.Begin(Path(effect), Name(effect), _journal.Old(effect.Record));
            effect.Request = Math.Max(request, -1);
            return request < 0 && request != -Errno.EBUSY;
        }

        if (!_units.TryFinish(effect.Request, out ServiceJobResult result))
            return false;
        effect.Request = -1;
        effect.IsTold = result == ServiceJobResult.Done;
        if (result is ServiceJobResult.Done or ServiceJobResult.NoSuchUnit)
            _journal.SetByManager(effect.Record, false);
        return true;
    }

    private void AdvanceEnding(Effect effect, long nowUsec)
    {
        if (IsOtherWritten(effect))
            return;
        bool mayTell = effect.Write < 0 && nowUsec >= effect.RetryUsec;
        bool mustTell = effect.IsAsking
            || (mayTell && _journal.IsByManager(effect.Record) && MayTellManager(effect));
        if (mustTell && !TellManager(effect))
            return;
        if (effect.Write >= 0)
        {
            if (!_writer.TryFinish(effect.Write, out int result))
                return;
            effect.Write = -1;
            if (result >= 0 || Errno.IsGone(result))
                End(effect, nowUsec, result >= 0 ? UndoVerdict.Ours : UndoVerdict.Gone);
            else
                Postpone(effect, nowUsec, result);
            return;
        }

        if (nowUsec < effect.RetryUsec)
            return;
        bool ofMachine = _journal.Name(effect.Record).StartsWith("/"u8);
        int directory = ofMachine ? KernelDirectory.None : CgroupPaths.Open(_kernel, _journal.Path(effect.Record));
        UndoVerdict verdict = _journal.Judge(_kernel, effect.Record, directory, BackTo(effect));
        if (verdict == UndoVerdict.Ours)
        {
            int write = _writer.Begin(directory, _journal.Name(effect.Record), BackTo(effect));
            if (write >= 0)
                effect.Write = write;
            else
                Postpone(effect, nowUsec, write);
        }
        else if (verdict == UndoVerdict.Unreadable)
        {
            Postpone(effect, nowUsec, -Errno.EIO);
        }
        else
        {
            End(effect, nowUsec, verdict);
        }

        if (directory >= 0)
            _kernel.Close(directory);
    }

    private bool MayTellManager(Effect effect)
    {
        int directory = CgroupPaths.Open(_kernel, Path(effect));
        bool mayTell = UndoJournal.MayTell(_journal.Judge(_kernel, effect.Record, directory, Old(effect)));
        if (directory >= 0)
            _kernel.Close(directory);
        return mayTell;
    }

    /// <summary>The file is as it was; what the service manager could not be told yet is still to be told.</summary>
    private void End(Effect effect, long nowUsec, UndoVerdict verdict)
    {
        if (_journal.IsByManager(effect.Record) && verdict != UndoVerdict.Foreign)
            Postpone(effect, nowUsec, -Errno.ETIMEDOUT);
        else
            Finish(effect, nowUsec, effect.IsTold && verdict == UndoVerdict.Unchanged ? UndoVerdict.Ours : verdict);
    }

    private void SaySet(Effect effect, long nowUsec)
    {
        if (effect.SaidSet)
            return;
        effect.SaidSet = true;
        DaemonEvent line = _sink.Begin(DaemonEventKind.Log, nowUsec, EventPriority.Info);
        line.Cgroup.Append(Path(effect));
        line.Text.Append(effect.RuleName).Append(": "u8).Append(Name(effect));
        if (!Path(effect).IsEmpty)
            line.Text.Append(" of /"u8).AppendEscaped(Path(effect));
        line.Text.Append(" is now "u8).Append(Ours(effect)).Append(", before "u8)
            .Append(_journal.Old(effect.Record));
        _sink.Commit();
    }

    private void Postpone(Effect effect, long nowUsec, int result)
    {
        effect.RetryUsec = nowUsec + (result == -Errno.EBUSY ? BusyUsec : RetryUsec);
        if (result == -Errno.EBUSY || effect.SaidStuck)
            return;
        effect.SaidStuck = true;
        Say(effect, nowUsec, EventPriority.Error, "cannot put back, and tries again and again,"u8, result);
    }

    private void Finish(Effect effect, long nowUsec, UndoVerdict verdict)
    {
        if (verdict == UndoVerdict.Ours)
            Say(effect, nowUsec, EventPriority.Notice, "put back"u8, 0);
        else if (verdict == UndoVerdict.Foreign)
            Say(effect, nowUsec, EventPriority.Warning, "left alone, somebody else has changed it meanwhile:"u8, 0);
        _journal.End(effect.Record);
        Count--;
        effect.Stage = EffectStage.Free;
        effect.Match = null;
        effect.Action = null;
        effect.Asker = null;
    }

    private void Say(Effect effect, long nowUsec, EventPriority priority, ReadOnlySpan<byte> verb, int result)
    {
        DaemonEvent line = _sink.Begin(DaemonEventKind.Log, nowUsec, priority);
        ReadOnlySpan<byte> path = _journal.Path(effect.Record);
        ReadOnlySpan<byte> name = _journal.Name(effect.Record);
        line.Rule = effect.RuleHash == 0 ? null : effect.RuleName;
        line.Cgroup.Append(path);
        TextBuffer text = line.Text.Append(effect.RuleName).Append(": "u8).Append(verb).Append(" "u8);
        text.Append(name);
        if (!path.IsEmpty)
            text.Append(" of /"u8).AppendEscaped(path);
        if (result < 0)
            text.Append(": "u8).Append(Errno.Name(result));
        else
            AppendEnd(text, effect, nowUsec);
        _sink.Commit();
    }

    private void AppendEnd(TextBuffer text, Effect effect, long nowUsec)
    {
        text.Append(" to "u8).Append(BackTo(effect)).Append(" after "u8)
            .AppendDuration(nowUsec - effect.SinceUsec).Append(", "u8).Append(effect.End switch
            {
                EffectEnd.RuleOver => "the rule's condition is over"u8,
                EffectEnd.Asked => "somebody in it was asked to leave"u8,
                EffectEnd.Limit => "its time limit"u8,
                EffectEnd.Dropped => "the policy no longer asks for it"u8,
                EffectEnd.Leaving => "the daemon ends"u8,
                EffectEnd.Inherited => "who set it is gone"u8,
                EffectEnd.Killed => "whoever was in it has been killed"u8,
                _ => "it could not be written"u8,
            });
    }
}
