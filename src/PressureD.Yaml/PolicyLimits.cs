namespace PressureD.Yaml;

/// <summary>What a policy may be at most. Ours is a small process that shall not be blown up by a file.</summary>
public static class PolicyLimits
{
    public const int FileBytes = 256 * 1024;

    /// <summary>All files together.</summary>
    public const int TotalBytes = 1024 * 1024;

    public const int Files = 128;

    /// <summary>Lists and mappings within each other.</summary>
    public const int Depth = 32;

    /// <summary>Values, lists and mappings in one file: twenty times the largest policy we know of.</summary>
    public const int Nodes = 20_000;

    /// <summary>All files together.</summary>
    public const int Rules = 512;

    /// <summary>All conditions of all files: more than a hundred for each of so many rules.</summary>
    public const int ConditionCharacters = 64 * 1024;

    /// <summary>Actions of all rules of all files.</summary>
    public const int Actions = 1024;

    /// <summary>Keys of all matchers of all files: each may be a regular expression.</summary>
    public const int MatcherKeys = 1024;

    /// <summary>One regular expression.</summary>
    public const int RegexCharacters = 256;
}
