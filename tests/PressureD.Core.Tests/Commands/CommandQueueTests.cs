using PressureD.Core.Commands;

namespace PressureD.Core.Tests.Commands;

public sealed class CommandQueueTests
{
    [Fact]
    public void Commands_are_answered_in_the_order_in_which_they_were_asked()
    {
        var queue = new CommandQueue();
        Ask(queue, 1);
        Ask(queue, 2);
        Assert.Null(queue.PeekAnswer());
        Assert.Equal(1, queue.Peek()!.Ticket);
        queue.Answer();
        Assert.Equal(2, queue.Peek()!.Ticket);
        queue.Answer();
        Assert.Null(queue.Peek());
        Assert.Equal(1, queue.PeekAnswer()!.Ticket);
        queue.Release();
        Assert.Equal(2, queue.PeekAnswer()!.Ticket);
        queue.Release();
        Assert.Null(queue.PeekAnswer());
    }

    [Fact]
    public void A_full_queue_says_so_until_an_answer_is_given_back()
    {
        var queue = new CommandQueue();
        for (int i = 0; i < CommandQueue.Slots; i++)
            Ask(queue, i);
        Assert.Null(queue.Begin(CommandKind.Resume));
        queue.Answer();
        Assert.Null(queue.Begin(CommandKind.Resume));
        queue.Release();
        Ask(queue, 99);
        Assert.Null(queue.Begin(CommandKind.Resume));
    }

    [Fact]
    public void A_place_that_is_used_again_carries_nothing_over()
    {
        var queue = new CommandQueue();
        for (int round = 0; round < CommandQueue.Slots; round++)
        {
            Command first = queue.Begin(CommandKind.SetDryRun)!;
            first.Name.Append("rule"u8);
            first.Text = "why";
            first.Number = 7;
            first.Flag = true;
            queue.Submit();
            queue.Peek()!.Fail(CommandOutcome.NotPossible, "no"u8);
            queue.Answer();
            queue.Release();
        }

        Command again = queue.Begin(CommandKind.ListRules)!;
        Assert.Equal(
            (0, "", 0L, false, CommandOutcome.Done, 0, 0),
            (again.Name.Length, again.Text, again.Number, again.Flag, again.Outcome, again.Problem.Length,
                again.Reply.Span.Length));
    }

    private static void Ask(CommandQueue queue, long ticket)
    {
        queue.Begin(CommandKind.Resume)!.Ticket = ticket;
        queue.Submit();
    }
}
