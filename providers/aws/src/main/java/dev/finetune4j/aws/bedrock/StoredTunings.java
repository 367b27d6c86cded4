package dev.finetune4j.aws.bedrock;

import dev.finetune4j.aws.s3.S3Store;
import dev.finetune4j.aws.s3.StoredFolder;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.spi.Leftover;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.bedrock.model.CustomModelSummary;
import software.amazon.awssdk.services.bedrock.model.ModelCustomizationJobSummary;

/**
 * What customization jobs leave and the account pays for: tuned models by the month, figures in the store, and what was staged for them and
 * for imports of models. Models, jobs and figures are ours by their tags, what is staged by where it lies.
 */
final class StoredTunings {
    /** Nobody can fetch it, so that nobody but its owner may say that it is not needed any more. */
    private static final String ONLY_COPY = "the model is nowhere else; \"finetune clean\" removes it with its run";

    /** Whoever has staged rows asks for their job soon after. */
    private static final Duration LAUNCHING = Duration.ofHours(1);

    private static final String FIGURES = "model-customization-job-";

    private final CustomizationJobs jobs;
    private final ModelImports imports;
    private final S3Store store;
    private final Instant now;

    StoredTunings(CustomizationJobs jobs, ModelImports imports, S3Store store, Instant now) {
        this.jobs = jobs;
        this.imports = imports;
        this.store = store;
        this.now = now;
    }

    /** Models, then figures, then what is staged. */
    List<Leftover> all() {
        List<Leftover> all = new ArrayList<>();
        for (CustomModelSummary model : jobs.models()) {
            owner(model.modelArn())
                    .ifPresent(run ->
                            all.add(new Leftover(model.modelArn(), run, 0, model.creationTime(), true, ONLY_COPY)));
        }
        Map<String, StoredFolder> figures = store.folders(CustomizationMapper.OUTPUTS).stream()
                .filter(folder -> folder.name().startsWith(FIGURES))
                .collect(Collectors.toMap(StoredFolder::name, Function.identity()));
        List<StoredFolder> staged = store.staged();
        if (figures.isEmpty() && staged.isEmpty()) {
            return all;
        }
        List<ModelCustomizationJobSummary> known = jobs.jobs();
        for (ModelCustomizationJobSummary job : known) {
            StoredFolder own =
                    figures.get(FIGURES + job.jobArn().substring(job.jobArn().lastIndexOf('/') + 1));
            if (own != null) {
                owner(job.jobArn())
                        .ifPresent(run -> all.add(
                                new Leftover(own.address(), run, own.bytes(), own.lastStored(), false, use(job))));
            }
        }
        if (!staged.isEmpty()) {
            addStaged(all, staged, known);
        }
        return all;
    }

    private void addStaged(List<Leftover> all, List<StoredFolder> staged, List<ModelCustomizationJobSummary> known) {
        Set<String> read = new HashSet<>();
        known.stream()
                .filter(job -> !hasEnded(job))
                .flatMap(job -> jobs.find(job.jobArn()).stream())
                .forEach(job -> read.addAll(CustomizationJobs.inputs(job)));
        String unknown = addImported(read);
        for (StoredFolder folder : staged) {
            boolean isRead = read.stream().anyMatch(address -> address.startsWith(folder.address()));
            boolean isYoung = folder.lastStored().plus(LAUNCHING).isAfter(now);
            String use = isRead ? "a job that has not ended" : isYoung ? "a launch may be under way" : unknown;
            all.add(new Leftover(folder.address(), null, folder.bytes(), folder.lastStored(), false, use));
        }
    }

    /** Who only tunes may not be allowed to see imports. Returns what may need any folder; empty where that is known. */
    private String addImported(Set<String> read) {
        try {
            read.addAll(imports.unfinishedInputs());
            return "";
        } catch (FineTuneException e) {
            if (!e.problems().get(0).kind().equals(BedrockProblems.DENIED)) {
                throw e;
            }
            return "an import of a model, if there is one? Imports may not be listed";
        }
    }

    /** Removes files that {@link #all} told; a model is needed for as long as it is there. */
    void remove(Leftover leftover) {
        store.delete(leftover.reference());
    }

    /** The run that something is of, where it carries our tags. */
    private Optional<RunId> owner(String arn) {
        Map<String, String> tags = jobs.tags(arn);
        return tags.containsKey(CustomizationMapper.DIGEST_TAG)
                ? Optional.ofNullable(tags.get(Submission.RUN_LABEL)).flatMap(RunId::of)
                : Optional.empty();
    }

    private static String use(ModelCustomizationJobSummary job) {
        return hasEnded(job) ? "" : job.jobName() + ", which is " + job.statusAsString();
    }

    private static boolean hasEnded(ModelCustomizationJobSummary job) {
        return job.endTime() != null;
    }
}
