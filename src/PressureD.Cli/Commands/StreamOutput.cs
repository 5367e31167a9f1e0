using System;
using System.IO;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace PressureD.Cli.Commands;

/// <summary>
/// Output without an end. The console writes on in silence when nobody reads any more (as after "| head"), and would
/// for ever; this says so.
/// </summary>
internal sealed class StreamOutput : IDisposable
{
    private const int StandardOutput = 1;

    private readonly TextWriter _writer;
    private readonly bool _owned;

    internal StreamOutput(TextWriter writer)
    {
        _owned = ReferenceEquals(writer, Console.Out) && Console.IsOutputRedirected;
        _writer = _owned
            ? new StreamWriter(Open(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false))
            : writer;
    }

    public void Dispose()
    {
        if (!_owned)
            return;
        try
        {
            _writer.Dispose();
        }
        catch (IOException)
        {
            // What nobody has read is lost.
        }
    }

    // A file has a reader always, and its position is shared with whoever writes to it as well.
    private static Stream Open()
    {
        var stream = new FileStream(
            new SafeFileHandle(StandardOutput, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        if (!stream.CanSeek)
            return stream;
        stream.Dispose();
        return Console.OpenStandardOutput();
    }

    /// <summary>Writes at once.</summary>
    /// <returns>False when nobody reads any more.</returns>
    internal bool TryWrite(string text)
    {
        try
        {
            _writer.Write(text);
            _writer.Flush();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
