package dev.finetune4j.modelfiles.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.error.FineTuneException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Templates of real models over 13 conversations: with tools, documents, thoughts, parts, wrong roles. What transformers gives for each
 * was noted by src/test/python/make_published_template_references.py.
 */
class PublishedTemplatesTest {
    private static final Path FOLDER = Path.of("src/test/resources/dev/finetune4j/modelfiles/template");
    private static final LocalDateTime NOW = LocalDateTime.of(2025, 3, 9, 14, 5, 6);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The templates that are rendered otherwise, with the conversations; the reason stands beside each. */
    private static final Map<String, List<String>> OTHERWISE = Map.of(
            // 'text'|safe + description: the sum escapes the description for HTML, which finetune4j does not.
            // Tools are never given to a template here.
            "lc-meetkai-functionary-medium-v3.1", List.of("tools"));

    @Test
    void rendersThoseOfTheSmallPackagesAsTransformers() throws Exception {
        assertThat(differences(PublishedTemplates.SMALL, 106)).isEmpty();
    }

    @Tag("slow")
    @Test
    void rendersAllAsTransformersButForOne() throws Exception {
        assertThat(differences(PublishedTemplates.ALL, 194)).isEqualTo(OTHERWISE);
    }

    private static Map<String, List<String>> differences(List<String> packages, int count) throws Exception {
        Map<String, String> templates = PublishedTemplates.fetch(packages);
        Map<String, Map<String, String>> expected = expected(packages);
        assertThat(templates.keySet()).isEqualTo(expected.keySet()).hasSize(count);
        JsonNode conversations =
                JSON.readTree(FOLDER.resolve("published-conversations.json").toFile());
        Map<String, List<String>> differences = new TreeMap<>();
        expected.forEach((name, outcomes) -> {
            String template = Objects.requireNonNull(templates.get(name));
            List<String> different = outcomes.keySet().stream()
                    .filter(conversation -> !outcome(name, template, conversations.path(conversation))
                            .equals(outcomes.get(conversation)))
                    .toList();
            if (!different.isEmpty()) {
                differences.put(name, different);
            }
        });
        return differences;
    }

    /** By template and conversation: a digest of text and spans, or why there is none. */
    private static Map<String, Map<String, String>> expected(List<String> packages) throws IOException {
        List<List<String>> lines = Files.readAllLines(FOLDER.resolve("published.tsv")).stream()
                .map(line -> Arrays.asList(line.split("\t")))
                .toList();
        List<String> columns = lines.get(0);
        Map<String, Map<String, String>> expected = new TreeMap<>();
        for (List<String> line : lines.subList(1, lines.size())) {
            if (packages.contains(line.get(1))) {
                Map<String, String> outcomes = new TreeMap<>();
                for (int i = 2; i < columns.size(); i++) {
                    outcomes.put(columns.get(i), line.get(i));
                }
                expected.put(line.get(0), outcomes);
            }
        }
        return expected;
    }

    private static String outcome(String name, String template, JsonNode conversation) {
        try {
            Rendering rendering = ChatTemplate.parse(name, template).render(variables(conversation), NOW);
            return digest(rendering.text() + "\0" + spans(rendering));
        } catch (FineTuneException e) {
            return switch (e.problems().get(0).code()) {
                case "FT0441" -> "failed";
                case "FT0442" -> "raised";
                case "FT0443" -> "endless";
                default -> String.valueOf(e.getMessage());
            };
        }
    }

    private static Map<String, Object> variables(JsonNode conversation) {
        Map<String, Object> variables = new HashMap<>(
                Map.of("bos_token", "<BOS>", "eos_token", "<EOS>", "unk_token", "<unk>", "pad_token", "<pad>"));
        variables.put("messages", JSON.convertValue(conversation.path("messages"), List.class));
        variables.put("add_generation_prompt", conversation.path("prompt").asBoolean());
        variables.put("tools", JSON.convertValue(conversation.get("tools"), List.class));
        variables.put("documents", null);
        conversation
                .path("variables")
                .properties()
                .forEach(variable ->
                        variables.put(variable.getKey(), JSON.convertValue(variable.getValue(), Object.class)));
        return variables;
    }

    /** The spans in code points, as Python's json writes them. */
    private static String spans(Rendering rendering) {
        return rendering.generationSpans().stream()
                .map(span -> "[" + rendering.text().codePointCount(0, span.start()) + ", "
                        + rendering.text().codePointCount(0, span.end()) + "]")
                .collect(Collectors.joining(", ", "[", "]"));
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
