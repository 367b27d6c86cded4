package dev.finetune4j.offlinecloud.iam;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Policies with an ARN: some of Amazon's own, cut down to the services that are here, and those of the account. */
final class ManagedPolicies {
    private static final String OF_AMAZON = "arn:aws:iam::aws:policy/";

    private final Map<String, String> documents = new ConcurrentHashMap<>();

    ManagedPolicies() {
        Map<String, JsonNode> shipped =
                Json.resource(ManagedPolicies.class, "managed-policies.json", new TypeReference<>() {});
        shipped.forEach((name, document) -> documents.put(OF_AMAZON + name, document.toString()));
    }

    /** The document of a policy; empty where there is no such policy. */
    Optional<String> find(String arn) {
        return Optional.ofNullable(documents.get(arn));
    }

    /** Makes one of the account's; says whether there was none of this ARN. */
    boolean create(String arn, String document) {
        return documents.putIfAbsent(arn, document) == null;
    }

    /** Removes one of the account's; says whether there was one. */
    boolean delete(String arn) {
        return !arn.startsWith(OF_AMAZON) && documents.remove(arn) != null;
    }
}
