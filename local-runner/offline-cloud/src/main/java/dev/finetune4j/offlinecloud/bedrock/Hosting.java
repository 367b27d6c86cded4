package dev.finetune4j.offlinecloud.bedrock;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.bedrock.CustomModels.CustomModel;
import dev.finetune4j.offlinecloud.learner.AnswerCounter;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Deployments that are asked on demand, and throughput that is paid by the hour. Guarded by the service that owns it. */
final class Hosting {
    static final String DEPLOYMENT = "custom-model-deployment";
    static final String THROUGHPUT = "provisioned-model";
    private static final Duration MONTH = Duration.ofDays(30);

    private final Names names;
    private final CustomModels models;
    private final Tags tags;
    private final Map<String, Hosted> byArn = new LinkedHashMap<>();
    private final Map<String, Failure> failures = new HashMap<>();
    private int mostUnits = Integer.MAX_VALUE;

    Hosting(Names names, CustomModels models, Tags tags) {
        this.names = names;
        this.models = models;
        this.tags = tags;
    }

    private record Failure(String message, Instant at) {}

    private record Hosted(
            String kind,
            String name,
            String arn,
            CustomModel model,
            ObjectNode request,
            Instant createdAt,
            Instant upAt) {
        int units() {
            return request.path("modelUnits").asInt();
        }

        /** Until when it is paid for anyhow; empty where it may be given back at any hour. */
        Optional<Instant> committedUntil() {
            return switch (request.path("commitmentDuration").asText()) {
                case "OneMonth" -> Optional.of(createdAt.plus(MONTH));
                case "SixMonths" -> Optional.of(createdAt.plus(MONTH.multipliedBy(6)));
                default -> Optional.empty();
            };
        }
    }

    void quota(int units) {
        mostUnits = units;
    }

