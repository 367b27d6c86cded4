package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.estimate.TrainingSetup.Method;
import dev.finetune4j.plan.Fit;
import dev.finetune4j.testkit.GoldenFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The tables of docs/estimates.md are what the shipped runs give; {@code -Dgolden.rewrite=true} writes them anew. */
class EstimatesPageTest {
    private static final Path PAGE = Path.of("../../docs/estimates.md");
    private static final double USUAL_MFU = 0.35;
    private static final Set<String> FURTHER =
            PublishedTables.further().runs().stream().map(PublishedRun::source).collect(Collectors.toSet());

    @Test
    void thePageHasPlacesForTheTables() throws IOException {
        assertThat(Files.readString(PAGE))
                .contains("<!-- figures -->", "<!-- end of figures -->")
                .contains("<!-- further figures -->", "<!-- end of further figures -->")
                .contains("<!-- validation figures -->", "<!-- end of validation figures -->")
                .contains("<!-- peers -->", "<!-- end of peers -->");
    }

    @Test
    @Tag("slow")
    void theTablesAreThoseOfTheShippedRuns() throws IOException {
        UnseenRuns unseen = new UnseenRuns();
        List<Judged> memory = unseen.judged(Quantity.MEMORY);
        List<Judged> speed = unseen.judged(Quantity.SPEED);

        String page = Files.readString(PAGE);
        String made = with(page, "figures", figures(first(memory), first(speed)) + "\n" + verdicts(unseen));
        made = with(made, "further figures", figures(further(memory), further(speed)));
        made = with(made, "validation figures", validation());
        made = with(made, "peers", peers(first(memory), first(speed)));
        if (Boolean.getBoolean(GoldenFiles.REWRITE)) {
            Files.writeString(PAGE, made);
        }

        assertThat(PAGE).content().isEqualTo(made);
    }

    private static String validation() {
        return figures(byShipped(Quantity.MEMORY), byShipped(Quantity.SPEED));
    }

    private static List<Judged> byShipped(Quantity quantity) {
        Calibration calibration = Calibration.shipped(quantity);
        return PublishedTables.validation().runs().stream()
                .filter(run -> quantity.observed(run).isUsable())
                .map(run -> Judged.of(quantity, calibration, run))
                .toList();
    }

    private static List<Judged> first(List<Judged> all) {
        return all.stream().filter(judged -> !isFurther(judged)).toList();
    }

    private static List<Judged> further(List<Judged> all) {
        return all.stream().filter(EstimatesPageTest::isFurther).toList();
    }

    private static boolean isFurther(Judged judged) {
        return FURTHER.contains(judged.run().source());
    }

    private static String with(String page, String name, String text) {
        String begin = "<!-- " + name + " -->\n";
        int from = page.indexOf(begin) + begin.length();
        return page.substring(0, from) + text + page.substring(page.indexOf("<!-- end of " + name + " -->"));
    }

    private static String figures(List<Judged> memory, List<Judged> speed) {
        StringBuilder table = new StringBuilder("""
                | quantity | runs | median error | P90 error | inside P10 to P90 |
                |---|---|---|---|---|
                """);
        figure(table, "memory, all usable", memory, judged -> true);
        figure(
                table,
                "memory, complete configurations",
                memory,
                judged -> judged.run().isComplete());
        figure(table, "memory, all weights", memory, by(Method.FULL));
        figure(table, "memory, LoRA", memory, by(Method.LORA));
        figure(table, "memory, QLoRA", memory, by(Method.QLORA));
        figure(table, "memory, prompt and adapter tuning", memory, by(Method.PROMPT));
        figure(table, "tokens a second, all usable", speed, judged -> true);
        figure(table, "tokens a second, all weights", speed, by(Method.FULL));
        figure(table, "tokens a second, LoRA", speed, by(Method.LORA));
        figure(table, "tokens a second, QLoRA", speed, by(Method.QLORA));
        return table.toString();
    }

    private static Predicate<Judged> by(Method method) {
        return judged -> Objects.requireNonNull(judged.run().setup()).method() == method;
    }

    private static void figure(StringBuilder table, String name, List<Judged> all, Predicate<Judged> which) {
        List<Judged> judged = all.stream().filter(which).toList();
        if (judged.isEmpty()) {
            return; // no run of that method
        }
        table.append("| ").append(name).append(" | ").append(judged.size());
        table.append(errors(judged, Judged::error));
        Double inside = Quantiles.share(judged.stream().map(Judged::isInside).toList());
        table.append(String.format(Locale.ROOT, " | %.0f %% |%n", 100 * needed(inside)));
    }

