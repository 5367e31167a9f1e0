using System.Text;
using PressureD.Core.Commands;

namespace PressureD.Core.Tests.Commands;

public sealed class ReplyBufferTests
{
    [Fact]
    public void Values_follow_each_other_with_their_types()
    {
        var reply = new ReplyBuffer();
        reply.Text("é").Text("\xff"u8).Unsigned(-1L).Count(258).Boolean(true);
        Assert.Equal(
            Encoding.Latin1.GetBytes(
                "s\x02\0\0\0\xc3\xa9\0s\x02\0\0\0\xc3\xbf\0t\0\0\0\0\0\0\0\0u\x02\x01\0\0\0\0\0\0b\x01\0\0\0\0\0\0\0"),
            reply.Span.ToArray());
    }

    [Fact]
    public void A_struct_that_does_not_fit_never_was_and_what_comes_after_the_array_still_fits()
    {
        var reply = new ReplyBuffer();
        reply.OpenArray("(s)"u8);
        byte[] name = new byte[1000];
        int whole = 0;
        while (true)
        {
            int before = reply.Span.Length;
            reply.OpenStruct("s"u8).Text(name);
            if (!reply.CloseStruct())
            {
                Assert.Equal(before, reply.Span.Length);
                break;
            }

            whole++;
        }

        Assert.Equal(15, whole);
        Assert.True(reply.IsTruncated);
        reply.CloseArray().Boolean(false);
        Assert.Equal("]b\0\0\0\0\0\0\0\0"u8.ToArray(), reply.Span[^10..].ToArray());
    }

    [Fact]
    public void Once_one_did_not_fit_smaller_ones_do_not_slip_in_behind_it()
    {
        var reply = new ReplyBuffer();
        reply.OpenArray("(s)"u8).OpenStruct("s"u8).Text(new byte[ReplyBuffer.Capacity]);
        Assert.False(reply.CloseStruct());
        reply.OpenStruct("s"u8).Text("small"u8);
        Assert.False(reply.CloseStruct());
        Assert.Equal(9, reply.Span.Length);
    }
}
