using System.Text;
using PressureD.Core.Publishing;

namespace PressureD.Cli.Commands;

/// <summary>Names that others chose, as the bus gives them, for a terminal.</summary>
internal static class NameText
{
    /// <summary>A cgroup, with a leading slash: what could forge lines or steer the terminal is escaped.</summary>
    internal static string OfCgroup(string path) =>
        new TextBuffer(4 * 4096).Append("/"u8).AppendEscaped(Encoding.UTF8.GetBytes(path)).ToString();
}
