using System;
using PressureD.Core.Cgroups;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;

namespace PressureD.Core.Engine;

/// <summary>Looks whether cgroups carry the extended attribute that a rule asks for.</summary>
public sealed class XattrWatch(IKernel kernel)
{
    private readonly byte[] _value = new byte[XattrFilter.MaxValueBytes];

    /// <summary>Whether the cgroup carries it.</summary>
    /// <param name="cgroup">Which.</param>
    /// <param name="filter">What is asked for.</param>
    /// <param name="before">What was known before, which stands when the kernel cannot say.</param>
    public bool Has(CgroupSlot cgroup, XattrFilter filter, bool before)
    {
        int length = kernel.GetXattr(cgroup.Directory, filter.NameUtf8, _value);
        return length switch
        {
            >= 0 => filter.IsMatch(_value.AsSpan(0, length)),
            // It is there, and longer than any value that can be asked for.
            -Errno.ERANGE => filter.Value is null,
            // Not set, one that we may not see, or a kernel before 5.7 without user attributes.
            -Errno.ENODATA or -Errno.EOPNOTSUPP => false,
            _ when Errno.IsGone(length) => false,
            _ => before,
        };
    }
}
