using System;
using System.Text.RegularExpressions;
using PressureD.Core.Cgroups;
using PressureD.Core.Policy;

namespace PressureD.Core.Victims;

/// <summary>A matcher ready for use on <see cref="Subject"/>s.</summary>
internal sealed class CompiledMatcher
{
    private readonly Matcher _matcher;
    private readonly CgroupPattern? _unit;

    public CompiledMatcher(Matcher matcher)
    {
        _matcher = matcher;
        _unit = matcher.Unit is null ? null : new CgroupPattern(matcher.Unit);
    }

    public bool NeedsCgroup => _matcher.Cgroup is not null || _unit is not null || _matcher.SessionLeader;

    /// <summary>Whether every field that is set matches.</summary>
    /// <param name="subject">The process.</param>
    /// <param name="sessions">Answers who leads a session.</param>
    /// <param name="exe">Answers what it executes.</param>
    /// <param name="unreadable">
    /// The answer for a field that cannot be read: true for protect (what we cannot see we do not touch), false for the
    /// others.
    /// </param>
    public bool IsMatch(Subject subject, SessionLeaders sessions, ExeReader exe, bool unreadable)
    {
        if (_matcher.Uid is { } uid && subject.Uid != uid)
            return false;
        if (_matcher.Comm is { } comm && !Matches(comm, subject.CommText, unreadable))
            return false;
        if (NeedsCgroup && !subject.HasCgroup)
            return unreadable;
        if (NeedsCgroup && subject.IsTooDeep)
            return false;
        if (_unit is not null && !UnitNames.Contains(subject.Cgroup, _unit))
            return false;
        if (_matcher.Cgroup is { } pattern && !PathPrefixes.AnyMatches(pattern, subject.Cgroup))
            return false;
        if (_matcher.SessionLeader && !sessions.IsLeader(subject.Pid, subject.Cgroup))
            return false;
        if (_matcher.Exe is { } path)
        {
            ReadOnlySpan<char> text = exe.Text(subject.Pid, subject.Stat.StartTicks, subject.Comm);
            return text.IsEmpty ? unreadable : Matches(path, text, unreadable);
        }

        return true;
    }

    /// <summary>Whether it asks for cgroup or unit alone, and a cgroup is that or lies within it.</summary>
    public bool IsMatch(ReadOnlySpan<byte> cgroup)
    {
        if (_matcher.Comm is not null || _matcher.Exe is not null || _matcher.Uid is not null || _matcher.SessionLeader)
            return false;
        return (_unit is null || UnitNames.Contains(cgroup, _unit))
            && (_matcher.Cgroup is not { } pattern || PathPrefixes.AnyMatches(pattern, cgroup));
    }

    private static bool Matches(TextPattern pattern, ReadOnlySpan<char> text, bool unreadable)
    {
        try
        {
            return pattern.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return unreadable;
        }
    }
}
