package dev.finetune4j.aws.jumpstart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the hub says of a model. Asks nobody; what a document has besides stays in it.
 *
 * @param id the model's id
 * @param version of the document
 * @param json the whole document
 */
record HubDocument(String id, String version, ObjectNode json) {
    /** Variable of a container by which a script finds the model itself. */
    static final String MODEL_VARIABLE = "SageMakerGatedModelS3Uri";

    private static final String GATED_MODEL = "GatedModelEnvVarUri";
    private static final List<String> NEEDED =
            List.of("TrainingEcrUri", "TrainingScriptUri", "TrainingArtifactUri", "Hyperparameters");

    /**
     * A document by its text.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0918 if it is none, or lacks what a job needs
     */
    static HubDocument of(String id, String version, String text) {
        ObjectNode json;
        try {
            json = Json.read(text, ObjectNode.class);
        } catch (UncheckedIOException | IllegalArgumentException e) {
            throw JumpStartProblems.DOCUMENT
                    .error("the document of " + id + " " + version + " is not JSON")
                    .asException(e);
        }
        HubDocument document = new HubDocument(id, version, json);
        List<String> missing = document.missing();
        if (document.isTunable() && !missing.isEmpty()) {
            throw JumpStartProblems.DOCUMENT
                    .error("the document of " + id + " " + version + " lacks " + String.join(", ", missing))
                    .because("without these no job can be told what to run")
                    .asException();
        }
        return document;
    }

    private List<String> missing() {
        return NEEDED.stream()
                .filter(name ->
                        json.path(name).isMissingNode() || json.path(name).isNull())
                .toList();
    }

    boolean isTunable() {
        return json.path("TrainingSupported").asBoolean();
    }

    /** Whether somebody must accept a licence before its files can be had. */
    boolean isGated() {
        return json.path("GatedBucket").asBoolean();
    }

    /** Where the licence can be read; empty where the document does not tell. */
    String licence() {
        return json.path("HostingEulaUri").asText();
    }

    /** The image for a machine. */
    String image(String machine) {
        String own = ofMachine(machine, "ImageUri");
        if (own.startsWith("$")) {
            return json.path("TrainingInstanceTypeVariants")
                    .path("Aliases")
                    .path(own.substring(1))
                    .asText(json.path("TrainingEcrUri").asText());
        }
        return own.isEmpty() ? json.path("TrainingEcrUri").asText() : own;
    }

    /** Every image that jobs may run in. */
    Collection<String> images() {
        List<String> machines = machines().isEmpty() ? List.of("") : machines();
        return machines.stream().map(this::image).distinct().sorted().toList();
    }

    /** S3 addresses of all that jobs may read of model and script, packed or of a folder. */
    Collection<String> files() {
        List<String> machines = machines().isEmpty() ? List.of("") : machines();
        return Stream.concat(
                        Stream.of(script()),
                        machines.stream()
                                .flatMap(machine -> Stream.of(
                                        artifact(machine), environment(machine).getOrDefault(MODEL_VARIABLE, ""))))
                .filter(file -> file.startsWith("s3://"))
                .distinct()
                .sorted()
                .toList();
    }

    /** S3 address of the script, packed. */
    String script() {
        return json.path("TrainingScriptUri").asText();
    }

    /** S3 address of the model's files for a machine. */
    String artifact(String machine) {
        String own = ofMachine(machine, "TrainingArtifactUri");
        return own.isEmpty() ? json.path("TrainingArtifactUri").asText() : own;
    }

    /** Whether the script fetches the model's files itself, from where a variable names, so that the job takes no channel for them. */
    boolean fetchesModel() {
        return Stream.concat(
                        machines().stream(), variants().properties().stream().map(Map.Entry::getKey))
                .anyMatch(machine -> environment(machine).containsKey(MODEL_VARIABLE));
    }

    /** Whether the script takes rows to compare with beside those to learn. */
    boolean takesValidation() {
        return json.path("ValidationSupported").asBoolean();
    }

    /** Hyperparameters for a machine, in the document's order. */
    Map<String, HubParameter> parameters(String machine) {
        Map<String, HubParameter> parameters = new LinkedHashMap<>();
        Stream.concat(Stream.of(json), variants(machine))
                .forEach(properties -> properties.path("Hyperparameters").forEach(one -> {
                    HubParameter parameter = HubParameter.of(one);
                    parameters.put(parameter.name(), parameter);
                }));
        return parameters;
    }

    /** Variables of the container on a machine. */
    Map<String, String> environment(String machine) {
        Map<String, String> variables = new LinkedHashMap<>();
        variants(machine)
                .forEach(properties -> properties
                        .path("EnvironmentVariables")
                        .properties()
                        .forEach(one ->
                                variables.put(one.getKey(), one.getValue().asText())));
        String model = gatedModel(machine);
        if (!model.isEmpty()) {
            variables.put(MODEL_VARIABLE, model);
        }
        return variables;
    }

    /** Where the script finds the files of a model with a licence; on a machine that the document does not name, where it finds them on all. */
    private String gatedModel(String machine) {
        String own = ofMachine(machine, GATED_MODEL);
        if (!own.isEmpty() || !isGated()) {
            return own;
        }
        List<String> elsewhere = machines().stream()
                .map(other -> ofMachine(other, GATED_MODEL))
                .distinct()
                .toList();
        return elsewhere.size() == 1 ? elsewhere.get(0) : "";
    }

    /** A text that it says of a machine besides: of its type, else of its family, else empty. */
    private String ofMachine(String machine, String property) {
        return variants(machine)
                .map(properties -> properties.path(property).asText())
                .filter(text -> !text.isEmpty())
                .reduce("", (ofFamily, ofType) -> ofType);
    }

    /** What it says of a machine besides, of its family and then of its type, which goes before. */
    private Stream<JsonNode> variants(String machine) {
        String family = machine.replaceFirst("^ml\\.", "").replaceFirst("\\..*", "");
        return Stream.of(family, machine)
                .distinct()
                .map(name -> variants().path(name).path("Properties"));
    }

    private JsonNode variants() {
        return json.path("TrainingInstanceTypeVariants").path("Variants");
    }

    /** Machines that the script is made for. */
    List<String> machines() {
        List<String> machines = new ArrayList<>();
        json.path("SupportedTrainingInstanceTypes").forEach(machine -> machines.add(machine.asText()));
        return machines;
    }

    /** The machine that its makers would take; empty where the document does not tell. */
    String usualMachine() {
        return json.path("DefaultTrainingInstanceType").asText();
    }

    /** Disk in GB of a machine that comes without one. */
    int volumeGb() {
        return json.path("TrainingVolumeSize").asInt();
    }

    boolean isIsolated() {
        return json.path("TrainingEnableNetworkIsolation").asBoolean();
    }

    boolean encryptsTraffic() {
        return json.path("EncryptInterContainerTraffic").asBoolean();
    }

    /** Patterns that find figures in the log, by the names of the figures. */
    Map<String, String> metrics() {
        Map<String, String> metrics = new LinkedHashMap<>();
        json.path("TrainingMetrics")
                .forEach(metric -> metrics.put(
                        metric.path("Name").asText(), metric.path("Regex").asText()));
        return metrics;
    }
}
