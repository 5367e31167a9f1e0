using System;
using System.Text.Unicode;
using PressureD.Core.Commands;
using PressureD.Core.Incidents;

namespace PressureD.Linux.Incidents;

/// <summary>Answers questions about incidents from a directory, on a thread that may wait for the disk.</summary>
public sealed class IncidentReader
{
    /// <summary>In one answer at most, so that nobody keeps the thread for long; whoever wants more asks on.</summary>
    private const int MostListed = 64;

    private readonly IncidentDesk _desk;
    private readonly IncidentDirectory _directory;
    private readonly IncidentHead _head = new();
    private readonly IncidentFile[] _page = new IncidentFile[16];
    private readonly byte[] _buffer = new byte[IncidentHead.Bytes];

    /// <param name="desk">Where questions come from; nobody else may answer there.</param>
    /// <param name="directory">What is read; another thread may write there meanwhile.</param>
    public IncidentReader(IncidentDesk desk, IncidentDirectory directory)
    {
        _desk = desk;
        _directory = directory;
    }

    /// <summary>Answers what is asked.</summary>
    public void Serve()
    {
        if (_desk.Peek() is not { } query)
            return;
        if (query.IsList)
            List(query);
        else
            Get(query);
        _desk.Answer();
    }

    private void List(IncidentQuery query)
    {
        query.Reply.OpenArray("(ttsss)"u8);
        bool complete = Fill(query);
        query.Reply.CloseArray().Boolean(complete);
    }

    /// <returns>Whether there are no more.</returns>
    private bool Fill(IncidentQuery query)
    {
        long before = query.Id == 0 ? long.MaxValue : query.Id;
        long left = query.Limit == 0 ? MostListed : Math.Min(query.Limit, MostListed);
        while (true)
        {
            int count = _directory.NewestBefore(before, _page);
            if (count == 0)
                return true;
            foreach (IncidentFile file in _page.AsSpan(0, count))
            {
                if (left == 0)
                    return false;
                before = file.Id;

                // One that is damaged, or went meanwhile, keeps nobody from the others.
                int length = _directory.Read(file, _buffer);
                if (length <= 0 || !_head.TryRead(_buffer.AsSpan(0, length)))
                    continue;
                if (_head.TimeUsec < query.SinceUsec)
                    return true;
                if (!Add(query.Reply))
                    return false;
                left--;
            }
        }
    }

    private bool Add(ReplyBuffer reply) => reply.OpenStruct("ttsss"u8)
        .Unsigned(_head.Id)
        .Unsigned(_head.TimeUsec)
        .Text(_head.Rule.Span)
        .Text(_head.Outcome.Span)
        .Text(_head.Summary.Span)
        .CloseStruct();

    private void Get(IncidentQuery query)
    {
        // One byte is left for the end, and one shows that there is more.
        Span<byte> room = query.Content.AsSpan(0, IncidentQuery.ContentBytes - 1);
        int length = _directory.Read(query.Id, room);
        if (length == 0)
        {
            query.Outcome = IncidentQueryOutcome.NoSuchIncident;
            return;
        }

        ReadOnlySpan<byte> content = room[..Math.Max(length, 0)].TrimEnd((byte)'\n');
        if (content.IsEmpty || length == room.Length || content.Contains((byte)0) || !Utf8.IsValid(content))
        {
            query.Outcome = IncidentQueryOutcome.Unreadable;
            return;
        }

        query.Length = content.Length;
        query.Content[query.Length] = 0;
    }
}
