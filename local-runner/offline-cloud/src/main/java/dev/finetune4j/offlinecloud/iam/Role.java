package dev.finetune4j.offlinecloud.iam;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A role.
 *
 * @param arn its ARN, with its path
 * @param trust the document that says who may act as it
 * @param createdAt when it was made
 * @param description for people, may be empty
 * @param sessionSeconds how long a session as it may be
 * @param tags by key
 */
record Role(
        String arn,
        String trust,
        Instant createdAt,
        String description,
        int sessionSeconds,
        NavigableMap<String, String> tags) {
    /** Copies the tags. */
    Role {
        tags = Collections.unmodifiableNavigableMap(new TreeMap<>(tags));
    }

    /** The name, which is told by itself wherever the service does not ask for an ARN. */
    String name() {
        return arn.substring(arn.lastIndexOf('/') + 1);
    }

    /** The path, with a slash at both ends. */
    String path() {
        return arn.substring(arn.indexOf('/'), arn.lastIndexOf('/') + 1);
    }

    Role trusting(String document) {
        return new Role(arn, document, createdAt, description, sessionSeconds, tags);
    }

    Role tagged(NavigableMap<String, String> now) {
        return new Role(arn, trust, createdAt, description, sessionSeconds, now);
    }

    /** Whether a service may act as it. Conditions are about callers whom a service acts for, who are all this account here. */
    boolean trustsService(String service) {
        return allowing("/Principal/Service").contains(service);
    }

    /** Whether somebody of an account may act as it. */
    boolean trustsPrincipal(String account, String principal) {
        List<String> trusted = allowing("/Principal/AWS");
        return trusted.contains("*")
                || trusted.contains(account)
                || trusted.stream().anyMatch(one -> one.matches("arn:[a-z-]+:iam::" + account + ":root"))
                || trusted.contains(principal)
                || allowing("/Principal").contains("*");
    }

    private List<String> allowing(String principals) {
        JsonNode all = Json.read(trust, JsonNode.class).path("Statement");
        List<String> trusted = new ArrayList<>();
        for (JsonNode statement : all.isArray() ? all : List.of(all)) {
            if (statement.path("Effect").asText().equals("Allow")) {
                trusted.addAll(Statement.texts(statement.at(principals)));
            }
        }
        return trusted;
    }
}
