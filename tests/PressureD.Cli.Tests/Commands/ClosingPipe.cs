using System.IO;
using System.Text;

namespace PressureD.Cli.Tests.Commands;

/// <summary>An output whose reader goes away after some lines.</summary>
internal sealed class ClosingPipe(int lines) : TextWriter
{
    private readonly StringBuilder _read = new();
    private int _left = lines;

    /// <summary>What was read so far.</summary>
    internal string Read
    {
        get
        {
            lock (_read)
                return _read.ToString();
        }
    }

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Write(value.ToString());

    public override void Write(string? value)
    {
        if (_left-- <= 0)
            throw new OutputException("broken pipe", isUnread: true);
        lock (_read)
            _read.Append(value);
    }
}
