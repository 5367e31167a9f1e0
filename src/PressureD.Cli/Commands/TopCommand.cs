using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using PressureD.Cli.Top;
using PressureD.Core.Policy.Expressions;
using PressureD.Linux;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Commands;

/// <summary>pressurectl top: cgroups, pressure, and who would die next, live.</summary>
internal static class TopCommand
{
    private const long DefaultIntervalUsec = 1_000_000;

    private const string Summary = """
        Shows cgroups with their memory, growth and pressure, and who would die next, live

        On a terminal: q ends it; m, g, s, p, f and n sort by memory, growth, swap, pressure (some, full) and name;
        r turns the order round; a shows all cgroups or only those without others below; arrows and page keys scroll.
        In a pipe, or with --once, it is text, once; with --json one object a line, until it is interrupted.
        Without the daemon it shows what can be read without it; --once then ends with 3.
        """;

    internal static Command Create()
    {
        Option<TopColumn?> sort = new("--sort")
        {
            Description = "What to sort by: name, memory (if left out), growth, swap, some or full "
                + "(shares of time stalled)",
            HelpName = "COLUMN",
        };
        sort.AcceptOnlyFromAmong([.. Enum.GetNames<TopColumn>().Select(static name => name.ToLowerInvariant())]);
        Option<bool> all = new("--all") { Description = "Also cgroups that have others below them" };
        Option<bool> once = new("--once") { Description = "Once, as text; takes one interval, to see what grows" };
        Option<long?> interval = QuantityOption.Create(
            "--interval", UnitKind.Duration, 200_000, 86_400_000_000, "200ms to 24h");
        interval.Description = "Between two looks: 1s if left out, at least 200ms";
        interval.HelpName = "DURATION";
        Command command = new("top", Summary) { sort, all, once, interval };
        DaemonOptions options = new();
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            TopOrder order = new(parsed.GetValue(sort) ?? TopColumn.Memory, Reverse: false, parsed.GetValue(all));
            TimeSpan pause = TimeSpan.FromMicroseconds(parsed.GetValue(interval) ?? DefaultIntervalUsec);
            return DaemonOptions.Run(parsed, () =>
            {
                using Interruption interruption = new();
                try
                {
                    bool asked = Run(parsed, options, order, parsed.GetValue(once), pause, interruption);
                    return asked ? ExitCode.Success : ExitCode.NotReachable;
                }
                catch (BusException) when (interruption.IsNear())
                {
                    // It was to end anyhow.
                    return ExitCode.Success;
                }
            });
        });
        return command;
    }

    /// <returns>False when the daemon had to be asked, and could not be.</returns>
    private static bool Run(
        ParseResult parsed,
        DaemonOptions options,
        TopOrder order,
        bool once,
        TimeSpan interval,
        Interruption interruption)
    {
        TextWriter output = parsed.InvocationConfiguration.Output;
        bool isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected
            && Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } and not "dumb";
        TopSampler sampler = new(
            options.IsRemote(parsed) ? null : RealMachine.Open(), () => options.Connect(parsed));
        if (isTerminal && !once && !options.IsJson(parsed))
        {
            using LiveTop live = new(sampler, order, interval, output);
            live.Run(interruption.Token);
            return true;
        }

        using TopSampler owned = sampler;
        if (options.IsJson(parsed))
            return Stream(sampler, order, once, interval, output, interruption);
        sampler.Take();
        interruption.Token.WaitHandle.WaitOne(interval);
        TopSample sample = sampler.Take();
        Write(sample, order, isTerminal ? Console.WindowWidth : 0, output);
        return sample.Problem is null;
    }

    private static bool Stream(
        TopSampler sampler, TopOrder order, bool once, TimeSpan interval, TextWriter output, Interruption interruption)
    {
        StreamOutput stream = new(output);
        if (once)
        {
            sampler.Take();
            interruption.Token.WaitHandle.WaitOne(interval);
        }

        TopSample sample;
        do
        {
            sample = sampler.Take();
            if (!stream.TryWrite(TopJson.Render(sample, order.Of(sample.Cgroups))))
                return true;
        }
        while (!once && !interruption.Token.WaitHandle.WaitOne(interval));
        return !once || sample.Problem is null;
    }

    private static void Write(TopSample sample, TopOrder order, int width, TextWriter output)
    {
        foreach (string line in TopText.Machine(sample, width))
            output.WriteLine(line);
        List<CgroupRow> rows = order.Of(sample.Cgroups);
        if (rows.Count == 0)
            return;
        int nameWidth = TopText.NameWidth(rows, width);
        output.WriteLine();
        output.WriteLine(TopText.Header(order, width, nameWidth));
        foreach (CgroupRow row in rows)
            output.WriteLine(TopText.Row(row, width, nameWidth));
    }
}
