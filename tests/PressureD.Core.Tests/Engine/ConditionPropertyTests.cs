using System;
using System.Collections.Generic;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using PressureD.Core.Engine;
using PressureD.Core.Policy;
using PressureD.Core.Readers;
using PressureD.Core.Tests.Policy;

namespace PressureD.Core.Tests.Engine;

/// <summary>The evaluator agrees with a plain reading of the language, over random conditions and samples.</summary>
public sealed class ConditionPropertyTests
{
    private static readonly string[] Names = ["mem.free", "mem.cached", "mem.dirty"];

    [Fact]
    public void Evaluator_AgreesWithAPlainReading() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300),
        Prop.ForAll(Cases().ToArbitrary(), item =>
        {
            (Tree tree, (int StepMsec, int[] Values)[] samples) = item;
            (Rule? compiled, string said) = Conditions.Compile(tree.Text);
            Rule rule = compiled!;
            bool neverFires = said.Contains("never fires");
            int[] slots = [.. Names.Select(name => SlotOf(rule, name))];
            var match = new MatchState(rule, null, null);
            var host = new long[64];
            long nowUsec = 5_000_000;
            foreach ((int stepMsec, int[] values) in samples)
            {
                nowUsec += stepMsec * 1000L;
                for (int i = 0; i < slots.Length; i++)
                {
                    if (slots[i] >= 0)
                        host[slots[i]] = values[i] < 0 ? Quantity.Unknown : values[i];
                }

                Truth expected = tree.Read(values, nowUsec);

                // Of what is said to contradict itself that had better be so.
                if (neverFires && expected == Truth.True)
                    return false;
                var evaluator = new ConditionEvaluator(host, match, nowUsec, recheck: false);
                if (evaluator.Evaluate(rule.When) != expected)
                    return false;

                // A look again at the same values says the same and moves nothing.
                if (new ConditionEvaluator(host, match, nowUsec, recheck: true).Evaluate(rule.When) != expected)
                    return false;
                if (evaluator.SawUnknown != tree.Asks(values))
                    return false;
            }

            return true;
        }));

    [Fact]
    public void Units_AreAcceptedWhereTheMetricHasThem()
    {
        (string Text, MetricUnit? Unit)[] numbers =
        [
            ("7%", MetricUnit.Ratio), ("7KiB", MetricUnit.Bytes), ("7s", MetricUnit.Duration), ("7", MetricUnit.Count),
            ("7KiB/s", MetricUnit.BytesPerSecond), ("7/s", MetricUnit.CountPerSecond), ("7MB", null),
        ];
        foreach (Metric metric in MetricCatalog.All)
        {
            foreach ((string text, MetricUnit? unit) in numbers)
            {
                bool isShare = unit == MetricUnit.Ratio && metric.PercentOf.Length > 0;
                Assert.Equal(unit == metric.Unit || isShare, Accepts($"{metric.Name} > {text}"));
                Assert.Equal(unit == metric.Unit || isShare, Accepts($"avg({metric.Name}, 5s) > {text}"));
                Assert.Equal(unit == metric.Unit || isShare, Accepts($"max_of(\"a\", {metric.Name}) > {text}"));
                MetricUnit? rate = metric.Unit switch
                {
                    MetricUnit.Bytes => MetricUnit.BytesPerSecond,
                    MetricUnit.Count => MetricUnit.CountPerSecond,
                    MetricUnit.Duration when metric.IsCounter => MetricUnit.Ratio,
                    _ => null,
                };
                Assert.Equal(unit is not null && unit == rate, Accepts($"rate({metric.Name}, 5s) > {text}"));
            }
        }
    }

    [Fact]
    public void Two_metrics_are_compared_when_their_units_are_the_same()
    {
        Metric[] some = [.. MetricCatalog.All.Where((_, index) => index % 9 == 0)];
        foreach (Metric left in some)
        {
            foreach (Metric right in some)
            {
                Assert.Equal(left.Unit == right.Unit, Accepts($"{left.Name} > {right.Name}"));
                Assert.Equal(left.Unit == right.Unit, Accepts($"{left.Name} > 5% of {right.Name}"));
            }
        }
    }

    [Fact]
    public void Every_function_and_operator_of_the_catalogs_has_an_example_that_is_accepted()
    {
        Assert.All(FunctionCatalog.All, function =>
        {
            Assert.Contains(function.Name + "(", function.Example);
            Assert.Equal("", Conditions.Compile(function.Example, "a").Said);
            Assert.Equal(function.IsCondition, function.UnitRule.Length == 0);
        });
        Assert.All(OperatorCatalog.All, item => Assert.Equal("", Conditions.Compile(item.Example, "a").Said));
        Assert.Equal("falling(x, ratio [, D])", FunctionCatalog.Find("falling")!.Signature);
    }

    private static bool Accepts(string condition) => Conditions.Compile(condition, "a").Rule is not null;

    private static int SlotOf(Rule rule, string name)
    {
        foreach (ConditionNode node in rule.When.Nodes)
        {
            if (node.Op == ConditionOp.Metric && node.Operand.Metric.Name == name)
                return node.Operand.Slot;
        }

        return -1;
    }

    private static Gen<(Tree Tree, (int StepMsec, int[] Values)[] Samples)> Cases()
    {
        // Below 0 stands for unknown.
        var sample = from step in Gen.Choose(50, 1200)
                     from values in Gen.Choose(-1, 3).ArrayOf(Names.Length)
                     select (step, values);
        return from tree in Trees(4)
               from samples in sample.ArrayOf(40)
               select (tree, samples);
    }

    private static Gen<Tree> Trees(int depth)
    {
        Gen<Tree> compare = from name in Gen.Choose(0, Names.Length - 1)
                            from sign in Gen.Elements("<", "<=", ">", ">=", "==", "!=")
                            from number in Gen.Choose(1, 3)
                            select (Tree)new Comparing(name, sign, number);
        if (depth == 0)
            return compare;
        Gen<Tree> inner = Trees(depth - 1);
        return Gen.OneOf(
            compare,
            inner.Select(part => (Tree)new Denied(part)),
            from part in inner from msec in Gen.Choose(100, 4000) select (Tree)new Held(part, msec),
            from part in inner from msec in Gen.Choose(100, 4000) select (Tree)new Seen(part, msec),
            from left in inner from right in inner from both in Gen.Elements(true, false)
            select (Tree)new Joined(left, right, both));
    }

    private abstract class Tree
    {
        public abstract string Text { get; }

        public abstract Truth Read(int[] values, long nowUsec);

        public abstract bool Asks(int[] values);

        public override string ToString() => Text;
    }

    private sealed class Comparing(int name, string sign, int number) : Tree
    {
        public override string Text => $"{Names[name]} {sign} {number}B";

        public override Truth Read(int[] values, long nowUsec)
        {
            int value = values[name];
            if (value < 0)
                return Truth.Unknown;
            bool holds = sign switch
            {
                "<" => value < number,
                "<=" => value <= number,
                ">" => value > number,
                ">=" => value >= number,
                "==" => value == number,
                _ => value != number,
            };
            return holds ? Truth.True : Truth.False;
        }

        public override bool Asks(int[] values) => values[name] < 0;
    }

    private sealed class Denied(Tree part) : Tree
    {
        public override string Text => $"(not ({part.Text}))";

        public override Truth Read(int[] values, long nowUsec) => part.Read(values, nowUsec) switch
        {
            Truth.True => Truth.False,
            Truth.False => Truth.True,
            _ => Truth.Unknown,
        };

        public override bool Asks(int[] values) => part.Asks(values);
    }

    private sealed class Joined(Tree left, Tree right, bool both) : Tree
    {
        public override string Text => $"({left.Text} {(both ? "and" : "or")} {right.Text})";

        public override Truth Read(int[] values, long nowUsec)
        {
            Truth[] sides = [left.Read(values, nowUsec), right.Read(values, nowUsec)];
            Truth decides = both ? Truth.False : Truth.True;
            if (sides.Contains(decides))
                return decides;
            return sides.Contains(Truth.Unknown) ? Truth.Unknown : both ? Truth.True : Truth.False;
        }

        public override bool Asks(int[] values) => left.Asks(values) | right.Asks(values);
    }

    /// <summary>All samples so far are kept, and looked through each time.</summary>
    private sealed class Held(Tree part, int msec) : Tree
    {
        private readonly List<(long Usec, Truth Truth)> _seen = [];

        public override string Text => $"(({part.Text}) for {msec}ms)";

        public override Truth Read(int[] values, long nowUsec)
        {
            _seen.Add((nowUsec, part.Read(values, nowUsec)));
            Truth now = _seen[^1].Truth;
            if (now == Truth.False)
                return Truth.False;

            // Back to the last false sample or the last two unknown ones in a row.
            int from = _seen.Count - 1;
            while (from >= 0 && _seen[from].Truth != Truth.False
                && !(from > 0 && _seen[from].Truth == Truth.Unknown && _seen[from - 1].Truth == Truth.Unknown))
            {
                from--;
            }

            int first = _seen.FindIndex(from + 1, sample => sample.Truth == Truth.True);
            bool over = first >= 0 && nowUsec - _seen[first].Usec >= msec * 1000L;
            if (over)
                return now;
            return now == Truth.Unknown ? Truth.Unknown : Truth.False;
        }

        public override bool Asks(int[] values) => part.Asks(values);
    }

    private sealed class Seen(Tree part, int msec) : Tree
    {
        private readonly List<(long Usec, Truth Truth)> _seen = [];

        public override string Text => $"recently({part.Text}, {msec}ms)";

        public override Truth Read(int[] values, long nowUsec)
        {
            _seen.Add((nowUsec, part.Read(values, nowUsec)));
            bool recently = _seen.Any(sample => sample.Truth == Truth.True && nowUsec - sample.Usec <= msec * 1000L);
            return recently ? Truth.True : _seen[^1].Truth;
        }

        public override bool Asks(int[] values) => part.Asks(values);
    }
}
