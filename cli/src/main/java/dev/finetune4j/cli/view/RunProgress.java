package dev.finetune4j.cli.view;

import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is known of a run from its events so far, in the words of the live line. Not safe for use by several threads. */
final class RunProgress {
    /** Weight of the newest loss in the running mean that the trend is read from. */
    private static final double NEWEST_WEIGHT = 0.1;

    /** A change below this share of the mean counts as flat. */
    private static final double FLAT = 0.002;

    private RunState state = RunState.PREPARED;
    private String message = "starting";
    private String count = "";
    private Instant stateSince;
    private RunEvent.@Nullable StepCompleted step;
    private RunEvent.@Nullable PredictionProgress prediction;
    private RunEvent.@Nullable Spent spent;
    private final NavigableMap<Integer, Double> losses = new TreeMap<>();
    private double meanLoss = Double.NaN;
    private double meanLossBefore = Double.NaN;
    private double secondsPerStep = Double.NaN;
    private @Nullable Instant lastStepAt;

    RunProgress(Instant start) {
        stateSince = start;
    }

    /** Takes one event in. */
    void accept(RunEvent event) {
        if (event instanceof RunEvent.StateChanged change) {
            enter(change.state(), change.message(), change.at());
        } else if (event instanceof RunEvent.StepCompleted done) {
            enterSilently(RunState.TRAINING, done.at());
            take(done);
        } else if (event instanceof RunEvent.PredictionProgress rows) {
            enterSilently(RunState.EVALUATING, rows.at());
            prediction = rows;
        } else if (event instanceof RunEvent.Spent told) {
            spent = told;
        }
    }

    /** A new phase of the client's own work, before the run exists. */
    void enter(RunState newState, String newMessage, Instant at) {
        if (newState != state || !newMessage.equals(message)) {
            stateSince = at;
            count = "";
        }
        state = newState;
        message = newMessage;
    }

    /** How far the present phase is; in the line for a person alone. */
    void count(int doneRows, int totalRows) {
        count = String.format(Locale.ROOT, "  %d/%d rows", doneRows, totalRows);
    }

    /** The live line for a person. */
    String line(Instant now) {
        String cost = spent == null
                ? ""
                : (spent.atMost() ? " | spent at most " : " | spent ")
                        + PlanFigures.money(spent.spent().amount()) + " of " + spent.budget();
        return lineOfState(now) + cost;
    }

    private String lineOfState(Instant now) {
        if (state == RunState.TRAINING && step != null) {
            return trainingLine(step);
        }
        if (state == RunState.EVALUATING && prediction != null) {
            return String.format(
                    Locale.ROOT,
                    "evaluating %s  %d/%d rows  %s",
                    words(prediction.variant()),
                    prediction.rows(),
                    prediction.totalRows(),
                    Figures.duration(Duration.between(stateSince, now)));
        }
        String what = message.isEmpty() ? state.name().toLowerCase(Locale.ROOT) : message;
        return what + count + "  " + Figures.duration(Duration.between(stateSince, now));
    }

