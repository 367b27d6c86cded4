package dev.finetune4j.offlinecloud.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Amazon's JSON over REST: method and path name the operation, members of a request stand in path, query and body, the name of an error in
 * a header.
 */
public final class RestJsonProtocol implements Protocol {
    private static final String CONTENT_TYPE = "application/json";
    private static final String ERROR_HEADER = "x-amzn-ErrorType";
    private static final int NOT_FOUND = 404;

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
    public RestJsonProtocol(String region, SignatureCheck signatures, List<JsonService> services) {
        this.region = region;
        this.signatures = signatures;
        this.services = List.copyOf(services);
    }

    @Override
    public boolean isSpokenBy(HttpExchange exchange) {
        return services.stream().anyMatch(service -> Signature.isFor(service.signingName(), exchange))
                || (!Signature.isIn(exchange)
                        && services.stream()
                                .anyMatch(service -> target(service, exchange).isPresent()));
    }

    private static Optional<Route.Match> target(JsonService service, HttpExchange exchange) {
        return service.model()
                .route(exchange.getRequestMethod(), exchange.getRequestURI().getRawPath());
    }

    @Override
    public Request receive(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        for (JsonService service : inOrder(exchange)) {
            Optional<Route.Match> match = target(service, exchange);
            if (match.isPresent()) {
                return new RestRequest(exchange, body, service, match.get());
            }
        }
        return new Nowhere(
                exchange.getRequestMethod() + " " + exchange.getRequestURI().getRawPath());
    }

    /** One address serves for all regions: the services of that for which a request is signed come first. */
    private List<JsonService> inOrder(HttpExchange exchange) {
        String signed = Signature.of(exchange).map(Signature::region).orElse(region);
        List<JsonService> ordered = new ArrayList<>(services);
        ordered.sort(Comparator.comparing(service -> !regionOf(service).equals(signed)));
        return ordered;
    }

    private String regionOf(JsonService service) {
        return service.ownRegion().orElse(region);
    }

    private final class RestRequest implements Request {
        private final HttpExchange exchange;
        private final byte[] body;
        private final JsonService service;
        private final Route.Match match;
        private ObjectNode parameters = Json.records().createObjectNode();

        RestRequest(HttpExchange exchange, byte[] body, JsonService service, Route.Match match) {
            this.exchange = exchange;
            this.body = body;
            this.service = service;
            this.match = match;
        }

        @Override
        public String operation() {
            return match.operation();
        }

        @Override
        public void admit() throws ServiceError {
            parameters = new RestMembers(service.model(), match)
                    .gather(queryOf(exchange.getRequestURI().getRawQuery()), parse(body));
            signatures.admit(exchange, body);
            SignatureCheck.demandScope(exchange, regionOf(service), service.signingName());
        }

        @Override
        public String session() {
            return Signature.sessionOf(exchange);
        }

        @Override
        public List<Access> accesses() {
            return Access.inRegion(regionOf(service), service.accesses(operation(), parameters));
        }

        @Override
        public Answer answer() throws ServiceError {
            service.model().demand(operation(), parameters);
            ObjectNode answer = service.model().hold(operation(), service.answer(operation(), parameters));
            return text(service.model().status(operation()), answer);
        }

        @Override
        public Answer refusal(ServiceError error) {
            return RestJsonProtocol.refusal(service.model().status(error), error);
        }

        @Override
        public ObjectNode parameters() {
            return parameters;
        }
    }

    /** A request to a path that no service has. */
    private record Nowhere(String operation) implements Request {
        @Override
        public void admit() throws ServiceError {
            throw new ServiceError(
                    NOT_FOUND, "UnknownOperationException", "the offline cloud has no operation at " + operation);
        }

        @Override
        public String session() {
            return "";
        }

        @Override
        public List<Access> accesses() {
            return List.of();
        }

        @Override
        public Answer answer() {
            throw new IllegalStateException("nobody is let in here");
        }

        @Override
        public Answer refusal(ServiceError error) {
            return RestJsonProtocol.refusal(error.status(), error);
        }

        @Override
        public ObjectNode parameters() {
            return Json.records().createObjectNode();
        }
    }

    private static Answer refusal(int status, ServiceError error) {
        ObjectNode body = Json.records().createObjectNode().put("message", error.getMessage());
        return text(status, body).with(ERROR_HEADER, error.code());
    }

    private static Answer text(int status, ObjectNode body) {
        return Answer.identified(status, CONTENT_TYPE, body.toString());
    }

    private static Map<String, String> queryOf(@Nullable String rawQuery) {
        Map<String, String> query = new LinkedHashMap<>();
        for (String pair : rawQuery == null ? new String[0] : rawQuery.split("&")) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            query.put(Route.decode(name), equals < 0 ? "" : Route.decode(pair.substring(equals + 1)));
        }
        return query;
    }

    private static ObjectNode parse(byte[] body) throws ServiceError {
        if (body.length == 0) {
            return Json.records().createObjectNode();
        }
        return JsonBody.parse(body);
    }
}
