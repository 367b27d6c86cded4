package dev.finetune4j.worker;

import dev.finetune4j.data.Example;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.Rehearsal;
import dev.finetune4j.run.Rehearsal.AnswerPace;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.training.durable.DurableFiles;
import dev.finetune4j.training.loop.StopSignal;
import dev.finetune4j.training.loop.TrainingLoop.Surroundings;
import dev.finetune4j.training.problem.WriteFailure;
import dev.finetune4j.training.rows.ExampleReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Does {@link WorkStep.Rehearse}: the first steps of a training and some answers, and what they took. */
final class RehearseStep {
    private final WorkSite site;
    private final WorkStep.Rehearse step;
    private final AnswerSession answers;

    RehearseStep(WorkSite site, WorkStep.Rehearse step, AnswerSession answers) {
        this.site = site;
        this.step = step;
        this.answers = answers;
    }

    /** Whether an earlier worker finished it. */
    boolean isComplete() {
        return Files.exists(report());
    }

    /** Rehearses; the reason why it stopped before the end, if it did. */
    Optional<String> run() {
        Optional<Duration> diskBefore = site.diskWait();
        TrainStep training = new TrainStep(site, step.train());
        Optional<Rehearsal.Training> trained = training.rehearse(step.extent());
        if (trained.isEmpty()) {
            return site.surroundings().stop().reason();
        }
        List<AnswerPace> paces = new ArrayList<>();
        for (WorkStep.Predict predict : step.answers()) {
            site.enter(
                    RunState.EVALUATING,
                    predict.variant().name().toLowerCase(Locale.ROOT).replace('_', '-') + " answers some rows",
                    null);
            paces.add(pace(predict));
            site.lookAtThreads();
            Optional<String> stop = site.surroundings().stop().reason();
            if (stop.isPresent()) {
                return stop;
            }
        }
        Duration startUp =
                Duration.between(site.ticket().submittedAt(), trained.get().begunAt());
        Rehearsal rehearsal = new Rehearsal(
                site.now(),
                startUp.toNanos() / 1e9,
                diskBefore
                        .flatMap(earlier -> training.diskWaitBefore().map(later -> later.minus(earlier)))
                        .map(waited -> waited.toNanos() / 1e9)
                        .orElse(null),
                trained.get(),
                paces,
                site.peakResidentBytes(),
                training.foreseenPeakBytes(),
                site.waitingShare().orElse(null));
        try {
            DurableFiles.write(report(), Json.pretty(rehearsal));
        } catch (IOException e) {
            throw WriteFailure.of("report of the rehearsal", report(), e);
        }
        return Optional.empty();
    }

    private AnswerPace pace(WorkStep.Predict predict) {
        List<Example> all = read(AnswerSession.rows(site, predict));
        List<Example> sample = sample(all, step.extent().rows());
        Path folder = site.folder().root().resolve("rehearsal");
        Path rows = folder.resolve("rows.jsonl");
        write(rows, sample);
        Watch watch = new Watch();
        Instant begun = site.now();
        var unused = answers.run(
                predict, rows, folder.resolve(predict.variant().fileName()), watch.surroundings(site.surroundings()));
        double seconds = seconds(begun, site.now());
        long answered = watch.rows;
        double fixed = watch.begun == null ? 0 : seconds(begun, watch.begun);
        double answering = watch.begun == null || watch.told == null ? 0 : seconds(watch.begun, watch.told);
        double share = allCharacters(all) / Math.max(1, allCharacters(sample.subList(0, (int) answered)));
        return new AnswerPace(predict.variant(), answered, all.size(), seconds, fixed + answering * share);
    }

    /**
     * Rows of every length, the longest first, so that memory comes to its peak at once; after it long and short ones take turns, so that any number
     * of them from the first on is like the whole.
     */
    static List<Example> sample(List<Example> all, int count) {
        List<Example> byLength = all.stream()
                .sorted(Comparator.comparingLong((Example row) -> -characters(row)))
                .toList();
        if (count >= all.size()) {
            return byLength;
        }
        List<Example> sample = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            // Multiples of the golden ratio, modulo 1, lie evenly however many there are.
            double place = i * 0.6180339887498949 % 1;
            sample.add(byLength.get((int) (place * byLength.size())));
        }
        return sample.stream().distinct().toList();
    }

    private static long characters(Example row) {
        if (row instanceof Example.Passage passage) {
            return passage.text().length();
        }
        return ((Example.Conversation) row)
                .messages().stream()
                        .mapToLong(message -> message.content().length())
                        .sum();
    }

    private static double allCharacters(List<Example> rows) {
        return rows.stream().mapToLong(RehearseStep::characters).sum();
    }

    private static List<Example> read(Path file) {
        List<Example> rows = new ArrayList<>();
        try (ExampleReader reader = ExampleReader.open(file)) {
            for (Example row = reader.next(); row != null; row = reader.next()) {
                rows.add(row);
            }
        }
        return rows;
    }

    private static void write(Path file, List<Example> rows) {
        StringBuilder lines = new StringBuilder();
        rows.forEach(row -> lines.append(Json.line(row)).append('\n'));
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            DurableFiles.write(file, lines.toString());
        } catch (IOException e) {
            throw WriteFailure.of("rows of the rehearsal", file, e);
        }
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e9;
    }

    private Path report() {
        return site.folder().output().resolve(WorkOrder.REHEARSAL_FILE);
    }

    /** Hears when rows begin to be answered and how many are, and ends it when it has taken long enough. */
    private final class Watch {
        private @Nullable Instant begun;
        private @Nullable Instant told;
        private long rows;
        private boolean isOver; // said between two batches only, so that none that has begun is broken off

        Surroundings surroundings(Surroundings outer) {
            StopSignal stop = () ->
                    outer.stop().reason().or(() -> isOver ? Optional.of("enough rows are answered") : Optional.empty());
            return new Surroundings(event -> hear(event, outer), stop, outer.clock(), outer.residentBytes());
        }

        private void hear(RunEvent event, Surroundings outer) {
            if (event instanceof RunEvent.PredictionProgress progress) {
                Instant first = begun == null ? progress.at() : begun;
                begun = first;
                told = progress.at();
                rows = progress.rows();
                isOver = rows > 0
                        && Duration.between(first, progress.at())
                                        .compareTo(step.extent().answerTime())
                                >= 0;
            }
            outer.events().accept(event);
        }
    }
}
