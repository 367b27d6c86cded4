package dev.finetune4j.engine.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.engine.spec.JobTree;
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
    private RunParameters() {}

    /** Each parameter's value by its dotted key, such as {@code training.epochs}, in the order of the job file. */
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
        if (node.isObject()) {
            node.properties()
                    .forEach(entry -> flatten(
                            key.isEmpty() ? entry.getKey() : key + "." + entry.getKey(), entry.getValue(), into));
        } else if (node.isArray()) {
            List<String> items = new ArrayList<>();
            node.forEach(item -> items.add(item.isValueNode() ? item.asText() : item.toString()));
            if (!items.isEmpty()) {
                into.put(key, String.join(", ", items));
            }
        } else if (node.isNumber()) {
            into.put(key, node.decimalValue().stripTrailingZeros().toPlainString());
        } else if (!node.isNull()) {
            into.put(key, node.asText());
        }
    }
}
