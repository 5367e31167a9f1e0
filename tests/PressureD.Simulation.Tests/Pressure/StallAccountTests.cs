using PressureD.Simulation.Machine;
using PressureD.Simulation.Pressure;

namespace PressureD.Simulation.Tests.Pressure;

public class StallAccountTests
{
    private const long TickNsec = 10_000_000;
    private const long One = FixedPoint.One;

    [Fact]
    public void One_stalled_task_on_an_idle_machine_of_64_processors_is_all_stall()
    {
        var account = new StallAccount(64);
        account.Add(run: 0, memory: One, io: 0, waiting: One);
        var group = Book(account);
        Assert.InRange(group.TotalNsec(PsiState.MemorySome), TickNsec - 1000, TickNsec);
        Assert.InRange(group.TotalNsec(PsiState.MemoryFull), TickNsec - 1000, TickNsec);
    }

    [Fact]
    public void A_single_task_has_some_equal_to_full()
    {
        var account = new StallAccount(4);
        account.Add(run: One / 2, memory: One / 4, io: 0, waiting: One / 4);
        var group = Book(account);
        Assert.InRange(group.TotalNsec(PsiState.MemorySome), (TickNsec / 4) - 1000, TickNsec / 4);
        Assert.InRange(group.TotalNsec(PsiState.MemoryFull) - group.TotalNsec(PsiState.MemorySome), -1000, 1000);
    }

    [Fact]
    public void A_working_task_on_another_processor_halves_the_stall()
    {
        var account = new StallAccount(2);
        account.Add(run: 0, memory: One, io: 0, waiting: One);
        account.Add(run: One, memory: 0, io: 0, waiting: 0);
        var group = Book(account);
        Assert.InRange(group.TotalNsec(PsiState.MemorySome), (TickNsec / 2) - 1000, TickNsec / 2);
        Assert.InRange(group.TotalNsec(PsiState.MemoryFull), (TickNsec / 2) - 1000, TickNsec / 2);
    }

    [Fact]
    public void A_working_task_on_the_same_processor_leaves_some_and_takes_full()
    {
        var account = new StallAccount(1);
        account.Add(run: 0, memory: One, io: 0, waiting: One);
        account.Add(run: One, memory: 0, io: 0, waiting: 0);
        var group = Book(account);
        Assert.InRange(group.TotalNsec(PsiState.MemorySome), TickNsec - 1000, TickNsec);
        Assert.Equal(0, group.TotalNsec(PsiState.MemoryFull));
    }

    [Fact]
    public void Waiting_for_a_device_without_the_workingset_flag_is_io_alone()
    {
        var account = new StallAccount(2);
        account.Add(run: 0, memory: 0, io: One, waiting: One);
        var group = Book(account);
        Assert.InRange(group.TotalNsec(PsiState.IoSome), TickNsec - 1000, TickNsec);
        Assert.InRange(group.TotalNsec(PsiState.IoFull), TickNsec - 1000, TickNsec);
        Assert.Equal(0, group.TotalNsec(PsiState.MemorySome));
    }

    private static PsiGroup Book(StallAccount account)
    {
        var group = new PsiGroup(0, 2_004_000_000, 4_000_000, spuriousBaseline: true);
        account.Book(group, TickNsec, TickNsec);
        return group;
    }
}
