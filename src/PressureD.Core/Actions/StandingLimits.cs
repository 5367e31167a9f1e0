using System;
using System.Buffers.Text;
using System.Text;
using PressureD.Core.Cgroups;
using PressureD.Core.Commands;
using PressureD.Core.Durable;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Readers;

namespace PressureD.Core.Actions;

/// <summary>
/// The <c>swap</c> section: sets each cgroup's limits as it appears, and the machine's swappiness. They stand for as
/// long as the daemon runs and the policy asks for them; then they are put back like any other effect.
/// </summary>
internal sealed class StandingLimits
{
    /// <summary>By this name they are reported.</summary>
    public const string Name = "swap rules";

    /// <summary>Cgroups that wait for their limits; when more appear at once, all are looked through again.</summary>
    private const int QueueLength = 256;

    /// <summary>So many of the undo journal's places stay free for what rules do.</summary>
    private const int PlacesForRules = 32;

    /// <summary>What had no place, or could not be set for the moment, is tried again this often.</summary>
    private const long AgainUsec = 1_000_000;

    /// <summary>
    /// Files that one answer reads at most: it comes between two steps, and anybody may ask for it. About twice as many
    /// as it has room for.
    /// </summary>
    private const int MostRead = 256;

    private static ReadOnlySpan<byte> SwappinessFile => "/proc/sys/vm/swappiness"u8;

    private readonly ActionServices _services;
    private readonly SwapRules _rules;
    private readonly byte[][][] _names;
    private readonly Target[] _queue = new Target[QueueLength];
    private readonly byte[] _old = new byte[512];
    private readonly byte[] _ours = new byte[UndoJournal.MaxValueBytes];
    private readonly ReplyBuffer _listed = new();
    private long _listedUsec;
    private int _count;
    private bool _all = true;
    private bool _swappinessDone;
    private bool _saidDryRun;
    private bool _isLater;
    private long _nextUsec;
    private long _goneUsec;

    public StandingLimits(ActionServices services, SwapRules rules)
    {
        _services = services;
        _rules = rules;
        _swappinessDone = rules.Swappiness is null;
        _names = new byte[rules.Cgroups.Length][][];
        for (int i = 0; i < _names.Length; i++)
        {
            SwapLimit limit = rules.Cgroups[i];
            _names[i] = new byte[limit.Changes.Length][];
            for (int j = 0; j < limit.Changes.Length; j++)
                _names[i][j] = Encoding.UTF8.GetBytes(limit.Changes[j].File);
        }
    }

    /// <summary>Whether new cgroups have to be looked for.</summary>
    public bool NeedsTree => !_rules.Cgroups.IsEmpty;

    /// <summary>A cgroup has appeared.</summary>
    public void Notice(CgroupSlot slot)
    {
        if (_all || Find(slot.Path) < 0)
            return;
        if (_count == _queue.Length)
            _all = true;
        else
            _queue[_count++] = new Target { Slot = slot, Identity = slot.Identity };
    }

    /// <summary>
    /// Whether this section still asks for an effect of an earlier policy's, which then goes on.
    /// </summary>
    public bool AsksFor(EffectTable effects, Effect effect)
    {
        ReadOnlySpan<byte> name = effects.Name(effect);
        if (name.SequenceEqual(SwappinessFile))
            return _rules.Swappiness is { } swappiness && IsNumber(effects.Ours(effect), swappiness);
        int index = Find(effects.Path(effect));
        if (index < 0)
            return false;
        for (int i = 0; i < _names[index].Length; i++)
        {
            if (name.SequenceEqual(_names[index][i]))
                return effects.Ours(effect).SequenceEqual(Value(_rules.Cgroups[index].Changes[i]));
        }

        return false;
    }

    /// <summary>Sets what has to be set.</summary>
    public void Step(long nowUsec)
    {
        if (NeedsTree && nowUsec >= _goneUsec)
        {
            _goneUsec = nowUsec + AgainUsec;
            _services.Effects.DropGone(_services.Cgroups, nowUsec);
        }

        if (_services.DryRun)
        {
            SayDryRun(nowUsec);
            return;
        }

        if (_services.Effects.TakeStandingFailed())
        {
            _all = true;
            _swappinessDone = _rules.Swappiness is null;
            _nextUsec = nowUsec + AgainUsec;
        }

        if (_services.IsPaused || nowUsec < _nextUsec)
            return;
        if (_swappinessDone && !_all && _count == 0)
            return;
        if (!_swappinessDone)
            SetSwappiness(nowUsec);
        _isLater = false;
        if (_all)
            SetAll(nowUsec);
        else
            SetQueued(nowUsec);
        if (!_isLater)
            return;
        _all = true;
        _nextUsec = nowUsec + AgainUsec;
    }

