using System.Collections.Generic;
using System.Text;

namespace PressureD.Core.Policy.Expressions;

/// <content>Values: metrics, functions over windows, shares.</content>
internal sealed partial class ConditionCompiler
{
    private const string HostPrefix = "host.";
    private const long MinWindowUsec = 100_000;
    private const long MaxWindowUsec = 3_600_000_000;

    /// <returns>The node, or −1 after complaining.</returns>
    private int EmitValue(Expression expression)
    {
        switch (expression)
        {
            case var misread when IsMisread(misread):
                return -1;
            case NumberExpression number:
                return Fail(number.Start, $"{Quoted.Of(number.Text)} cannot stand here, expected a metric");
            case PatternExpression pattern:
                return Fail(
                    pattern.Start,
                    $"a text in quotes cannot stand here, expected a metric: only exists, count, any, all, max_of, "
                    + "min_of and sum_of take a pattern");
            case ShareExpression share:
                return EmitShare(share);
            case CallExpression call when FunctionCatalog.Find(call.Name) is { IsCondition: false } function
                && function.Arguments[0].Kind == FunctionArgumentKind.Pattern:
                return EmitGroupValue(call, function);
            case NameExpression or CallExpression:
                return MetricOf(expression) is { } operand ? AddMetric(operand) : -1;
            default:
                return Fail(
                    expression.Start,
                    $"{Quoted.Of(ExpressionText.Of(expression))} is a condition, expected a value such as a metric");
        }
    }

    private int AddMetric(MetricOperand operand)
    {
        MetricOperand basis = operand;
        int baseline = -1;
        if (operand.Metric.AverageSpanUsec > 0)
        {
            basis = TotalOf(operand);
            baseline = _scope.BaselineOf(basis);
        }

        while (basis.Metric.Window is { } window)
            basis = Operand(window.Argument, operand.OfHost);

        return Add(new ConditionNode
        {
            Op = ConditionOp.Metric,
            Operand = operand,
            Unit = operand.Metric.Unit,
            Basis = basis,
            BaselineIndex = baseline,
        });
    }

    private int EmitShare(ShareExpression share)
    {
        string? wrong = NumberText.Read(
            share.Share.Number, share.Share.Unit, UnitKind.Percent, out long millionths);
        if (wrong is not null)
            Fail(share.Share.Start, $"{Quoted.Of(share.Share.Text)} {wrong} (before 'of')");
        int whole = EmitValue(share.Whole);
        if (whole < 0 || wrong is not null)
            return -1;
        return Add(new ConditionNode
        {
            Op = ConditionOp.Share,
            Left = whole,
            Amount = millionths,
            Unit = _scope.Nodes[whole].Unit,
        });
    }

    /// <summary>A metric by its name, or a function over one.</summary>
    private MetricOperand? MetricOf(Expression expression)
    {
        switch (expression)
        {
            case NameExpression name:
                return Resolve(name);
            case CallExpression call:
                return WindowOf(call);
            default:
                EmitValue(expression);
                return null;
        }
    }

    private MetricOperand? WindowOf(CallExpression call)
    {
        if (FunctionOf(ref call) is not { } function || !HasItsArguments(call, function))
            return null;
        if (function.Arguments[0].Kind == FunctionArgumentKind.Pattern && !function.IsCondition)
        {
            EmitGroupValue(call, function);
            return null;
        }

        if (function.IsCondition)
        {
            Fail(call.Start, $"'{call.Name}' is a condition, expected a value such as a metric");
            return null;
        }

        if (IsOverCgroups(call))
            return null;
        MetricOperand? argument = MetricOf(call.Arguments[0]);
        long windowUsec = WindowUsec(call.Arguments[1]);
        if (argument is not { } of || windowUsec < 0)
            return null;
        WindowFunction window = call.Name switch
        {
            "rate" => WindowFunction.Rate,
            "avg" => WindowFunction.Avg,
            "min" => WindowFunction.Min,
            "max" => WindowFunction.Max,
            _ => WindowFunction.Delta,
        };
        if (window != WindowFunction.Rate)
            return Over(of, window, call.Name, call.Arguments[1], windowUsec, of.Metric.Unit);
        if (RateUnit(of.Metric) is { } unit)
            return Over(of, window, call.Name, call.Arguments[1], windowUsec, unit);
        Fail(
            call.Start,
            $"'rate' of {of.Metric.Name}, which is {Noun(of.Metric.Unit)}, has no unit, "
            + $"expected delta({of.Metric.Name}, …) or the rate of a size or a count");
        return null;
    }

