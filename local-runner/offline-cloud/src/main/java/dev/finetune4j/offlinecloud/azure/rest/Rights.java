package dev.finetune4j.offlinecloud.azure.rest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.Route;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a caller must be allowed for a call, as roles name it. */
final class Rights {
    private static final Pattern RUNS =
            Pattern.compile("(.*/workspaces)/(runs(/details|/children)?|rundata)/(read|action)");

    /** Roles have no words for kinds of a registry's assets. */
    private static final Pattern ASSETS =
            Pattern.compile("(Microsoft\\.MachineLearningServices/registries)/.+/(read|delete|write|action)");

    private static final String ASSIGN = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action";
    private static final String SUBSCRIPTIONS = "/subscriptions/";

    private Rights() {}

    /** The first is what the caller is told of. */
    static List<Access> of(Operation operation, AzureCall call) {
        String resource = resource(call.path());
        List<Access> all = new ArrayList<>(List.of(Access.to(action(operation.route()), resource)));
        if (operation.name().equals("Jobs_CreateOrUpdate")) {
            identity(call).ifPresent(identity -> all.add(Access.to(ASSIGN, identity)));
        }
        return all;
    }

    /** Services beside the resource manager have its path behind their own. */
    private static String resource(String path) {
        return path.contains(SUBSCRIPTIONS) ? path.substring(path.indexOf(SUBSCRIPTIONS)) : path;
    }

    /** The types of the path, and what is done to the last of them. */
    private static String action(Route route) {
        String provider = AzureProtocol.provider(route.requestUri());
        List<String> types = new ArrayList<>(List.of(provider));
        String below = route.requestUri().replaceFirst(".*/" + provider + "/", "");
        String last = "";
        for (String part : below.split("/")) {
            last = part;
            if (!part.startsWith("{") && !part.isEmpty()) {
                types.add(part);
            }
        }
        boolean isAction = route.method().equals("POST") && !last.startsWith("{");
        String action = String.join("/", types)
                + switch (route.method()) {
                    case "GET" -> "/read";
                    case "DELETE" -> "/delete";
                    default -> isAction ? "/action" : "/write";
                };
        Matcher assets = ASSETS.matcher(action);
        if (assets.matches()) {
            return assets.group(1) + "/assets/"
                    + (route.method().equals("POST") ? "write" : String.valueOf(assets.group(2)));
        }
        Matcher runs = RUNS.matcher(action);
        return runs.matches() ? runs.group(1) + "/experiments/runs/read" : action;
    }

    /** Below the group, since a job names it by its client id. */
    private static Optional<String> identity(AzureCall call) {
        try {
            JsonNode identity = call.json().at("/properties/identity");
            return identity.path("identityType").asText().equals("Managed")
                    ? Optional.of(call.path().replaceFirst("/providers/.*", "")
                            + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/"
                            + identity.path("clientId").asText("default"))
                    : Optional.empty();
        } catch (ServiceError e) {
            return Optional.empty(); // the handler says what is wrong with it
        }
    }
}
