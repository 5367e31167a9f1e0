using System.IO;
using System.Text;

namespace PressureD.Cli.Tests;

/// <summary>An output as /dev/full.</summary>
internal sealed class FullOutput : TextWriter
{
    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) =>
        throw new OutputException("No space left on device", isUnread: false);
}
