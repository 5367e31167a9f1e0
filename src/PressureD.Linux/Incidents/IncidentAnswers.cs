using System;
using PressureD.Core.Commands;
using PressureD.Core.Incidents;

namespace PressureD.Linux.Incidents;

/// <summary>Answers questions about incidents, on a thread that may wait for the disk.</summary>
public sealed class IncidentAnswers
{
    /// <summary>In one answer at most, so that nobody keeps the thread for long; whoever wants more asks on.</summary>
    private const int MostListed = 64;

    private readonly IncidentDesk _desk;
    private readonly IncidentReader _reader;
    private readonly OpenIncidentReader? _open;

    /// <param name="desk">Where questions come from; nobody else may answer there.</param>
    /// <param name="directory">What is read.</param>
    /// <param name="open">Where those are that still go on; null: only what is complete is told.</param>
    public IncidentAnswers(IncidentDesk desk, IncidentDirectory directory, OpenIncidentReader? open = null)
    {
        _desk = desk;
        _open = open;
        _reader = new IncidentReader(directory);
    }

    /// <summary>Answers what is asked.</summary>
    public void Serve()
    {
        if (_desk.Peek() is not { } query)
            return;

        // First, since one that is written meanwhile is on disk then.
        _open?.Look(query.IsList ? 0 : query.Id);
        if (query.IsList)
            List(query);
        else
            Get(query);
        _open?.Release();
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
        long left = query.Limit == 0 ? MostListed : Math.Min(query.Limit, MostListed);
        ReadOnlySpan<OpenIncidentHead> open = _open is null ? default : _open.Heads;
        long clockUsec = _open?.ClockUsec ?? 0;
        _reader.Begin(query.Id, query.SinceUsec);
        bool hasKept = _reader.Next();
        while (true)
        {
            OpenIncidentHead? going = NextOf(ref open, query, clockUsec, hasKept ? _reader.Head.Id : 0);
            if (going is null && !hasKept)
                return true;
            if (left-- == 0 || !(going is null ? Add(query.Reply) : Add(query.Reply, going, clockUsec)))
                return false;
            if (going is null || going.Id == _reader.Head.Id)
                hasKept = hasKept && _reader.Next();
        }
    }

    /// <summary>
    /// Takes the next that goes on and is not older than what is kept, which may be what there was of it earlier; null
    /// when what is kept comes first.
    /// </summary>
    private static OpenIncidentHead? NextOf(
        ref ReadOnlySpan<OpenIncidentHead> open, IncidentQuery query, long clockUsec, long keptId)
    {
        while (!open.IsEmpty && open[0].Id >= Math.Max(keptId, 1))
        {
            OpenIncidentHead head = open[0];
            open = open[1..];
            bool isWanted = (query.Id == 0 || head.Id < query.Id) && clockUsec + head.OpenedUsec >= query.SinceUsec;
            if (isWanted)
                return head;
        }

        return null;
    }

    private static bool Add(ReplyBuffer reply, OpenIncidentHead head, long clockUsec) => reply.OpenStruct("ttsss"u8)
        .Unsigned(head.Id)
        .Unsigned(clockUsec + head.OpenedUsec)
        .Text(head.Rule)
        .Text(IncidentSummary.Name(head.Outcome))
        .Text(head.Summary.Span)
        .CloseStruct();

    private bool Add(ReplyBuffer reply) => reply.OpenStruct("ttsss"u8)
        .Unsigned(_reader.Head.Id)
        .Unsigned(_reader.Head.TimeUsec)
        .Text(_reader.Head.Rule.Span)
        .Text(_reader.Head.Outcome.Span)
        .Text(_reader.Head.Summary.Span)
        .CloseStruct();

    private void Get(IncidentQuery query)
    {
        // The last byte stays free for the end.
        Span<byte> content = query.Content.AsSpan(0, query.Content.Length - 1);
        // What is on disk of one that goes on is what there was of it earlier.
        int length = _open?.Read(content) ?? 0;
        query.Outcome = length > 0
            ? IncidentQueryOutcome.Done
            : _reader.Read(query.Id, content, out length);

        bool isOfAnybody = query is { WithCommandLine: true, OnlyOfUid: < 0 };
        bool mayGoOut = isOfAnybody || TryWithhold(query, content, ref length);
        if (query.Outcome == IncidentQueryOutcome.Done && !mayGoOut)
        {
            query.Outcome = IncidentQueryOutcome.Unreadable;
            length = 0;
        }

        query.Length = length;
        query.Content[length] = 0;
    }

    /// <summary>Leaves out what the asker may not see.</summary>
    /// <returns>False when the incident is damaged: what cannot be found cannot be left out.</returns>
    private static bool TryWithhold(IncidentQuery query, Span<byte> content, ref int length)
    {
        if (!IncidentCommandLine.TryFind(content[..length], out long ownerUid, out Range place))
            return false;
        bool isOwn = query.WithCommandLine && ownerUid == query.OnlyOfUid;
        if (isOwn || place.Start.Value == place.End.Value)
            return true;
        query.IsWithheld = true;
        query.OwnerUid = ownerUid;
        return IncidentCommandLine.TryWithhold(content, place, ref length);
    }
}
