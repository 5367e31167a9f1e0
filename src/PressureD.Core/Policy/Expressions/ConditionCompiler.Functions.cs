using System;
using System.Collections.Generic;
using PressureD.Core.Cgroups;
using PressureD.Core.Readers;

namespace PressureD.Core.Policy.Expressions;

/// <content>Functions that are conditions, and groups of cgroups.</content>
internal sealed partial class ConditionCompiler
{
    /// <summary>The window of <c>rising</c> and <c>falling</c> when none is given: averages move every 2 s.</summary>
    private const long DefaultTurnUsec = 5_000_000;

    private int EmitTruthCall(CallExpression call)
    {
        if (FunctionOf(ref call) is not { } function || !HasItsArguments(call, function))
            return -1;
        if (!function.IsCondition)
        {
            EmitValue(call);
            return Fail(
                call.Start,
                $"{Quoted.Of(ExpressionText.Of(call))} is a value and cannot stand alone, expected a comparison such "
                + $"as {function.Example}");
        }

        return call.Name switch
        {
            "rising" => EmitRising(call),
            "falling" => EmitFalling(call),
            "recently" => EmitRecently(call),
            "exists" => EmitGroup(ConditionOp.Exists, call, MetricUnit.Count),
            "any" => EmitGroup(ConditionOp.Any, call, MetricUnit.Count),
            "all" => EmitGroup(ConditionOp.All, call, MetricUnit.Count),
            _ => throw new InvalidOperationException($"no way to compile {call.Name}"),
        };
    }

    private int EmitRising(CallExpression call)
    {
        if (IsOverCgroups(call))
            return -1;
        MetricOperand? operand = MetricOf(call.Arguments[0]);
        Expression? window = call.Arguments.Length > 1 ? call.Arguments[1] : null;
        long usec = window is null ? DefaultTurnUsec : WindowUsec(window);
        if (operand is not { } of || usec < 0)
            return -1;
        int change = AddMetric(Over(of, WindowFunction.Delta, "delta", window, usec, of.Metric.Unit));
        return AddCompare(change, Comparison.Greater, AddNumber(0, of.Metric.Unit), call);
    }

    private int EmitFalling(CallExpression call)
    {
        if (IsOverCgroups(call))
            return -1;
        MetricOperand? operand = MetricOf(call.Arguments[0]);
        long millionths = RatioOf(call.Arguments[1]);
        Expression? window = call.Arguments.Length > 2 ? call.Arguments[2] : null;
        long usec = window is null ? DefaultTurnUsec : WindowUsec(window);
        if (operand is not { } of || millionths < 0 || usec < 0)
            return -1;
        int now = AddMetric(of);
        int before = AddMetric(Over(of, WindowFunction.Before, "before", window, usec, of.Metric.Unit));
        int share = Add(new ConditionNode
        {
            Op = ConditionOp.Share,
            Left = before,
            Amount = millionths,
            Unit = of.Metric.Unit,
        });
        return AddCompare(now, Comparison.Less, share, call);
    }

    private long RatioOf(Expression expression)
    {
        if (IsMisread(expression))
            return -1;
        if (expression is not NumberExpression number)
        {
            return Fail(
                expression.Start,
                $"{Quoted.Of(ExpressionText.Of(expression))} is not a ratio, expected one such as 85%");
        }

        string? wrong = number.Unit.Length == 0
            ? NumberText.Scale(number.Number, UnitKind.Percent, Quantity.Whole, out long millionths)
            : NumberText.Read(number.Number, number.Unit, UnitKind.Percent, out millionths);
        if (wrong is not null)
            return Fail(number.Start, $"{Quoted.Of(number.Text)} {wrong} (a ratio)");
        if (millionths is > 0 and <= Quantity.Whole)
            return millionths;
        return Fail(number.Start, $"the ratio {Quoted.Of(number.Text)} is out of range, expected more than 0% to 100%");
    }

    private int EmitRecently(CallExpression call)
    {
        int condition = EmitTruth(call.Arguments[0]);
        long usec = WindowUsec(call.Arguments[1]);
        if (condition < 0 || usec < 0)
            return -1;
        return Add(new ConditionNode
        {
            Op = ConditionOp.Recently,
            Left = condition,
            Amount = usec,
            StateIndex = _scope.NewState(),
            TimerIndex = _scope.NewTimer(),
        });
    }

    private int EmitGroupValue(CallExpression call, ConditionFunction function)
    {
        if (!HasItsArguments(call, function))
            return -1;
        ConditionOp op = call.Name switch
        {
            "count" => ConditionOp.Count,
            "max_of" => ConditionOp.MaxOf,
            "min_of" => ConditionOp.MinOf,
            _ => ConditionOp.SumOf,
        };
        return EmitGroup(op, call, MetricUnit.Count);
    }

