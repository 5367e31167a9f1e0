using System.Collections.Generic;

namespace PressureD.Core.Policy.Checks;

/// <summary>What of a rule's own conditions excludes each other, in words that follow "the rule 'x' ".</summary>
public sealed class Contradictions
{
    private readonly Implication _anywhere = new();
    private readonly Implication _here;
    private readonly bool _isOfMachine;

    /// <param name="machine">
    /// Percentages are held against bytes as they are on this machine, and only that is said; null: what is so on every
    /// machine.
    /// </param>
    public Contradictions(MachineSize? machine = null)
    {
        _isOfMachine = machine is not null;
        _here = _isOfMachine ? new Implication(machine) : _anywhere;
    }

    /// <summary>Looks at one rule.</summary>
    public IReadOnlyList<string> Find(Rule rule)
    {
        List<string> found = [];
        string here = _isOfMachine ? " here" : "";
        if (_here.WhyNever(rule, rule.When) is { } never)
        {
            if (!_isOfMachine || _anywhere.WhyNever(rule, rule.When) is null)
                found.Add($"never fires{here}: its 'when' asks for {Say(never)}{Remedy(never)}");
            return found;
        }

        if (_here.DeadPart(rule, rule.When) is { } dead
            && (!_isOfMachine || _anywhere.DeadPart(rule, rule.When) is null))
        {
            found.Add(
                $"has an 'or' in its 'when' of which one side is never true{here}: it asks for "
                    + $"{Say(dead)}{Remedy(dead)}");
        }

        if (rule.Until is { } until && WhyEnd(rule, until, here) is { } why)
            found.Add(why);
        return found;
    }

    private string? WhyEnd(Rule rule, Condition until, string here)
    {
        if (_here.WhyNever(rule, until) is { } never)
            return _isOfMachine && _anywhere.WhyNever(rule, until) is not null
                ? null
                : $"never ends{here}: its 'until' asks for {Say(never)}{Remedy(never)}";
        if (!_here.Holds(rule, rule.When, rule, until)
            || (_isOfMachine && _anywhere.Holds(rule, rule.When, rule, until)))
        {
            return null;
        }

        string where = _isOfMachine ? " on this machine" : "";
        return $"is over as soon as it begins: its 'until' is true whenever its 'when' is{where}; expected an "
            + "'until' on "
            + "the other side of the threshold, or none";
    }

    private string Say(Contradiction found) => found.Second is { } second
        ? $"{found.First} and for {second}, which exclude each other{(_isOfMachine ? " on this machine" : "")}"
        : $"{found.First}, which is more than this machine has";

    private string Remedy(Contradiction found) =>
        found.Second is null ? found.HasShares ? "; ask for a percentage, or for less" : "; ask for less"
        : _isOfMachine ? "; write both in the same unit, or did you mean 'or'?"
        : "; did you mean 'or'?";
}