    void fail(String name, String message, Instant now) {
        Hosted hosted = byArn.values().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(name + " hosts nothing"));
        failures.put(hosted.arn(), new Failure(message, now));
    }

    /** In the words of its kind. */
    private String status(Hosted hosted, Instant now) {
        if (failures.containsKey(hosted.arn())) {
            return "Failed";
        }
        if (!isUp(hosted, now)) {
            return "Creating";
        }
        return hosted.kind().equals(DEPLOYMENT) ? "Active" : "InService";
    }

    private void addFailure(ObjectNode answer, Hosted hosted) {
        Failure failure = failures.get(hosted.arn());
        if (failure != null) {
            answer.put("failureMessage", failure.message());
        }
    }

    /**
     * What answers under the ARN of what hosts a model.
     *
     * @throws ServiceError if there is no such thing, or it does not answer yet
     */
    AnswerCounter answering(String arn, Instant now) throws ServiceError {
        Hosted hosted = byArn.get(arn);
        if (hosted == null) {
            throw ServiceError.invalid("The provided model identifier is invalid.");
        }
        if (!isUp(hosted, now) || failures.containsKey(arn)) {
            throw ServiceError.of("ModelNotReadyException", "The model " + arn + " is not ready for inference");
        }
        return hosted.model()
                .job()
                .result()
                .orElseThrow(() -> new IllegalStateException("a model came of a job that ended well"))
                .model();
    }

    /** ARN of what has a name, of one kind. */
    Optional<String> arnOf(String kind, String name) {
        return byArn.values().stream()
                .filter(hosted -> hosted.kind().equals(kind) && hosted.name().equals(name))
                .map(Hosted::arn)
                .findFirst();
    }

    boolean isUsed(String modelArn) {
        return byArn.values().stream().anyMatch(hosted -> hosted.model().arn().equals(modelArn));
    }

    ObjectNode deploy(ObjectNode request, Instant now, Duration start) throws ServiceError {
        CustomModel model = models.existing(request.path("modelArn").asText());
        if (!model.job().request().base().isDeployable()) {
            throw ServiceError.invalid("The model " + model.arn() + " does not support custom model deployments");
        }
        Hosted hosted = host(DEPLOYMENT, request.path("modelDeploymentName").asText(), model, request, now, start);
        return OfflineBedrock.object().put("customModelDeploymentArn", hosted.arn());
    }

    ObjectNode deployment(ObjectNode request, Instant now) throws ServiceError {
        Hosted hosted = existing(
                DEPLOYMENT, request.path("customModelDeploymentIdentifier").asText());
        ObjectNode answer = OfflineBedrock.object()
                .put("customModelDeploymentArn", hosted.arn())
                .put("modelDeploymentName", hosted.name())
                .put("modelArn", hosted.model().arn())
                .put("createdAt", JobDescription.time(hosted.createdAt()))
                .put("status", status(hosted, now))
                .put("lastUpdatedAt", JobDescription.time(changedAt(hosted, now)));
        addFailure(answer, hosted);
        if (hosted.request().has("description")) {
            answer.set("description", hosted.request().get("description"));
        }
        return answer;
    }

    ObjectNode listDeployments(ObjectNode request, Instant now) throws ServiceError {
        Page<Hosted> page = new Page<>(request, Hosted::name, Hosted::createdAt, "createdAfter", "createdBefore");
        return page.of(
                byArn.values(),
                hosted -> isWanted(DEPLOYMENT, hosted, request, status(hosted, now)),
                hosted -> OfflineBedrock.object()
                        .put("customModelDeploymentArn", hosted.arn())
                        .put("customModelDeploymentName", hosted.name())
                        .put("modelArn", hosted.model().arn())
                        .put("createdAt", JobDescription.time(hosted.createdAt()))
                        .put("status", status(hosted, now))
                        .put("lastUpdatedAt", JobDescription.time(changedAt(hosted, now))),
                "modelDeploymentSummaries");
    }

    private static boolean isWanted(String kind, Hosted hosted, ObjectNode request, String status) {
        String model = hosted.model().arn();
        return hosted.kind().equals(kind)
                && model.equals(request.path("modelArnEquals").asText(model))
                && status.equals(request.path("statusEquals").asText(status));
    }

    ObjectNode deleteDeployment(ObjectNode request) throws ServiceError {
        return delete(existing(
                DEPLOYMENT, request.path("customModelDeploymentIdentifier").asText()));
    }

    ObjectNode provision(ObjectNode request, Instant now, Duration start) throws ServiceError {
        CustomModel model = models.existing(request.path("modelId").asText());
        int used = byArn.values().stream().mapToInt(Hosted::units).sum();
        if (used + request.path("modelUnits").asInt() > mostUnits) {
            throw ServiceError.of(
                    "ServiceQuotaExceededException",
                    "The number of model units exceeds the quota of " + mostUnits + " for this account");
        }
        Hosted hosted = host(THROUGHPUT, request.path("provisionedModelName").asText(), model, request, now, start);
        return OfflineBedrock.object().put("provisionedModelArn", hosted.arn());
    }

    ObjectNode throughput(ObjectNode request, Instant now) throws ServiceError {
        Hosted hosted = existing(THROUGHPUT, request.path("provisionedModelId").asText());
        ObjectNode answer = describe(hosted, now);
        addFailure(answer, hosted);
        return answer;
    }

    ObjectNode listThroughputs(ObjectNode request, Instant now) throws ServiceError {
        Page<Hosted> page = new Page<>(request, Hosted::name, Hosted::createdAt);
        return page.of(
                byArn.values(),
                hosted -> isWanted(THROUGHPUT, hosted, request, status(hosted, now)),
                hosted -> describe(hosted, now),
                "provisionedModelSummaries");
    }

    private ObjectNode describe(Hosted hosted, Instant now) {
        ObjectNode answer = OfflineBedrock.object()
                .put("provisionedModelArn", hosted.arn())
                .put("provisionedModelName", hosted.name())
                .put("modelUnits", hosted.units())
                .put("desiredModelUnits", hosted.units())
                .put("modelArn", hosted.model().arn())
                .put("desiredModelArn", hosted.model().arn())
                .put(
                        "foundationModelArn",
                        names.foundationModel(
                                hosted.model().job().request().base().id()))
                .put("status", status(hosted, now))
                .put("creationTime", JobDescription.time(hosted.createdAt()))
                .put("lastModifiedTime", JobDescription.time(changedAt(hosted, now)));
        hosted.committedUntil().ifPresent(end -> {
            answer.set("commitmentDuration", hosted.request().get("commitmentDuration"));
            answer.put("commitmentExpirationTime", JobDescription.time(end));
        });
        return answer;
    }

    /** Gives it another name, or another model of the same base; its ARN stays. */
    ObjectNode updateThroughput(ObjectNode request) throws ServiceError {
        Hosted hosted = existing(THROUGHPUT, request.path("provisionedModelId").asText());
        String name = request.path("desiredProvisionedModelName").asText(hosted.name());
        CustomModel model = request.has("desiredModelId")
                ? models.existing(request.path("desiredModelId").asText())
                : hosted.model();
        if (!model.job().request().base().equals(hosted.model().job().request().base())) {
            throw ServiceError.invalid("The desired model must have the base model of "
                    + hosted.model().arn());
        }
        if (arnOf(THROUGHPUT, name).filter(arn -> !arn.equals(hosted.arn())).isPresent()) {
            throw ServiceError.invalid("The provided name is currently in use: " + name);
        }
        byArn.put(
                hosted.arn(),
                new Hosted(THROUGHPUT, name, hosted.arn(), model, hosted.request(), hosted.createdAt(), hosted.upAt()));
        return OfflineBedrock.object();
    }

    ObjectNode deleteThroughput(ObjectNode request, Instant now) throws ServiceError {
        Hosted hosted = existing(THROUGHPUT, request.path("provisionedModelId").asText());
        if (hosted.committedUntil().filter(now::isBefore).isPresent()) {
            throw ServiceError.of(
                    "ConflictException", hosted.arn() + " can not be deleted before the end of its commitment");
        }
        return delete(hosted);
    }

    private Hosted host(String kind, String name, CustomModel model, ObjectNode request, Instant now, Duration start)
            throws ServiceError {
        if (arnOf(kind, name).isPresent()) {
            throw ServiceError.invalid("The provided name is currently in use: " + name);
        }
        Hosted hosted = new Hosted(kind, name, freeArn(kind, name), model, request.deepCopy(), now, now.plus(start));
        byArn.put(hosted.arn(), hosted);
        tags.begin(hosted.arn(), request.path("tags"));
        return hosted;
    }

    /** What was made under this name may have another by now, and keeps its ARN. */
    private String freeArn(String kind, String name) {
        return Stream.iterate(name, told -> told + " again")
                .map(told -> names.hosting(kind, told))
                .filter(arn -> !byArn.containsKey(arn))
                .findFirst()
                .orElseThrow();
    }

    private Hosted existing(String kind, String nameOrArn) throws ServiceError {
        return byArn.values().stream()
                .filter(hosted -> hosted.kind().equals(kind))
                .filter(hosted ->
                        hosted.name().equals(nameOrArn) || hosted.arn().equals(nameOrArn))
                .findFirst()
                .orElseThrow(() -> OfflineBedrock.notFound(nameOrArn));
    }

    private ObjectNode delete(Hosted hosted) {
        byArn.remove(hosted.arn());
        tags.forget(hosted.arn());
        failures.remove(hosted.arn());
        return OfflineBedrock.object();
    }

    private static boolean isUp(Hosted hosted, Instant now) {
        return !hosted.upAt().isAfter(now);
    }

    private Instant changedAt(Hosted hosted, Instant now) {
        Failure failure = failures.get(hosted.arn());
        if (failure != null) {
            return failure.at();
        }
        return isUp(hosted, now) ? hosted.upAt() : hosted.createdAt();
    }
}
