package dev.finetune4j.offlinecloud.iam;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Policies of users and roles, by ARN: their own ones by name, and attached ones by ARN. Safe for use by several threads. */
final class Policies {
    private final Map<String, Held> held = new HashMap<>();

    /** What somebody is held to. */
    private static final class Held {
        private final Map<String, String> own = new TreeMap<>();
        private final Map<String, String> attached = new TreeMap<>();
        private List<Statement> statements = List.of();
    }

    /** From now on somebody may do what policies allow, of whom there may be none. */
    synchronized void hold(String principal) {
        held(principal);
    }

    private Held held(String principal) {
        return held.computeIfAbsent(principal, arn -> new Held());
    }

    /** The same, by these documents and no others. */
    synchronized void replace(String principal, String... documents) {
        Held next = new Held();
        for (int i = 0; i < documents.length; i++) {
            next.own.put("policy-" + (i + 1), documents[i]);
        }
        read(next);
        held.put(principal, next);
    }

    /**
     * Gives somebody a policy of their own.
     *
     * @throws IllegalArgumentException if the document has parts that are not known here
     */
    synchronized void put(String principal, String name, String document) {
        read(document);
        Held of = held(principal);
        of.own.put(name, document);
        read(of);
    }

    /** Attaches a policy that has an ARN. */
    synchronized void attach(String principal, String policy, String document) {
        read(document);
        Held to = held(principal);
        to.attached.put(policy, document);
        read(to);
    }

    /** Takes away a policy of somebody's own; says whether there was one. */
    synchronized boolean remove(String principal, String name) {
        Held of = held.get(principal);
        if (of == null || of.own.remove(name) == null) {
            return false;
        }
        read(of);
        return true;
    }

    /** Takes away an attached policy; says whether it was attached. */
    synchronized boolean detach(String principal, String policy) {
        Held from = held.get(principal);
        if (from == null || from.attached.remove(policy) == null) {
            return false;
        }
        read(from);
        return true;
    }

    /** Of whom nothing is known any more. */
    synchronized void forget(String principal) {
        held.remove(principal);
    }

    /** Somebody's own policies, by name. */
    synchronized Map<String, String> own(String principal) {
        return held.containsKey(principal) ? new TreeMap<>(held.get(principal).own) : Map.of();
    }

    /** ARNs of attached policies, in order. */
    synchronized List<String> attached(String principal) {
        return held.containsKey(principal)
                ? List.copyOf(held.get(principal).attached.keySet())
                : List.of();
    }

    /** To how many a policy is attached. */
    synchronized int attachments(String policy) {
        return (int) held.values().stream()
                .filter(one -> one.attached.containsKey(policy))
                .count();
    }

    /** The statements that somebody is held to; empty where somebody may do everything. */
    synchronized Optional<List<Statement>> of(String principal) {
        return Optional.ofNullable(held.get(principal)).map(one -> one.statements);
    }

    private static void read(Held one) {
        one.statements = Stream.concat(one.own.values().stream(), one.attached.values().stream())
                .flatMap(document -> read(document).stream())
                .toList();
    }

    /**
     * The statements of a document; if there is one, it may be without brackets.
     *
     * @throws IllegalArgumentException if the document has parts that are not known here
     */
    static List<Statement> read(String document) {
        JsonNode all = Json.read(document, JsonNode.class).path("Statement");
        List<Statement> statements = new ArrayList<>();
        for (JsonNode one : all.isArray() ? all : List.of(all)) {
            statements.add(Statement.of(one));
        }
        return statements;
    }
}
