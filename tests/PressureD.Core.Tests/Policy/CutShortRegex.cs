using System;
using System.Text.RegularExpressions;

namespace PressureD.Core.Tests.Policy;

/// <summary>A regular expression that finds everything, and whose time is up at its first runs.</summary>
internal sealed class CutShortRegex : Regex
{
    private int _times;

    /// <param name="times">How many of them.</param>
    public CutShortRegex(int times)
    {
        _times = times;
        pattern = "";
        capsize = 1;
        internalMatchTimeout = InfiniteMatchTimeout;
        factory = new Runners(this);
    }

    /// <summary>How often it has run.</summary>
    public int Runs { get; private set; }

    private sealed class Runners(CutShortRegex owner) : RegexRunnerFactory
    {
        protected override RegexRunner CreateInstance() => new Runner(owner);
    }

    private sealed class Runner(CutShortRegex owner) : RegexRunner
    {
        protected override void Scan(ReadOnlySpan<char> text)
        {
            owner.Runs++;
            if (owner._times-- > 0)
                throw new RegexMatchTimeoutException();
            Capture(0, 0, text.Length);
        }
    }
}
