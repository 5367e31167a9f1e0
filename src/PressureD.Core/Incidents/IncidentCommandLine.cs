using System;
using System.Text.Json;

namespace PressureD.Core.Incidents;

/// <summary>
/// What the victim of an incident was started as, within what <see cref="IncidentJson"/> wrote: not for everybody,
/// since people put passwords there.
/// </summary>
public static class IncidentCommandLine
{
    /// <summary>Stands in its place for whoever may not see it.</summary>
    private static ReadOnlySpan<byte> Withheld => "\"command_line_withheld\":true"u8;

    internal static ReadOnlySpan<byte> Victim => "victim"u8;

    internal static ReadOnlySpan<byte> Uid => "uid"u8;

    internal static ReadOnlySpan<byte> Name => "command_line"u8;

    /// <summary>Looks for it.</summary>
    /// <param name="json">An incident as it is kept.</param>
    /// <param name="ownerUid">Whose process it was; −1 when there is none, or that is not told.</param>
    /// <param name="place">Where it stands, its name included; empty when there is none.</param>
    /// <returns>False when the incident is damaged, and so may hold one anywhere.</returns>
    public static bool TryFind(ReadOnlySpan<byte> json, out long ownerUid, out Range place)
    {
        ownerUid = -1;
        place = default;
        var reader = new Utf8JsonReader(json);
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isVictim = reader.ValueTextEquals(Victim);
                reader.Read();
                if (isVictim && reader.TokenType == JsonTokenType.StartObject)
                    ReadVictim(ref reader, ref ownerUid, ref place);
                else
                    reader.Skip();
            }

            return reader.TokenType == JsonTokenType.EndObject && !reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }

    /// <summary>Takes it out, and says so in its place.</summary>
    /// <param name="buffer">Holds the incident, and room behind it.</param>
    /// <param name="place">Where it stands.</param>
    /// <param name="length">The incident's length.</param>
    /// <returns>False when there is not so much room.</returns>
    public static bool TryWithhold(Span<byte> buffer, Range place, ref int length)
    {
        int start = place.Start.Value;
        int end = place.End.Value;
        int longer = Withheld.Length - (end - start);
        if (length + longer > buffer.Length)
            return false;
        buffer[end..length].CopyTo(buffer[(end + longer)..]);
        Withheld.CopyTo(buffer[start..]);
        length += longer;
        return true;
    }

    private static void ReadVictim(ref Utf8JsonReader reader, ref long ownerUid, ref Range place)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int start = (int)reader.TokenStartIndex;
            bool isUid = reader.ValueTextEquals(Uid);
            bool isLine = reader.ValueTextEquals(Name);
            reader.Read();
            if (isUid)
                ownerUid = reader.GetInt64();
            else if (isLine && reader.TokenType != JsonTokenType.Null)
                place = SkipFrom(ref reader, start);
            else
                reader.Skip();
        }
    }

    private static Range SkipFrom(ref Utf8JsonReader reader, int start)
    {
        reader.Skip();
        return start..(int)reader.BytesConsumed;
    }
}
