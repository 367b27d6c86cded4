package dev.finetune4j.offlinecloud.bedrock;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.bedrock.BaseModels.BaseModel;
import dev.finetune4j.offlinecloud.wire.ServiceError;

/** Base models as the service tells of them: once as they are asked on demand, once as they are tuned. */
final class FoundationModels {
    private final Names names;

    FoundationModels(Names names) {
        this.names = names;
    }

    ObjectNode describe(ObjectNode request) throws ServiceError {
        String id = names.baseModelId(request.path("modelIdentifier").asText());
        BaseModel model = BaseModels.find(names.region(), id, false)
                .orElseThrow(() -> ServiceError.invalid("The provided model identifier is invalid."));
        ObjectNode answer = OfflineBedrock.object();
        answer.set("modelDetails", details(model, id.equals(model.id())));
        return answer;
    }

    /**
     * Whether the account may use a model.
     *
     * @param isWithheld whether nobody has asked for it yet
     */
    ObjectNode availability(ObjectNode request, boolean isWithheld) throws ServiceError {
        String id = names.baseModelId(request.path("modelId").asText());
        boolean isHere = BaseModels.find(names.region(), id, false).isPresent();
        if (!isHere) {
            throw OfflineBedrock.notFound(id);
        }
        ObjectNode answer = OfflineBedrock.object().put("modelId", id);
        answer.putObject("agreementAvailability").put("status", isWithheld ? "NOT_AVAILABLE" : "AVAILABLE");
        return answer.put("authorizationStatus", isWithheld ? "NOT_AUTHORIZED" : "AUTHORIZED")
                .put("entitlementAvailability", isWithheld ? "NOT_AVAILABLE" : "AVAILABLE")
                .put("regionAvailability", "AVAILABLE");
    }

    ObjectNode list(ObjectNode request) {
        ObjectNode answer = OfflineBedrock.object();
        ArrayNode summaries = answer.putArray("modelSummaries");
        String tuning = request.path("byCustomizationType").asText();
        String inference = request.path("byInferenceType").asText();
        BaseModels.of(names.region())
                .filter(model ->
                        request.path("byProvider").asText(model.provider()).equals(model.provider()))
                .filter(model -> request.path("byOutputModality").asText("TEXT").equals("TEXT"))
                .forEach(model -> {
                    if (tuning.isEmpty() && !inference.equals("PROVISIONED")) {
                        summaries.add(details(model, false));
                    }
                    if ((tuning.isEmpty() || tuning.equals("FINE_TUNING")) && !inference.equals("ON_DEMAND")) {
                        summaries.add(details(model, true));
                    }
                });
        return answer;
    }

    private ObjectNode details(BaseModel model, boolean isForTuning) {
        String id = isForTuning ? model.id() : model.plainId();
        ObjectNode details = OfflineBedrock.object()
                .put("modelArn", names.foundationModel(id))
                .put("modelId", id)
                .put("modelName", model.name())
                .put("providerName", model.provider())
                .put("responseStreamingSupported", true);
        ArrayNode inputs = details.putArray("inputModalities").add("TEXT");
        if (model.seesImages()) {
            inputs.add("IMAGE");
        }
        details.putArray("outputModalities").add("TEXT");
        ArrayNode customizations = details.putArray("customizationsSupported");
        if (isForTuning) {
            customizations.add("FINE_TUNING");
        }
        details.putArray("inferenceTypesSupported").add(isForTuning ? "PROVISIONED" : "ON_DEMAND");
        details.putObject("modelLifecycle").put("status", "ACTIVE");
        return details;
    }
}
