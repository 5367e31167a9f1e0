using System;
using System.Linq;
using System.Text;
using PressureD.Cli.Incidents;
using PressureD.Cli.Report;

namespace PressureD.Cli.Tests.Incidents;

public sealed class IncidentChartsTests
{
    [Fact]
    public void An_incident_is_charted_from_its_samples_around_the_firing()
    {
        ReportPage page = Page(WhyTextTests.Chrome);
        Assert.Equal([-2000, -1000, 0, 1000, 4000], page.Msec);
        Assert.Equal([608.0, 460, 312, 2360, 2360], page.Charts[0].Series.Single().Values.Select(Whole));
        ReportSeries stalled = page.Charts[1].Series[0];
        Assert.Equal([null, 20, 41, 25, 2], stalled.Values.Select(Whole));
        ReportSeries exhaustion = page.Charts.Single(chart => chart.Title.StartsWith("Time until")).Series[0];
        Assert.Equal([null, 4, 2, null, null], exhaustion.Values.Select(Whole));
        Assert.Equal([(0, "pressured"), (500, "process")], page.Events.Select(one => (one.Msec, one.Source)));
        Assert.Contains("killed chrome (pid 4711", page.Summary, StringComparison.Ordinal);
        Assert.DoesNotContain("exhausted in", page.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_would_be_markup_are_text()
    {
        string text = Page("""
            {"format":1,"id":7,"rule":"</script><b>","outcome":"killed","condition":{"text":"c"},
            "acts":[{"after_usec":0,"kind":"died","text":"died: </script><script>alert(1)","pid":1,"comm":"x"}]}
            """).Render();
        Assert.DoesNotContain("</script><b>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", text, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_like_a_place_of_the_page_is_text()
    {
        string text = Page("""
            {"format":1,"id":7,"rule":"{{UPLOT}}","outcome":"acted","condition":{"text":"c"},"acts":[]}
            """).Render();
        Assert.Contains("<title>Incident 7: {{UPLOT}}, acted", text, StringComparison.Ordinal);
    }

    private static double? Whole(double? value) => value is { } known ? Math.Round(known) : null;

    private static ReportPage Page(string json) =>
        IncidentCharts.Of(IncidentDocument.Parse(Encoding.UTF8.GetBytes(json)), TimeZoneInfo.Utc);
}
