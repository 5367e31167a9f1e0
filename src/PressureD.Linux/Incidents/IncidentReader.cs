using System;
using System.Text.Unicode;
using PressureD.Core.Incidents;

namespace PressureD.Linux.Incidents;

/// <summary>
/// Reads the incidents of a directory: their heads, the newest first, or one whole. One that is damaged, or went
/// meanwhile, keeps nobody from the others. For a thread that may wait for the disk.
/// </summary>
public sealed class IncidentReader
{
    private readonly IncidentDirectory _directory;
    private readonly IncidentFile[] _page = new IncidentFile[16];
    private readonly byte[] _buffer = new byte[IncidentHead.Bytes];
    private int _count;
    private int _next;
    private long _before;
    private long _sinceUsec;

    /// <param name="directory">What is read; another thread may write there meanwhile.</param>
    public IncidentReader(IncidentDirectory directory) => _directory = directory;

    /// <summary>Told the number of each that <see cref="Next"/> passes over.</summary>
    public Action<long>? PassedOver { get; init; }

    /// <summary>The one that <see cref="Next"/> came to.</summary>
    public IncidentHead Head { get; } = new();

    /// <summary>Goes before the newest.</summary>
    /// <param name="below">None of this number or a greater one; 0: all.</param>
    /// <param name="sinceUsec">None that is older. CLOCK_REALTIME, microseconds.</param>
    public void Begin(long below, long sinceUsec)
    {
        _count = 0;
        _next = 0;
        _before = below == 0 ? long.MaxValue : below;
        _sinceUsec = sinceUsec;
    }

    /// <summary>Goes to the next older one.</summary>
    /// <returns>False when there is none.</returns>
    public bool Next()
    {
        while (TryTake(out IncidentFile file))
        {
            int length = _directory.Read(file, _buffer);
            if (length > 0 && Head.TryRead(_buffer.AsSpan(0, length)))
                return Head.TimeUsec >= _sinceUsec;
            PassedOver?.Invoke(file.Id);
        }

        return false;
    }

    /// <summary>Reads one.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="content">Gets it without the end of its line; of what is larger nothing is read.</param>
    /// <param name="length">How many bytes it has.</param>
    public IncidentQueryOutcome Read(long id, Span<byte> content, out int length)
    {
        length = 0;
        int read = _directory.Read(id, content);
        if (read == 0)
            return IncidentQueryOutcome.NoSuchIncident;

        // One byte more than there is room for would not be told from one that fits exactly.
        ReadOnlySpan<byte> text = content[..Math.Max(read, 0)].TrimEnd((byte)'\n');
        bool isWhole = read < content.Length && text is [(byte)'{', .., (byte)'}'];
        if (!isWhole || text.Contains((byte)0) || !Utf8.IsValid(text))
            return IncidentQueryOutcome.Unreadable;
        length = text.Length;
        return IncidentQueryOutcome.Done;
    }

    private bool TryTake(out IncidentFile file)
    {
        if (_next == _count)
        {
            _next = 0;
            _count = _directory.NewestBefore(_before, _page);
        }

        file = _count == 0 ? default : _page[_next++];
        _before = file.Id;
        return _count > 0;
    }
}
