using System;
using System.Text;
using System.Text.RegularExpressions;
using PressureD.Core.Cgroups;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;

namespace PressureD.Core.Victims;

/// <summary>A matcher ready for use on <see cref="Subject"/>s.</summary>
internal sealed class CompiledMatcher
{
    private readonly Matcher _matcher;
    private readonly CgroupPattern? _unit;
    private readonly CgroupPattern? _alias;
    private readonly byte[]? _xattr;

    public CompiledMatcher(Matcher matcher)
    {
        _matcher = matcher;
        _unit = matcher.Unit is null ? null : new CgroupPattern(matcher.Unit);
        _alias = matcher.AliasOf is null ? null : new CgroupPattern(matcher.AliasOf);
        _xattr = matcher.Xattr is null ? null : Encoding.UTF8.GetBytes(matcher.Xattr);
    }

    private bool NeedsCgroup =>
        _matcher.Cgroup is not null || _unit is not null || _xattr is not null || _matcher.SessionLeader;

    /// <summary>Whether a process of a user can match at all.</summary>
    public bool MayMatch(uint uid) => _matcher.Uid is not { } asked || asked == uid;

    /// <summary>Whether it asks for what only a worker can read.</summary>
    public bool AsksFor(ProcessFile file) => file switch
    {
        ProcessFile.Exe => _matcher.Exe is not null,
        ProcessFile.Cmdline => _matcher.Cmdline is not null,
        ProcessFile.Environ => _matcher.Environ is not null,
        _ => false,
    };

    /// <summary>Whether every field that is set matches.</summary>
    /// <param name="subject">The process.</param>
    /// <param name="sessions">Answers who leads a session.</param>
    /// <param name="xattrs">Answers what attributes its cgroup has.</param>
    /// <param name="texts">Answers what it executes.</param>
    /// <param name="unreadable">
    /// The answer for a field that cannot be read: true for protect (what we cannot see we do not touch), false for the
    /// others.
    /// </param>
    public bool IsMatch(
        Subject subject, SessionLeaders sessions, CgroupXattrs xattrs, CostlyTexts texts, bool unreadable)
    {
        if (_matcher.Uid is { } uid && subject.Uid != uid)
            return false;
        if (_matcher.OomScoreAdj is { } adj && !adj.Holds(subject.OomScoreAdj))
            return false;
        if (_matcher.Comm is { } comm && !Matches(comm, subject.CommText, unreadable))
            return false;
        if (NeedsCgroup && !subject.HasCgroup)
            return unreadable;
        if (NeedsCgroup && (subject.IsTooDeep || !IsWhere(subject.Cgroup, xattrs, unreadable)))
            return false;
        if (_matcher.SessionLeader && !sessions.IsLeader(subject.Pid, subject.Cgroup, unreadable))
            return false;
        return IsMatch(_matcher.Exe, _matcher.Exe is null ? default : texts.Executable(subject), unreadable)
            && IsMatch(_matcher.Cmdline, _matcher.Cmdline is null ? default : Words(texts, subject), unreadable)
            && (_matcher.Environ is null || HasVariable(texts.Environment(subject), unreadable));
    }

    /// <summary>Whether it asks for where somebody is alone, and a cgroup is that or lies within it.</summary>
    /// <param name="cgroup">Which.</param>
    /// <param name="xattrs">Answers what attributes it has.</param>
    /// <param name="unreadable">The answer for an attribute that cannot be read.</param>
    public bool IsMatch(ReadOnlySpan<byte> cgroup, CgroupXattrs xattrs, bool unreadable)
    {
        bool ofProcess = _matcher.Comm is not null || _matcher.Exe is not null || _matcher.Cmdline is not null
            || _matcher.Environ is not null || _matcher.Uid is not null || _matcher.OomScoreAdj is not null
            || _matcher.SessionLeader;
        return !ofProcess && IsWhere(cgroup, xattrs, unreadable);
    }

    private bool IsWhere(ReadOnlySpan<byte> cgroup, CgroupXattrs xattrs, bool unreadable)
    {
        if (_unit is not null && !UnitNames.Contains(cgroup, _unit)
            && (_alias is null || !UnitNames.Contains(cgroup, _alias)))
        {
            return false;
        }

        return (_matcher.Cgroup is not { } pattern || PathPrefixes.AnyMatches(pattern, cgroup))
            && (_xattr is null || xattrs.Has(cgroup, _xattr, unreadable));
    }

    /// <summary>The arguments as a person types them, a space between two of them.</summary>
    private static ReadOnlySpan<char> Words(CostlyTexts texts, Subject subject) =>
        subject.WordsOf(texts.Arguments(subject));

    private static bool IsMatch(TextPattern? pattern, ReadOnlySpan<char> text, bool unreadable) =>
        pattern is null || (text.IsEmpty ? unreadable : Matches(pattern, text, unreadable));

    private bool HasVariable(ReadOnlySpan<char> text, bool unreadable)
    {
        if (text.IsEmpty)
            return unreadable;
        while (!text.IsEmpty)
        {
            int end = text.IndexOf('\0');
            if (Matches(_matcher.Environ!, end < 0 ? text : text[..end], unreadable))
                return true;
            text = end < 0 ? default : text[(end + 1)..];
        }

        return false;
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
