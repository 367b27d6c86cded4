package dev.finetune4j.aws.bedrock;

import dev.finetune4j.aws.s3.S3Store;
import dev.finetune4j.aws.s3.StoredFile;
import dev.finetune4j.spi.Leftover;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.bedrock.model.CustomModelSummary;
import software.amazon.awssdk.services.bedrock.model.ModelCustomizationJobSummary;

/**
 * What customization jobs leave and the account pays for: tuned models by the month, and figures in the store. Models and jobs are ours by
 * their tags. Rows are not told: other places that have their files in the same store may need them.
 */
final class StoredTunings {
    /** Nobody can fetch it, so that nobody but its owner may say that it is not needed any more. */
    private static final String ONLY_COPY = "the model is nowhere else; \"finetune clean\" removes it with its run";

    private static final Pattern FIGURES = Pattern.compile("model-customization-job-([a-z0-9]+)/.*", Pattern.DOTALL);

    private final CustomizationJobs jobs;
    private final S3Store store;

    StoredTunings(CustomizationJobs jobs, S3Store store) {
        this.jobs = jobs;
        this.store = store;
    }

    /** Models, then figures. */
    List<Leftover> all() {
        List<Leftover> all = new ArrayList<>();
        for (CustomModelSummary model : jobs.models()) {
            owner(model.modelArn())
                    .ifPresent(run ->
                            all.add(new Leftover(model.modelArn(), run, 0, model.creationTime(), true, ONLY_COPY)));
        }
        Map<String, Figures> figures = figures();
        if (!figures.isEmpty()) {
            for (ModelCustomizationJobSummary job : jobs.jobs()) {
                Figures own = figures.get(job.jobArn().substring(job.jobArn().lastIndexOf('/') + 1));
                if (own != null) {
                    owner(job.jobArn())
                            .ifPresent(run -> all.add(
                                    new Leftover(own.address(), run, own.bytes(), own.lastUsed(), false, use(job))));
                }
            }
        }
        return all;
    }

    /** Removes figures that {@link #all} told; a model is needed for as long as it is there. */
    void remove(Leftover leftover) {
        store.delete(leftover.reference());
    }

    /** The run that something is of, where it carries our tags. */
    private Optional<RunId> owner(String arn) {
        Map<String, String> tags = jobs.tags(arn);
        return tags.containsKey(CustomizationMapper.DIGEST_TAG)
                ? Optional.ofNullable(tags.get(Submission.RUN_LABEL)).map(RunId::new)
                : Optional.empty();
    }

    private static String use(ModelCustomizationJobSummary job) {
        return job.endTime() == null ? job.jobName() + ", which is " + job.statusAsString() : "";
    }

    /** The files of one job. */
    private record Figures(String address, long bytes, Instant lastUsed) {
        Figures plus(Figures other) {
            return new Figures(
                    address, bytes + other.bytes, other.lastUsed.isAfter(lastUsed) ? other.lastUsed : lastUsed);
        }
    }

    private Map<String, Figures> figures() {
        Map<String, Figures> figures = new LinkedHashMap<>();
        for (StoredFile file : store.list(CustomizationMapper.OUTPUTS + "/")) {
            Matcher ours = FIGURES.matcher(file.name());
            if (ours.matches()) {
                String folder = file.name().substring(0, file.name().indexOf('/') + 1);
                figures.merge(
                        ours.group(1),
                        new Figures(
                                store.address(CustomizationMapper.OUTPUTS + "/" + folder),
                                file.bytes(),
                                file.modified()),
                        Figures::plus);
            }
        }
        return figures;
    }
}
