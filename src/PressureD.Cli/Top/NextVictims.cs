using System.Collections.Generic;
using System.Linq;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Top;

/// <summary>
/// Asks the daemon whom its rules would end. To look costs it as much as to choose, so all rules are asked only once;
/// after that two at a time: one of which it is not known whether it kills, which comes first since under pressure the
/// daemon looks seldom, and one that does.
/// </summary>
internal sealed class NextVictims
{
    private readonly Dictionary<string, NextVictim> _known = [];
    private readonly Dictionary<string, long> _askedUsec = [];

    /// <summary>Asks.</summary>
    /// <returns>What is known by now of each rule that kills, in the order of the rules.</returns>
    /// <exception cref="BusException">The daemon is not there, refuses, or does not answer.</exception>
    internal List<NextVictim> Ask(BusClient client, IReadOnlyList<RuleStatus> rules, long nowUsec)
    {
        HashSet<string> names = [.. rules.Select(static rule => rule.Name)];
        foreach (string gone in _askedUsec.Keys.Where(name => !names.Contains(name)).ToList())
        {
            _known.Remove(gone);
            _askedUsec.Remove(gone);
        }

        List<string> fresh = [.. names.Where(name => !_askedUsec.ContainsKey(name))];
        foreach (string name in fresh.Count > 0 ? fresh : [.. Oldest(false), .. Oldest(true)])
            Ask(client, name, nowUsec);
        return [.. rules.Select(rule => _known.GetValueOrDefault(rule.Name)).OfType<NextVictim>()];
    }

    private IEnumerable<string> Oldest(bool kills) => _askedUsec
        .Where(asked => _known.ContainsKey(asked.Key) == kills)
        .OrderBy(static asked => asked.Value)
        .Select(static asked => asked.Key)
        .Take(1);

    private void Ask(BusClient client, string rule, long nowUsec)
    {
        _askedUsec[rule] = nowUsec;
        try
        {
            // Neither: the rule does not kill, or the daemon has no time to look because it chooses itself.
            WhyNotReply reply = client.WhyNot(rule);
            if (reply.Victim is not null || reply.Reasons.Any(static reason => reason.Kind == "no-candidate"))
                _known[rule] = new NextVictim(rule, reply.Victim, nowUsec);
        }
        catch (BusException problem) when (problem.Problem == BusProblem.Refused)
        {
            // The policy was reloaded meanwhile, and the rule is gone.
            _known.Remove(rule);
            _askedUsec.Remove(rule);
        }
    }
}
