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

    /// <param name="desk">Where questions come from; nobody else may answer there.</param>
    /// <param name="directory">What is read.</param>
    public IncidentAnswers(IncidentDesk desk, IncidentDirectory directory)
    {
        _desk = desk;
        _reader = new IncidentReader(directory);
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
        long left = query.Limit == 0 ? MostListed : Math.Min(query.Limit, MostListed);
        for (_reader.Begin(query.Id, query.SinceUsec); _reader.Next(); left--)
        {
            if (left == 0 || !Add(query.Reply))
                return false;
        }

        return true;
    }

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
        query.Outcome = _reader.Read(query.Id, content, out int length);
        bool mayGoOut = query.WithCommandLine || TryWithhold(query, content, ref length);
        if (query.Outcome == IncidentQueryOutcome.Done && !mayGoOut)
        {
            query.Outcome = IncidentQueryOutcome.Unreadable;
            length = 0;
        }

        query.Length = length;
        query.Content[length] = 0;
    }

    /// <summary>Leaves out what not everybody may see.</summary>
    /// <returns>False when the incident is damaged: what cannot be found cannot be left out.</returns>
    private static bool TryWithhold(IncidentQuery query, Span<byte> content, ref int length)
    {
        if (!IncidentCommandLine.TryFind(content[..length], out long ownerUid, out Range place))
            return false;
        if (place.Start.Value == place.End.Value)
            return true;
        query.IsWithheld = true;
        query.OwnerUid = ownerUid;
        return IncidentCommandLine.TryWithhold(content, place, ref length);
    }
}
