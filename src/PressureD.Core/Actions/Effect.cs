using PressureD.Core.Durable;
using PressureD.Core.Engine;
using PressureD.Core.Policy;

namespace PressureD.Core.Actions;

/// <summary>
/// One control file that we have changed and will put back. Its values are in the undo journal's record of the same
/// number.
/// </summary>
internal sealed class Effect(int record)
{
    /// <summary>The undo journal's record.</summary>
    public int Record { get; } = record;

    public EffectStage Stage { get; set; }

    /// <summary>By whose name it is reported.</summary>
    public string RuleName { get; set; } = "";

    /// <summary>The rule, as the run store knows it; 0 for a standing limit, which lasts until we end.</summary>
    public ulong RuleHash { get; set; }

    /// <summary>The rule's match; null after a reload that has not given it a new one.</summary>
    public MatchState? Match { get; set; }

    /// <summary>The inode of the match's cgroup; 0 for the host.</summary>
    public long MatchIdentity { get; set; }

    /// <summary>What the rule asked for; null for a standing limit.</summary>
    public ChangeAction? Action { get; set; }

    /// <summary>Who counts the writes that are under way; null when nobody does any more.</summary>
    public ChangeState? Asker { get; set; }

    /// <summary>Which of its acts.</summary>
    public int AskerAct { get; set; }

    public long SinceUsec { get; set; }

    /// <summary>When it is put back at the latest; 0: when the rule is over.</summary>
    public long UntilUsec { get; set; }

    /// <summary>
    /// It lies on a standing limit, which comes back when it is over if it stands still. What its record has as the old
    /// value is what was there before both.
    /// </summary>
    public bool IsOverStanding { get; set; }

    /// <summary>The policy no longer asks for it.</summary>
    public bool IsDropped { get; set; }

    /// <summary>Since when its rule has not been active; 0 while it is.</summary>
    public long OverSinceUsec { get; set; }

    /// <summary>Whether its match has been active since the effect was given to it.</summary>
    public bool SeenActive { get; set; }

    /// <summary>The write under way, of <see cref="ControlWriter"/>; −1 when none is.</summary>
    public int Write { get; set; } = -1;

    /// <summary>The request to the service manager under way, of <see cref="UnitLimits"/>; −1 when none is.</summary>
    public int Request { get; set; } = -1;

    /// <summary>Whether the service manager is being asked.</summary>
    public bool IsAsking => Request >= 0;

    /// <summary>Since when the cgroup of a standing limit is gone; 0 while it is there.</summary>
    public long GoneSinceUsec { get; set; }

    /// <summary>Whether the service manager has put it back.</summary>
    public bool IsTold { get; set; }

    /// <summary>
    /// Until when it is waited for that what the service manager was told is in the cgroup; 0 when it is not.
    /// </summary>
    public long AwaitUsec { get; set; }

    /// <summary>Before this, putting it back is not tried again.</summary>
    public long RetryUsec { get; set; }

    /// <summary>
    /// When the service manager is asked again for a value that is its to set and that it has not heard of; 0 when it
    /// has, or is not to be asked.
    /// </summary>
    public long AskAgainUsec { get; set; }

    /// <summary>Whether it was said that it is set.</summary>
    public bool SaidSet { get; set; }

    /// <summary>Why it is being put back, for the log.</summary>
    public EffectEnd End { get; set; }

    /// <summary>Whether it was said that it cannot be put back.</summary>
    public bool SaidStuck { get; set; }
}
