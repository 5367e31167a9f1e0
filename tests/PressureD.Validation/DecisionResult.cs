using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace PressureD.Validation;

/// <summary>What a policy decides on the real runs of a workload, beside what it decides in the model.</summary>
/// <param name="Policy">Its name.</param>
/// <param name="Real">On each recording.</param>
/// <param name="Simulated">In the model, as far as each recording was seen.</param>
internal sealed record DecisionResult(
    string Policy, IReadOnlyList<Decision> Real, IReadOnlyList<Decision> Simulated)
{
    /// <summary>Pairs of a real run and the model that agree.</summary>
    internal int Agreeing => Enumerable.Range(0, Real.Count).Count(index => Real[index].IsLike(Simulated[index]));

    /// <summary>Those of them in which somebody is signalled: that nobody is, is easily agreed on.</summary>
    internal (int Agreeing, int Pairs) WithVictim
    {
        get
        {
            int[] told = [.. Enumerable.Range(0, Real.Count)
                .Where(index => Real[index].Victim is not null || Simulated[index].Victim is not null)];
            return (told.Count(index => Real[index].IsLike(Simulated[index])), told.Length);
        }
    }

    /// <summary>Pairs of real runs, and how many of them agree: no model can do better.</summary>
    internal (int Agreeing, int Pairs) AmongReal
    {
        get
        {
            int agreeing = 0, pairs = 0;
            for (int left = 0; left < Real.Count; left++)
            {
                for (int right = left + 1; right < Real.Count; right++)
                {
                    pairs++;
                    agreeing += Real[left].IsLike(Real[right]) ? 1 : 0;
                }
            }

            return (agreeing, pairs);
        }
    }

    internal string RealText() => Text(Real);

    /// <summary>More than one where real runs that were seen for longer show more of the model.</summary>
    internal string SimulatedText() => Text(Simulated);

    private static string Text(IReadOnlyList<Decision> decisions) => string.Join(
        "; ", decisions.GroupBy(static made => made.Victim).Select(alike => Grouped(alike, decisions.Count)));

    private static string Grouped(IGrouping<string?, Decision> alike, int all)
    {
        Decision[] made = [.. alike.OrderBy(static one => one.Usec)];
        string count = made.Length == all ? "" : $" ({made.Length} of {all} runs)";
        if (alike.Key is not { } victim)
        {
            return "nobody" + count;
        }

        string rules = string.Join(", ", made.Select(static one => one.Rule).Distinct());
        string when = made[0].Usec == made[^1].Usec
            ? Seconds(made[0].Usec) : $"{Seconds(made[0].Usec)} to {Seconds(made[^1].Usec)}";
        return $"{Workload.Label(victim)} at {when} s by {rules}{count}";
    }

    private static string Seconds(long usec) => (usec / 1e6).ToString("F1", CultureInfo.InvariantCulture);
}
