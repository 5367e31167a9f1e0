using System.Collections.Immutable;
using PressureD.Core.Policy;

namespace PressureD.Core.Victims;

/// <summary>A kill action with its matchers ready.</summary>
internal sealed class CompiledKill
{
    public CompiledKill(KillAction action)
    {
        Action = action;
        Prefer = Compile(action.Prefer);
        Avoid = Compile(action.Avoid);
        Protect = Compile(action.Protect);
    }

    public KillAction Action { get; }

    public CompiledMatcher[] Prefer { get; }

    public CompiledMatcher[] Avoid { get; }

    public CompiledMatcher[] Protect { get; }

    public bool HasPreferences => Prefer.Length + Avoid.Length > 0;

    private static CompiledMatcher[] Compile(ImmutableArray<Matcher> matchers)
    {
        var compiled = new CompiledMatcher[matchers.Length];
        for (int i = 0; i < matchers.Length; i++)
            compiled[i] = new CompiledMatcher(matchers[i]);
        return compiled;
    }
}