    private static String errors(List<Judged> judged, ToDoubleFunction<Judged> error) {
        List<Double> errors = judged.stream().map(error::applyAsDouble).toList();
        return String.format(
                Locale.ROOT,
                " | %.1f %% | %.1f %%",
                100 * needed(Quantiles.median(errors)),
                100 * needed(Quantiles.quantile(errors, 0.9)));
    }

    private static double needed(@Nullable Double figure) {
        return Objects.requireNonNull(figure, "no run");
    }

    private static String verdicts(UnseenRuns unseen) {
        List<PublishedRun> ran = unseen.runs().stream()
                .filter(run -> run.hasVerdict() && !run.ranOutOfMemory())
                .toList();
        List<PublishedRun> failed = unseen.runs().stream()
                .filter(run -> run.hasVerdict() && run.ranOutOfMemory())
                .toList();
        return String.format(
                Locale.ROOT,
                """
                | verdict, out of the same folds | runs | fits | tight | too large |
                |---|---|---|---|---|
                | on runs that ran | %d | %d | %d | %d |
                | on runs that ran out of memory | %d | %d | %d | %d |
                """,
                ran.size(),
                count(unseen, ran, Fit.FITS),
                count(unseen, ran, Fit.TIGHT),
                count(unseen, ran, Fit.TOO_LARGE),
                failed.size(),
                count(unseen, failed, Fit.FITS),
                count(unseen, failed, Fit.TIGHT),
                count(unseen, failed, Fit.TOO_LARGE));
    }

    private static long count(UnseenRuns unseen, List<PublishedRun> runs, Fit fit) {
        return runs.stream().filter(run -> unseen.verdict(run) == fit).count();
    }

    private static String peers(List<Judged> memory, List<Judged> speed) {
        StringBuilder table = new StringBuilder("""
                | rule | runs | its median error | its P90 error | its P90 factor | our median error | our P90 error | our P90 factor | its P90 error / ours |
                |---|---|---|---|---|---|---|---|---|
                """);
        for (Peer peer : Peer.values()) {
            peer(table, "memory: " + peer.title(), memory, judged -> gib(peer, judged.run()));
            peer(
                    table,
                    "the same, complete configurations",
                    memory.stream().filter(judged -> judged.run().isComplete()).toList(),
                    judged -> gib(peer, judged.run()));
        }
        peer(
                table,
                "tokens a second: constant MFU of " + USUAL_MFU,
                speed,
                judged -> new ConstantMfu(USUAL_MFU).tokensPerSecond(judged.run()));
        List<PublishedRun> runs = speed.stream().map(Judged::run).toList();
        peer(table, "tokens a second: constant MFU, the median of each method on these very runs", speed, judged -> {
            Method method = Objects.requireNonNull(judged.run().setup()).method();
            return ConstantMfu.medianOf(runs, method).tokensPerSecond(judged.run());
        });
        return table.toString();
    }

    private static OptionalDouble gib(Peer peer, PublishedRun run) {
        return peer.gib(Objects.requireNonNull(run.architecture()), Objects.requireNonNull(run.setup()));
    }

    private interface Rule {
        OptionalDouble estimate(Judged judged);
    }

    private static void peer(StringBuilder table, String name, List<Judged> all, Rule rule) {
        List<Judged> answered =
                all.stream().filter(judged -> rule.estimate(judged).isPresent()).toList();
        if (answered.isEmpty()) {
            return;
        }
        ToDoubleFunction<Judged> its = judged -> rule.estimate(judged).orElseThrow() / judged.observed();
        ToDoubleFunction<Judged> ours = judged -> judged.range().likely() / judged.observed();
        table.append("| ").append(name).append(" | ").append(answered.size());
        table.append(errors(answered, off(its))).append(factor(answered, its));
        table.append(errors(answered, off(ours))).append(factor(answered, ours));
        double ratio = p90(answered, off(its)) / p90(answered, off(ours));
        table.append(String.format(Locale.ROOT, " | %.1f |%n", ratio));
    }

    private static ToDoubleFunction<Judged> off(ToDoubleFunction<Judged> share) {
        return judged -> Math.abs(share.applyAsDouble(judged) - 1);
    }

    /** How many times too much or too little nine of ten estimates are at most. */
    private static String factor(List<Judged> judged, ToDoubleFunction<Judged> share) {
        double factor = p90(judged, one -> Math.max(share.applyAsDouble(one), 1 / share.applyAsDouble(one)));
        return String.format(Locale.ROOT, " | x %.1f", factor);
    }

    private static double p90(List<Judged> judged, ToDoubleFunction<Judged> error) {
        List<Double> errors = new ArrayList<>();
        judged.forEach(one -> errors.add(error.applyAsDouble(one)));
        return needed(Quantiles.quantile(errors, 0.9));
    }
}
