using System.Text;
using PressureD.Core.Publishing;

namespace PressureD.Cli.Commands;

/// <summary>Names that others chose, for a terminal: what could forge lines or steer it is escaped.</summary>
internal static class NameText
{
    internal static string Of(string name)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        return new TextBuffer((4 * bytes.Length) + 4).AppendEscaped(bytes).ToString();
    }

    /// <summary>A cgroup as the bus gives it, with a leading slash.</summary>
    internal static string OfCgroup(string path) => Of("/" + path);
}
