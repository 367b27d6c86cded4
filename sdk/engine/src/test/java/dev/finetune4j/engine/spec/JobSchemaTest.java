package dev.finetune4j.engine.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.finetune4j.engine.spec.YamlNode.Mapping;
import dev.finetune4j.engine.spec.YamlNode.Scalar;
import dev.finetune4j.engine.spec.YamlNode.Sequence;
import dev.finetune4j.job.TaskKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobSchemaTest {
    private static final Path ROOT = Path.of("..", "..");
    private static final Path PUBLISHED = ROOT.resolve("docs/schema/job.schema.json");

    private final JsonSchema schema =
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(JobSchema.json());

    @Test
    void thePublishedSchemaIsThisVersions() throws IOException {
        if (Boolean.getBoolean("golden.rewrite")) {
            Files.createDirectories(PUBLISHED.getParent());
            Files.writeString(PUBLISHED, JobSchema.json());
        }

        assertThat(PUBLISHED).as("-Dgolden.rewrite=true rewrites it").hasContent(JobSchema.json());
    }

    @Test
    void agreesWithTheReaderOnEveryMutation() {
        assertThat(isValid(Mutation.VALID)).isTrue();
        assertThat(Mutation.all())
                .allSatisfy(mutation -> assertThat(isValid(mutation.yaml()))
                        .as(mutation.toString())
                        .isFalse());
    }

    @Test
    void acceptsWhateverTheWriterWrites() {
        RandomJobs jobs = new RandomJobs(99);
        for (int i = 0; i < 200; i++) {
            String yaml = JobFile.write(jobs.next());

            assertThat(schema.validate(tree(yaml))).as(yaml).isEmpty();
        }
        for (TaskKind kind : TaskKind.values()) {
            assertThat(schema.validate(tree(JobTemplate.of(kind)))).isEmpty();
        }
    }

    @Test
    void acceptsEveryExample() throws IOException {
        List<Path> examples = new ArrayList<>();
        if (Files.isDirectory(ROOT.resolve("examples"))) {
            try (Stream<Path> files = Files.walk(ROOT.resolve("examples"))) {
                files.filter(file -> file.getFileName().toString().equals("job.yaml"))
                        .forEach(examples::add);
            }
        }

        for (Path example : examples) {
            assertThat(schema.validate(tree(Files.readString(example))))
                    .as(example.toString())
                    .isEmpty();
            assertThat(JobFile.read(example, Map.of(), Profile.NONE).job().name())
                    .isNotBlank();
        }
    }

    @Test
    void acceptsShorthandsAndVariables() {
        assertThat(isValid("name: a\nmodel: m\ntask: chat\ndata: a.jsonl\nmethod: lora\ntargets: local\nbudget:\n"))
                .isTrue();
        assertThat(isValid("name: ${env:N}\nmodel: m\ntask: chat\ndata: a\ntraining: {epochs: \"${env:E}\"}\n"))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "task: chat\ndata: {file: a, query: b, sources: {r: c}}",
                "task: chat\ndata: {split: {test: 0.1}}",
                "task: chat\ndata: {query: b}",
                "task: chat\ndata: a\nevaluation: {gate: {metric: accuracy}}",
                "task: {kind: chat, labels: [a, b]}\ndata: a",
                "task: chat\ndata: a\ntargets: []",
            })
    void refusesWhatTheReaderRefusesBetweenKeys(String rest) {
        String yaml = "name: a\nmodel: m\n" + rest + "\n";

        assertThat(isValid(yaml)).isFalse();
        assertThatThrownBy(() -> JobFile.parse(yaml, "job.yaml", Path.of(""), Map.of()))
                .hasMessageContaining("FT01");
    }

    /** What JSON Schema can't say, or would say only at the cost of a schema that nobody can read. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "task: chat\ndata: {file: a, split: {test: 0.6, validation: 0.5}}", // sums
                "task: chat\ndata: {file: a, split: {test: 0.1, test-file: b}}", // a share that is not 0 beside a file
                "task: chat\ndata: {file: a, sources: {r: c}}", // sources that nothing reads
                "task: {kind: sentiment, labels: [a]}\ndata: a", // one label, where none is allowed
                "task: {kind: sentiment, labels: [a, a]}\ndata: a", // doubled labels
                "task: chat\ndata: a\ntargets: [local, local]", // doubled targets
                "task: sentiment\ndata: a\nevaluation: {gate: {at-least: 50}}", // bounds of a metric
                "task: chat\ndata: {file: a, split: {test: 0}}", // a gate without rows
                "task: chat\ndata: {file: a, split: {validation: 0}}\ntraining: {early-stopping-patience: 2}",
                "task: chat\ndata: a\nbudget: {max-cost: 5 XYZ}", // a currency that is none
                "task: chat\ndata: a\nbudget: {max-time: 0s}", // no time at all
                "task: chat\ndata: ${env:NOT_SET}", // variables that are not set
            })
    void differsFromTheReaderOnlyHere(String rest) {
        String yaml = "name: a\nmodel: m\n" + rest + "\n";

        assertThat(isValid(yaml)).isTrue();
        assertThatThrownBy(() -> JobFile.parse(yaml, "job.yaml", Path.of(""), Map.of()))
                .hasMessageContaining("FT01");
    }

    private boolean isValid(String yaml) {
        return schema.validate(tree(yaml)).isEmpty();
    }

    private static JsonNode tree(String yaml) {
        return tree(YamlReader.read(yaml, "job.yaml", new ArrayList<>()));
    }

    private static JsonNode tree(YamlNode node) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        if (node instanceof Mapping mapping) {
            ObjectNode object = nodes.objectNode();
            mapping.entries().forEach(entry -> object.set(entry.key().text(), tree(entry.value())));
            return object;
        } else if (node instanceof Sequence sequence) {
            ArrayNode array = nodes.arrayNode();
            sequence.items().forEach(item -> array.add(tree(item)));
            return array;
        }
        Scalar scalar = (Scalar) node;
        return switch (scalar.type()) {
            case TEXT -> nodes.textNode(scalar.text());
            case BOOLEAN -> nodes.booleanNode(Boolean.parseBoolean(scalar.text()));
            case NULL -> nodes.nullNode();
            case NUMBER ->
                scalar.text().matches("-?\\d+")
                        ? nodes.numberNode(new java.math.BigInteger(scalar.text()))
                        : nodes.numberNode(new java.math.BigDecimal(scalar.text()));
        };
    }
}