    /// <summary>The unit of a change a second; null where there is none.</summary>
    private static MetricUnit? RateUnit(Metric metric) => metric.Unit switch
    {
        MetricUnit.Bytes => MetricUnit.BytesPerSecond,
        MetricUnit.Count => MetricUnit.CountPerSecond,
        MetricUnit.Duration when metric.IsCounter => MetricUnit.Ratio,
        _ => null,
    };

    private MetricOperand Over(
        MetricOperand of, WindowFunction function, string name, Expression? window, long windowUsec, MetricUnit unit)
    {
        Metric argument = of.Metric;
        string span = window is null ? QuantityText.Duration(windowUsec).Replace(" ", "") : ExpressionText.Of(window);
        return Operand(
            new Metric
            {
                Name = $"{name}({argument.Name}, {span})",
                Unit = unit,
                Scope = argument.Scope,
                Source = MetricSource.Window,
                PercentOf = function == WindowFunction.Rate ? "" : argument.PercentOf,
                MayExceedBase = argument.MayExceedBase,
                Summary = $"{name} of {argument.Name} over {span}.",
                Window = new MetricWindow(function, argument, windowUsec),
            },
            of.OfHost);
    }

    /// <summary>
    /// Refuses a look back on what several cgroups come to: the values of the past are kept for each cgroup, and one
    /// that appears or is gone would look like a change. Says how to write it.
    /// </summary>
    private bool IsOverCgroups(CallExpression call)
    {
        if (call.Arguments[0] is not CallExpression inner || FunctionCatalog.Find(inner.Name) is not { } function
            || function.Arguments[0].Kind != FunctionArgumentKind.Pattern)
        {
            return false;
        }

        string message =
            $"'{call.Name}' cannot look back on '{inner.Name}', which is about several cgroups at this moment";
        if (inner.Name is "max_of" or "min_of" or "sum_of" && inner.Arguments.Length == 2)
        {
            var each = new StringBuilder($"{call.Name}({ExpressionText.Of(inner.Arguments[1])}");
            for (int i = 1; i < call.Arguments.Length; i++)
                each.Append(", ").Append(ExpressionText.Of(call.Arguments[i]));
            string pattern = ExpressionText.Of(inner.Arguments[0]);
            string whole = call.Name is "rising" or "falling" ? "any" : inner.Name;
            message += $"; look back on each of them: {whole}({pattern}, {each}))";
        }
        else
        {
            message += ", expected a comparison with 'for' after it, or in recently(…, D)";
        }

        Fail(call.Start, message);
        return true;
    }

    /// <returns>Microseconds, or −1 after complaining.</returns>
    private long WindowUsec(Expression expression)
    {
        if (IsMisread(expression))
            return -1;
        if (expression is not NumberExpression number)
        {
            return Fail(
                expression.Start,
                $"{Quoted.Of(ExpressionText.Of(expression))} is not a window, expected "
                + UnitTable.Example(UnitKind.Duration));
        }

        string? wrong = NumberText.Read(
            number.Number, number.Unit, UnitKind.Duration, out long usec, MinWindowUsec, MaxWindowUsec);
        if (wrong is not null)
            return Fail(number.Start, $"{Quoted.Of(number.Text)} {wrong}");
        if (usec is < MinWindowUsec or > MaxWindowUsec)
            return Fail(number.Start, $"the window {Quoted.Of(number.Text)} cannot be kept, expected 100ms to 1h");
        return usec;
    }

