using System;
using System.IO;
using System.Linq;

namespace PressureD.Linux.Tests.Interop;

/// <summary>A fact that needs a C compiler; where there is none, it is reported as skipped.</summary>
public sealed class CompilerFactAttribute : FactAttribute
{
    public const string Compiler = "gcc";

    public CompilerFactAttribute()
    {
        var places = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        if (!places.Any(place => File.Exists(Path.Combine(place, Compiler))))
            Skip = "no C compiler (gcc) on this machine";
    }
}
