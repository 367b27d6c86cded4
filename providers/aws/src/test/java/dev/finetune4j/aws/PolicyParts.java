package dev.finetune4j.aws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.AccessPolicy.Holder;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** What policies consist of, and policies with a part less. */
public final class PolicyParts {
    private PolicyParts() {}

    /** A policy without one of its statements. */
    public static AccessPolicy without(AccessPolicy policy, String sid) {
        JsonNode document = Json.read(policy.document(), JsonNode.class);
        ArrayNode statements = (ArrayNode) document.path("Statement");
        IntStream.range(0, statements.size())
                .filter(i -> statements.get(i).path("Sid").asText().equals(sid))
                .boxed()
                .toList()
                .forEach(i -> statements.remove(i.intValue()));
        return new AccessPolicy(policy.holder(), policy.identity(), document.toString(), policy.reasons());
    }

    /** All actions that the policies of a holder allow. */
    public static Set<String> actions(List<AccessPolicy> policies, Holder holder) {
        return actionsOf(policies, holder, "");
    }

    /** Actions of one statement; of all where none is named. */
    public static Set<String> actionsOf(List<AccessPolicy> policies, Holder holder, String sid) {
        Set<String> actions = new TreeSet<>();
        for (AccessPolicy policy : policies) {
            for (JsonNode statement :
                    Json.read(policy.document(), JsonNode.class).path("Statement")) {
                if (policy.holder() == holder
                        && (sid.isEmpty() || statement.path("Sid").asText().equals(sid))) {
                    statement.path("Action").forEach(action -> actions.add(action.asText()));
                }
            }
        }
        return actions;
    }
}
