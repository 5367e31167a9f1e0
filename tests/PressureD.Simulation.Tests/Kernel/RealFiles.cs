using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using PressureD.Simulation.Recordings;
using Files = PressureD.Simulation.Tests.ScenarioFiles.Scenarios;

namespace PressureD.Simulation.Tests.Kernel;

/// <summary>What the files of a real Debian 12 said at the beginning of a recording: docs/recording.md.</summary>
internal static class RealFiles
{
    private const int FirstChunk = 64 + 12;

    public static IReadOnlyDictionary<string, string> Read()
    {
        byte[] file = File.ReadAllBytes(Path.Combine(Files.Folder, "..", "..", "docs", "validation", "leak-1.rec"));
        int packed = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(FirstChunk));
        byte[] frame = new byte[BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(FirstChunk + 4))];
        using DeflateStream stream = new(
            new MemoryStream(file, FirstChunk + 12, packed), CompressionMode.Decompress);
        stream.ReadExactly(frame);
        FrameDecoder decoder = new();
        decoder.Read(frame);
        return decoder.Values.Where(static pair => pair.Value.Content is not null)
            .ToDictionary(static pair => pair.Key, static pair => Encoding.UTF8.GetString(pair.Value.Content!));
    }
}
