package dev.finetune4j.offlinecloud.iam;

import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.Xml;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What policies come to without a call being made: those of a user or role, such as a request brings, or both. Of a call's context is known
 * what the request says of it and nothing else.
 */
final class Simulation {
    private static final String BOUNDARY = "PermissionsBoundaryPolicyInputList";

    private final Map<String, String> parameters;
    private final List<Statement> statements = new ArrayList<>();
    private final Optional<List<Statement>> boundary;

    /**
     * A simulation.
     *
     * @param held what a user or role is held to; none where only policies of the request count
     * @param parameters of the request
     * @throws ServiceError if a policy of the request has parts that are not known here
     */
    Simulation(List<Statement> held, Map<String, String> parameters) throws ServiceError {
        this.parameters = parameters;
        statements.addAll(held);
        statements.addAll(brought(parameters, "PolicyInputList"));
        List<Statement> bounding = brought(parameters, BOUNDARY);
        boundary = bounding.isEmpty() ? Optional.empty() : Optional.of(bounding);
    }

    private static List<Statement> brought(Map<String, String> parameters, String list) throws ServiceError {
        List<Statement> brought = new ArrayList<>();
        for (String document : IamQueries.members(parameters, list)) {
            brought.addAll(OfflineIam.statements(document));
        }
        return brought;
    }

    /** The keys that policies look at. */
    List<Xml> contextKeys() {
        TreeSet<String> keys = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        statements.forEach(statement -> statement.conditions().forEach(condition -> keys.add(condition.key())));
        return List.of(Xml.of(
                "ContextKeyNames",
                keys.stream().map(key -> Xml.of("member", key)).toList()));
    }

    /** Every action on every resource. */
    List<Xml> results() {
        List<String> resources = IamQueries.members(parameters, "ResourceArns");
        List<Xml> results = new ArrayList<>();
        for (String action : IamQueries.members(parameters, "ActionNames")) {
            for (String resource : resources.isEmpty() ? List.of("*") : resources) {
                results.add(result(inContext(Access.to(action, resource)), !resources.isEmpty()));
            }
        }
        return List.of(Xml.of("EvaluationResults", results), Xml.of("IsTruncated", "false"));
    }

    private Access inContext(Access access) {
        Access told = access;
        for (int i = 1; parameters.containsKey("ContextEntries.member." + i + ".ContextKeyName"); i++) {
            String entry = "ContextEntries.member." + i;
            told = told.with(
                    parameters.getOrDefault(entry + ".ContextKeyName", ""),
                    IamQueries.members(parameters, entry + ".ContextKeyValues"));
        }
        return told;
    }

    private Decision decide(Access access) {
        Decision own = Decision.of(statements, access);
        return boundary.map(bounding -> own.within(Decision.of(bounding, access)))
                .orElse(own);
    }

    /** What of the context is missing is told beside each resource where resources are named. */
    private Xml result(Access access, boolean isNamed) {
        String decision = decide(access).word();
        Xml missing = Xml.of("MissingContextValues", missing(access));
        List<Xml> result = new ArrayList<>(List.of(
                Xml.of("EvalActionName", access.action()),
                Xml.of("EvalResourceName", access.resource()),
                Xml.of("EvalDecision", decision)));
        result.add(
                isNamed
                        ? Xml.of(
                                "ResourceSpecificResults",
                                List.of(Xml.of(
                                        "member",
                                        List.of(
                                                Xml.of("EvalResourceName", access.resource()),
                                                Xml.of("EvalResourceDecision", decision),
                                                missing))))
                        : missing);
        return Xml.of("member", result);
    }

    /** Keys that statements about an access ask for, and of which it says nothing. */
    private List<Xml> missing(Access access) {
        return statements.stream()
                .filter(statement -> statement.names(access))
                .flatMap(statement -> statement.conditions().stream())
                .filter(condition -> !condition.isTold(access))
                .map(Condition::key)
                .distinct()
                .sorted()
                .map(key -> Xml.of("member", key))
                .toList();
    }
}
