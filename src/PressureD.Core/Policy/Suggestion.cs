using System;
using System.Collections.Generic;

namespace PressureD.Core.Policy;

/// <summary>Finds what someone probably meant.</summary>
public static class Suggestion
{
    /// <summary>Longer text is not a slip of the keyboard, and comparing it would cost time for nothing.</summary>
    private const int MaxLength = 64;

    /// <summary>
    /// The known word nearest to the one read, when it is near: at most a third of its letters inserted, left out,
    /// changed or swapped with their neighbour. Otherwise the shortest that goes on where what was read ends, when that
    /// is at least half of it. Null when there is none.
    /// </summary>
    public static string? Nearest(string read, IEnumerable<string> known)
    {
        if (read.Length is 0 or > MaxLength)
            return null;
        string? best = null;

        // At least one letter stays.
        int bestDistance = Math.Min(read.Length, Math.Max(1, read.Length / 3) + 1);
        foreach (string word in known)
        {
            if (word.Length > MaxLength || Math.Abs(word.Length - read.Length) >= bestDistance)
                continue;
            int distance = Distance(read, word);
            if (distance < bestDistance)
            {
                best = word;
                bestDistance = distance;
            }
        }

        return best ?? Completion(read, known);
    }

    private static string? Completion(string read, IEnumerable<string> known)
    {
        string? best = null;
        foreach (string word in known)
        {
            bool completes = word.StartsWith(read, StringComparison.Ordinal) && word.Length <= 2 * read.Length;
            if (completes && (best is null || word.Length < best.Length))
                best = word;
        }

        return best;
    }

    /// <summary>"; did you mean 'x'?" or nothing.</summary>
    public static string DidYouMean(string read, IEnumerable<string> known) =>
        Nearest(read, known) is { } word ? $"; did you mean '{word}'?" : "";

    /// <summary>The number of single-letter edits between two words, upper and lower case being alike.</summary>
    private static int Distance(string a, string b)
    {
        Span<int> before = stackalloc int[MaxLength + 1];
        Span<int> previous = stackalloc int[MaxLength + 1];
        Span<int> current = stackalloc int[MaxLength + 1];
        for (int j = 0; j <= b.Length; j++)
            previous[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                bool same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]);
                int cost = Math.Min(Math.Min(previous[j], current[j - 1]) + 1, previous[j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    cost = Math.Min(cost, before[j - 2] + 1);
                current[j] = cost;
            }

            Span<int> free = before;
            before = previous;
            previous = current;
            current = free;
        }

        return previous[b.Length];
    }
}
