package dev.finetune4j.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.rest.BodySchema;
import dev.finetune4j.testkit.PythonPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The template of a workspace is one that Azure takes, lets nobody in who need not be, and says the same in both of its languages. */
class WorkspaceTemplateTest {
    private static final Path FOLDER = Path.of("../../infra/azure");
    private static final String ML = "Microsoft.MachineLearningServices/workspaces/";
    private static final String VERSION = "2024-10-01";
    private static final String ROLE_ASSIGNMENT = "Microsoft.Authorization/roleAssignments";
    private static final Pattern REFERENCE = Pattern.compile("(parameters|variables)\\('(\\w+)'\\)");
    private static final Pattern RESOURCE = Pattern.compile("resourceId\\('([\\w./]+)'");
    private static final Pattern GUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final Pattern LITERAL =
            Pattern.compile("(?m)^ +(\\w+): (true|false|\\d+|'((?:[^'\\\\$]|\\\\.)*)')$");

    private static JsonNode template = Json.records().nullNode();
    private static String text = "";
    private static String bicep = "";

    @BeforeAll
    static void read() throws IOException {
        text = Files.readString(FOLDER.resolve("finetune4j.json"));
        template = Json.read(text, JsonNode.class);
        bicep = Files.readString(FOLDER.resolve("finetune4j.bicep"));
    }

    @Test
    void whatIsOfMachineLearningIsOfMicrosoftsSchema() {
        for (String type : List.of("datastores", "computes")) {
            ObjectNode body = Json.records().createObjectNode();
            JsonNode resource = resource(ML + type);
            for (String member : List.of("location", "identity", "properties")) {
                if (resource.has(member)) {
                    body.set(member, evaluated(resource.path(member)));
                }
            }
            assertThat(resource.path("apiVersion").asText()).isEqualTo(VERSION);
            assertThatCode(() -> BodySchema.check(VERSION, type, body)).as(type).doesNotThrowAnyException();
        }
    }

    @Test
    void everythingThatIsNamedIsThereAndUsed() {
        Map<String, TreeSet<String>> used =
                new TreeMap<>(Map.of("parameters", new TreeSet<String>(), "variables", new TreeSet<String>()));
        REFERENCE
                .matcher(text)
                .results()
                .forEach(found ->
                        Objects.requireNonNull(used.get(found.group(1))).add(found.group(2)));
        used.forEach((kind, names) -> assertThat(names).as(kind).isEqualTo(new TreeSet<>(fields(template.path(kind)))));
        assertThat(RESOURCE.matcher(text).results().map(found -> found.group(1)))
                .filteredOn(type -> !type.equals("Microsoft.Authorization/roleDefinitions"))
                .isSubsetOf(types().keySet());
    }

