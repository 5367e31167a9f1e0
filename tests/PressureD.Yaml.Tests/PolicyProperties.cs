using System;
using System.IO;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using PressureD.Core.Policy;
using PressureD.Core.Policy.Expressions;

namespace PressureD.Yaml.Tests;

/// <summary>What holds for every input.</summary>
public sealed class PolicyProperties
{
    private static readonly string[] Pieces =
    [
        "mem.free", "host.psi.io.full.avg10", "memory.current", "<", "<=", ">", "==", "!=", "10%", "1.5GiB", "3s", "100/s", "and",
        "or", "not", "for", "(", ")", "10", ",", "rate(", "*", "of", "any(", "\"a/*\"", "recently(", "falling(", "rising(", "count(", "max_of(", "85%", "\u0001", "\ud83d", "9999999999999999999",
    ];

    [Fact]
    public void Condition_OfAnyPieces_IsReadOrRefusedAndNeverThrows() => Check.QuickThrowOnFailure(
        Prop.ForAll(Gen.Elements(Pieces).ArrayOf().ToArbitrary(), pieces =>
        {
            var diagnostics = new DiagnosticBag();
            var source = new SourceText(string.Join(' ', pieces), new SourcePosition("f", 1, 1));
            return ParsedCondition.Parse(source, diagnostics) is not { HasErrors: false } == diagnostics.HasErrors;
        }));

    [Fact]
    public void Condition_NormalText_ReadsBackAsItself() => Check.QuickThrowOnFailure(
        Prop.ForAll(Condition(4).ToArbitrary(), written =>
        {
            Condition first = When(written);
            Condition second = When(first.Text);
            return first.Text == second.Text && first.Nodes.Length == second.Nodes.Length
                && first.Nodes.All(node => node.Left < first.Nodes.Length - 1);
        }));

    [Fact]
    public void Number_AnyDecimal_IsScaledExactly() => Check.QuickThrowOnFailure(
        Prop.ForAll(Gen.Choose(0, 1_000_000).ToArbitrary(), millionths =>
        {
            string text = $"{millionths / 10_000}.{millionths % 10_000:D4}%";
            return NumberText.Read(text, UnitKind.Percent, out long value) is null && value == millionths;
        }));

    [Fact]
    public void File_DamagedAnywhere_IsReadOrRefusedAndNeverThrows()
    {
        string shipped = File.ReadAllText(ShippedPolicyTests.ShippedPath());
        var damage = from at in Gen.Choose(0, shipped.Length - 1)
                     from length in Gen.Choose(0, 40)
                     from text in Gen.Elements("", "[", "{", "*", "&a", "- ", "\n", ": ", "\t", "'", "\"", "|", "%", "(", "for", "\u0000")
                     select shipped[..at] + text + shipped[Math.Min(at + length, shipped.Length)..];

        Check.QuickThrowOnFailure(Prop.ForAll(damage.ToArbitrary(), text =>
        {
            PolicyResult result = Policies.Read(text);
            bool refused = result.Diagnostics.Any(item => item.Severity == DiagnosticSeverity.Error);
            return result.Policy is null == refused && result.Diagnostics.All(item => item.Line <= 1 + text.Count(c => c == '\n'));
        }));
    }

    [Fact]
    public void Bytes_OfAnyKind_AreReadOrRefusedAndNeverThrow() => Check.QuickThrowOnFailure(
        Prop.ForAll(Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf().ToArbitrary(), content =>
            PolicyReader.Read([("p.yaml", content)]).Policy is null));

    private static Condition When(string text) => Policies.Read(Policies.Rule($"'{text}'")).Policy!.Rules[0].When;

    private static Gen<string> Condition(int depth)
    {
        Gen<string> compare = Gen.Elements(
            "mem.free < 1GiB", "swap.free <= 10%", "psi.io.full.avg10 > 20%", "3s >= time_to_exhaustion",
            "mem.free > 90% of mem.total", "5GiB < 90% of mem.total", "50% of mem.free <= 90% of mem.total",
            "rate(psi.io.full.total, 2s) > 5%", "max(avg(mem.free, 2s), 1min) < mem.available", "rising(mem.free, 3s)",
            "falling(mem.free, 0.85)", "exists(\"a/{b,c}*\")", "count(\"a/*\") >= 3",
            "sum_of(\"a/*\", memory.growth) > 1MiB/s");
        if (depth == 0)
            return compare;
        Gen<string> inner = Condition(depth - 1);
        return Gen.OneOf(
            compare,
            inner.Select(part => $"({part})"),
            inner.Select(part => $"not ({part})"),
            inner.Select(part => $"({part}) for 5s"),
            inner.Select(part => $"recently({part}, 5s)"),
            Body(depth - 1).Select(part => $"any(\"a/*\", {part})"),
            Body(depth - 1).Select(part => $"2 < count(\"a/*\", {part}) for 3s"),
            from left in inner
            from joint in Gen.Elements("and", "or")
            from right in inner
            select $"{left} {joint} {right}");
    }

    /// <summary>What is asked of each cgroup of a group, where no further group may stand.</summary>
    private static Gen<string> Body(int depth)
    {
        Gen<string> compare = Gen.Elements("memory.current > memory.high", "memory.growth > 1MiB/s", "host.mem.free < 1GiB");
        if (depth <= 0)
            return compare;
        Gen<string> inner = Body(depth - 1);
        return Gen.OneOf(
            compare,
            inner.Select(part => $"(not ({part})) for 2s"),
            from left in inner
            from joint in Gen.Elements("and", "or")
            from right in inner
            select $"({left} {joint} {right})");
    }
}
