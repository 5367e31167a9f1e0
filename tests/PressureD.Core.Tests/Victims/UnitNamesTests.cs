using System.Text;
using PressureD.Core.Victims;

namespace PressureD.Core.Tests.Victims;

public sealed class UnitNamesTests
{
    [Theory]
    [InlineData("system.slice/a.service", "a.service", false)]
    [InlineData("system.slice/system-getty.slice/getty@tty1.service/x.service", "getty@tty1.service", false)]
    [InlineData("init.scope", "init.scope", false)]
    [InlineData("user.slice/user-7.slice/session-2.scope", "session-2.scope", false)]
    [InlineData("user.slice/user-7.slice/user@7.service", "user@7.service", false)]
    [InlineData("user.slice/user-7.slice/user@7.service/init.scope", "init.scope", true)]
    [InlineData("user.slice/user-7.slice/user@7.service/app.slice/b.scope/c.service", "b.scope", true)]
    [InlineData("user.slice/user-7.slice/user@7.service/whatever", "user@7.service", false)]
    [InlineData("a/b.service", "", false)]
    [InlineData("system.slice", "", false)]
    [InlineData("", "", false)]
    public void A_path_tells_the_unit_and_whose_it_is(string path, string unit, bool isOfUser)
    {
        Assert.Equal(unit, Encoding.UTF8.GetString(UnitNames.Of(Encoding.UTF8.GetBytes(path), out bool own)));
        Assert.Equal(isOfUser, own);
    }
}
