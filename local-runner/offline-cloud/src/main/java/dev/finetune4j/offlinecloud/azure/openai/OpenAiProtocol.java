package dev.finetune4j.offlinecloud.azure.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.rest.AzureCall;
import dev.finetune4j.offlinecloud.azure.rest.AzureErrors;
import dev.finetune4j.offlinecloud.azure.rest.AzureGate;
import dev.finetune4j.offlinecloud.azure.rest.AzureProtocol;
import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.Protocol;
import dev.finetune4j.offlinecloud.wire.Route;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * REST as the services of Azure OpenAI speak it. At Azure each resource has a host name of its own; here it has the first part of the path,
 * {@code /NAME/openai/...}, since not every program finds hosts below {@code localhost}.
 */
public final class OpenAiProtocol implements Protocol {
    private static final Pattern PATH = Pattern.compile("/([^/]+)/openai(/v1)?(/.*)", Pattern.CASE_INSENSITIVE);
    private static final String ACTIONS = "Microsoft.CognitiveServices/accounts/OpenAI/";

    /** What a form may have besides its file. */
    private static final long FORM_BYTES = 1 << 16;

    private static final byte[] NOTHING = {};
    private static final int MILLIS = 1000;
    private static final int UNAUTHORIZED = 401;

    /** Versions of the classic paths that still answer. */
    private static final Set<String> VERSIONS = Set.of(
            "2024-02-01",
            "2024-05-01-preview",
            "2024-06-01",
            "2024-08-01-preview",
            "2024-10-01-preview",
            "2024-10-21",
            "2024-12-01-preview",
            "2025-01-01-preview",
            "2025-02-01-preview",
            "2025-03-01-preview",
            "2025-04-01-preview");

    /** Words that the paths without a dated version take in its place. */
    private static final Set<String> V1_VERSIONS = Set.of("", "v1", "preview", "latest");

    private final OfflineOpenAi service;
    private final Guard guard;
    private final String caller;

    /** Looks at tokens. */
    @FunctionalInterface
    public interface Guard {
        /**
         * Lets a caller in.
         *
         * @param authorization the header of the request
         * @throws ServiceError if not
         */
        void check(String authorization) throws ServiceError;
    }

    /**
     * The protocol.
     *
     * @param service does it
     * @param guard looks at tokens
     * @param caller id of whoever signs in
     */
    public OpenAiProtocol(OfflineOpenAi service, Guard guard, String caller) {
        this.service = service;
        this.guard = guard;
        this.caller = caller;
    }

    @Override
    public boolean isSpokenBy(HttpExchange exchange) {
        return PATH.matcher(exchange.getRequestURI().getRawPath()).matches();
    }

    @Override
    public Request receive(HttpExchange exchange) throws IOException {
        Matcher path = PATH.matcher(exchange.getRequestURI().getRawPath());
        if (!path.matches()) {
            throw new IllegalArgumentException("no path of this protocol: " + exchange.getRequestURI());
        }
        boolean isV1 = path.group(2) != null;
        String rest = Objects.requireNonNull(path.group(3));
        DataOperation found = null;
        Map<String, String> labels = Map.of();
        for (DataOperation operation : service.dataOperations()) {
            Optional<Route.Match> match =
                    operation.route().matchIgnoringCase(operation.name(), exchange.getRequestMethod(), rest);
            if (match.isPresent() && operation.paths().has(isV1)) {
                found = operation;
                labels = match.get().labels();
                break;
            }
        }
        String query = Objects.requireNonNullElse(exchange.getRequestURI().getRawQuery(), "");
        int most = (int) Math.min(service.limits().fileBytes() + FORM_BYTES, Integer.MAX_VALUE - 1);
        // One byte more than may come tells of a body that is too large and was not announced.
        byte[] body =
                length(exchange) > most ? NOTHING : exchange.getRequestBody().readNBytes(most + 1);
        boolean isTooLarge = length(exchange) > most || body.length > most;
        String root = "https://" + header(exchange, "Host") + path.group(0).substring(0, path.start(3));
        DataCall call = new DataCall(
                service.account(Objects.requireNonNull(path.group(1))),
                root,
                isV1,
                labels,
                AzureCall.parsed(query),
                header(exchange, "Content-Type"),
                new Content(isTooLarge ? NOTHING : body));
        return new DataRequest(
                found,
                call,
                exchange.getRequestMethod() + " /openai" + (isV1 ? "/v1" : "") + rest,
                header(exchange, "Authorization"),
                header(exchange, "api-key"),
                isTooLarge);
    }

