package dev.finetune4j.engine.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.LoraTuning;
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
        flatten("", Json.jobs().valueToTree(job), parameters);
        return parameters;
    }

    /** The same for a job that says nothing but what it must: what a parameter is when nobody sets it. */
    public static Map<String, String> defaults(FineTuneJob job) {
        return of(FineTuneJob.builder(job.name(), job.model(), job.task(), job.data())
                .build());
    }

    /** The tuning method in a few words. */
    public static String method(FineTuneJob job) {
        TuningMethod method = job.method();
        if (method instanceof LoraTuning lora) {
            return "LoRA, rank " + lora.rank();
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
