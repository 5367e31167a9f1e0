using System;
using System.IO;
using PressureD.Linux;

namespace PressureD.Cli;

/// <summary>
/// Standard output into a pipe or file. The console would write on in silence when nobody reads any more, and throws
/// what cannot be told from the fault of another file; this throws <see cref="OutputException"/>.
/// </summary>
internal sealed class StandardOutput : Stream
{
    private const int Descriptor = 1;

    /// <summary>A line is written at once, unless it is as long as no line of ours but a whole answer is.</summary>
    private const int BufferedCharacters = 32 << 10;

    private readonly Stream? _console;
    private readonly Exception? _absence;

    /// <summary>Takes it now: a file that is opened later could get the number of one that is closed.</summary>
    private StandardOutput()
    {
        try
        {
            _console = Console.OpenStandardOutput();
        }
        catch (Exception problem) when (IsOfOutput(problem))
        {
            _absence = problem;
        }
    }

    /// <summary>Whether nobody reads it any more, which is known only to who asks when there is nothing to write.
    /// </summary>
    internal static bool IsUnread => PipeEnd.IsUnread(Descriptor);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Puts it in the place of the console's own writer; a terminal keeps that.</summary>
    internal static void Use()
    {
        if (Console.IsOutputRedirected)
        {
            Console.SetOut(
                new StreamWriter(new StandardOutput(), Console.OutputEncoding, BufferedCharacters)
                {
                    AutoFlush = true,
                });
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_console is null)
        {
            throw Failure(_absence!);
        }

        // Before, not after it: who has got the last line may leave, and nothing is wrong with that.
        if (IsUnread)
        {
            throw new OutputException("nobody reads it any more", isUnread: true);
        }

        try
        {
            _console.Write(buffer);
        }
        catch (Exception problem) when (IsOfOutput(problem))
        {
            throw Failure(problem);
        }
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static bool IsOfOutput(Exception problem) => problem is IOException or UnauthorizedAccessException;

    private static OutputException Failure(Exception problem) =>
        new(problem.InnerException?.Message ?? problem.Message, isUnread: false);
}
