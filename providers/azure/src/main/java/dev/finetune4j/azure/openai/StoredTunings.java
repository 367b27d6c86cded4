package dev.finetune4j.azure.openai;

import dev.finetune4j.spi.Leftover;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Files that jobs of finetune4j leave at the resource, which keeps few: what was sent for them, by its name, and the figures of those jobs. */
final class StoredTunings {
    /** Whoever has sent rows asks for their job soon after. */
    private static final Duration LAUNCHING = Duration.ofHours(1);

    private final TuningJobs jobs;
    private final TuningFiles files;
    private final Instant now;

    StoredTunings(TuningJobs jobs, TuningFiles files, Instant now) {
        this.jobs = jobs;
        this.files = files;
        this.now = now;
    }

    /**
     * The oldest first. Figures are results, and so is a training file as long as there is a job that has it: by its name the run is found, and
     * its figures, of which it is as old as the youngest.
     */
    List<Leftover> all() {
        List<TuningFile> there = files.all();
        Map<String, TuningFile> ours = new HashMap<>();
        there.stream().filter(file -> file.run().isPresent()).forEach(file -> ours.put(file.id(), file));
        if (ours.isEmpty()) {
            return List.of();
        }
        Map<String, TuningJob> byFile = new HashMap<>();
        Map<String, TuningFile> ofResult = new HashMap<>();
        for (TuningJob job : jobs.all()) {
            TuningFile trained = ours.get(job.trainingFile());
            if (trained != null) {
                ours.values().stream()
                        .filter(file -> file.run().equals(trained.run()))
                        .forEach(file -> byFile.merge(file.id(), job, StoredTunings::needier));
                job.resultFiles().forEach(id -> ofResult.put(id, trained));
            }
        }
        Map<TuningFile, Instant> lastOf = new HashMap<>();
        there.stream()
                .filter(file -> ofResult.containsKey(file.id()))
                .forEach(file -> lastOf.merge(ofResult.get(file.id()), file.createdAt(), StoredTunings::later));
        List<Leftover> all = new ArrayList<>();
        for (TuningFile file : there) {
            TuningFile owner = ofResult.getOrDefault(file.id(), ours.get(file.id()));
            if (owner != null) {
                String use =
                        ofResult.containsKey(file.id()) ? "" : use(file, Optional.ofNullable(byFile.get(file.id())));
                boolean isResult =
                        ofResult.containsKey(file.id()) || (file.isTraining() && byFile.containsKey(file.id()));
                all.add(new Leftover(
                        file.id(),
                        owner.run().orElseThrow(),
                        file.bytes(),
                        later(file.createdAt(), lastOf.getOrDefault(file, file.createdAt())),
                        isResult,
                        use));
            }
        }
        return all;
    }

    private static TuningJob needier(TuningJob one, TuningJob other) {
        return one.hasEnded() ? other : one;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private String use(TuningFile file, Optional<TuningJob> job) {
        if (job.isPresent()) {
            return job.get().hasEnded()
                    ? ""
                    : job.get().id() + ", which is " + job.get().status();
        }
        return file.createdAt().plus(LAUNCHING).isAfter(now) ? "a launch may be under way" : "";
    }

    /** Removes a file; figures before the training file by which they are found, whenever this is broken off. */
    void remove(Leftover leftover) {
        if (leftover.isResult()) {
            jobs.all().stream()
                    .filter(job -> job.trainingFile().equals(leftover.reference()))
                    .flatMap(job -> job.resultFiles().stream())
                    .forEach(files::delete);
        }
        files.delete(leftover.reference());
    }
}
