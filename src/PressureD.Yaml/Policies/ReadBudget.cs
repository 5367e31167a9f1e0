using PressureD.Core.Policy;

namespace PressureD.Yaml.Policies;

/// <summary>
/// Counts what all files together ask the daemon to hold. What is beyond a limit is not read at all: the daemon's heap
/// is small, and while a policy is read the one before is still in it.
/// </summary>
internal sealed class ReadBudget(DiagnosticBag diagnostics)
{
    private int _conditionCharacters;
    private int _actions;
    private int _matcherKeys;

    public bool TakeConditions(int characters, SourcePosition at) => Take(
        ref _conditionCharacters, characters, PolicyLimits.ConditionCharacters, "characters in conditions", at);

    public bool TakeAction(SourcePosition at) => Take(ref _actions, 1, PolicyLimits.Actions, "actions", at);

    public bool TakeMatcher(int keys, SourcePosition at) =>
        Take(ref _matcherKeys, keys, PolicyLimits.MatcherKeys, "keys in matchers", at);

    /// <summary>Complains of the first that is too many, and of no more.</summary>
    private bool Take(ref int taken, int more, int most, string what, SourcePosition at)
    {
        bool fitted = taken <= most;
        taken += more;
        if (taken <= most)
            return true;
        if (fitted)
            diagnostics.Error(
                at,
                $"more than {most} {what} in all files, expected at most that; one rule with 'for-each', and one "
                + "pattern with {a,b}, say the same of many");
        return false;
    }
}
