using System.IO;
using System.Linq;
using PressureD.Core.Policy;

namespace PressureD.Yaml.Tests;

/// <summary>The presets as files: what they do is tested in simulation.</summary>
public sealed class PresetTests
{
    public static TheoryData<string> Presets()
    {
        var names = new TheoryData<string>();
        string directory = Path.Combine(Path.GetDirectoryName(ShippedPolicyTests.ShippedPath())!, "presets");
        foreach (string path in Directory.GetFiles(directory).Order())
            names.Add(path);
        return names;
    }

    [Theory]
    [MemberData(nameof(Presets))]
    public void Preset_OnTopOfTheShippedPolicy_ReadsWithoutErrorsOrWarnings(string path) => Assert.NotEmpty(Read(path).Rules);

    [Theory]
    [MemberData(nameof(Presets))]
    public void Preset_Head_SaysHowToUseIt(string path)
    {
        string name = Path.GetFileName(path);
        string head = File.ReadAllText(path).Split("\nversion:")[0];
        Assert.Contains(
            $"#     ln -s /usr/share/pressured/presets/{name} /etc/pressured/policies.d/50-{name}\n"
            + "#     pressured --check && systemctl reload pressured\n",
            head);
    }

    [Theory]
    [MemberData(nameof(Presets))]
    public void Preset_EveryKill_SparesWhatTheShippedPolicyProtectsAndPausesAfterIt(string path)
    {
        foreach (Rule rule in Read(path).Rules)
        {
            foreach (KillAction kill in rule.Actions.OfType<KillAction>())
            {
                Assert.Contains(kill.Protect, matcher => matcher.Unit == "systemd-journald.service");
                Assert.True(rule.CooldownUsec > 0, rule.Name);
            }
        }
    }

    private static PolicySet Read(string path) => Policies.Valid(
        ("pressured.yaml", File.ReadAllText(ShippedPolicyTests.ShippedPath())), (path, File.ReadAllText(path)));
}
