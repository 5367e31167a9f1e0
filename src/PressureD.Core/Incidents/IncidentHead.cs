using System;
using System.Text.Json;
using PressureD.Core.Publishing;

namespace PressureD.Core.Incidents;

/// <summary>What a list tells of an incident, read from the head of what <see cref="IncidentJson"/> wrote.</summary>
public sealed class IncidentHead
{
    /// <summary>The head is within so many bytes.</summary>
    public const int Bytes = 4096;

    private static ReadOnlySpan<byte> CutOffWords => "the daemon ended before it was complete: "u8;

    private readonly byte[] _text = new byte[Bytes];

    /// <summary>The name that says that what is kept is all that there will be, though it went on.</summary>
    internal static ReadOnlySpan<byte> CutOff => "cut_off"u8;

    public long Id { get; private set; }

    /// <summary>CLOCK_REALTIME, microseconds.</summary>
    public long TimeUsec { get; private set; }

    /// <summary>The rule that fired; empty when none did.</summary>
    public TextBuffer Rule { get; } = new(256);

    /// <summary>In one word, see <see cref="IncidentSummary.Name(IncidentOutcome)"/>.</summary>
    public TextBuffer Outcome { get; } = new(16);

    /// <summary>In one line.</summary>
    public TextBuffer Summary { get; } = new(512);

    /// <summary>Reads the head.</summary>
    /// <param name="json">The incident, or its first <see cref="Bytes"/>.</param>
    /// <returns>False when it is none, damaged, or cut off within the head.</returns>
    public bool TryRead(ReadOnlySpan<byte> json)
    {
        Id = 0;
        TimeUsec = 0;
        bool isCutOff = false;
        var reader = new Utf8JsonReader(json, isFinalBlock: false, default);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("id"u8))
                    Id = ReadNumber(ref reader);
                else if (reader.ValueTextEquals("time_usec"u8))
                    TimeUsec = ReadNumber(ref reader);
                else if (reader.ValueTextEquals("rule"u8))
                    ReadText(ref reader, Rule);
                else if (reader.ValueTextEquals("outcome"u8))
                    ReadText(ref reader, Outcome);
                else if (reader.ValueTextEquals(CutOff))
                    isCutOff = reader.Read() && reader.GetBoolean();
                else if (reader.ValueTextEquals("summary"u8))
                    return ReadText(ref reader, Summary, isCutOff ? CutOffWords : default) && Id > 0;
                else if (!reader.TrySkip())
                    return false;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // Damaged, or somebody else's.
        }

        return false;
    }

    private static long ReadNumber(ref Utf8JsonReader reader) => reader.Read() ? reader.GetInt64() : 0;

    private bool ReadText(ref Utf8JsonReader reader, TextBuffer text, ReadOnlySpan<byte> before = default)
    {
        text.Clear().Append(before);
        if (!reader.Read())
            return false;
        if (reader.TokenType != JsonTokenType.Null)
            text.Append(_text.AsSpan(0, reader.CopyString(_text)));
        return true;
    }
}
