package dev.finetune4j.offlinecloud.iam;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Policies with an ARN: some of Amazon's own, cut down to the services that are here, and those of the account. */
final class ManagedPolicies {
    private static final String OF_AMAZON = "arn:aws:iam::aws:policy/";
    private static final Instant SHIPPED_AT = Instant.parse("2026-01-01T00:00:00Z");

    private final Map<String, Managed> policies = new ConcurrentHashMap<>();

    /**
     * A policy, which has one version.
     *
     * @param description for people, may be empty
     */
    record Managed(String arn, String document, String description, Instant createdAt) {
        String name() {
            return arn.substring(arn.lastIndexOf('/') + 1);
        }

        boolean isOfAmazon() {
            return arn.startsWith(OF_AMAZON);
        }
    }

    ManagedPolicies() {
        Map<String, JsonNode> shipped =
                Json.resource(ManagedPolicies.class, "managed-policies.json", new TypeReference<>() {});
        shipped.forEach((name, document) -> create(new Managed(OF_AMAZON + name, document.toString(), "", SHIPPED_AT)));
    }

    Optional<Managed> find(String arn) {
        return Optional.ofNullable(policies.get(arn));
    }

    /** @throws ServiceError where there is no such policy */
    Managed existing(String arn) throws ServiceError {
        return find(arn).orElseThrow(() -> none(arn));
    }

    private static ServiceError none(String arn) {
        return new ServiceError(RoleCalls.NOT_FOUND, "NoSuchEntity", "Policy " + arn + " was not found.");
    }

    /** All, by ARN. */
    List<Managed> all() {
        return policies.values().stream()
                .sorted(Comparator.comparing(Managed::arn))
                .toList();
    }

    /** Makes one of the account's; says whether there was none of this ARN. */
    boolean create(Managed policy) {
        return policies.putIfAbsent(policy.arn(), policy) == null;
    }

    /** @throws ServiceError where the account has no such policy */
    void delete(String arn) throws ServiceError {
        if (existing(arn).isOfAmazon()) {
            throw none(arn);
        }
        policies.remove(arn);
    }
}
