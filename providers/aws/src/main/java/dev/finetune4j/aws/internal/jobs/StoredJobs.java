package dev.finetune4j.aws.internal.jobs;

import dev.finetune4j.aws.s3.S3Store;
import dev.finetune4j.aws.s3.StoredFile;
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
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sagemaker.model.Channel;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.TrainingJob;

/** What lies in S3 of jobs, and which of it a job that has not ended needs. What has another form of name is not ours and not told. */
final class StoredJobs {
    /** A launch that has staged its order asks for its machine soon after. */
    private static final Duration LAUNCHING = Duration.ofHours(1);

    private static final String RESULTS = StoreLayout.RESULTS + "/";
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
    /** Job, start of a digest, attempt, and where it was launched again which launch: nobody else calls a folder so. */
    private static final Pattern RUN =
            Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9-]{0,50}-[0-9a-f]{8}-\\d{1,6}(-r\\d{1,4})?");

    private static final Pattern RESUMED = Pattern.compile("-r\\d{1,4}$");

    private final S3Store store;
    private final TrainingJobs jobs;
    private final Instant now;

    StoredJobs(S3Store store, TrainingJobs jobs, Instant now) {
        this.store = store;
        this.jobs = jobs;
        this.now = now;
    }

    /** All that lies there, by kind and then by name. Asks once for all jobs that have not ended, and for those that may be about to begin. */
    List<Leftover> all() {
        List<Pile> orders = piles(StoreLayout.ORDERS, RUN.asMatchPredicate());
        List<Pile> perRun = new ArrayList<>(orders);
        perRun.addAll(piles(StoreLayout.CHECKPOINTS, RUN.asMatchPredicate()));
        perRun.addAll(piles(RESULTS, RUN.asMatchPredicate()));
        Needs needs = new Needs();
        addUnfinished(needs, perRun);
        orders.stream()
                .filter(order -> order.lastUsed().plus(LAUNCHING).isAfter(now))
                .map(Pile::run)
                .forEach(needs::addIfLaunching);
        List<Leftover> all = new ArrayList<>();
        perRun.forEach(pile -> all.add(pile.leftover(pile.run(), needs.uses.getOrDefault(pile.run(), ""))));
        for (Pile pile : piles(S3Store.INPUTS, DIGEST.asMatchPredicate())) {
            all.add(pile.leftover(null, needs.ofInput(pile.address())));
        }
        return all;
    }

    /** Where the caller may not search, each run is asked for by its name. */
    private void addUnfinished(Needs needs, List<Pile> perRun) {
        try {
            jobs.unfinished().forEach(needs::add);
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
            if (launches.isEmpty()) {
                mayBeLaunching = true;
                return;
            }
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

    /** The files below one name. */
    private record Pile(String folder, String name, String address, long bytes, Instant lastUsed) {
        /** Resumed launches leave their output under names of their own. */
        RunId run() {
            return new RunId(RESUMED.matcher(name).replaceFirst(""));
        }

        Pile plus(StoredFile file) {
            return new Pile(
                    folder,
                    name,
                    address,
                    bytes + file.bytes(),
                    file.modified().isAfter(lastUsed) ? file.modified() : lastUsed);
        }

        Leftover leftover(@Nullable RunId run, String use) {
            return new Leftover(address, run, bytes, lastUsed, folder.equals(RESULTS), use);
        }
    }

    private List<Pile> piles(String folder, Predicate<String> isOurs) {
        Map<String, Pile> piles = new LinkedHashMap<>();
        for (StoredFile file : store.list(folder)) {
            int slash = file.name().indexOf('/');
            String name = slash < 0 ? "" : file.name().substring(0, slash);
            if (isOurs.test(name)) {
                piles.merge(
                        name,
                        new Pile(folder, name, store.address(folder + name + "/"), file.bytes(), file.modified()),
                        (pile, one) -> pile.plus(file));
            }
        }
        return List.copyOf(piles.values());
    }
}
