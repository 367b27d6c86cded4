package dev.finetune4j.engine.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.engine.spec.JobTree;
import dev.finetune4j.engine.spec.Origin;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.PrefixTuning;
import dev.finetune4j.method.PromptTuning;
import dev.finetune4j.method.QloraTuning;
import dev.finetune4j.method.TuningMethod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A job as a flat list of parameters, spelled as in the job file. */
public final class RunParameters {
    private static final String NO_ITEMS = "[]";
    private static final String NO_ENTRIES = "{}";

    private RunParameters() {}

    /**
     * Each parameter's value by its dotted key, such as {@code training.epochs}, in the order of the job file; {@code []} or
     * {@code {}} where it holds nothing.
     */
    public static Map<String, String> of(FineTuneJob job) {
        Map<String, String> parameters = new LinkedHashMap<>();
        flatten("", JobTree.of(job), parameters);
        return parameters;
    }

    /** The same for a job that says nothing but what it must and its method: what a parameter is when nobody sets it. */
    public static Map<String, String> defaults(FineTuneJob job) {
        FineTuneJob plain = FineTuneJob.builder(job.name(), job.model(), job.task(), job.data())
                .build();
        TrainingSpec training = plain.training().toBuilder()
                .learningRate(job.method().defaultLearningRate())
                .build();
        return of(plain.toBuilder().training(training).build());
    }

    /** Whether a parameter's value holds nothing. */
    static boolean isEmpty(String value) {
        return value.equals(NO_ITEMS) || value.equals(NO_ENTRIES);
    }

    /** Who said what a parameter is, as {@link RunReport#origins} has it; empty where that is not known. */
    public static String origin(RunReport report, String key) {
        String own = report.origins().get(key);
        if (own != null) {
            return own;
        }
        // A method that was chosen for the model has an origin at its kind alone.
        return key.startsWith("method.") ? report.origins().getOrDefault("method.kind", "") : "";
    }

    /**
     * The parameters that somebody set: the job file, its environment, its profile or the model. Java code tells nothing of what it left
     * alone, and a report of an earlier version nothing at all: of these it is what differs from the default.
     */
    public static Map<String, String> thatWereSet(RunReport report) {
        Map<String, String> defaults = defaults(report.job());
        Map<String, String> set = new LinkedHashMap<>();
        of(report.job()).forEach((key, value) -> {
            String origin = origin(report, key);
            boolean isUntold = origin.isEmpty() || origin.equals(new Origin.InCode().toString());
            boolean isSet = isUntold
                    ? !value.equals(defaults.get(key)) || key.equals("model")
                    : !origin.equals(new Origin.Default().toString());
            if (isSet) {
                set.put(key, value);
            }
        });
        return set;
    }

    /** What holds of the parameters of a run whose place tuned a model of its own; empty for other runs. */
    public static String precedence(RunReport report) {
        String place = report.provenance().provider().value();
        return report.modelOfPlace()
                .map(model -> place + " tuned " + model + ": what stands in places." + place + " went before, and what "
                        + place + " was told nothing of stood at its own default.")
                .orElse("");
    }

    /** The tuning method in a few words. */
    public static String method(FineTuneJob job) {
        TuningMethod method = job.method();
        if (method instanceof LoraTuning lora) {
            return (lora.dora() ? "DoRA, rank " : "LoRA, rank ") + lora.rank();
        }
        if (method instanceof QloraTuning qlora) {
            return (qlora.lora().dora() ? "QDoRA, rank " : "QLoRA, rank ")
                    + qlora.lora().rank();
        }
        if (method instanceof FullTuning) {
            return "full fine-tuning";
        }
        if (method instanceof HeadTuning) {
            return "classification head";
        }
        if (method instanceof PromptTuning prompt) {
            return "prompt tuning, " + prompt.virtualTokens() + " virtual tokens";
        }
        if (method instanceof PrefixTuning prefix) {
            return "prefix tuning, " + prefix.virtualTokens() + " virtual tokens";
        }
        throw new IllegalStateException("a tuning method without a name: " + method);
    }

    private static void flatten(String key, JsonNode node, Map<String, String> into) {
        if (node.isObject() && node.isEmpty()) {
            into.put(key, NO_ENTRIES);
        } else if (node.isObject()) {
            node.properties()
                    .forEach(entry -> flatten(
                            key.isEmpty() ? entry.getKey() : key + "." + entry.getKey(), entry.getValue(), into));
        } else if (node.isArray()) {
            List<String> items = new ArrayList<>();
            node.forEach(item -> items.add(item.isValueNode() ? item.asText() : item.toString()));
            into.put(key, items.isEmpty() ? NO_ITEMS : String.join(", ", items));
        } else if (node.isNumber()) {
            into.put(key, node.decimalValue().stripTrailingZeros().toPlainString());
        } else if (!node.isNull()) {
            into.put(key, node.asText());
        }
    }
}
