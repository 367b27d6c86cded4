package dev.finetune4j.azure.openai;

import dev.finetune4j.spi.Leftover;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What jobs of finetune4j leave at the resource, which keeps little of it: what was sent for them, by its name, the records of those jobs, and
 * their figures.
 */
final class StoredTunings {
    /** In a reference, between the records of jobs and the training file by which alone they are known to be ours. */
    private static final String NEXT = "/";

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
     * The oldest first. Figures are results, and so is a training file with the records of the jobs that have it: by its name the run is found, and
     * its figures. It is as old as the youngest of all these.
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
        Map<TuningFile, List<String>> records = new HashMap<>();
        Map<TuningFile, Instant> lastOf = new HashMap<>();
        for (TuningJob job : jobs.all()) {
            TuningFile trained = ours.get(job.trainingFile());
            if (trained != null) {
                ours.values().stream()
                        .filter(file -> file.run().equals(trained.run()))
                        .forEach(file -> byFile.merge(file.id(), job, StoredTunings::needier));
                job.resultFiles().forEach(id -> ofResult.put(id, trained));
                records.computeIfAbsent(trained, file -> new ArrayList<>()).add(job.id());
                Optional.ofNullable(AzureOpenAiStatusMapper.endOf(job))
                        .ifPresent(end -> lastOf.merge(trained, end, StoredTunings::later));
            }
        }
        there.stream()
                .filter(file -> ofResult.containsKey(file.id()))
                .forEach(file -> lastOf.merge(ofResult.get(file.id()), file.createdAt(), StoredTunings::later));
        List<Leftover> all = new ArrayList<>();
        for (TuningFile file : there) {
            TuningFile owner = ofResult.getOrDefault(file.id(), ours.get(file.id()));
            if (owner != null) {
                String use =
                        ofResult.containsKey(file.id()) ? "" : use(file, Optional.ofNullable(byFile.get(file.id())));
                List<String> jobsOf = records.getOrDefault(file, List.of());
                boolean isResult = ofResult.containsKey(file.id()) || !jobsOf.isEmpty();
                all.add(new Leftover(
                        String.join(NEXT, jobsOf) + (jobsOf.isEmpty() ? "" : NEXT) + file.id(),
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

    /** Removes what is found by something else before that, whenever this is broken off: figures, the record that names them, the training file. */
    void remove(Leftover leftover) {
        List<String> parts = List.of(leftover.reference().split(NEXT, -1));
        int last = parts.size() - 1;
        for (String record : parts.subList(0, last)) {
            jobs.find(record).ifPresent(job -> {
                job.resultFiles().forEach(files::delete);
                jobs.delete(job);
            });
        }
        files.delete(parts.get(last));
    }
}