    private MetricOperand? Resolve(NameExpression written)
    {
        bool prefixed = written.Name.StartsWith(HostPrefix, System.StringComparison.Ordinal);
        string name = prefixed ? written.Name[HostPrefix.Length..] : written.Name;
        if (MetricCatalog.Find(name) is not { } metric)
        {
            (string said, Metric? meant) = Meant(name, prefixed ? HostPrefix : "");
            Fail(written.Start, $"unknown metric {Quoted.Of(written.Name)}{said}");

            // What it is compared with is held against what was probably meant.
            return meant is null ? null
                : Operand(meant, meant.Scope == MetricScope.Host || !_scope.HasCgroup);
        }

        if (metric.Scope == MetricScope.Cgroup && (prefixed || !_scope.HasCgroup))
        {
            string expected =
                prefixed ? "the name without 'host.'" : "a rule with 'for-each', or a metric of the machine";
            Fail(written.Start, $"'{written.Name}': only a cgroup has {name}, expected {expected}");
            return null;
        }

        return Operand(metric, prefixed || metric.Scope == MetricScope.Host || !_scope.HasCgroup);
    }

    /// <summary>A metric's place in the sample; the scope needs it from now on.</summary>
    private MetricOperand Operand(Metric metric, bool ofHost)
    {
        int slot = (ofHost ? _hostSlots : _cgroupSlots).SlotOf(metric);
        if (!ofHost)
        {
            if (metric.Window is { } window)
                Operand(window.Argument, ofHost: false);
            _scope.Ask(metric, slot);
        }

        return new MetricOperand(metric, ofHost, slot);
    }

    /// <param name="name">What was read, without the prefix.</param>
    /// <param name="prefix">"host." or nothing.</param>
    /// <returns>
    /// What to say, and the metric that was probably meant, null when it would not be right here either.
    /// </returns>
    private (string Said, Metric? Meant) Meant(string name, string prefix)
    {
        if (name.ToLowerInvariant() is "nan" or "inf" or "infinity" or "max")
            return (", expected a number with its unit", null);
        if (name.ToLowerInvariant() is "true" or "false" or "always" or "never")
            return (", expected a comparison; mem.free >= 0B is always true", null);
        if (FunctionCatalog.Find(name) is { } function)
            return ($", expected {function.Signature}", null);
        var names = new List<string>(MetricCatalog.All.Count);
        foreach (Metric metric in MetricCatalog.All)
            names.Add(metric.Name);
        // The kernel's file is memory.pressure, and what is in it is called psi.memory here.
        string ours = name.Replace("psi.mem.", "psi.memory.", System.StringComparison.Ordinal);
        foreach (string resource in (string[])["memory", "io", "cpu", "irq"])
        {
            string[] elsewhere = [$"{resource}.pressure.", $"pressure.{resource}.", $"{resource}.psi."];
            foreach (string theirs in elsewhere)
                ours = ours.Replace(theirs, $"psi.{resource}.", System.StringComparison.Ordinal);
        }

        if (Suggestion.Nearest(ours, names) is not { } near)
            return (", expected one such as mem.available or psi.memory.full.avg10", null);
        Metric nearest = MetricCatalog.Get(near);
        bool isOfCgroups = nearest.Scope == MetricScope.Cgroup;
        return isOfCgroups && !_scope.HasCgroup
            ? ($"; if you mean '{near}', which only a cgroup has, expected it in a rule with 'for-each'", null)
            : ($"; did you mean '{(isOfCgroups ? "" : prefix)}{near}'?", nearest);
    }

    /// <summary>
    /// The total of an average's line: <c>psi.memory.full.avg10</c> → <c>psi.memory.full.total</c>, of the same cgroup.
    /// </summary>
    private MetricOperand TotalOf(MetricOperand average)
    {
        string name = average.Metric.Name;
        return Operand(MetricCatalog.Get(name[..name.LastIndexOf('.')] + ".total"), average.OfHost);
    }
}
