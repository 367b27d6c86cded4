package dev.finetune4j.aws.internal.jobs;

import dev.finetune4j.aws.s3.S3Store;
import dev.finetune4j.aws.s3.StoredFolder;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.ComingLaunches;
import dev.finetune4j.spi.Leftover;
import dev.finetune4j.spi.StagedOrder;
import dev.finetune4j.value.RunId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.sagemaker.model.Channel;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.TrainingJob;

/** What lies in S3 of jobs, and which of it a job that has not ended needs. What has another form of name is not ours and not told. */
final class StoredJobs {
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
        List<Pile> orders = piles(StagedOrder.FOLDER, false);
        List<Pile> perRun = new ArrayList<>(orders);
        perRun.addAll(piles(StoreLayout.CHECKPOINTS, false));
        perRun.addAll(piles(StoreLayout.RESULTS, true));
        List<StoredFolder> staged = store.staged();
        Needs needs = new Needs(new ComingLaunches(now, staged.stream().map(StoredFolder::lastStored)));
        addUnfinished(needs, unfinished, perRun);
        orders.forEach(needs::addIfLaunching);
        List<Leftover> all = new ArrayList<>();
        perRun.forEach(pile -> all.add(pile.leftover(needs.uses.getOrDefault(pile.run(), ""))));
        for (StoredFolder input : staged) {
            all.add(new Leftover(
                    input.address(), null, input.bytes(), input.lastStored(), false, needs.ofInput(input.address())));
        }
        return all;
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
        private final ComingLaunches coming;

        Needs(ComingLaunches coming) {
            this.coming = coming;
        }

        void add(TrainingJob job) {
            add(TrainingJobs.run(job), job.trainingJobName(), job.trainingJobStatusAsString(), job.inputDataConfig());
        }

        /** A search may not know a job yet that was launched a moment ago, and one that is not there may come. */
        void addIfLaunching(Pile order) {
            RunId run = order.run();
            Instant stored = order.files().lastStored();
            if (uses.containsKey(run) || !coming.mayBelongToOne(stored)) {
                return;
            }
            List<DescribeTrainingJobResponse> launches = new Launches(jobs).of(run);
            coming.tell(stored, last(launches).map(DescribeTrainingJobResponse::creationTime));
            addUnlessEnded(run, launches);
        }

        void addUnlessEnded(RunId run, List<DescribeTrainingJobResponse> launches) {
            last(launches)
                    .filter(job -> !TrainingJobs.hasEnded(job))
                    .ifPresent(job ->
                            add(run, job.trainingJobName(), job.trainingJobStatusAsString(), job.inputDataConfig()));
        }

        private void add(RunId run, String name, String status, List<Channel> channels) {
            uses.put(run, name + ", which is " + status);
            channels.forEach(channel -> inputs.add(address(channel)));
        }

        String ofInput(String address) {
            return coming.use(inputs.contains(address));
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
        if (run != null
                && last(launches).filter(job -> !TrainingJobs.hasEnded(job)).isPresent()) {
            throw SageMakerErrors.wrongState(run, RunState.TRAINING, "its files are needed until it has ended");
        }
        store.delete(leftover.reference());
    }

    private static Optional<DescribeTrainingJobResponse> last(List<DescribeTrainingJobResponse> launches) {
        return launches.isEmpty() ? Optional.empty() : Optional.of(launches.get(launches.size() - 1));
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
