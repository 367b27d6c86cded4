package dev.finetune4j.offlinecloud.azure.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.Protocol;
import dev.finetune4j.offlinecloud.wire.Route;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** REST as the resource manager and the services around a workspace speak it. */
public final class AzureProtocol implements Protocol {
    private static final String CONTENT_TYPE = "application/json; charset=utf-8";
    private static final Pattern PROVIDER = Pattern.compile(".*/providers/([^/{]+)/?.*");
    private static final int READS_LEFT = 11999;

    private final Workspace workspace;
    private final List<Operation> operations;
    private final String tenant;
    private final Guard guard;

    /** Lets callers in by the header of their request. */
    @FunctionalInterface
    public interface Guard {
        /**
         * Lets a caller in.
         *
         * @param authorization the header, empty if there is none
         * @param base where the caller found the services, which may be the audience of tokens too
         * @throws ServiceError if not
         */
        void check(Operation.Door door, String authorization, String base) throws ServiceError;
    }

    /**
     * The protocol.
     *
     * @param workspace whose subscription and group are the only ones that there are
     * @param operations all that the services do
     * @param tenant whose tokens are taken
     * @param guard looks at tokens
     */
    public AzureProtocol(Workspace workspace, List<Operation> operations, String tenant, Guard guard) {
        this.workspace = workspace;
        this.operations = List.copyOf(operations);
        this.tenant = tenant;
        this.guard = guard;
    }

    /** An answer in JSON. */
    public static Answer json(int status, ObjectNode body) {
        return Answer.text(status, CONTENT_TYPE, body.toString());
    }

    /** Whose resources a path is of; the resource manager's own where it does not say so. */
    static String provider(String path) {
        Matcher provider = PROVIDER.matcher(path);
        return provider.matches() ? Objects.requireNonNull(provider.group(1)) : "Microsoft.Resources";
    }

    @Override
    public boolean isSpokenBy(HttpExchange exchange) {
        return true;
    }

    @Override
    public Request receive(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        String authorization =
                Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("Authorization"), "");
        String query = Objects.requireNonNullElse(exchange.getRequestURI().getRawQuery(), "");
        String base = "https://" + exchange.getRequestHeaders().getFirst("Host");
        String content = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        for (Operation operation : operations) {
            Optional<Route.Match> match =
                    operation.route().matchIgnoringCase(operation.name(), exchange.getRequestMethod(), path);
            if (match.isPresent()) {
                AzureCall call = new AzureCall(base, path, match.get().labels(), AzureCall.parsed(query), content);
                return new AzureRequest(operation, call, authorization);
            }
        }
        return new AzureRequest(
                null, new AzureCall(base, path, Map.of(), AzureCall.parsed(query), content), authorization);
    }

    private final class AzureRequest implements Request {
        private final @Nullable Operation operation;
        private final AzureCall call;
        private final String authorization;

        AzureRequest(@Nullable Operation operation, AzureCall call, String authorization) {
            this.operation = operation;
            this.call = call;
            this.authorization = authorization;
        }

        @Override
        public String operation() {
            return operation == null ? "" : operation.name();
        }

        @Override
        public void admit() throws ServiceError {
            if (operation == null) {
                throw AzureErrors.notFound(
                        "InvalidResourceType",
                        "The offline cloud has no such operation at " + call.path() + " in the namespace '"
                                + provider(call.path()) + "'.");
            }
            guard.check(operation.door(), authorization, call.base());
            if (operation.door() == Operation.Door.MANAGEMENT) {
                ApiVersions.check(provider(operation.route().requestUri()), call.query("api-version"));
            }
            refuseOther();
        }

        /** There is one subscription with one group; their names go without regard to the size of letters. */
        private void refuseOther() throws ServiceError {
            String subscription = call.label("subscriptionId");
            if (isOther(subscription, workspace.subscription())) {
                throw AzureErrors.notFound(
                        "SubscriptionNotFound", "The subscription '" + subscription + "' could not be found.");
            }
            String group = call.label("resourceGroupName");
            if (isOther(group, workspace.resourceGroup())) {
                throw AzureErrors.notFound(
                        "ResourceGroupNotFound", "Resource group '" + group + "' could not be found.");
            }
        }

        private boolean isOther(String given, String own) {
            return !given.isEmpty() && !given.equalsIgnoreCase(own);
        }

        @Override
        public String session() {
            return "";
        }

        @Override
        public List<Access> accesses() {
            return operation == null || operation.door() == Operation.Door.OPEN
                    ? List.of()
                    : Rights.of(operation, call);
        }

        @Override
        public Answer answer() throws ServiceError, IOException {
            return identified(Objects.requireNonNull(operation).handler().answer(call));
        }

        @Override
        public Answer refusal(ServiceError error) {
            ObjectNode body = Json.records().createObjectNode();
            ObjectNode told = AzureErrors.json(error);
            body.set("error", told);
            ObjectNode where = told.putArray("additionalInfo").addObject().put("type", "Environment");
            where.putObject("info").put("value", workspace.region());
            Answer answer = identified(json(error.status(), body));
            String wait = error.details().get(AzureErrors.RETRY_AFTER);
            if (wait != null) {
                answer = answer.with(AzureErrors.RETRY_AFTER, wait);
            }
            return error.status() == 401 ? answer.with("WWW-Authenticate", challenge(error)) : answer;
        }

        private String challenge(ServiceError error) {
            return "Bearer authorization_uri=\"" + call.base() + "/" + tenant
                    + "\", error=\"invalid_token\", error_description=\"" + error.getMessage() + "\"";
        }

        private Answer identified(Answer answer) {
            String id = UUID.randomUUID().toString();
            return answer.with("x-ms-request-id", id)
                    .with("x-ms-correlation-request-id", id)
                    .with("x-ms-ratelimit-remaining-subscription-reads", Integer.toString(READS_LEFT));
        }

        @Override
        public ObjectNode parameters() {
            ObjectNode parameters = Json.records().createObjectNode();
            ObjectNode path = parameters.putObject("path");
            call.labels().forEach(path::put);
            ObjectNode query = parameters.putObject("query");
            call.query().forEach(query::put);
            try {
                parameters.set("body", call.json());
            } catch (ServiceError e) {
                parameters.putObject("body"); // none, or a form, whose fields are secret
            }
            return parameters;
        }
    }
}
