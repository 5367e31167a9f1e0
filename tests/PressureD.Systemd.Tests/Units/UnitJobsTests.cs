using System;
using PressureD.Core.Services;
using PressureD.Systemd.Tests.Bus;
using PressureD.Systemd.Units;

namespace PressureD.Systemd.Tests.Units;

/// <summary>Requests to systemd, over a real bus with a stand-in for systemd on it.</summary>
public sealed class UnitJobsTests
{
    [Theory]
    [InlineData("nginx.service", ServiceJobResult.Done, "")]
    [InlineData("failing.service", ServiceJobResult.Failed, "failed")]
    [InlineData("missing.service", ServiceJobResult.NoSuchUnit, "Unit missing.service not found.")]
    [InlineData("forbidden.service", ServiceJobResult.Refused, "Permission denied")]
    public void A_units_job_is_judged_by_its_result(string unit, ServiceJobResult result, string detail)
    {
        using PrivateBus bus = new PrivateBus().Start();
        using FakeSystemd systemd = new(bus.Address);
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        ServiceJob job = Submit(service, ServiceJobKind.Restart, unit);
        Eventually.True(() => job.Stage == ServiceJobStage.Ended, "the job has ended");
        Assert.Equal(result, job.Result);
        Assert.Equal(detail, job.Detail.ToString());
    }

    [Fact]
    public void A_program_is_a_transient_unit_with_arguments_environment_and_a_time_limit()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using FakeSystemd systemd = new(bus.Address);
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        using ChildProcess monitor = bus.Monitor();
        ServiceJob job = service.Jobs.Begin(ServiceJobKind.Run)!;
        job.Unit.Append("pressured-run-1.service");
        job.Command = ["/bin/tell", "a b"];
        job.User = "nobody";
        job.TimeoutUsec = 2_500_000;
        job.Environment.Append("PRESSURED_RULE=low\0PRESSURED_REASON=it is so\0cut off"u8);
        service.Jobs.Submit(job);
        Eventually.True(() => job.Stage == ServiceJobStage.Ended, "the program has ended");
        Assert.Equal(ServiceJobResult.Done, job.Result);
        Eventually.True(
            () => monitor.Output.Contains("\"StartTransientUnit\"", StringComparison.Ordinal), "it was asked for");
        string said = monitor.Output;
        Assert.Contains("\"pressured-run-1.service\",\"replace\"", said, StringComparison.Ordinal);
        Assert.Contains("[\"Type\",{\"type\":\"s\",\"data\":\"oneshot\"}]", said, StringComparison.Ordinal);
        Assert.Contains("[\"User\",{\"type\":\"s\",\"data\":\"nobody\"}]", said, StringComparison.Ordinal);
        Assert.Contains("[\"TimeoutStartUSec\",{\"type\":\"t\",\"data\":2500000}]", said, StringComparison.Ordinal);
        Assert.Contains(
            "{\"type\":\"as\",\"data\":[\"PRESSURED_RULE=low\",\"PRESSURED_REASON=it is so\"]}", said,
            StringComparison.Ordinal);
        Assert.Contains("[\"/bin/tell\",[\"/bin/tell\",\"a b\"],false]", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_program_that_fails_the_exit_code_is_known()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using FakeSystemd systemd = new(bus.Address);
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        using ChildProcess monitor = bus.Monitor();
        ServiceJob job = service.Jobs.Begin(ServiceJobKind.Run)!;
        job.Unit.Append("failing.service");
        job.Command = ["/bin/tell"];
        job.TimeoutUsec = 30_000_000;
        service.Jobs.Submit(job);
        Eventually.True(() => job.Stage == ServiceJobStage.Ended, "the program has ended");
        Assert.Equal((ServiceJobResult.Failed, "exit code 3"), (job.Result, job.Detail.ToString()));
        Eventually.True(
            () => monitor.Output.Contains("\"UnrefUnit\"", StringComparison.Ordinal), "the unit is let go");
        Assert.Contains("/org/freedesktop/systemd1/unit/failing_2eservice", monitor.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nginx.service", ServiceJobResult.Done)]
    [InlineData("missing.service", ServiceJobResult.NoSuchUnit)]
    [InlineData("forbidden.service", ServiceJobResult.Refused)]
    public void A_limit_is_set_until_the_next_start_of_the_machine(string unit, ServiceJobResult result)
    {
        using PrivateBus bus = new PrivateBus().Start();
        using FakeSystemd systemd = new(bus.Address);
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        using ChildProcess monitor = bus.Monitor();
        ServiceJob job = service.Jobs.Begin(ServiceJobKind.SetLimit)!;
        job.Unit.Append(unit);
        job.Property = "MemorySwapMax";
        job.Value = 4096;
        service.Jobs.Submit(job);
        Eventually.True(() => job.Stage == ServiceJobStage.Ended, "it has been answered");
        Assert.Equal(result, job.Result);
        Eventually.True(
            () => monitor.Output.Contains("\"SetUnitProperties\"", StringComparison.Ordinal), "it was asked for");
        Assert.Contains(
            $"\"{unit}\",true,[[\"MemorySwapMax\",{{\"type\":\"t\",\"data\":4096}}]]", monitor.Output,
            StringComparison.Ordinal);
        using UnitClient waiting = new(bus.Address);
        Assert.Equal(result != ServiceJobResult.Refused, waiting.TrySetLimit(unit, "MemoryZSwapWriteback", 0));
    }

    [Fact]
    public void Without_systemd_or_without_a_bus_a_request_ends_at_once()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        ServiceJob lonely = Submit(service, ServiceJobKind.Stop, "nginx.service");
        Eventually.True(() => lonely.Stage == ServiceJobStage.Ended, "nobody is there");
        Assert.Equal(ServiceJobResult.Unavailable, lonely.Result);

        bus.Kill();
        Eventually.True(() => !service.IsOnBus, "the bus is gone");
        ServiceJob lost = Submit(service, ServiceJobKind.Stop, "nginx.service");
        Eventually.True(() => lost.Stage == ServiceJobStage.Ended, "there is no bus");
        Assert.Equal(ServiceJobResult.Unavailable, lost.Result);
    }

    [Fact]
    public void A_job_that_is_under_way_when_the_bus_is_lost_is_given_up()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using FakeSystemd systemd = new(bus.Address);
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        ServiceJob job = Submit(service, ServiceJobKind.Restart, "hanging.service");
        Eventually.True(() => job.Stage == ServiceJobStage.Running, "the job runs");
        bus.Kill();
        Eventually.True(() => job.Stage == ServiceJobStage.Ended, "the job is given up");
        Assert.Equal(ServiceJobResult.Unavailable, job.Result);
    }

    private static ServiceJob Submit(RunningService service, ServiceJobKind kind, string unit)
    {
        ServiceJob job = service.Jobs.Begin(kind)!;
        job.Unit.Append(unit);
        job.TimeoutUsec = 30_000_000;
        service.Jobs.Submit(job);
        return job;
    }
}
