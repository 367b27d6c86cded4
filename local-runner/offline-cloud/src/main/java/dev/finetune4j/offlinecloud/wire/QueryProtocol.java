package dev.finetune4j.offlinecloud.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Amazon's query protocol: operation and parameters are a form, answers are XML. */
public final class QueryProtocol implements Protocol {
    private static final int OK = 200;
    private static final int FORBIDDEN = 403;
    private static final String CONTENT_TYPE = "text/xml";
    private static final Duration ALLOWED_SKEW = Duration.ofMinutes(15);

    private final QueryService service;
    private final SignatureCheck signatures;

    /**
     * The protocol.
     *
     * @param service who speaks it
     * @param signatures knows who signs
     */
    public QueryProtocol(QueryService service, SignatureCheck signatures) {
        this.service = service;
        this.signatures = signatures;
    }

    /** A form that nobody signed is for some service of this protocol: it does not say which. */
    @Override
    public boolean isSpokenBy(HttpExchange exchange) {
        return Signature.isFor(service.signingName(), exchange) || (!Signature.isIn(exchange) && isForm(exchange));
    }

    /** Whether a request has parameters in its body. */
    static boolean isForm(HttpExchange exchange) {
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        return type != null && type.startsWith("application/x-www-form-urlencoded");
    }

    @Override
    public Request receive(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String form = new String(body, StandardCharsets.UTF_8);
        Map<String, String> parameters = new TreeMap<>();
        for (String pair : form.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                parameters.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
            }
        }
        return new QueryRequest(exchange, body, parameters);
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text; // no value that anybody could mean
        }
    }

    private final class QueryRequest implements Request {
        private final HttpExchange exchange;
        private final byte[] body;
        private final Map<String, String> parameters;

        QueryRequest(HttpExchange exchange, byte[] body, Map<String, String> parameters) {
            this.exchange = exchange;
            this.body = body;
            this.parameters = parameters;
        }

        @Override
        public String operation() {
            return parameters.getOrDefault("Action", "");
        }

        @Override
        public Duration allowedSkew() {
            return ALLOWED_SKEW;
        }

        /** Any region will do: these services have one endpoint for all, some besides those of the regions. */
        @Override
        public void admit() throws ServiceError {
            signatures.admit(exchange, body);
        }

        @Override
        public String session() {
            return Signature.sessionOf(exchange);
        }

        @Override
        public List<Access> accesses() {
            return service.accesses(operation(), parameters);
        }

        @Override
        public Answer answer() throws ServiceError {
            Xml result = service.answer(operation(), parameters, session());
            return answer(OK, operation() + "Response", List.of(result, metadata()));
        }

        @Override
        public Answer refusal(ServiceError error) {
            ServiceError own = inOwnWords(error);
            Xml told = Xml.of(
                    "Error",
                    List.of(
                            Xml.of("Type", "Sender"),
                            Xml.of("Code", own.code()),
                            Xml.of("Message", String.valueOf(own.getMessage()))));
            return answer(own.status(), "ErrorResponse", List.of(told, Xml.of("RequestId", "offline")));
        }

        private static ServiceError inOwnWords(ServiceError error) {
            return switch (error.code()) {
                case "ExpiredTokenException", "AccessDeniedException", "IncompleteSignatureException" ->
                    named(error.code().replace("Exception", ""), error);
                case "UnrecognizedClientException" -> named("InvalidClientTokenId", error);
                case "MissingAuthenticationTokenException" ->
                    new ServiceError(
                            FORBIDDEN, "MissingAuthenticationToken", "Request is missing Authentication Token");
                case "InvalidSignatureException" -> named("SignatureDoesNotMatch", error);
                default -> error;
            };
        }

        private static ServiceError named(String code, ServiceError error) {
            return new ServiceError(FORBIDDEN, code, String.valueOf(error.getMessage()));
        }

        private Answer answer(int status, String name, List<Xml> children) {
            return Answer.identified(
                    status, CONTENT_TYPE, Xml.of(name, children).document(service.namespace()));
        }

        private static Xml metadata() {
            return Xml.of("ResponseMetadata", List.of(Xml.of("RequestId", "offline")));
        }

        @Override
        public ObjectNode parameters() {
            ObjectNode all = Json.records().createObjectNode();
            parameters.forEach(all::put);
            return all;
        }
    }
}
