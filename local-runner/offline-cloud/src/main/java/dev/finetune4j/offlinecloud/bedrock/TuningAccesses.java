package dev.finetune4j.offlinecloud.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.iam.NetworkAccesses;
import dev.finetune4j.offlinecloud.wire.Access;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/** What callers must be allowed for calls of Bedrock, and jobs for what they do besides reading and writing files. */
final class TuningAccesses {
    private static final String TUNED = ":custom-model/";
    private static final List<String> ENCRYPT =
            List.of("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey");

    static final String IMPORT_JOB = "model-import-job";
    static final String IMPORTED = "imported-model";

    private final Names names;
    private final Function<String, Optional<String>> jobArn;
    private final Function<String, Optional<String>> modelArn;
    private final BiFunction<String, String, Optional<String>> hostedArn;

    /**
     * Accesses.
     *
     * @param jobArn ARN of a job by its name, as far as there is one
     * @param modelArn the same of a tuned model
     * @param hostedArn the same of what hosts one, by its kind and name
     */
    TuningAccesses(
            Names names,
            Function<String, Optional<String>> jobArn,
            Function<String, Optional<String>> modelArn,
            BiFunction<String, String, Optional<String>> hostedArn) {
        this.names = names;
        this.hostedArn = hostedArn;
        this.jobArn = jobArn;
        this.modelArn = modelArn;
    }

    /** What an operation takes. What is asked for by a name that nobody has is asked for as the name. */
    List<Access> of(String operation, ObjectNode request) {
        String action = "bedrock:" + operation;
        return switch (operation) {
            case "CreateModelCustomizationJob" -> ofCreate(action, request);
            case "GetModelCustomizationJob", "StopModelCustomizationJob" ->
                List.of(Access.to(action, arn(request.path("jobIdentifier"), jobArn, "model-customization-job/")));
            case "GetCustomModel", "DeleteCustomModel" ->
                List.of(Access.to(action, arn(request.path("modelIdentifier"), modelArn, "custom-model/")));
            case "GetFoundationModel" ->
                List.of(Access.to(
                        action,
                        names.foundationModel(names.baseModelId(
                                request.path("modelIdentifier").asText()))));
            case "GetFoundationModelAvailability" ->
                List.of(Access.to(
                        action,
                        names.foundationModel(
                                names.baseModelId(request.path("modelId").asText()))));
            case "CreateModelImportJob" -> ofImport(action, request);
            case "GetModelImportJob" -> List.of(Access.to(action, hosted(request.path("jobIdentifier"), IMPORT_JOB)));
            case "GetImportedModel", "DeleteImportedModel" ->
                List.of(Access.to(action, hosted(request.path("modelIdentifier"), IMPORTED)));
            case "CreateCustomModelDeployment" ->
                ofHosting(action, request.path("modelArn"), Hosting.DEPLOYMENT, request);
            case "GetCustomModelDeployment", "DeleteCustomModelDeployment" ->
                List.of(Access.to(action, hosted(request.path("customModelDeploymentIdentifier"), Hosting.DEPLOYMENT)));
            case "CreateProvisionedModelThroughput" ->
                ofHosting(action, request.path("modelId"), Hosting.THROUGHPUT, request);
            case "GetProvisionedModelThroughput",
                    "UpdateProvisionedModelThroughput",
                    "DeleteProvisionedModelThroughput" ->
                List.of(Access.to(action, hosted(request.path("provisionedModelId"), Hosting.THROUGHPUT)));
            default -> List.of(Access.to(action, namedByArn(request)));
        };
    }

    private String hosted(JsonNode named, String kind) {
        return arn(named, name -> hostedArn.apply(kind, name), kind + "/");
    }

    /** What hosts a model has no id yet, so that only its kind can be allowed. */
    private List<Access> ofHosting(String action, JsonNode model, String kind, ObjectNode request) {
        String made = names.own(kind + "/new");
        List<Access> accesses = new ArrayList<>();
        Stream.of(arn(model, modelArn, "custom-model/"), made)
                .forEach(part -> accesses.add(tagged(Access.to(action, part), request.path("tags"))));
        if (request.has("tags")) {
            accesses.add(tagged(Access.to("bedrock:TagResource", made), request.path("tags")));
        }
        return accesses;
    }

