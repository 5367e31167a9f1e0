using System;
using System.Text;
using PressureD.Core.Readers;

namespace PressureD.Core.Tests.Readers;

public sealed class ProcessTextTests
{
    private static string Escape(ReadOnlySpan<byte> raw, int room = 200)
    {
        var output = new byte[room];
        return Encoding.UTF8.GetString(output, 0, ProcessText.Escape(raw, output));
    }

    [Fact]
    public void Comm_loses_the_kernels_newline_and_keeps_its_own()
    {
        var output = new byte[16];
        Assert.Equal(4, ProcessText.CopyComm("bash\n"u8, output));
        Assert.Equal("a\n\n"u8, output.AsSpan(0, ProcessText.CopyComm("a\n\n\n"u8, output)));
        Assert.Equal(0, ProcessText.CopyComm("\n"u8, output));
        Assert.Equal(0, ProcessText.CopyComm(""u8, output));
        Assert.Equal(2, ProcessText.CopyComm("bash\n"u8, output.AsSpan(0, 2)));
    }

    [Fact]
    public void Arguments_are_parted_by_spaces_and_trimmed_at_the_end()
    {
        var output = new byte[32];
        Assert.Equal("od -c  x"u8, output.AsSpan(0, ProcessText.CopyArguments("od\0-c\0\0x\0"u8, output)));
        Assert.Equal("sshd: me"u8, output.AsSpan(0, ProcessText.CopyArguments("sshd: me  \0\0\0"u8, output)));
        Assert.Equal(0, ProcessText.CopyArguments("\0"u8, output));
        Assert.Equal(0, ProcessText.CopyArguments(""u8, output));
        Assert.Equal("od "u8, output.AsSpan(0, ProcessText.CopyArguments("od\0-c\0"u8, output.AsSpan(0, 3))));
    }

    [Theory]
    [InlineData("plain text (1)", "plain text (1)")]
    [InlineData("a\"b", "a\\\"b")]
    [InlineData("a\\b", "a\\x5cb")]
    [InlineData("a\nb\t\u001b[31m\0\u007f", "a\\x0ab\\x09\\x1b[31m\\x00\\x7f")]
    [InlineData("größe 漢字 🔥", "größe 漢字 🔥")]
    [InlineData("\u009b", "\\xc2\\x9b")]
    [InlineData("\u2028", "\\xe2\\x80\\xa8")]
    [InlineData("\u202e", "\\xe2\\x80\\xae")]
    [InlineData("\ufeff", "\\xef\\xbb\\xbf")]
    [InlineData("\ue000", "\\xee\\x80\\x80")]
    public void Escape_keeps_what_prints_and_names_every_other_byte(string raw, string expected)
    {
        Assert.Equal(expected, Escape(Encoding.UTF8.GetBytes(raw)));
    }

    [Fact]
    public void Escape_names_invalid_and_cut_off_utf8()
    {
        Assert.Equal("\\xff\\xfea", Escape([0xFF, 0xFE, (byte)'a']));
        Assert.Equal("\\x80", Escape([0x80]));
        Assert.Equal("\\xc0\\xaf", Escape([0xC0, 0xAF]));
        Assert.Equal("\\xed\\xa0\\x80", Escape([0xED, 0xA0, 0x80]));
        Assert.Equal("x\\xe6\\xbc", Escape([(byte)'x', 0xE6, 0xBC]));
        Assert.Equal("\\xf0\\x9f\\x94b", Escape([0xF0, 0x9F, 0x94, (byte)'b']));
    }

    [Fact]
    public void Escape_ends_at_a_whole_character()
    {
        Assert.Equal("a", Escape("a漢"u8, 3));
        Assert.Equal("a漢", Escape("a漢"u8, 4));
        Assert.Equal("a", Escape("a\nb"u8, 4));
        Assert.Equal("a", Escape("a\"b"u8, 2));
        Assert.Equal("", Escape("\u009b"u8, 7));
        Assert.Equal("", Escape("a"u8, 0));
    }
}
