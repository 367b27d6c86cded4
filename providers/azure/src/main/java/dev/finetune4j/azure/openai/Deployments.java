package dev.finetune4j.azure.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.azure.internal.ArmResources;
import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.azure.internal.AzureFailure;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.HostedModel;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The deployments of a resource, by the resource manager. Whoever may tune need not be allowed this, which its refusals say. What was begun from
 * here is followed by its operation, no oftener than the service asks. Safe for use by several threads.
 */
final class Deployments {
    private static final String VERSION = "2025-06-01";
    private static final Set<String> UNDER_WAY =
            Set.of("", "Accepted", "Creating", "InProgress", "Running", "Updating");

    private final AzureOpenAiOptions options;
    private final ArmResources resources;
    private final Clock clock;
    private final Map<String, UnderWay> begun = new ConcurrentHashMap<>();
    private volatile @Nullable String account;

    Deployments(AzureOpenAiOptions options, AzureConnection connection, Clock clock) {
        this.options = options;
        this.resources = new ArmResources(connection, VERSION);
        this.clock = clock;
    }

    /**
     * What was begun from here, and is not over as far as is known.
     *
     * @param operation address that tells how far it is
     * @param next when the service is asked again at the earliest
     * @param last as it was when it was begun
     */
    private record UnderWay(String operation, Instant next, Deployed last) {}

    /**
     * Where the resource is in the resource manager: as the settings say, or where the subscription has it.
     *
     * @throws FineTuneException with FT0970 if nobody knows its subscription, or that has no such resource
     */
    String accountPath() {
        String known = account;
        if (known == null) {
            known = options.accountPath().isEmpty() ? found() : options.accountPath();
            account = known;
        }
        return known;
    }

    private String found() {
        if (options.subscription() == null) {
            throw AzureOpenAiErrors.noSubscription(options);
        }
        String all = "/subscriptions/" + options.subscription() + "/providers/Microsoft.CognitiveServices/accounts";
        return told("the resources of the subscription", () -> resources.list(all)).stream()
                .filter(one -> one.path("name").asText().equalsIgnoreCase(options.account()))
                .map(one -> one.path("id").asText())
                .findFirst()
                .orElseThrow(() -> AzureOpenAiErrors.noResource(options));
    }

    /** The region of the resource in its short form; empty where nobody knows the resource's path, or may not read it. */
    Optional<String> region() {
        return options.accountPath().isEmpty() ? Optional.empty() : regionOf(options.accountPath());
    }

    /**
     * The same for whoever deploys: the resource is looked for where only its subscription is known.
     *
     * @throws FineTuneException with FT0970 if the subscription has no such resource
     */
    Optional<String> regionToDeployIn() {
        return options.accountPath().isEmpty() && options.subscription() == null
                ? Optional.empty()
                : regionOf(accountPath());
    }

    private Optional<String> regionOf(String path) {
        try {
            return resources
                    .find(path)
                    .map(found -> found.path("location").asText().replace(" ", ""))
                    .filter(region -> !region.isEmpty());
        } catch (RuntimeException e) {
            return Optional.empty(); // whoever tunes or deploys need not be allowed it
        }
    }

    /**
     * A deployment by its name; empty only where the service answered that there is none.
     *
     * @throws FineTuneException with FT0994 if it was begun from here, came to nothing, and left nothing
     */
    Optional<Deployed> find(String name) {
        return find(name, reason -> {
            throw AzureOpenAiErrors.notDeployed(name, options, reason)
                    .remedy("finetune host " + name)
                    .asException();
        });
    }

    /** The same, and empty where it came to nothing and left nothing. */
    Optional<Deployed> findIfLeft(String name) {
        return find(name, reason -> Optional.empty());
    }

    /** @param nothing what is told where it came to nothing and left nothing, by the reason */
    private Optional<Deployed> find(String name, Function<String, Optional<Deployed>> nothing) {
        UnderWay pending = begun.get(name);
        if (pending == null) {
            return told(name, () -> resources.find(path(name)))
                    .map(Deployed::of)
                    .filter(found -> !found.isGoing());
        }
        if (clock.instant().isBefore(pending.next())) {
            return Optional.of(pending.last());
        }
        Optional<JsonNode> ended = followed(name, pending);
        if (ended.isEmpty()) {
            return Optional.of(pending.last());
        }
        begun.remove(name);
        Optional<Deployed> found = find(name, nothing);
        String status = ended.get().path("status").asText();
        if (status.equals("Failed") || status.equals("Canceled")) {
            String reason = reason(ended.get());
            return found.map(one -> one.failed(reason)).or(() -> nothing.apply(reason));
        }
        return found;
    }

    /** How an operation ended; empty while it is under way. Where nobody tells, the deployment itself does. */
    private Optional<JsonNode> followed(String name, UnderWay pending) {
        ArmResources.Begun told;
        try {
            told = resources.operation(pending.operation());
        } catch (RuntimeException e) {
            if (AzureFailure.of(e) == AzureFailure.OUTAGE || AzureFailure.of(e) == AzureFailure.CREDENTIALS) {
                throw AzureOpenAiErrors.deploying(e, name, options);
            }
            return Optional.of(ended("Unknown"));
        }
        if (!UNDER_WAY.contains(told.resource().path("status").asText())) {
            return Optional.of(told.resource());
        }
        begun.put(name, new UnderWay(pending.operation(), clock.instant().plus(told.pause()), pending.last()));
        return Optional.empty();
    }

    private static JsonNode ended(String status) {
        return Json.records().createObjectNode().put("status", status);
    }

    private static String reason(JsonNode operation) {
        String code = operation.at("/error/code").asText();
        String message = operation.at("/error/message").asText();
        return code.isEmpty() || message.isEmpty() ? code + message : code + ": " + message;
    }

    /** All deployments of the resource, whoever made them. */
    List<Deployed> all() {
        return told("deployments", () -> resources.list(accountPath() + "/deployments")).stream()
                .map(Deployed::of)
                .filter(found -> !found.isGoing())
                .toList();
    }

    /** Makes a deployment, by one try; failures are azure-core's own. */
    Deployed put(String name, JsonNode body) {
        ArmResources.Begun answer = resources.begin(path(name), body);
        Deployed made = Deployed.of(answer.resource());
        if (!answer.operation().isEmpty() && made.state() == HostedModel.State.CREATING) {
            begun.put(name, new UnderWay(answer.operation(), clock.instant().plus(answer.pause()), made));
        }
        return made;
    }

    /** Ends a deployment; without effect where there is none. */
    void delete(String name) {
        begun.remove(name);
        var unused = told(name, () -> {
            resources.delete(path(name));
            return name;
        });
    }

    private String path(String name) {
        return accountPath() + "/deployments/" + name;
    }

    private <T> T told(String name, Supplier<T> call) {
        try {
            return call.get();
        } catch (FineTuneException e) {
            throw e;
        } catch (RuntimeException e) {
            throw AzureOpenAiErrors.deploying(e, name, options);
        }
    }
}
