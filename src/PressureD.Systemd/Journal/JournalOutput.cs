using PressureD.Core.Publishing;

namespace PressureD.Systemd.Journal;

/// <summary>Events as journal entries with fields.</summary>
internal sealed class JournalOutput : ILineOutput
{
    private readonly JournalFields _fields = new();
    private readonly StderrOutput _fallback = new(prefixPriority: true);

    public void Write(DaemonEvent item)
    {
        _fields.Fill(item);
        if (_fields.Send() < 0)
        {
            // The stream that the service manager gave us is another way to the same journal.
            _fallback.Write(item);
        }
    }
}
