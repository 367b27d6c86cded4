package dev.finetune4j.aws.bedrock;

import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.value.RunId;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A customization job whose rows lie in S3, as records of its model.
 *
 * @param id the job, of which the service runs one
 * @param digest {@link WorkOrder#digest()}, letters and digits
 * @param trainingUri S3 address of the records to train on
 * @param validationUri S3 address of those to compare with, or null for none
 * @param method how the job tunes
 * @param training the job's settings
 * @param labels tags for people
 */
record StagedTuning(
        RunId id,
        String digest,
        String trainingUri,
        @Nullable String validationUri,
        TuningMethod method,
        TrainingSpec training,
        Map<String, String> labels) {
    private static final Pattern DIGEST = Pattern.compile("[a-zA-Z0-9]{1,128}");
    private static final int MARK_CHARACTERS = 16;
    private static final int NAME_CHARACTERS = 63;

    /** Copies the map in its order. */
    StagedTuning {
        if (!DIGEST.matcher(digest).matches()) {
            throw new IllegalArgumentException("digest must be letters and digits, was " + digest);
        }
        labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    }

    Optional<String> validation() {
        return Optional.ofNullable(validationUri);
    }

    /** The service's name of the job: the same each time it is asked for, so that no two jobs come of one launch. */
    String jobName() {
        return id.value();
    }

    /** Name of the tuned model. It may have no two hyphens in a row, which the name of a job may. */
    String modelName() {
        return modelName(id);
    }

    static String modelName(RunId id) {
        if (!id.value().contains("--")) {
            return id.value();
        }
        String mark = "-" + mark(id);
        String single = id.value().replaceAll("-+", "-");
        String start = single.substring(0, Math.min(single.length(), NAME_CHARACTERS - mark.length()));
        return start.replaceAll("-$", "") + mark;
    }

    /** By this token the service knows a request again that it has taken. It holds the digest, by which the job is known to be ours. */
    String token() {
        return token(id, digest);
    }

    static String token(RunId id, String digest) {
        return digest + "-" + mark(id);
    }

    /** The digest in a token; empty where the token is none of ours. */
    static String digestIn(RunId id, String token) {
        String end = "-" + mark(id);
        return token.endsWith(end) ? token.substring(0, token.length() - end.length()) : "";
    }

    private static String mark(RunId id) {
        return Json.sha256(id.value().getBytes(StandardCharsets.UTF_8)).substring(0, MARK_CHARACTERS);
    }
}
