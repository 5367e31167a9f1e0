using System;
using System.IO;
using System.Text;
using System.Text.Json;
using PressureD.Core.Publishing;

namespace PressureD.Cli.Commands;

/// <summary>JSON for programs: one object with the version of its shape.</summary>
internal static class JsonOutput
{
    private const int Format = 1;

    /// <summary>An object over several lines.</summary>
    internal static string Render(Action<Utf8JsonWriter> write) => Render(write, indented: true);

    /// <summary>An object in one line, for streams of them.</summary>
    internal static string RenderLine(Action<Utf8JsonWriter> write) => Render(write, indented: false);

    internal static void Write(this Utf8JsonWriter writer, string name, ulong? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    internal static void Write(this Utf8JsonWriter writer, string name, long? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    internal static void Write(this Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    /// <summary>A time, null for the 0 that means never.</summary>
    internal static void WriteTime(this Utf8JsonWriter writer, string name, ulong usec) =>
        writer.Write(name, usec == 0 ? (ulong?)null : usec);

    private static string Render(Action<Utf8JsonWriter> write, bool indented)
    {
        using MemoryStream stream = new();
        JsonWriterOptions options = new() { Indented = indented, Encoder = PlainJsonEncoder.Instance };
        using (Utf8JsonWriter writer = new(stream, options))
        {
            writer.WriteStartObject();
            writer.WriteNumber("format", Format);
            write(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
