using PressureD.Core.Cgroups;
using PressureD.Core.Sampling;

namespace PressureD.Core.Engine;

/// <summary>A cgroup of a group, and what the group's body said of it at this step.</summary>
internal sealed class GroupMember(CgroupSlot cgroup, CgroupSampler? sampler, int stateCount)
    : SubjectState(cgroup, sampler, stateCount)
{
    /// <summary>For a group of values: the body's.</summary>
    public long Value { get; set; }

    /// <summary>Goes on where the member of the same group of the policy before stood.</summary>
    public void Continue(GroupMember before) => ContinueMemory(before);
}
