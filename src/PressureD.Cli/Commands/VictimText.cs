using System.Text;
using System.Text.Json;
using PressureD.Core.Publishing;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Commands;

/// <summary>Whom a rule would end, for people and for programs.</summary>
internal static class VictimText
{
    /// <summary>"4711 (firefox) in /user.slice/x, 2.0 GiB", or the cgroup and its size.</summary>
    internal static string Of(ExpectedVictim victim)
    {
        TextBuffer text = new(1024);
        if (victim.Pid != 0)
            text.Append(victim.Pid).Append(" (").AppendEscaped(Encoding.UTF8.GetBytes(victim.Comm)).Append(") in ");
        return text.Append(NameText.OfCgroup(victim.Cgroup)).Append(", ").AppendBytes((long)victim.Bytes).ToString();
    }

    /// <summary>"victim", null when there is nobody.</summary>
    internal static void WriteVictim(this Utf8JsonWriter writer, ExpectedVictim? victim)
    {
        if (victim is null)
        {
            writer.WriteNull("victim");
            return;
        }

        writer.WriteStartObject("victim");
        writer.WriteNumber("pid", victim.Pid);
        writer.WriteString("comm", victim.Comm);
        writer.WriteString("cgroup", victim.Cgroup);
        writer.WriteNumber("expected_bytes", victim.Bytes);
        writer.WriteEndObject();
    }
}
