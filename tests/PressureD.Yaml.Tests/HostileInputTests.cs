using System;
using System.Linq;
using System.Text;

namespace PressureD.Yaml.Tests;

/// <summary>Files that were made to hurt end in an error, in bounded time and memory.</summary>
public sealed class HostileInputTests
{
    /// <summary>What reading one file may allocate at most: about thirty times the largest file.</summary>
    private const long MaxAllocatedBytes = 96L << 20;

    [Theory]
    [InlineData("[", 400_000, "more than 262144 bytes, expected at most that")]
    [InlineData("a", 10_000_000, "expected at most 1048576")]
    [InlineData("[", 250_000, "nested more than 32 deep")]
    [InlineData("{", 250_000, "cannot be a key")]
    [InlineData("{a: ", 60_000, "nested more than 32 deep")]
    [InlineData("- ", 125_000, "nested more than 32 deep")]
    [InlineData("? ", 125_000, "cannot be a key")]
    [InlineData("- a\n", 60_000, "more than 20000 values in one file")]
    [InlineData("a: 1\n", 9_000, "and 8950 more")]
    [InlineData("\"", 250_000, "not valid YAML")]
    [InlineData("'", 250_001, "not valid YAML")]
    [InlineData("a b ", 60_000, "is not a policy")]
    [InlineData("|\n", 100_000, "")]
    [InlineData("# x\n", 60_000, "the file has nothing in it but comments")]
    [InlineData("---\n", 60_000, "a second document begins here")]
    [InlineData("!!a ", 60_000, "")]
    [InlineData("...\n", 60_000, "")]
    [InlineData("\u00fc", 100_000, "is not a policy")]
    public void Repetition_EndsInAnError(string piece, int times, string said)
    {
        string text = string.Concat(Enumerable.Repeat(piece, times));

        AssertRefused(Encoding.UTF8.GetBytes(text), said);
    }

    [Fact]
    public void AliasBomb_IsRefusedAtItsFirstAnchor()
    {
        var text = new StringBuilder("a0: &a0 [x, x]\n");
        for (int i = 1; i < 30; i++)
            text.Append($"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n");

        AssertRefused(Encoding.UTF8.GetBytes(text.ToString()), "p.yaml:1:5: anchors (&) are not used in policies");
    }

    [Fact]
    public void ManyRules_AreCounted()
    {
        string rules = string.Concat(Enumerable.Range(0, 600).Select(i => $"  - name: r{i}\n    when: mem.free < 1B\n    then: [ log: x ]\n"));

        AssertRefused(Encoding.UTF8.GetBytes("rules:\n" + rules), "600 rules, expected at most 512");
    }

    [Fact]
    public void ManyMistakes_AreCutAndCounted()
    {
        string keys = string.Concat(Enumerable.Range(0, 5_000).Select(i => $"key{i}: 1\n"));

        PolicyResult result = Policies.Read(keys);

        Assert.Equal(51, result.Diagnostics.Count);
        Assert.Equal("p.yaml: and 4950 more", result.Diagnostics[^1].ToString());
    }

    [Theory]
    [InlineData(new byte[] { 0xff, 0xfe, 0x61, 0x00 }, "the file is UTF-16, expected UTF-8")]
    [InlineData(new byte[] { 0x61, 0x0a, 0x61, 0xc3, 0x28 }, "p.yaml:2:2: the bytes here are not UTF-8")]
    [InlineData(new byte[] { 0xed, 0xa0, 0x80 }, "p.yaml:1:1: the bytes here are not UTF-8")]
    public void Encoding_OtherThanUtf8_IsRefused(byte[] content, string said) => AssertRefused(content, said);

    [Fact]
    public void ByteOrderMark_IsNoMistake() => Policies.Valid("\ufeff" + Policies.Rule("mem.free < 1GiB"));

    [Fact]
    public void LongTexts_AreCutInMessages()
    {
        PolicyResult result = Policies.Read(new string('k', 200_000) + ": 1");

        Assert.All(result.Diagnostics, item => Assert.True(item.ToString().Length < 600));
    }

    [Fact]
    public void ManyFiles_AreLimitedTogether()
    {
        byte[] content = Encoding.UTF8.GetBytes(new string('#', 250_000));
        var files = Enumerable.Range(0, 5).Select(i => ($"{i}.yaml", new ReadOnlyMemory<byte>(content))).ToArray();

        PolicyResult result = PolicyReader.Read(files);

        Assert.Equal("4.yaml: 1250000 bytes in all files, expected at most 1048576: leave out what is not used", Policies.Lines(result));
        Assert.Equal("policy: no policy file, expected at least one", Policies.Lines(PolicyReader.Read([])));
    }

    /// <summary>What a policy is made of is held for as long as it runs, beside the next one while that is read.</summary>
    [Theory]
    [InlineData("rules:\n", "- {{ name: r{0}, when: 'mem.free < 1B or mem.free < 2B or mem.free < 3B or mem.free < 4B or mem.free < 5B or mem.free < 6B or mem.free < 7B or mem.free < 8B', then: [log: x] }}\n", 511, "498: more than 65536 characters in conditions in all files, expected at most that; one rule with 'for-each', and one pattern with {a,b}, say the same of many")]
    [InlineData("rules:\n", "- {{ name: r{0}, when: mem.free < 1B, then: [{{ log: a }}, {{ log: b }}, {{ log: c }}] }}\n", 500, "343: more than 1024 actions in all files, expected at most that; one rule with 'for-each', and one pattern with {a,b}, say the same of many")]
    [InlineData("protect:\n", "- {{ exe: '^a{0}$', uid: 0 }}\n", 600, "514: more than 1024 keys in matchers in all files, expected at most that; one rule with 'for-each', and one pattern with {a,b}, say the same of many")]
    public void WhatADaemonWouldHold_IsLimitedOverAll(string key, string item, int times, string said)
    {
        string text = key + string.Concat(Enumerable.Range(0, times).Select(i => string.Format(null, item, i)));

        PolicyResult result = Policies.Read(text);

        Assert.Null(result.Policy);
        Assert.Equal(said, result.Diagnostics.Select(found => $"{found.Line}: {found.Message}").Single(line => line.Contains("more than")));
    }

    private static void AssertRefused(byte[] content, string said)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        PolicyResult result = PolicyReader.Read([("p.yaml", content)]);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Null(result.Policy);
        Assert.Contains(said, Policies.Lines(result));
        Assert.True(allocated < MaxAllocatedBytes, $"{allocated} bytes allocated");
    }
}
