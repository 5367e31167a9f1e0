using System.Collections.Immutable;
using PressureD.Core.Cgroups;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;

namespace PressureD.Core.Victims;

/// <summary>A kill action with its matchers ready.</summary>
internal sealed class CompiledKill
{
    private readonly int _keys;
    private readonly int _files;

    public CompiledKill(KillAction action)
    {
        Action = action;
        Prefer = Compile(action.Prefer);
        Avoid = Compile(action.Avoid);
        Protect = Compile(action.Protect);
        foreach (RankKey key in action.Rank)
            _keys |= 1 << (int)key;
        foreach (RankKey key in action.Culprit)
            _keys |= 1 << (int)key;
        int preferences = FilesOf(Prefer) | FilesOf(Avoid);
        HasCostlyPreferences = preferences != 0;
        _files = preferences | FilesOf(Protect);
    }

    /// <summary>
    /// Of those that are named by whoever asks: what a rule that says nothing else does, under the policy's
    /// protections.
    /// </summary>
    public static CompiledKill OfNamed(PolicySet policy) => new(new KillAction
    {
        From = new CgroupPattern("**"),
        Victim = VictimKind.Process,
        Rank = [RankKey.Size],
        Protect = policy.Protect,
        OomdXattrs = OomdXattrs.Ignore,
        Signal = Signals.Term,
        GraceUsec = KillAction.DefaultGraceUsec,
    });

    public KillAction Action { get; }

    public CompiledMatcher[] Prefer { get; }

    public CompiledMatcher[] Avoid { get; }

    public CompiledMatcher[] Protect { get; }

    /// <summary>Whether a process of a user can be preferred or avoided at all.</summary>
    public bool MayPrefer(uint uid)
    {
        foreach (CompiledMatcher matcher in Prefer)
        {
            if (matcher.MayMatch(uid))
                return true;
        }

        foreach (CompiledMatcher matcher in Avoid)
        {
            if (matcher.MayMatch(uid))
                return true;
        }

        return false;
    }

    /// <summary>Whether anybody can be preferred or avoided by a matcher.</summary>
    public bool HasPreferences => Prefer.Length + Avoid.Length > 0;

    /// <summary>Whether prefer or avoid ask for what only a worker can read.</summary>
    public bool HasCostlyPreferences { get; }

    /// <summary>Whether any matcher does.</summary>
    public bool HasCostlyMatchers => _files != 0;

    /// <summary>Whether some matcher asks for a file of a process that only a worker can read.</summary>
    public bool AsksFor(ProcessFile file) => (_files & (1 << (int)file)) != 0;

    /// <summary>Whether what dies is cgroups, units among them.</summary>
    public bool TakesCgroups => Action.Victim is VictimKind.Cgroup or VictimKind.Unit;

    /// <summary>Whether single processes can die, or groups of them.</summary>
    public bool TakesProcesses => !TakesCgroups || Action.SmallestUseful;

    /// <summary>Whether a choice lists processes: they can die, or what is in a cgroup says how it is ranked.</summary>
    public bool ListsProcesses => TakesProcesses || HasPreferences;

    /// <summary>Whether some key is a rate of cgroups, which only two looks tell.</summary>
    public bool RanksByCgroupRates =>
        RanksBy(RankKey.PageScan) || RanksBy(RankKey.IoCost)
        || (RanksBy(RankKey.Growth) && TakesCgroups);

    /// <summary>
    /// Whether a choice is better when something was looked at before it: of a process it is known then what it was
    /// started as.
    /// </summary>
    public bool NeedsLookAhead =>
        ListsProcesses || RanksByCgroupRates || RanksBy(RankKey.Growth) || HasCostlyMatchers;

    /// <summary>Whether a key is among those by which candidates or culprits are ordered.</summary>
    public bool RanksBy(RankKey key) => (_keys & (1 << (int)key)) != 0;

    private static int FilesOf(CompiledMatcher[] matchers)
    {
        int files = 0;
        foreach (CompiledMatcher matcher in matchers)
        {
            for (ProcessFile file = ProcessFile.Cmdline; file <= ProcessFile.Environ; file++)
                files |= matcher.AsksFor(file) ? 1 << (int)file : 0;
        }

        return files;
    }

    private static CompiledMatcher[] Compile(ImmutableArray<Matcher> matchers)
    {
        var compiled = new CompiledMatcher[matchers.Length];
        for (int i = 0; i < matchers.Length; i++)
            compiled[i] = new CompiledMatcher(matchers[i]);
        return compiled;
    }
}
