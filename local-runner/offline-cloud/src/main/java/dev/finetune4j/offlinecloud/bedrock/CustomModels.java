package dev.finetune4j.offlinecloud.bedrock;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Models that came of jobs. Guarded by the service that owns it. */
final class CustomModels {
    private static final List<String> OF_THE_REQUEST =
            List.of("hyperParameters", "outputDataConfig", "trainingDataConfig");

    private final Names names;
    private final Tags tags;
    private final Map<String, CustomModel> byArn = new LinkedHashMap<>();
    private final Set<String> taken = new HashSet<>();

    CustomModels(Names names, Tags tags) {
        this.names = names;
        this.tags = tags;
    }

    /**
     * A model.
     *
     * @param arn its ARN
     * @param job what it came of
     */
    record CustomModel(String arn, CustomizationJob job) {
        String name() {
            return job.request().modelName();
        }

        Instant createdAt() {
            return job.changedAt();
        }
    }

    /** Takes the model of a job that is completed, once. */
    void take(CustomizationJob job) {
        if (job.status() == JobStatus.COMPLETED && taken.add(job.arn())) {
            CustomModel model = new CustomModel(names.customModel(job), job);
            byArn.put(model.arn(), model);
            tags.begin(model.arn(), job.request().body().path("customModelTags"));
        }
    }

    /** A model by its name or ARN. */
    Optional<CustomModel> find(String nameOrArn) {
        return byArn.values().stream()
                .filter(model -> model.arn().equals(nameOrArn) || model.name().equals(nameOrArn))
                .findFirst();
    }

    CustomModel existing(String nameOrArn) throws ServiceError {
        return find(nameOrArn).orElseThrow(() -> OfflineBedrock.notFound(nameOrArn));
    }

    void delete(CustomModel model) {
        byArn.remove(model.arn());
        tags.forget(model.arn());
    }

    ObjectNode describe(ObjectNode request) throws ServiceError {
        CustomModel model = existing(request.path("modelIdentifier").asText());
        ObjectNode answer = common(model)
                .put("jobArn", model.job().arn())
                .put("jobName", model.job().request().jobName());
        ObjectNode body = model.job().request().body();
        for (String member : OF_THE_REQUEST) {
            if (body.has(member)) {
                answer.set(member, body.get(member).deepCopy());
            }
        }
        new JobDescription(model.job(), names).addMetrics(answer);
        return answer;
    }

    ObjectNode list(ObjectNode request, String owner) throws ServiceError {
        Page<CustomModel> page = new Page<>(request, CustomModel::name, CustomModel::createdAt);
        return page.of(
                byArn.values(),
                model -> isWanted(model, request),
                model -> common(model)
                        .put("baseModelName", model.job().request().base().stem())
                        .put("ownerAccountId", owner),
                "modelSummaries");
    }

    private boolean isWanted(CustomModel model, ObjectNode request) {
        String base = baseArn(model);
        String foundation = names.foundationModel(model.job().request().base().id());
        return base.equals(request.path("baseModelArnEquals").asText(base))
                && foundation.equals(request.path("foundationModelArnEquals").asText(foundation))
                && request.path("modelStatus").asText("Active").equals("Active")
                && request.path("isOwned").asBoolean(true);
    }

    private ObjectNode common(CustomModel model) {
        return OfflineBedrock.object()
                .put("modelArn", model.arn())
                .put("modelName", model.name())
                .put("baseModelArn", baseArn(model))
                .put("customizationType", "FINE_TUNING")
                .put("creationTime", JobDescription.time(model.createdAt()))
                .put("modelStatus", "Active");
    }

    private String baseArn(CustomModel model) {
        return names.startOf(model.job().request());
    }
}
