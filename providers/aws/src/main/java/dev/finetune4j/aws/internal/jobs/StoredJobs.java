package dev.finetune4j.aws.internal.jobs;

import dev.finetune4j.aws.s3.S3Store;
import dev.finetune4j.aws.s3.StoredFolder;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.Leftover;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.sagemaker.model.Channel;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.TrainingJob;

/** What lies in S3 of jobs, and which of it a job that has not ended needs. What has another form of name is not ours and not told. */
final class StoredJobs {
    /** A launch that has staged its order, or an input, goes on soon after. */
    private static final Duration LAUNCHING = Duration.ofHours(1);

    /** How long the upload of what a launch needs may take; an order that is older belongs to none. */
    private static final Duration UPLOADING = Duration.ofDays(1);

    /** Job, start of a digest, attempt, no longer than a run's id, and which launch where it was launched again: nobody else calls a folder so. */
    private static final Predicate<String> IS_RUN = Pattern.compile(
                    "(?=.{1,63}(-r\\d{1,4})?$)[a-zA-Z0-9][a-zA-Z0-9-]{0,50}-[0-9a-f]{8}-\\d{1,6}(-r\\d{1,4})?")
            .asMatchPredicate();

    private final S3Store store;
    private final TrainingJobs jobs;
    private final Instant now;

    StoredJobs(S3Store store, TrainingJobs jobs, Instant now) {
        this.store = store;
        this.jobs = jobs;
        this.now = now;
    }

    /**
     * All that lies there, by kind and then by name.
     *
     * @param unfinished asks once for all jobs that have not ended; each that may be about to begin is asked for besides
     */
    List<Leftover> all(Supplier<List<TrainingJob>> unfinished) {
        List<Pile> orders = piles(StoreLayout.ORDERS, false);
        List<Pile> perRun = new ArrayList<>(orders);
        perRun.addAll(piles(StoreLayout.CHECKPOINTS, false));
        perRun.addAll(piles(StoreLayout.RESULTS, true));
        Needs needs = new Needs();
        addUnfinished(needs, unfinished, perRun);
        List<StoredFolder> staged = store.staged();
        boolean areInputsComing = staged.stream().anyMatch(this::isYoung); // an order goes before them, and is older
        orders.stream()
                .filter(order -> isWithin(areInputsComing ? UPLOADING : LAUNCHING, order.files()))
                .map(Pile::run)
                .forEach(needs::addIfLaunching);
        List<Leftover> all = new ArrayList<>();
        perRun.forEach(pile -> all.add(pile.leftover(needs.uses.getOrDefault(pile.run(), ""))));
        for (StoredFolder input : staged) {
            all.add(new Leftover(
                    input.address(), null, input.bytes(), input.lastStored(), false, needs.ofInput(input.address())));
        }
        return all;
    }

    private boolean isYoung(StoredFolder folder) {
        return isWithin(LAUNCHING, folder);
    }

    private boolean isWithin(Duration age, StoredFolder folder) {
        return folder.lastStored().plus(age).isAfter(now);
    }

    /** Where the caller may not search, each run is asked for by its name. */
    private void addUnfinished(Needs needs, Supplier<List<TrainingJob>> unfinished, List<Pile> perRun) {
        try {
            unfinished.get().forEach(needs::add);
        } catch (FineTuneException e) {
            if (!e.problems().get(0).kind().equals(SageMakerProblems.DENIED)) {
                throw e;
            }
            perRun.stream()
                    .map(Pile::run)
                    .distinct()
                    .forEach(run -> needs.addUnlessEnded(run, new Launches(jobs).of(run)));
        }
    }

    /** What jobs need that have not ended. */
    private final class Needs {
        private final Map<RunId, String> uses = new LinkedHashMap<>();
        private final Set<String> inputs = new HashSet<>();
        private boolean mayBeLaunching;

        void add(TrainingJob job) {
            add(TrainingJobs.run(job), job.trainingJobName(), job.trainingJobStatusAsString(), job.inputDataConfig());
        }

        /** A search may not know a job yet that was launched a moment ago, and one that is not there may come. */
        void addIfLaunching(RunId run) {
            if (uses.containsKey(run)) {
                return;
            }
            List<DescribeTrainingJobResponse> launches = new Launches(jobs).of(run);
            mayBeLaunching |= launches.isEmpty();
            addUnlessEnded(run, launches);
        }

        void addUnlessEnded(RunId run, List<DescribeTrainingJobResponse> launches) {
            if (!launches.isEmpty()) {
                DescribeTrainingJobResponse last = launches.get(launches.size() - 1);
                if (!TrainingJobs.hasEnded(last)) {
                    add(run, last.trainingJobName(), last.trainingJobStatusAsString(), last.inputDataConfig());
                }
            }
        }

        private void add(RunId run, String name, String status, List<Channel> channels) {
            uses.put(run, name + ", which is " + status);
            channels.forEach(channel -> inputs.add(address(channel)));
        }

        String ofInput(String address) {
            return inputs.contains(address)
                    ? "a job that has not ended"
                    : mayBeLaunching ? "a launch may be under way" : "";
        }
    }

    /**
     * Removes what {@link #all} told.
     *
     * @throws FineTuneException with FT0849 if its run goes on after all: a search does not know yet what was resumed a moment ago
     */
    void remove(Leftover leftover) {
        RunId run = leftover.run();
        List<DescribeTrainingJobResponse> launches = run == null ? List.of() : new Launches(jobs).of(run);
        if (run != null && !launches.isEmpty() && !TrainingJobs.hasEnded(launches.get(launches.size() - 1))) {
            throw SageMakerErrors.wrongState(run, RunState.TRAINING, "its files are needed until it has ended");
        }
        store.delete(leftover.reference());
    }

    private static String address(Channel channel) {
        return channel.dataSource().s3DataSource().s3Uri();
    }

    /** Files of one launch, or of all launches of a run. */
    private record Pile(StoredFolder files, boolean isResult) {
        /** Resumed launches leave their output under names of their own. */
        RunId run() {
            return Launches.run(files.name());
        }

        Leftover leftover(String use) {
            return new Leftover(files.address(), run(), files.bytes(), files.lastStored(), isResult, use);
        }
    }

    private List<Pile> piles(String folder, boolean isResult) {
        return store.folders(folder).stream()
                .filter(files -> IS_RUN.test(files.name()))
                .map(files -> new Pile(files, isResult))
                .toList();
    }
}