    /** What the client announces; 0 where it does not. */
    private static long length(HttpExchange exchange) {
        String length = header(exchange, "Content-Length");
        return length.matches("\\d{1,18}") ? Long.parseLong(length) : 0;
    }

    private static String header(HttpExchange exchange, String name) {
        return Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst(name), "");
    }

    private final class DataRequest implements Request {
        private final @Nullable DataOperation operation;
        private final DataCall call;
        private final String what;
        private final String authorization;
        private final String key;
        private final boolean isTooLarge;

        /** @param isTooLarge whether its body was not read to its end, since no file has so many bytes */
        DataRequest(
                @Nullable DataOperation operation,
                DataCall call,
                String what,
                String authorization,
                String key,
                boolean isTooLarge) {
            this.operation = operation;
            this.call = call;
            this.what = what;
            this.authorization = authorization;
            this.key = key;
            this.isTooLarge = isTooLarge;
        }

        @Override
        public String operation() {
            return operation == null ? "" : operation.name();
        }

        @Override
        public void admit() throws ServiceError {
            if (!call.account().isThere()) {
                throw OpenAiErrors.noResource();
            }
            checkVersion();
            if (isSigned()) {
                guard.check(authorization);
                if (call.account().subdomain().isEmpty()) {
                    throw OpenAiErrors.noSubdomain();
                }
            } else if (!call.account().hasKey(call.isV1() && !bearer().isEmpty() ? bearer() : key)) {
                throw OpenAiErrors.otherKey();
            }
            if (operation == null) {
                throw OpenAiErrors.noResource();
            }
            if (isTooLarge) {
                throw OpenAiErrors.tooLarge("The request is larger than a file may be, which is "
                        + service.limits().fileBytes() + " bytes.");
            }
        }

        /** By the paths without a dated version OpenAI's own clients send a key as if it were a token; a token has dots. */
        private boolean isSigned() {
            return !bearer().isEmpty() && bearer().contains(".");
        }

        private String bearer() {
            String begin = "Bearer ";
            return authorization.regionMatches(true, 0, begin, 0, begin.length())
                    ? authorization.substring(begin.length()).strip()
                    : "";
        }

        private void checkVersion() throws ServiceError {
            String version = call.query("api-version");
            if (call.isV1() ? V1_VERSIONS.contains(version) : VERSIONS.contains(version)) {
                return;
            }
            throw version.isEmpty() ? OpenAiErrors.noResource() : OpenAiErrors.otherVersion();
        }

        @Override
        public String session() {
            return "";
        }

        @Override
        public List<Access> accesses() {
            return List.of(AzureGate.toData(action(), call.account().id()));
        }

        private String action() {
            return ACTIONS + (operation == null ? "" : operation.dataAction());
        }

        @Override
        public Answer answer() throws ServiceError {
            return identified(service.answer(Objects.requireNonNull(operation), call));
        }

        @Override
        public Answer refusal(ServiceError error) {
            ServiceError told = OpenAiErrors.translated(error, caller, action(), what);
            ObjectNode body = Json.records().createObjectNode();
            body.putObject("error").put("code", told.code()).put("message", told.getMessage());
            Answer answer = identified(AzureProtocol.json(told.status(), body));
            String wait = told.details().get(AzureErrors.RETRY_AFTER);
            if (wait != null) {
                answer = answer.with(AzureErrors.RETRY_AFTER, wait)
                        .with("retry-after-ms", Long.toString(Long.parseLong(wait) * MILLIS));
            }
            return told.status() == UNAUTHORIZED
                    ? answer.with("WWW-Authenticate", "Bearer authorization_uri=\"https://login.windows.net\"")
                    : answer;
        }

        private Answer identified(Answer answer) {
            return answer.with("apim-request-id", UUID.randomUUID().toString())
                    .with("x-ms-region", call.account().region());
        }

        @Override
        public ObjectNode parameters() {
            ObjectNode parameters = Json.records().createObjectNode();
            ObjectNode path =
                    parameters.putObject("path").put("account", call.account().name());
            call.labels().forEach(path::put);
            ObjectNode query = parameters.putObject("query");
            call.query().forEach(query::put);
            try {
                parameters.set("body", call.json());
            } catch (ServiceError e) {
                parameters.putObject("body"); // none, or a file
            }
            return parameters;
        }
    }
}
