using PressureD.Core.Publishing;

namespace PressureD.Cli.Commands;

/// <summary>Names that others chose, for a terminal: what could forge lines or steer it is escaped.</summary>
internal static class NameText
{
    internal static string Of(string name) => EscapedText.Of(name);

    /// <summary>A cgroup as the bus gives it, with a leading slash.</summary>
    internal static string OfCgroup(string path) => Of("/" + path);
}