    private int EmitGroup(ConditionOp op, CallExpression call, MetricUnit unit)
    {
        if (_scope.IsGroup)
        {
            return Fail(
                call.Start,
                $"'{call.Name}' stands within another function over cgroups, expected one after the other, joined "
                + "with 'and' or 'or'");
        }

        CgroupPattern? pattern = PatternOf(call.Arguments[0]);
        bool isValue = op is ConditionOp.MaxOf or ConditionOp.MinOf or ConditionOp.SumOf;
        ConditionScope outer = _scope;
        var inner = new ConditionScope(hasCgroup: true, isGroup: true);
        int root = 0;
        if (call.Arguments.Length > 1)
        {
            _scope = inner;
            root = isValue ? EmitValue(call.Arguments[1]) : EmitTruth(call.Arguments[1]);
            _scope = outer;
        }

        if (pattern is null || root < 0)
            return -1;
        if (isValue)
            unit = inner.Nodes[root].Unit;
        _groupNodes += inner.Nodes.Count;
        _groups.Add(new ConditionGroup
        {
            Pattern = pattern,
            Op = op,
            Body = call.Arguments.Length == 1 ? null : inner.ToCondition(ExpressionText.Of(call.Arguments[1])),
            IsValue = isValue,
            Slots = inner.Slots.ToArray(),
            StateCount = inner.StateCount,
            Name = $"{call.Name}(\"{pattern.Text}\"{(call.Arguments.Length == 1 ? "" : ", …")})",
        });
        _rule.HasHold |= inner.HasHold;
        var node = new ConditionNode
        {
            Op = op,
            Group = _groups.Count - 1,
            Unit = unit,
            StateIndex = op is ConditionOp.Exists or ConditionOp.Any or ConditionOp.All ? _scope.NewState() : -1,
        };
        return Add(node, call);
    }

    private CgroupPattern? PatternOf(Expression expression)
    {
        if (IsMisread(expression))
            return null;
        if (expression is not PatternExpression written)
        {
            Fail(
                expression.Start,
                $"{Quoted.Of(ExpressionText.Of(expression))} is not a pattern, expected one in quotes such as "
                + "\"app.slice/*\"");
            return null;
        }

        try
        {
            if (written.Text.Length == 0)
                throw new FormatException("is empty, expected one such as \"app.slice/*\"");
            var pattern = new CgroupPattern(written.Text);
            if (!pattern.BelowMatch || _rule.HasCgroup)
                return pattern;
            Fail(
                written.Start,
                $"the pattern {Quoted.Of(written.Text)} is below the match, expected a rule with 'for-each'");
        }
        catch (FormatException e)
        {
            Fail(written.Start, $"the pattern {Quoted.Of(written.Text)} {e.Message}");
        }

        return null;
    }

    /// <returns>
    /// The function, or the one that was probably meant, whose call it is from then on, so that what is wrong with its
    /// arguments is said too.
    /// </returns>
    private ConditionFunction? FunctionOf(ref CallExpression call)
    {
        if (FunctionCatalog.Find(call.Name) is { } function)
            return function;
        var names = new List<string>();
        foreach (ConditionFunction known in FunctionCatalog.All)
            names.Add(known.Name);
        string? meant = Suggestion.Nearest(call.Name, names);
        string expected = meant is null ? $", expected one of {string.Join(", ", names)}"
            : $"; did you mean '{meant}'?";
        Fail(call.Start, $"unknown function {Quoted.Of(call.Name)}{expected}");
        if (meant is null)
            return null;
        call = call with { Name = meant };
        return FunctionCatalog.Find(meant);
    }

    /// <summary>Whether what it was meant to be is not known.</summary>
    private static bool IsMisread(Expression expression) => expression switch
    {
        MisreadExpression => true,
        ComparisonExpression comparison => comparison.Right is MisreadExpression,
        LogicalExpression logical => IsMisread(logical.Parts[0]) || IsMisread(logical.Parts[^1]),
        _ => false,
    };

    private bool HasItsArguments(CallExpression call, ConditionFunction function)
    {
        int least = 0;
        foreach (FunctionArgument argument in function.Arguments)
            least += argument.IsOptional ? 0 : 1;
        int given = call.Arguments.Length;
        if (given >= least && given <= function.Arguments.Length)
            return true;

        // One that was misread may have been several.
        bool isMisread = false;
        foreach (Expression argument in call.Arguments)
            isMisread |= IsMisread(argument);
        _failed = true;
        if (!isMisread)
            Fail(
                call.Start,
                $"'{call.Name}' has {given} argument{(given == 1 ? "" : "s")}, expected {function.Signature}");
        if (given > 0 && call.Arguments[0] is NameExpression name)
            Resolve(name);
        return false;
    }
}
