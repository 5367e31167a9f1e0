using System;
using System.Collections.Generic;
using System.Linq;

namespace PressureD.Cli.Top;

/// <summary>What of a sample is shown on a screen of some size, and what keys do with it.</summary>
internal sealed class TopView(TopOrder order)
{
    private const string Keys = "q quit  sort: m g s p f n  r reverse  a all/leaves  arrows scroll";

    private TopSample? _sample;
    private List<CgroupRow> _rows = [];
    private int _from;
    private int _page = 1;

    internal TopOrder Order { get; private set; } = order;

    internal void Take(TopSample sample)
    {
        _sample = sample;
        _rows = Order.Of(sample.Cgroups);
    }

    /// <summary>Does what a key asks for.</summary>
    /// <returns>False when it asks to end.</returns>
    internal bool Press(ConsoleKeyInfo key)
    {
        switch (key.Key)
        {
            case ConsoleKey.UpArrow:
                _from--;
                return true;
            case ConsoleKey.DownArrow:
                _from++;
                return true;
            case ConsoleKey.PageUp:
                _from -= _page;
                return true;
            case ConsoleKey.PageDown:
                _from += _page;
                return true;
            case ConsoleKey.Home:
                _from = 0;
                return true;
            case ConsoleKey.End:
                _from = _rows.Count;
                return true;
            default:
                return Press(key.KeyChar);
        }
    }

    /// <summary>The picture.</summary>
    /// <param name="width">Columns there are.</param>
    /// <param name="height">Lines there are.</param>
    /// <param name="header">Which line is the table's head.</param>
    internal List<string> Render(int width, int height, out int header)
    {
        header = -1;
        if (_sample is null)
            return ["looking for the first time", .. Enumerable.Repeat("", Math.Max(height - 1, 0))];
        List<string> lines = TopText.Machine(_sample, width);
        int nameWidth = TopText.NameWidth(_rows, width);
        lines.Add("");
        header = lines.Count;
        lines.Add(TopText.Header(Order, width, nameWidth));

        // The last line is for the keys.
        _page = Math.Max(height - lines.Count - 1, 1);
        _from = Math.Clamp(_from, 0, Math.Max(_rows.Count - _page, 0));
        lines.AddRange(_rows.Skip(_from).Take(_page).Select(row => TopText.Row(row, width, nameWidth)));
        while (lines.Count < height - 1)
            lines.Add("");
        string place = $"{Math.Min(_from + _page, _rows.Count)} of {_rows.Count}";
        lines.Add(width > Keys.Length + place.Length + 2 ? Keys.PadRight(width - place.Length) + place : Keys);
        return [.. lines.Take(height).Select(line => line.Length > width ? line[..width] : line)];
    }

    private bool Press(char key)
    {
        TopColumn? column = key switch
        {
            'm' => TopColumn.Memory,
            'g' => TopColumn.Growth,
            's' => TopColumn.Swap,
            'p' => TopColumn.Some,
            'f' => TopColumn.Full,
            'n' => TopColumn.Name,
            _ => null,
        };
        Order = key switch
        {
            'r' => Order with { Reverse = !Order.Reverse },
            'a' => Order with { All = !Order.All },
            _ when column is { } chosen => Order with { Column = chosen, Reverse = false },
            _ => Order,
        };
        if (_sample is not null)
            _rows = Order.Of(_sample.Cgroups);
        return key is not ('q' or 'Q');
    }
}