    /** The same as key=value for logs. */
    String keyValues(Instant now) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("state", state.name().toLowerCase(Locale.ROOT));
        if (state == RunState.TRAINING && step != null) {
            values.put("step", step.steps() > 0 ? step.step() + "/" + step.steps() : Integer.toString(step.step()));
            values.put("epoch", decimals("%.2f", step.epoch()));
            values.put("loss", decimals("%.4f", step.loss()));
            values.put("trend", trendWord());
            values.put("tokens_per_second", decimals("%.0f", step.tokensPerSecond()));
            values.put("learning_rate", decimals("%.1e", step.learningRate()));
            values.values().removeIf("NaN"::equals); // what a place does not tell
            if (step.steps() > 0) {
                values.put("eta_seconds", String.valueOf(timeLeft(step).toSeconds()));
            }
            if (step.residentBytes() >= 0) {
                values.put("memory_bytes", String.valueOf(step.residentBytes()));
            }
        } else if (state == RunState.EVALUATING && prediction != null) {
            values.put("variant", words(prediction.variant()).replace(' ', '-'));
            values.put("rows", prediction.rows() + "/" + prediction.totalRows());
        } else {
            values.put(
                    "seconds", String.valueOf(Duration.between(stateSince, now).toSeconds()));
            if (!message.isEmpty()) {
                values.put("doing", '"' + message + '"');
            }
        }
        if (spent != null) {
            values.put("spent", '"' + spent.spent().toString() + '"');
            values.put("budget", '"' + spent.budget().toString() + '"');
        }
        return values.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(" "));
    }

    /** The last step that is done, in one line; empty before the first. */
    String reached() {
        RunEvent.StepCompleted done = step;
        return done == null
                ? ""
                : "so far: step " + done.step() + (done.steps() > 0 ? " of " + done.steps() : "") + ", loss "
                        + decimals("%.3f", done.loss());
    }

    /** The loss from the first step to the last, each as it was last taken, in one line; empty before the first step. */
    String lossCurve(int width) {
        List<Double> curve = List.copyOf(losses.values());
        return curve.isEmpty()
                ? ""
                : String.format(
                        Locale.ROOT,
                        "loss %.3f %s %.3f",
                        curve.get(0),
                        Sparkline.of(curve, width),
                        curve.get(curve.size() - 1));
    }

    /** The variant in words. */
    static String words(Variant variant) {
        return switch (variant) {
            case BASE_PRIOR -> "label shares";
            case BASE_ZERO_SHOT -> "base zero-shot";
            case BASE_FEW_SHOT -> "base few-shot";
            case TUNED -> "tuned";
        };
    }

    /** What a place does not tell is left out. */
    private String trainingLine(RunEvent.StepCompleted done) {
        boolean hasEnd = done.steps() > 0;
        List<String> parts = new ArrayList<>();
        parts.add(
                hasEnd
                        ? String.format(
                                Locale.ROOT,
                                "step %d/%d %d%%",
                                done.step(),
                                done.steps(),
                                100L * done.step() / done.steps())
                        : "step " + done.step());
        parts.add(String.format(Locale.ROOT, "loss %.3f %s", done.loss(), trendArrow()));
        if (!Double.isNaN(done.tokensPerSecond())) {
            parts.add(String.format(Locale.ROOT, "%.0f tok/s", done.tokensPerSecond()));
        }
        if (!Double.isNaN(done.learningRate())) {
            parts.add("lr " + decimals("%.1e", done.learningRate()).replace("e-0", "e-"));
        }
        if (hasEnd) {
            parts.add("eta " + compact(timeLeft(done)));
        }
        if (done.residentBytes() >= 0) {
            parts.add(Figures.bytes(done.residentBytes()));
        }
        return String.join(" | ", parts);
    }

    private void enterSilently(RunState newState, Instant at) {
        if (state != newState && !state.isTerminal() && state != RunState.STOPPING) {
            enter(newState, "", at);
        }
    }

    private void take(RunEvent.StepCompleted done) {
        if (lastStepAt != null && step != null && done.step() == step.step() + 1) {
            double seconds = Duration.between(lastStepAt, done.at()).toMillis() / 1000.0;
            secondsPerStep = mix(secondsPerStep, seconds);
        }
        lastStepAt = done.at();
        losses.tailMap(done.step(), true)
                .clear(); // whoever goes on from a checkpoint goes over the steps after it again
        losses.put(done.step(), done.loss());
        meanLossBefore = meanLoss;
        meanLoss = mix(meanLoss, done.loss());
        step = done;
    }

    private Duration timeLeft(RunEvent.StepCompleted done) {
        double perStep =
                Double.isNaN(secondsPerStep) ? done.tokens() / Math.max(1e-9, done.tokensPerSecond()) : secondsPerStep;
        return Duration.ofMillis(Math.round(1000 * perStep * Math.max(0, done.steps() - done.step())));
    }

    private String trendArrow() {
        return switch (trendWord()) {
            case "falling" -> "\u2193";
            case "rising" -> "\u2191";
            default -> "\u2192";
        };
    }

    private String trendWord() {
        double change = (meanLoss - meanLossBefore) / Math.max(1e-9, Math.abs(meanLoss));
        return change < -FLAT ? "falling" : change > FLAT ? "rising" : "flat";
    }

    /** Short enough for the live line: {@code 4m56s}. */
    private static String compact(Duration duration) {
        return Figures.duration(duration)
                .replace(" min", "m")
                .replace(" s", "s")
                .replace(" h", "h")
                .replace(" ", "");
    }

    private static String decimals(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    private static double mix(double mean, double newest) {
        return Double.isNaN(mean) ? newest : mean + NEWEST_WEIGHT * (newest - mean);
    }
}
