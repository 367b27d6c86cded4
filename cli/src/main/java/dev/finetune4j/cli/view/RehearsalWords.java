package dev.finetune4j.cli.view;

import dev.finetune4j.data.Quantiles;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.run.Rehearsal;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a rehearsal measured, in words. */
final class RehearsalWords {
    private static final DateTimeFormatter MINUTES =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

    private RehearsalWords() {}

    /** In a sentence: when, whether it learns, how fast, how much memory. */
    static String of(Rehearsal rehearsal) {
        Rehearsal.Training training = rehearsal.training();
        return when(rehearsal) + ": " + steps(training) + ", " + loss(training) + "; "
                + number("%.0f", training.timedTokens() / training.timedSeconds()) + " tokens a second"
                + (rehearsal.peakBytes() > 0 ? ", peak " + Figures.bytes(rehearsal.peakBytes()) : "")
                + (rehearsal.wasDisturbed() ? "; other programs computed beside it" : "");
    }

    /** Figure by figure. */
    static List<String> lines(Rehearsal rehearsal) {
        Rehearsal.Training training = rehearsal.training();
        Quantiles tokens = training.rowTokens();
        List<String> lines = new ArrayList<>();
        lines.add("rehearsal " + when(rehearsal) + ": " + steps(training));
        lines.add("loss of the first step's rows, nats a token: " + loss(training));
        lines.add("tokens of every training row: p50 " + Figures.count(tokens.p50()) + ", p90 "
                + Figures.count(tokens.p90()) + ", max " + Figures.count(tokens.max())
                + "; computed of a micro-batch at most "
                + Figures.count(training.largestBatchTokens()) + ", all steps "
                + Figures.count(training.plannedTokens()));
        lines.add("start-up " + number("%.1f s", rehearsal.startUpSeconds()) + "; "
                + Figures.count(training.timedTokens()) + " tokens of timed steps in "
                + number("%.1f s", training.timedSeconds()) + "; a validation loss in "
                + number("%.1f s", training.validationSeconds()));
        lines.add("checkpoint of " + Figures.bytes(training.checkpointBytes()) + " written in "
                + number("%.2f s", training.checkpointSeconds()) + ", read again, the same bytes");
        for (Rehearsal.AnswerPace pace : rehearsal.answers()) {
            lines.add(pace.variant().name().toLowerCase(Locale.ROOT).replace('_', '-') + ": "
                    + pace.rows() + " of " + Figures.count(pace.totalRows()) + " answers in "
                    + number("%.1f s", pace.seconds()) + ", all in about "
                    + number("%.0f s", pace.wholeSeconds()));
        }
        if (rehearsal.peakBytes() > 0) {
            lines.add("peak memory " + Figures.bytes(rehearsal.peakBytes()) + ", foreseen "
                    + Figures.bytes(rehearsal.foreseenPeakBytes()));
        }
        return lines;
    }

    private static String when(Rehearsal rehearsal) {
        return MINUTES.format(rehearsal.at()) + " UTC";
    }

    private static String steps(Rehearsal.Training training) {
        return training.steps() + " of " + Figures.steps(training.plannedSteps());
    }

    private static String loss(Rehearsal.Training training) {
        return number("%.3f", training.lossBefore()) + " before, " + number("%.3f", training.lossAfter()) + " after";
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