    /** Job and model have no ids yet, so that only their kind and base model can be allowed. */
    private List<Access> ofCreate(String action, ObjectNode request) {
        String asked = request.path("baseModelIdentifier").asText();
        String tuned = modelArn.apply(asked).orElse(asked.contains(TUNED) ? asked : "");
        String base = tuned.isEmpty()
                ? names.baseModelId(asked)
                : tuned.replaceFirst(".*" + TUNED, "").replaceFirst("/.*", "");
        String job = names.own("model-customization-job/" + base + "/new");
        String model = names.own("custom-model/" + base + "/new");
        List<Access> accesses = new ArrayList<>();
        Stream.of(tuned.isEmpty() ? names.foundationModel(base) : tuned, model, job)
                .forEach(part -> accesses.add(tagged(Access.to(action, part), request.path("jobTags"))));
        if (request.has("jobTags")) {
            accesses.add(tagged(Access.to("bedrock:TagResource", job), request.path("jobTags")));
        }
        if (request.has("customModelTags")) {
            accesses.add(tagged(Access.to("bedrock:TagResource", model), request.path("customModelTags")));
        }
        accesses.add(Access.to("iam:PassRole", request.path("roleArn").asText())
                .with("iam:PassedToService", "bedrock.amazonaws.com"));
        String key = request.path("customModelKmsKeyId").asText();
        if (!key.isEmpty()) {
            ENCRYPT.forEach(use -> accesses.add(Access.to(use, key.startsWith("arn:") ? key : names.key(key))
                    .with("kms:ViaService", "bedrock." + names.region() + ".amazonaws.com")));
        }
        return accesses;
    }

    private static Access tagged(Access access, JsonNode tags) {
        Map<String, String> byKey = new LinkedHashMap<>();
        tags.forEach(
                tag -> byKey.put(tag.path("key").asText(), tag.path("value").asText()));
        return access.tagged(byKey);
    }

    private List<Access> ofImport(String action, ObjectNode request) {
        String job = names.own(IMPORT_JOB + "/new");
        String model = names.own(IMPORTED + "/new");
        List<Access> accesses = new ArrayList<>();
        Stream.of(job, model).forEach(part -> accesses.add(tagged(Access.to(action, part), request.path("jobTags"))));
        if (request.has("jobTags")) {
            accesses.add(tagged(Access.to("bedrock:TagResource", job), request.path("jobTags")));
        }
        if (request.has("importedModelTags")) {
            accesses.add(tagged(Access.to("bedrock:TagResource", model), request.path("importedModelTags")));
        }
        accesses.add(Access.to("iam:PassRole", request.path("roleArn").asText())
                .with("iam:PassedToService", "bedrock.amazonaws.com"));
        return accesses;
    }

    private String arn(JsonNode named, Function<String, Optional<String>> find, String kind) {
        String name = named.asText();
        return name.startsWith("arn:") ? name : find.apply(name).orElse(names.own(kind + name));
    }

    private static String namedByArn(ObjectNode request) {
        return request.properties().stream()
                .map(member -> member.getValue().asText())
                .filter(text -> text.startsWith("arn:"))
                .findFirst()
                .orElse("*");
    }

    /** What a job takes before it reads its data; Bedrock's interfaces in a network are tagged with the job that they are for. */
    List<Access> toStart(ObjectNode job, String arn) {
        JsonNode network = job.path("vpcConfig");
        return network.isMissingNode()
                ? List.of()
                : NetworkAccesses.toJoin(
                        names.account(),
                        names.region(),
                        network.path("securityGroupIds"),
                        network.path("subnetIds"),
                        Map.of("BedrockManaged", "true", "BedrockModelCustomizationJobArn", arn));
    }
}
