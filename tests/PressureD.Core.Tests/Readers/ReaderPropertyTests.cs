using System;
using System.Text;
using PressureD.Core.Readers;

namespace PressureD.Core.Tests.Readers;

/// <summary>Every reader over text that no kernel wrote.</summary>
[Collection(nameof(MeasuredCollection))]
public sealed class ReaderPropertyTests
{
    private const int Rounds = 4_000;

    private static readonly KeyedReader Keyed =
        new(["MemAvailable", "anon", "pgfault", "oom_kill", "nr_descendants", "a", "some", "workingset_refault_file"]);

    private static readonly byte[][] Texts =
    [
        Samples.Pressure.ToArray(), Samples.MemInfo.ToArray(), Samples.VmStat.ToArray(), Samples.MemoryStat.ToArray(),
        Samples.MemoryEvents.ToArray(), Samples.CgroupStat.ToArray(), Samples.Swaps.ToArray(),
        Samples.ZramMmStat.ToArray(), Samples.Stat.ToArray(), Samples.KernelThreadStat.ToArray(),
        Samples.ZombieStat.ToArray(), Samples.Statm.ToArray(), Samples.Status.ToArray(), Samples.ZombieStatus.ToArray(),
        Samples.HybridCgroup.ToArray(), Samples.Procs.ToArray(), "max\n"u8.ToArray(), "63160320\n"u8.ToArray(), [],
    ];

    private readonly long[] _values = new long[Keyed.Count];
    private readonly SwapDevice[] _devices = new SwapDevice[3];
    private readonly int[] _numbers = new int[5];
    private readonly char[] _output = new char[300];
    private readonly char[] _chars = new char[16 * 1024];

    [Fact]
    public void No_reader_throws_on_random_bytes()
    {
        var random = new Random(1);
        for (int round = 0; round < Rounds; round++)
        {
            var text = new byte[random.Next(200)];
            random.NextBytes(text);
            ReadAll(text);
        }
    }

    [Fact]
    public void No_reader_throws_on_random_text_of_the_kernels_alphabet()
    {
        ReadOnlySpan<byte> alphabet = "0019-. \t\n:=()kBmaxsomefull/zram\\\"\0\xff\xe2"u8;
        var random = new Random(2);
        for (int round = 0; round < Rounds; round++)
        {
            var text = new byte[random.Next(200)];
            for (int i = 0; i < text.Length; i++)
                text[i] = alphabet[random.Next(alphabet.Length)];
            ReadAll(text);
        }
    }

    [Fact]
    public void No_reader_throws_on_any_truncation_at_either_end()
    {
        foreach (byte[] text in Texts)
        {
            for (int cut = 0; cut <= text.Length; cut++)
            {
                ReadAll(text.AsSpan(0, cut));
                ReadAll(text.AsSpan(cut));
            }
        }
    }

    [Fact]
    public void No_reader_throws_on_random_mutations_of_real_text()
    {
        var random = new Random(3);
        for (int round = 0; round < Rounds; round++)
        {
            byte[] source = Texts[random.Next(Texts.Length)];
            var text = (byte[])source.Clone();
            for (int change = random.Next(1, 6); change > 0 && text.Length > 0; change--)
                text[random.Next(text.Length)] = (byte)random.Next(256);
            ReadAll(text.AsSpan(random.Next(text.Length / 2 + 1)));
        }
    }

    [Fact]
    public void No_truncation_makes_a_keyed_value_that_the_whole_text_does_not_have()
    {
        var whole = new long[Keyed.Count];
        foreach (byte[] text in Texts)
        {
            Keyed.Read(text, whole);
            for (int cut = 0; cut < text.Length; cut++)
            {
                Keyed.Read(text.AsSpan(0, cut), _values);
                for (int i = 0; i < whole.Length; i++)
                    Assert.True(_values[i] == whole[i] || _values[i] == Quantity.Unknown);
            }
        }
    }

    [Fact]
    public void Nothing_allocates()
    {
        byte[] odd = [.. "pgfault 1 \"\\ \x1b"u8, 0xFF, .. "größe 漢\n"u8];
        long before = 0;
        // The first round is the warm-up.
        for (int round = 0; round < 3; round++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            foreach (byte[] text in Texts)
                ReadAll(text);
            ReadAll(odd);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private void ReadAll(ReadOnlySpan<byte> text)
    {
        if (PsiReader.TryRead(text, out PsiReading psi))
            Must(psi.Some.Present || psi.Full.Present);
        if (!ValueReader.TryRead(text, out long value))
            Must(value == Quantity.Unknown);
        Keyed.Read(text, _values);
        Must(SwapsReader.Read(text, _devices) <= _devices.Length);
        if (ZramReader.TryRead(text, out ZramStat zram))
            Must(zram.UsedBytes >= 0 && zram.LimitBytes > 0);
        if (ProcessStatReader.TryRead(text, out ProcessStat stat))
            Must(text.Slice(stat.CommOffset, stat.CommLength).Length <= text.Length);
        if (ProcessStatmReader.TryRead(text, out ProcessStatm statm))
            Must(statm.ResidentPages >= 0);
        if (ProcessStatusReader.TryRead(text, out ProcessStatus status))
            Must(status.State != 0);
        if (ProcessCgroupReader.TryRead(text, out ReadOnlySpan<byte> path))
            Must(path.IndexOf((byte)'\n') < 0);
        Must(NumberListReader.Read(text, _numbers, out _) <= _numbers.Length);
        int length = Encoding.Latin1.GetChars(text[..Math.Min(text.Length, _chars.Length)], _chars);
        Must(ProcessText.CopyArguments(_chars.AsSpan(0, length), _output) <= _output.Length);
    }

    /// <summary>An assertion that allocates nothing when it holds.</summary>
    private static void Must(bool condition)
    {
        if (!condition)
            Assert.Fail("a reader gave what it must not");
    }
}
