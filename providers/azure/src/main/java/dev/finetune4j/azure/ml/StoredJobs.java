package dev.finetune4j.azure.ml;

import dev.finetune4j.azure.blob.BlobStore;
import dev.finetune4j.azure.ml.AzureMlStatusMapper.Launch;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.ComingLaunches;
import dev.finetune4j.spi.Leftover;
import dev.finetune4j.spi.StagedOrder;
import dev.finetune4j.spi.Submission;
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
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What lies in blob storage of jobs, and which of it a job needs. What has another form of name is not ours and not told. */
final class StoredJobs {
    /** Job, start of a digest, attempt, no longer than a run's id: nobody else calls a folder so. */
    private static final Predicate<String> IS_RUN = Pattern.compile(
                    "(?=.{1,63}$)[a-zA-Z0-9][a-zA-Z0-9-]{0,50}-[0-9a-f]{8}-\\d{1,6}")
            .asMatchPredicate();

    private static final Predicate<String> IS_DIGEST =
            Pattern.compile("[0-9a-f]{64}").asMatchPredicate();

    private final AzureMlOptions options;
    private final BlobStore store;
    private final CommandJobs jobs;
    private final LaunchWalk walk;
    private final Instant now;

    StoredJobs(AzureMlOptions options, BlobStore store, CommandJobs jobs, LaunchWalk walk, Instant now) {
        this.options = options;
        this.store = store;
        this.jobs = jobs;
        this.walk = walk;
        this.now = now;
    }

    /** All that lies there, by kind and then by name; asks for all jobs once, and for each besides that may be about to begin. */
    List<Leftover> all() {
        Map<RunId, AzureJob> unfinished = new LinkedHashMap<>();
        Set<String> needed = new HashSet<>();
        for (AzureJob job : jobs.unfinished()) {
            job.run().ifPresent(run -> unfinished.put(run, job));
            needed.addAll(inputs(job)); // whosever it is
        }
        List<BlobStore.StoredFolder> staged = store.folders(BlobStore.INPUTS);
        ComingLaunches coming = new ComingLaunches(now, staged.stream().map(BlobStore.StoredFolder::lastStored));
        addYoung(unfinished, coming);
        unfinished.values().forEach(job -> needed.addAll(inputs(job)));
        List<Leftover> all = new ArrayList<>();
        for (String kind : List.of(StagedOrder.FOLDER, JobFiles.JOBS)) {
            for (BlobStore.StoredFolder folder : runs(kind)) {
                RunId run = new RunId(folder.name());
                String use = Optional.ofNullable(unfinished.get(run))
                        .map(job -> job.name() + ", which is " + job.status())
                        .orElse("");
                all.add(leftover(kind, folder, run, use));
            }
        }
        for (BlobStore.StoredFolder input : staged) {
            if (IS_DIGEST.test(input.name())) {
                String use = coming.use(needed.contains(options.uri(name(BlobStore.INPUTS, input))));
                all.add(leftover(BlobStore.INPUTS, input, null, use));
            }
        }
        return all;
    }

    /** Jobs of runs that staged an order a moment ago, which a list may not know yet; one of them may not be there and come. */
    private void addYoung(Map<RunId, AzureJob> unfinished, ComingLaunches coming) {
        for (BlobStore.StoredFolder order : runs(StagedOrder.FOLDER)) {
            RunId run = new RunId(order.name());
            if (!coming.mayBelongToOne(order.lastStored()) || unfinished.containsKey(run)) {
                continue;
            }
            List<AzureJob> launches = walk.now(run).stream().map(Launch::job).toList();
            launches.stream().filter(one -> !one.hasEnded()).forEach(one -> unfinished.put(run, one));
            Optional<Instant> last = launches.isEmpty()
                    ? Optional.empty()
                    : Optional.of(launches.get(launches.size() - 1).createdAt());
            coming.tell(order.lastStored(), last);
        }
    }

    private List<BlobStore.StoredFolder> runs(String kind) {
        return store.folders(kind).stream()
                .filter(folder -> IS_RUN.test(folder.name()))
                .toList();
    }

    private static String name(String kind, BlobStore.StoredFolder folder) {
        return kind + folder.name() + "/";
    }

    private Leftover leftover(String kind, BlobStore.StoredFolder folder, @Nullable RunId run, String use) {
        return new Leftover(
                store.root() + name(kind, folder),
                run,
                folder.bytes(),
                folder.lastStored(),
                kind.equals(JobFiles.JOBS),
                use);
    }

    /** What a job reads of what was staged, as the job names it. */
    private Set<String> inputs(AzureJob job) {
        Set<String> inputs = new HashSet<>(job.inputs());
        inputs.removeIf(uri -> !uri.startsWith(options.uri(BlobStore.INPUTS)));
        return inputs;
    }

    /**
     * Removes what {@link #all} told.
     *
     * @throws FineTuneException with FT0949 if its run goes on after all: a list does not know yet what was launched a moment ago
     */
    void remove(Leftover leftover, List<AzureJob> launches) {
        RunId run = leftover.run();
        if (run != null
                && !launches.isEmpty()
                && !launches.get(launches.size() - 1).hasEnded()) {
            throw AzureMlErrors.wrongState(run, RunState.TRAINING, "its files are needed until it has ended");
        }
        store.delete(leftover.reference().substring(store.root().toString().length()));
    }

    /**
     * Removes the inputs of a run's launches that no other run's job has, ended or not: one that ended may be resumed. None, where an order lies
     * there of a run that the workspace does not know: it is about to be launched, or is another workspace's.
     */
    void removeInputs(RunId id, List<AzureJob> launches) {
        Set<String> removable = new HashSet<>();
        launches.forEach(job -> removable.addAll(inputs(job)));
        List<AzureJob> others = jobs.all().stream()
                .filter(job -> !job.tag(Submission.RUN_LABEL).equals(id.value()))
                .filter(job -> !job.isRemoved())
                .toList();
        Set<String> known = new HashSet<>(Set.of(id.value()));
        others.forEach(job -> known.add(job.tag(Submission.RUN_LABEL)));
        if (!runs(StagedOrder.FOLDER).stream().allMatch(order -> known.contains(order.name()))) {
            return;
        }
        others.forEach(job -> removable.removeAll(inputs(job)));
        for (String uri : removable) {
            store.delete(uri.substring(options.uri("").length()));
        }
    }
}
