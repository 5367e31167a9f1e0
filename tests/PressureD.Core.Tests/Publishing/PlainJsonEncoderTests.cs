using System.IO;
using System.Text;
using System.Text.Json;
using PressureD.Core.Publishing;

namespace PressureD.Core.Tests.Publishing;

/// <summary>JSON that people look at as well.</summary>
public sealed class PlainJsonEncoderTests
{
    [Theory]
    [InlineData("a < b & 'c' + d", "a < b & 'c' + d")]
    [InlineData("für €, 漢字, 😀", "für €, 漢字, 😀")]
    [InlineData("\u0600", "\u0600")]
    [InlineData("\"\\", "\\\"\\\\")]
    [InlineData("\n\r\t\b\f\0", "\\n\\r\\t\\b\\f\\u0000")]
    [InlineData("\u001b[2J\u007f", "\\u001B[2J\\u007F")]
    [InlineData("\u0085\u009b1m\u00a0", "\\u0085\\u009B1m\\u00A0")]
    [InlineData("\u202efdp.exe\u2066\u2069", "\\u202Efdp.exe\\u2066\\u2069")]
    [InlineData("a\u200bb\u200dc\ufeff\u00ad", "a\\u200Bb\\u200Dc\\uFEFF\\u00AD")]
    [InlineData("\u2028\u2029\u061c\u180e", "\\u2028\\u2029\\u061C\\u180E")]
    [InlineData("\U000e0041\U0001d173", "\\uDB40\\uDC41\\uD834\\uDD73")]
    [InlineData("\ue000\ufffe", "\\uE000\\uFFFE")]
    public void What_is_seen_stays_and_what_is_not_is_written_as_a_number(string text, string expected)
    {
        foreach (bool isUtf8 in (bool[])[false, true])
        {
            string json = Render(text, isUtf8);
            Assert.Equal($"\"{expected}\"", json);
            Assert.Equal(text, JsonSerializer.Deserialize<string>(json));
        }
    }

    [Fact]
    public void Every_character_comes_back_and_no_line_or_direction_is_left_in()
    {
        var text = new StringBuilder();
        for (int value = 0; value <= 0x10FFFF; value++)
        {
            if (!Rune.IsValid(value))
                continue;
            text.Append(new Rune(value).ToString());
            if (text.Length < 4096 && value < 0x10FFFF)
                continue;
            string json = Render(text.ToString(), isUtf8: true);
            Assert.Equal(text.ToString(), JsonSerializer.Deserialize<string>(json));
            foreach (Rune rune in json.EnumerateRunes())
                Assert.True(PlainText.IsPlain(rune), $"U+{rune.Value:X4}");
            text.Clear();
        }
    }

    [Fact]
    public void Half_a_character_becomes_the_sign_for_one_that_is_none() =>
        Assert.Equal("\"a\\uFFFDb\"", Render("a\ud83db", isUtf8: false));

    private static string Render(string text, bool isUtf8)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Encoder = PlainJsonEncoder.Instance }))
        {
            if (isUtf8)
                writer.WriteStringValue(Encoding.UTF8.GetBytes(text));
            else
                writer.WriteStringValue(text);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
