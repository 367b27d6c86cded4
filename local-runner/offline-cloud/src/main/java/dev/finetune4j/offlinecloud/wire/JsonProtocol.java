package dev.finetune4j.offlinecloud.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Amazon's JSON protocol, version 1.1: the operation stands in a header, request and answer are JSON. */
public final class JsonProtocol implements Protocol {
    private static final int OK = 200;
    private static final String CONTENT_TYPE = "application/x-amz-json-1.1";
    private static final String TARGET = "X-Amz-Target";

    private final String region;
    private final SignatureCheck signatures;
    private final List<JsonService> services;

    /**
     * The protocol.
     *
     * @param region the region of the services that name no other
     * @param signatures knows who signs
     * @param services who speaks it
     */
    public JsonProtocol(String region, SignatureCheck signatures, List<JsonService> services) {
        this.region = region;
        this.signatures = signatures;
        this.services = List.copyOf(services);
    }

    @Override
    public boolean isSpokenBy(HttpExchange exchange) {
        return exchange.getRequestHeaders().containsKey(TARGET);
    }

    @Override
    public Request receive(HttpExchange exchange) throws IOException {
        return new JsonRequest(exchange, exchange.getRequestBody().readAllBytes());
    }

    private final class JsonRequest implements Request {
        private final HttpExchange exchange;
        private final byte[] body;
        private final String target;
        private ObjectNode parameters = Json.records().createObjectNode();

        JsonRequest(HttpExchange exchange, byte[] body) {
            this.exchange = exchange;
            this.body = body;
            target = Optional.ofNullable(exchange.getRequestHeaders().getFirst(TARGET))
                    .orElse("");
        }

        @Override
        public String operation() {
            return target.substring(target.indexOf('.') + 1);
        }

        @Override
        public void admit() throws ServiceError {
            parameters = JsonBody.parse(body);
            JsonService service = service();
            signatures.admit(exchange, body);
            SignatureCheck.demandScope(exchange, regionOf(service), service.signingName());
        }

        private String regionOf(JsonService service) {
            Optional<String> signed = Signature.of(exchange).map(Signature::region);
            return service.isInEveryRegion() && signed.isPresent()
                    ? signed.get()
                    : service.ownRegion().orElse(region);
        }

        @Override
        public String session() {
            return Signature.sessionOf(exchange);
        }

        @Override
        public List<Access> accesses() throws ServiceError {
            JsonService service = service();
            return Access.inRegion(regionOf(service), service.accesses(operation(), parameters));
        }

        @Override
        public Answer answer() throws ServiceError {
            JsonService service = service();
            service.model().demand(operation(), parameters);
            ObjectNode answer = service.model().hold(operation(), service.answer(operation(), parameters));
            return Answer.identified(OK, CONTENT_TYPE, answer.isEmpty() ? "" : answer.toString());
        }

        private JsonService service() throws ServiceError {
            return services.stream()
                    .filter(candidate -> target.equals(candidate.model().targetPrefix() + "." + operation())
                            && candidate.model().operations().contains(operation()))
                    .findFirst()
                    .orElseThrow(() -> ServiceError.of(
                            "UnknownOperationException", "the offline cloud has no operation '" + target + "'"));
        }

        @Override
        public Answer refusal(ServiceError error) {
            String message = services.stream()
                    .map(service -> service.model().messageMember(error.code()))
                    .filter("Message"::equals)
                    .findFirst()
                    .orElse("message");
            ObjectNode answer = Json.records().createObjectNode();
            answer.put("__type", error.code()).put(message, error.getMessage());
            return Answer.identified(error.status(), CONTENT_TYPE, answer.toString());
        }

        @Override
        public ObjectNode parameters() {
            return parameters;
        }
    }
}