    /// <summary>
    /// a(ssssb) and b: for each limit the cgroup (empty: the machine), the file, the value, the value before, and
    /// whether it is set, or would be but for a dry run; and whether these are all. To look what would be set costs
    /// much, so within a second everybody gets the same.
    /// </summary>
    public void List(ReplyBuffer reply, long nowUsec)
    {
        if (_services.DryRun && _listedUsec != 0 && nowUsec - _listedUsec < AgainUsec)
        {
            reply.CopyFrom(_listed);
            return;
        }

        reply.OpenArray("(ssssb)"u8);
        for (Effect? effect = _services.Effects.NextStanding(null);
            effect is not null;
            effect = _services.Effects.NextStanding(effect))
        {
            Add(
                reply, _services.Effects.Path(effect), _services.Effects.Name(effect), _services.Effects.Ours(effect),
                _services.Effects.Old(effect), isSet: true);
        }

        bool all = true;
        if (_services.DryRun)
            FindUnset(reply, MostRead, out all);
        all &= !reply.IsTruncated;
        reply.CloseArray().Boolean(all);
        if (!_services.DryRun)
            return;
        _listed.CopyFrom(reply);
        _listedUsec = nowUsec;
    }

    private static void Add(
        ReplyBuffer reply, ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, ReadOnlySpan<byte> ours,
        ReadOnlySpan<byte> old, bool isSet)
    {
        reply.OpenStruct("ssssb"u8).Text(path).Text(name).Text(ours).Text(old).Boolean(isSet);
        reply.CloseStruct();
    }

    /// <summary>In a dry run: what would be set, once for each policy.</summary>
    private void SayDryRun(long nowUsec)
    {
        if (_saidDryRun)
            return;
        _saidDryRun = true;
        int count = FindUnset(null, int.MaxValue, out _);
        if (count == 0)
            return;
        DaemonEvent line = _services.Sink.Begin(DaemonEventKind.Log, nowUsec, EventPriority.Notice);
        line.DryRun = true;
        line.Text.Append(Name).Append(": dry run, would set "u8).AppendCount(
            count, "standing limit"u8, "standing limits"u8).Append("; pressurectl status has what and from what"u8);
        _services.Sink.Commit();
    }

    /// <summary>Looks for what is not as the section asks.</summary>
    /// <param name="reply">Gets it; null: it is only counted.</param>
    /// <param name="mostRead">After so many files it ends.</param>
    /// <param name="all">Whether it ended before that, and before the reply was full.</param>
    /// <returns>How much there is, as far as it came.</returns>
    private int FindUnset(ReplyBuffer? reply, int mostRead, out bool all)
    {
        int count = 0;
        int read = 0;
        all = true;
        if (_rules.Swappiness is { } swappiness)
        {
            Utf8Formatter.TryFormat(swappiness, _ours, out int length);
            count += NoteUnset(reply, KernelDirectory.None, 0, default, SwappinessFile, _ours.AsSpan(0, length));
        }

        foreach (CgroupSlot slot in _services.Cgroups.Slots)
        {
            int index = Find(slot.Path);
            for (int i = 0; index >= 0 && i < _names[index].Length; i++)
            {
                all = read++ < mostRead && reply is not { IsTruncated: true };
                if (!all)
                    return count;
                count += NoteUnset(
                    reply, slot.Directory, slot.Identity, slot.Path, _names[index][i],
                    Value(_rules.Cgroups[index].Changes[i]));
            }
        }

        return count;
    }

    /// <returns>1 when it is another value, 0 when it is not, or cannot be read.</returns>
    private int NoteUnset(
        ReplyBuffer? reply, int directory, long identity, ReadOnlySpan<byte> path, ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> ours)
    {
        int result = ControlText.Read(_services.Kernel, directory, name, _old, out ReadOnlySpan<byte> old);
        if (result < 0 || old.SequenceEqual(ours)
            || _services.Effects.FindStanding(path, identity, name) is not null)
        {
            return 0;
        }

        if (reply is not null)
            Add(reply, path, name, ours, old, isSet: false);
        return 1;
    }

    private void SetQueued(long nowUsec)
    {
        while (_count > 0)
        {
            ref Target target = ref _queue[_count - 1];
            if (target.IsThere && !Set(target.Slot!, nowUsec))
                return;

            _count--;
        }
    }

    private void SetAll(long nowUsec)
    {
        _count = 0;
        foreach (CgroupSlot slot in _services.Cgroups.Slots)
        {
            if (!Set(slot, nowUsec))
                return;
        }

        _all = false;
    }

