package dev.finetune4j.engine.plan;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.engine.spec.JobTree;
import dev.finetune4j.engine.spec.ResolvedJob;
import dev.finetune4j.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a plan keeps of the settings of its job, defaults filled in, so that it can say later which of them have moved. */
final class KeptSettings {
    /** Settings whose figures a plan keeps, so that it can say by how much they have moved. */
    private static final List<String> PLAIN = List.of("training.", "method.", "evaluation.", "check.", "data.split.");

    /** Settings whose texts it keeps, too, where they stand in the job file. */
    private static final Set<String> PLAIN_TEXTS = Set.of("model", "targets", "data.file");

    /** What an address has, in which a token may be. */
    private static final String OF_ADDRESS = "://";

    private static final String KIND_OF_METHOD = "method.kind";

    private final Map<String, JsonNode> settings = new TreeMap<>();
    private final ResolvedJob resolved;

    private KeptSettings(ResolvedJob resolved) {
        this.resolved = resolved;
    }

    static KeptSettings of(JobFile file) {
        KeptSettings kept = new KeptSettings(file.resolved());
        kept.add("", JobTree.of(file.job()));
        return kept;
    }

    private void add(String key, JsonNode value) {
        if (value.isObject()) {
            value.properties()
                    .forEach(entry ->
                            add(key.isEmpty() ? entry.getKey() : key + "." + entry.getKey(), entry.getValue()));
        } else {
            settings.put(key, value);
        }
    }

    /** A digest of each setting, by its key. */
    Map<String, String> digests() {
        Map<String, String> digests = new TreeMap<>();
        settings.forEach((key, value) ->
                digests.put(key, Json.sha256(value.toString().getBytes(UTF_8)).substring(0, 16)));
        return digests;
    }

    /** What is no text that somebody wrote, and hence no secret, and a few texts that stand in the job file itself. */
    Map<String, String> plain() {
        Map<String, String> plain = new TreeMap<>();
        settings.forEach((key, value) -> {
            boolean isWritten = PLAIN.stream().anyMatch(key::startsWith);
            boolean isFigure = isWritten && (value.isNumber() || value.isBoolean() || key.equals(KIND_OF_METHOD));
            if (isFigure || isOpenText(key, value)) {
                plain.put(key, words(value));
            }
        });
        return plain;
    }

    private boolean isOpenText(String key, JsonNode value) {
        return PLAIN_TEXTS.contains(key)
                && resolved.isOfFile(key)
                && !words(value).contains(OF_ADDRESS);
    }

    /** As people write it: 4 and not 4.0, 0.0002 and not 2.0E-4, and lists in brackets. */
    static String words(JsonNode value) {
        if (value.isArray()) {
            return value.valueStream().map(KeptSettings::words).collect(Collectors.joining(", ", "[", "]"));
        }
        return value.isNumber() ? value.decimalValue().stripTrailingZeros().toPlainString() : value.asText();
    }
}
