using System.IO;

namespace PressureD.Cli.Commands;

/// <summary>Output without an end, which ends when nobody reads any more (as after "| head").</summary>
internal sealed class StreamOutput(TextWriter writer)
{
    /// <summary>Writes at once.</summary>
    /// <returns>False when nobody reads any more.</returns>
    internal bool TryWrite(string text)
    {
        try
        {
            writer.Write(text);
            writer.Flush();
            return true;
        }
        catch (OutputException problem) when (problem.IsUnread)
        {
            return false;
        }
    }
}