    /// <summary>
    /// The first limit that matches, or −1. Neither we nor pid 1 are ever limited, nor the root, which has no files.
    /// </summary>
    private int Find(ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty || path.SequenceEqual("init.scope"u8) || _services.Targets.HoldsUs(path))
            return -1;
        for (int i = 0; i < _names.Length; i++)
        {
            if (_rules.Cgroups[i].Match.IsMatch(path))
                return i;
        }

        return -1;
    }

    /// <returns>False when it has to be tried again.</returns>
    private bool Set(CgroupSlot slot, long nowUsec)
    {
        int index = Find(slot.Path);
        if (index < 0)
            return true;
        for (int i = 0; i < _names[index].Length; i++)
        {
            int result = Change(
                slot.Directory, slot.Identity, slot.Path, _names[index][i], Value(_rules.Cgroups[index].Changes[i]));
            if (result == -Errno.EBUSY)
                return false;

            // What another policy or another cgroup of its name left has to be put back first, or the machine is short
            // of something for the moment; the rest need not wait.
            if (Errno.IsPassing(result))
            {
                _isLater = true;
                continue;
            }

            if (result == -Errno.ENOSPC)
            {
                _services.NoteLack(ActionNeed.SwapPlaces);
                _nextUsec = nowUsec + AgainUsec;
                return false;
            }

            // Where memory is not counted at all there is nothing to limit; otherwise the kernel has no such file.
            bool isMissing = result == -Errno.ENOENT && !_services.Lacks(ActionNeed.SwapFiles)
                && _services.Targets.ReadCurrent(slot.Directory) != Quantity.Unknown;
            if (isMissing)
                _services.NoteLack(ActionNeed.SwapFiles);
            if (isMissing || (result < 0 && !Errno.IsGone(result)))
                Fail(slot.Path, _names[index][i], result, nowUsec);
        }

        return true;
    }

    private void SetSwappiness(long nowUsec)
    {
        Utf8Formatter.TryFormat(_rules.Swappiness!.Value, _ours, out int length);
        int result = Change(KernelDirectory.None, 0, default, SwappinessFile, _ours.AsSpan(0, length));
        _swappinessDone = result != -Errno.EBUSY && !Errno.IsPassing(result);
        if (result < 0 && _swappinessDone)
            Fail(default, SwappinessFile, result, nowUsec);
    }

    /// <returns>0, also when it is so already; or a negative errno.</returns>
    private int Change(
        int directory, long identity, ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, ReadOnlySpan<byte> ours)
    {
        if (_services.Effects.FindStanding(path, identity, name) is { } held)
            return held.IsDropped || held.Stage == EffectStage.Ending ? -Errno.EAGAIN : 0;

        // A rule was here first. What it found is not known any more as what stands, until it has put it back.
        if (_services.Effects.FindOfRule(path, identity, name) is not null)
            return -Errno.EAGAIN;
        int result = ControlText.Read(_services.Kernel, directory, name, _old, out ReadOnlySpan<byte> old);
        if (result < 0)
            return result;
        if (old.SequenceEqual(ours))
            return 0;
        if (_services.Effects.Count >= UndoJournal.Records - PlacesForRules)
            return -Errno.ENOSPC;
        result = _services.Effects.Begin(
            new PlannedChange
            {
                IsStanding = true,
                Directory = directory,
                Identity = identity,
                Path = path,
                Name = name,
                Old = old,
                Ours = ours,
            },
            out Effect? effect);
        if (effect is not null)
            effect.RuleName = Name;
        return result;
    }

    private ReadOnlySpan<byte> Value(ControlChange change)
    {
        if (change.Text is { } text)
            return _ours.AsSpan(0, Encoding.UTF8.GetBytes(text, _ours));
        long bytes = change.Bytes - (change.Bytes % _services.Kernel.Features.PageBytes);
        Utf8Formatter.TryFormat(bytes, _ours, out int length);
        return _ours.AsSpan(0, length);
    }

    private static bool IsNumber(ReadOnlySpan<byte> text, int number) =>
        Utf8Parser.TryParse(text, out int value, out int read) && read == text.Length && value == number;

    private void Fail(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, int result, long nowUsec)
    {
        if (path.IsEmpty)
            _services.NoteLack(ActionNeed.Swappiness);
        DaemonEvent line = _services.Sink.Begin(DaemonEventKind.Log, nowUsec, EventPriority.Warning);
        line.Cgroup.Append(path);
        TextBuffer text = line.Text.Append(Name).Append(": cannot set "u8).Append(name);
        if (!path.IsEmpty)
            text.Append(" of /"u8).AppendEscaped(path);
        text.Append(": "u8).Append(Errno.Name(result));
        _services.Sink.Commit();
    }
}