    @Test
    void nobodyGetsInWithAKeyAndNothingIsPaidForWhileNoJobRuns() {
        JsonNode storage = resource("Microsoft.Storage/storageAccounts").path("properties");

        assertThat(storage.path("allowSharedKeyAccess").asBoolean(true)).isFalse();
        assertThat(storage.path("allowBlobPublicAccess").asBoolean(true)).isFalse();
        assertThat(storage.path("supportsHttpsTrafficOnly").asBoolean()).isTrue();
        assertThat(resource(ML.substring(0, ML.length() - 1))
                        .at("/properties/systemDatastoresAuthMode")
                        .asText())
                .as("it could not use keys")
                .isEqualTo("identity");
        assertThat(resource(ML + "computes")
                        .at("/properties/properties/scaleSettings/minNodeCount")
                        .asInt(1))
                .isZero();
        assertThat(resource("Microsoft.KeyVault/vaults")
                        .at("/properties/enableRbacAuthorization")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void everyRoleIsAtOneResourceAndNoneManages() {
        List<JsonNode> assignments = StreamSupport.stream(
                        template.path("resources").spliterator(), false)
                .filter(one -> one.path("type").asText().equals(ROLE_ASSIGNMENT))
                .toList();

        assertThat(assignments).hasSize(4).allSatisfy(one -> {
            assertThat(one.path("scope").asText()).contains("Microsoft.").contains("/{0}");
            assertThat(one.at("/properties/roleDefinitionId").asText())
                    .as("neither owner, contributor nor administrator of access")
                    .doesNotContain(
                            "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
                            "b24988ac-6180-42a0-ab88-20f7382dd24c",
                            "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9");
        });
        assertThat(assignments)
                .filteredOn(
                        one -> one.at("/properties/roleDefinitionId").asText().contains("ba92f5b4"))
                .allSatisfy(one -> assertThat(one.path("scope").asText()).contains("/containers/"));
    }

    /** By a grammar of others, since the compiler itself comes from no registry. */
    @Test
    void theMirrorIsBicep() throws IOException, InterruptedException {
        PythonPackages grammar = PythonPackages.of("bicep-requirements.txt");
        Path broken = Files.writeString(
                Files.createTempFile(Path.of("target"), "broken", ".bicep"), bicep.replaceFirst("(?m)^}$", ""));

        assertThat(grammar.output("bicep_syntax.py", FOLDER.resolve("finetune4j.bicep")))
                .isEmpty();
        assertThat(grammar.output("bicep_syntax.py", broken)).isNotEmpty();
    }

    @Test
    void bothLanguagesSayTheSame() {
        assertThat(found("(?m)^param (\\w+ \\w+)")).containsExactlyInAnyOrderElementsOf(parameters());
        assertThat(found("(?m)^output (\\w+) string")).containsExactlyElementsOf(fields(template.path("outputs")));
        assertThat(found("(?m)^resource \\w+ '([^']+)'"))
                .containsExactlyElementsOf(
                        StreamSupport.stream(template.path("resources").spliterator(), false)
                                .map(one -> one.path("type").asText() + "@"
                                        + one.path("apiVersion").asText())
                                .toList());
        assertThat(found("(?m)^resource \\w+ '([^']+)@[^']+' = if"))
                .containsExactlyElementsOf(
                        StreamSupport.stream(template.path("resources").spliterator(), false)
                                .filter(one -> one.has("condition"))
                                .map(one -> one.path("type").asText())
                                .toList());
        assertThat(found("@description\\('((?:[^'\\\\]|\\\\.)*)'\\)").stream().map(said -> said.replace("\\'", "'")))
                .containsExactlyElementsOf(
                        StreamSupport.stream(template.path("parameters").spliterator(), false)
                                .map(one -> one.at("/metadata/description").asText())
                                .toList());
        assertThat(new TreeSet<>(guids(bicep))).isEqualTo(new TreeSet<>(guids(text)));
        List<String> literals = new ArrayList<>();
        template.path("resources").forEach(one -> addLiterals(one, literals));
        assertThat(LITERAL.matcher(bicep).results().map(WorkspaceTemplateTest::literal))
                .filteredOn(pair -> !pair.equals("name=default")) // of a parent there, part of a path here
                .containsExactlyInAnyOrderElementsOf(literals);
    }

    private static String literal(MatchResult found) {
        String value = found.group(3) == null ? found.group(2) : found.group(3).replace("\\'", "'");
        return found.group(1) + "=" + value;
    }

    private static void addLiterals(JsonNode node, List<String> literals) {
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            JsonNode value = member.getValue();
            boolean isOfTemplate = List.of("type", "apiVersion", "scope", "condition", "dependsOn")
                            .contains(member.getKey())
                    && node.has("apiVersion");
            if (isOfTemplate) {
                continue;
            }
            if (value.isValueNode() && !value.asText().startsWith("[")) {
                literals.add(member.getKey() + "=" + value.asText());
            }
            addLiterals(value, literals);
        }
    }

    private static List<String> parameters() {
        return fields(template.path("parameters")).stream()
                .map(name -> name + " "
                        + template.path("parameters").path(name).path("type").asText())
                .toList();
    }

    private static List<String> guids(String of) {
        return GUID.matcher(of).results().map(MatchResult::group).toList();
    }

    private static List<String> found(String pattern) {
        return Pattern.compile(pattern)
                .matcher(bicep)
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static List<String> fields(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static Map<String, JsonNode> types() {
        Map<String, JsonNode> types = new TreeMap<>();
        template.path("resources").forEach(one -> types.put(one.path("type").asText(), one));
        return types;
    }

    private static JsonNode resource(String type) {
        return Objects.requireNonNull(types().get(type), type);
    }

    /** As Azure gets it: a parameter is its default, or an example where that is empty; any other expression some text. */
    private static JsonNode evaluated(JsonNode node) {
        if (node instanceof ArrayNode array) {
            ArrayNode all = Json.records().createArrayNode();
            array.forEach(one -> all.add(evaluated(one)));
            return all;
        }
        if (node instanceof ObjectNode object) {
            ObjectNode all = Json.records().createObjectNode();
            object.properties()
                    .forEach(member ->
                            all.set(member.getKey().replaceFirst("^\\[.*", "id"), evaluated(member.getValue())));
            return all;
        }
        if (!node.asText().startsWith("[")) {
            return node;
        }
        return REFERENCE
                .matcher(node.asText())
                .results()
                .filter(found -> found.group(1).equals("parameters"))
                .map(found -> template.path("parameters").path(found.group(2)).path("defaultValue"))
                .filter(value -> !value.asText().isEmpty() && !value.asText().startsWith("["))
                .findFirst()
                .orElseGet(() -> Json.records().createObjectNode().textNode("example"));
    }
}
