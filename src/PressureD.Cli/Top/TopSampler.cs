using System;
using System.Collections.Generic;
using PressureD.Core.Kernel;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Top;

/// <summary>Takes samples of the machine, its cgroups and the daemon. Belongs to one thread.</summary>
/// <param name="kernel">This machine's, disposed with this; null when the daemon is another machine's.</param>
/// <param name="connect">Connects to the daemon; called again when the connection was lost.</param>
internal sealed class TopSampler(IKernel? kernel, Func<BusClient> connect) : IDisposable
{
    private const string Elsewhere =
        "those of another machine cannot be read here: ssh -t HOST pressurectl top";

    private const string Hybrid =
        "their memory is not known: the memory controller is a v1 one here";

    /// <summary>
    /// How long nothing is asked after nobody answered: a daemon that hangs would hold up every look at the cgroups.
    /// </summary>
    private const long SilenceUsec = 3_000_000;

    private readonly CgroupRows? _cgroups = kernel is null ? null : new CgroupRows(kernel);
    private NextVictims _next = new();
    private BusClient? _client;
    private string? _problem;
    private long _problemUsec;

    public void Dispose()
    {
        _client?.Dispose();
        _cgroups?.Dispose();
        (kernel as IDisposable)?.Dispose();
    }

    /// <summary>Takes a sample.</summary>
    /// <exception cref="BusException">The daemon could not be asked, and without it there is nothing to show.
    /// </exception>
    internal TopSample Take()
    {
        IReadOnlyList<CgroupRow> rows = _cgroups?.Read() ?? [];
        long nowUsec = kernel?.NowUsec ?? Environment.TickCount64 * 1000;
        TopSample sample = new(DateTime.Now, nowUsec, new DaemonStatus(), null, [], [], rows, CgroupProblem());
        if (kernel is not null && _problem is not null && nowUsec - _problemUsec < SilenceUsec)
            return sample with { Status = MachineReading.Read(kernel), Problem = _problem };
        try
        {
            _client ??= connect();
            DaemonStatus status = _client.ReadStatus();
            IReadOnlyList<RuleStatus> rules = _client.ListRules();
            _problem = null;
            return sample with { Status = status, Rules = rules, Next = _next.Ask(_client, rules, nowUsec) };
        }
        catch (BusException problem)
        {
            _client?.Dispose();
            _client = null;

            // What another daemon, or this one after a restart, would do has to be asked anew.
            _next = new NextVictims();
            if (kernel is null)
                throw;
            _problem = problem.Message;
            _problemUsec = kernel.NowUsec;
            return sample with { Status = MachineReading.Read(kernel), Problem = _problem };
        }
    }

    private string? CgroupProblem() => kernel switch
    {
        null => Elsewhere,
        { Features.Cgroups: CgroupMode.None } => "there is no cgroup v2 here",
        { Features.MemoryController: false } => Hybrid,
        _ => null,
    };
}
