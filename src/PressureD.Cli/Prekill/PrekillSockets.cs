using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;

namespace PressureD.Cli.Prekill;

/// <summary>
/// Tells programs that a cgroup is about to be killed, as systemd-oomd does since systemd 260: io.systemd.oom.Prekill
/// over varlink, to every socket of a directory at once. None of them can keep the kill back.
/// </summary>
internal sealed class PrekillSockets
{
    /// <summary>Where systemd-oomd looks for them, so that a program need not know who kills.</summary>
    internal const string UsualDirectory = "/run/systemd/oomd.prekill.hook";

    /// <summary>What is longer is no answer to this question.</summary>
    private const int MostAnswerBytes = 64 * 1024;

    private readonly string _directory;
    private readonly Action<string> _say;

    /// <param name="directory">Where the sockets are.</param>
    /// <param name="say">Told how each took it; may be called from several threads.</param>
    internal PrekillSockets(string directory, Action<string> say)
    {
        _directory = directory;
        _say = say;
    }

    /// <summary>Tells all, and waits for every answer.</summary>
    /// <param name="cgroup">Whom it is about, with a leading slash.</param>
    /// <param name="ending">Nobody is waited for any longer.</param>
    /// <returns>Whether all that listen have answered, and none with an error. Nobody to tell is no failure.</returns>
    internal bool Tell(string cgroup, CancellationToken ending)
    {
        byte[] question = Question(cgroup);
        List<Task<bool>> asked = [];
        foreach (string path in Paths())
            asked.Add(TellAsync(path, question, ending));
        bool[] answers = Task.WhenAll(asked).GetAwaiter().GetResult();
        return Array.TrueForAll(answers, static answer => answer);
    }

    private static byte[] Question(string cgroup)
    {
        ArrayBufferWriter<byte> text = new();
        using (Utf8JsonWriter json = new(text))
        {
            json.WriteStartObject();
            json.WriteString("method", "io.systemd.oom.Prekill.Notify");
            json.WriteStartObject("parameters");
            json.WriteString("cgroup", cgroup);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return [.. text.WrittenSpan, 0];
    }

    private string[] Paths()
    {
        try
        {
            string[] paths = Directory.GetFileSystemEntries(_directory);
            Array.Sort(paths, StringComparer.Ordinal);
            return paths;
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private async Task<bool> TellAsync(string path, byte[] question, CancellationToken ending)
    {
        string name = Path.GetFileName(path);
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ending).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            // What was left behind by a program that has ended, or is no socket at all.
            _say($"{name}: nobody listens");
            return true;
        }
        catch (OperationCanceledException)
        {
            _say($"{name}: it took no connection in time");
            return false;
        }

        try
        {
            await using NetworkStream stream = new(socket);
            await stream.WriteAsync(question, ending).ConfigureAwait(false);
            string? problem = Problem(await AnswerAsync(stream, ending).ConfigureAwait(false));
            _say($"{name}: {problem ?? "done"}");
            return problem is null;
        }
        catch (OperationCanceledException)
        {
            _say($"{name}: no answer in time");
            return false;
        }
        catch (IOException e)
        {
            _say($"{name}: {e.Message}");
            return false;
        }
    }

    /// <returns>The answer without the NUL at its end; what there is, if it has none.</returns>
    private static async Task<byte[]> AnswerAsync(NetworkStream stream, CancellationToken ending)
    {
        byte[] answer = new byte[MostAnswerBytes];
        int length = 0;
        while (length < answer.Length)
        {
            int read = await stream.ReadAsync(answer.AsMemory(length), ending).ConfigureAwait(false);
            int end = Array.IndexOf(answer, (byte)0, length, read);
            if (end >= 0)
                return answer[..end];
            if (read == 0)
                break;
            length += read;
        }

        return answer[..length];
    }

    /// <returns>What is wrong with an answer; null when nothing is.</returns>
    private static string? Problem(byte[] answer)
    {
        if (answer.Length == 0)
            return "it left without an answer";
        try
        {
            using JsonDocument json = JsonDocument.Parse(answer);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                return "its answer is not varlink";
            return json.RootElement.TryGetProperty("error", out JsonElement error)
                ? $"it answered with {(error.ValueKind == JsonValueKind.String ? error.GetString() : "an error")}"
                : null;
        }
        catch (JsonException)
        {
            return "its answer is not varlink";
        }
    }
}
