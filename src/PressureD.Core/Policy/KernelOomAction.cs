namespace PressureD.Core.Policy;

/// <summary><c>kernel-oom: true</c>: has the kernel's own killer choose a victim (sysrq f).</summary>
public sealed record KernelOomAction : RuleAction
{
    public override bool StartsCooldown => true;
}
