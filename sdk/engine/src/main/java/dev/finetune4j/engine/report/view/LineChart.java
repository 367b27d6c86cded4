package dev.finetune4j.engine.report.view;

import dev.finetune4j.engine.report.Series;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Curves over a count that starts at 0: optimizer steps, unless said.
 *
 * <p>The drawing is one SVG that is stretched to the width of the page, with strokes that do not stretch; dots are strokes of no
 * length with round ends, so that they stay round. Words and numbers stand outside of it as HTML, so that they keep their size on
 * a narrow screen.
 */
final class LineChart {
    private static final int SIZE = 1000;

    private final String title;
    private final String description;
    private final int lastStep;
    private final Axis values;
    private final DoubleFunction<String> tickLabel;
    private final List<Html> drawn = new ArrayList<>();
    private final List<Html> labels = new ArrayList<>();
    private String over = "optimizer step";
    private boolean isNumbered;

    /**
     * An empty chart.
     *
     * @param title what it shows, in a few words
     * @param description what is to be seen on it, for those who cannot see it
     * @param lastStep end of the horizontal axis, which starts at step 0
     * @param values the vertical axis
     * @param tickLabel text of a tick of the vertical axis
     */
    LineChart(String title, String description, int lastStep, Axis values, DoubleFunction<String> tickLabel) {
        this.title = title;
        this.description = description;
        this.lastStep = Math.max(1, lastStep);
        this.values = values;
        this.tickLabel = tickLabel;
    }

    /** Names what the horizontal axis counts. */
    LineChart over(String what) {
        over = what;
        return this;
    }

    /** Names what the horizontal axis has side by side, numbered from 1: neither its start nor its end is one of them. */
    LineChart overEach(String what) {
        isNumbered = true;
        return over(what);
    }

    /** Adds an area between two curves of the same steps. */
    LineChart band(Series lower, Series upper) {
        List<Series.Point> back = new ArrayList<>(upper.points());
        Collections.reverse(back);
        String path = Stream.concat(lower.points().stream(), back.stream())
                .map(this::place)
                .collect(Collectors.joining(" L", "M", "Z"));
        drawn.add(Html.of("<path class=\"band\" d=\"{}\"/>", path));
        return this;
    }

    /** Adds an upright stroke from a value to another at one step. */
    LineChart whisker(Series.Point low, double high) {
        drawn.add(Html.of("<path class=\"whisker\" d=\"M{} V{}\"/>", place(low), coordinate(1 - values.share(high))));
        return this;
    }

    /** Adds a curve. */
    LineChart line(Series series, String style) {
        String path = series.points().stream().map(this::place).collect(Collectors.joining(" L", "M", ""));
        drawn.add(Html.of("<path class=\"line {}\" d=\"{}\"/>", style, path));
        return this;
    }

    /** Adds a dot for each point. */
    LineChart dots(Series series, String style) {
        String path =
                series.points().stream().map(point -> "M" + place(point) + "h0").collect(Collectors.joining());
        drawn.add(Html.of("<path class=\"dots {}\" d=\"{}\"/>", style, path));
        return this;
    }

    /** Adds a dot with a ring and words above it. */
    LineChart mark(Series.Point point, String words) {
        return mark(point, words, "");
    }

    /** Adds a dot with a ring and words at its side, clear of a whisker. */
    LineChart markAside(Series.Point point, String words) {
        return mark(point, words, "aside ");
    }

    private LineChart mark(Series.Point point, String words, String place) {
        dots(new Series(List.of(point)), "ring").dots(new Series(List.of(point)), "best");
        double x = (double) point.step() / lastStep;
        labels.add(Html.of(
                "<span class=\"mark {}\" style=\"left:{}%;top:{}%\">{}</span>",
                place + (x > 0.6 ? "left" : "right"), percent(x), percent(1 - values.share(point.value())), words));
        return this;
    }

    /** Adds a dashed level with words at its end. */
    LineChart level(double value, String words) {
        String y = coordinate(1 - values.share(value));
        drawn.add(Html.of("<path class=\"level\" d=\"M0 {} H{}\"/>", y, SIZE));
        labels.add(Html.of(
                "<span class=\"level-label\" style=\"top:{}%\">{}</span>", percent(1 - values.share(value)), words));
        return this;
    }

    /** The finished chart. */
    Html html() {
        Axis steps = Axis.counting(lastStep, 5);
        List<Html> grid = new ArrayList<>();
        List<Html> ticks = new ArrayList<>();
        for (double tick : values.ticks()) {
            double y = 1 - values.share(tick);
            grid.add(Html.of("<path class=\"grid\" d=\"M0 {} H{}\"/>", coordinate(y), SIZE));
            ticks.add(Html.of("<span class=\"y\" style=\"top:{}%\">{}</span>", percent(y), tickLabel.apply(tick)));
        }
        for (double tick : steps.ticks()) {
            double x = tick / lastStep;
            if (isNumbered ? x > 0 && x < 1 : x <= 1) {
                ticks.add(Html.of("<span class=\"x\" style=\"left:{}%\">{}</span>", percent(x), steps.label(tick)));
            }
        }
        return Html.of(
                """
                <div class="chart"><div class="plot"><svg viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" \
                aria-label="{}"><title>{}</title><desc>{}</desc>{}{}</svg>
                <div aria-hidden="true">{}{}</div></div><p class="axis" aria-hidden="true">{}</p></div>
                """,
                SIZE,
                SIZE,
                title + ". " + description,
                title,
                description,
                Html.join(grid),
                Html.join(drawn),
                Html.join(ticks),
                Html.join(labels),
                over);
    }

    private String place(Series.Point point) {
        return coordinate((double) point.step() / lastStep) + " " + coordinate(1 - values.share(point.value()));
    }

    private static String coordinate(double share) {
        return shortest(share * SIZE);
    }

    private static String percent(double share) {
        return shortest(share * 100);
    }

    private static String shortest(double value) {
        String text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
