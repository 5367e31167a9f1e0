using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace PressureD.Linux.Tests;

public sealed class ProgramImageTests
{
    [Fact]
    public void The_program_is_found_where_the_kernel_mapped_it()
    {
        var program = new FileInfo("/proc/self/exe").ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        var mappings = File.ReadLines("/proc/self/maps").Where(line => line.EndsWith(program, StringComparison.Ordinal))
            .Select(line => line[..line.IndexOf(' ', StringComparison.Ordinal)].Split('-'))
            .Select(ends => (Start: Address(ends[0]), End: Address(ends[1]))).ToArray();

        var image = ProgramImage.Find();

        Assert.Equal(mappings[0].Start, image.Start);
        Assert.InRange(image.UnwindTables, image.Start + 1, mappings[^1].End - 1);
    }

    private static nuint Address(string text) => nuint.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
