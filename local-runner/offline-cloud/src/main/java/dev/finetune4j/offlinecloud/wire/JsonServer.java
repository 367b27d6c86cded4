package dev.finetune4j.offlinecloud.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Serves Amazon's JSON protocol on this machine's loopback address: the operation stands in a header, request and answer are JSON. It
 * asks with which key a request is signed, for which service and region, and computes no signature.
 */
public final class JsonServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(JsonServer.class.getName());
    private static final int OK = 200;
    private static final int FORBIDDEN = 403;
    private static final int NO_BODY = -1;
    private static final Pattern CREDENTIAL =
            Pattern.compile("AWS4-HMAC-SHA256 Credential=([^/ ]+)/\\d{8}/([^/]+)/([^/]+)/aws4_request,.*");

    static {
        // Without it the JDK's server sends an answer's head and body 40 ms apart. It reads this once, when it is
        // loaded.
        if (System.getProperty("sun.net.httpserver.nodelay") == null) {
            System.setProperty("sun.net.httpserver.nodelay", "true");
        }
    }

    private final HttpServer server;
    private final ExecutorService threads;
    private final String region;
    private final String accessKeyId;
    private final List<JsonService> services;
    private final Faults faults;
    private final List<Call> calls = new ArrayList<>();

    private JsonServer(
            HttpServer server,
            ExecutorService threads,
            String region,
            String accessKeyId,
            List<JsonService> services,
            Faults faults) {
        this.server = server;
        this.threads = threads;
        this.region = region;
        this.accessKeyId = accessKeyId;
        this.services = List.copyOf(services);
        this.faults = faults;
    }

    /**
     * Begins to serve on a port that is free.
     *
     * @param region the only region that there is
     * @param accessKeyId the only access key that is known
     * @throws IOException if no port can be had
     */
    public static JsonServer start(String region, String accessKeyId, List<JsonService> services, Faults faults)
            throws IOException {
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ExecutorService threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "offline-cloud");
            thread.setDaemon(true);
            return thread;
        });
        JsonServer server = new JsonServer(http, threads, region, accessKeyId, services, faults);
        http.setExecutor(threads);
        http.createContext("/", server::handle);
        http.start();
        return server;
    }

    /** Where clients find it. */
    public URI endpoint() {
        return URI.create("http://" + server.getAddress().getHostString() + ":"
                + server.getAddress().getPort());
    }

    /** Every call so far, in the order of the answers. */
    public List<Call> calls() {
        synchronized (calls) {
            return List.copyOf(calls);
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String target = Optional.ofNullable(exchange.getRequestHeaders().getFirst("X-Amz-Target"))
                    .orElse("");
            String operation = target.substring(target.indexOf('.') + 1);
            Optional<Faults.Fault> fault = faults.next(operation);
            if (fault.isPresent() && fault.get() instanceof Faults.Fault.LostRequest) {
                note(new Call(operation, Json.records().createObjectNode(), 0, false));
                return; // closed without an answer
            }
            answer(exchange, target, operation, body, fault);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the offline cloud met an unexpected error", e);
            throw e;
        }
    }

    private void answer(
            HttpExchange exchange, String target, String operation, byte[] body, Optional<Faults.Fault> fault)
            throws IOException {
        ObjectNode request = Json.records().createObjectNode();
        try {
            request = parse(body);
            JsonService service = service(exchange, target, operation);
            if (fault.isPresent() && fault.get() instanceof Faults.Fault.Refusal refusal) {
                throw refusal.error();
            }
            refuseInvalid(service, operation, request);
            ObjectNode answer = service.answer(operation, request);
            if (fault.isPresent()) {
                note(new Call(operation, request, 0, true));
                return; // closed without an answer
            }
            note(new Call(operation, request, OK, true));
            send(exchange, OK, answer);
        } catch (ServiceError error) {
            note(new Call(operation, request, error.status(), false));
            send(exchange, error.status(), body(error));
        }
    }

    private static ObjectNode parse(byte[] body) throws ServiceError {
        try {
            JsonNode read = Json.records().readTree(new String(body, StandardCharsets.UTF_8));
            if (read instanceof ObjectNode request) {
                return request;
            }
        } catch (JsonProcessingException e) {
            throw ServiceError.of("SerializationException", "the request is not JSON");
        }
        throw ServiceError.of("SerializationException", "the request is not a structure");
    }

    private JsonService service(HttpExchange exchange, String target, String operation) throws ServiceError {
        JsonService service = services.stream()
                .filter(candidate -> target.equals(candidate.model().targetPrefix() + "." + operation)
                        && candidate.model().operations().contains(operation))
                .findFirst()
                .orElseThrow(() -> ServiceError.of(
                        "UnknownOperationException", "the offline cloud has no operation '" + target + "'"));
        String authorization = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                .orElse("");
        if (authorization.isEmpty()) {
            throw new ServiceError(FORBIDDEN, "MissingAuthenticationTokenException", "Missing Authentication Token");
        }
        Matcher credential = CREDENTIAL.matcher(authorization);
        if (!credential.matches()) {
            throw new ServiceError(
                    FORBIDDEN, "IncompleteSignatureException", "Authorization header is not of Signature Version 4");
        }
        if (!credential.group(1).equals(accessKeyId)) {
            throw new ServiceError(
                    FORBIDDEN, "UnrecognizedClientException", "The security token included in the request is invalid.");
        }
        if (!credential.group(2).equals(region) || !credential.group(3).equals(service.signingName())) {
            throw new ServiceError(
                    FORBIDDEN,
                    "InvalidSignatureException",
                    "Credential should be scoped to a valid region and service: " + region + " and "
                            + service.signingName() + ", not " + credential.group(2) + " and " + credential.group(3));
        }
        return service;
    }

    private static void refuseInvalid(JsonService service, String operation, ObjectNode request) throws ServiceError {
        List<Violation> violations = service.model().violations(operation, request);
        if (!violations.isEmpty()) {
            throw ServiceError.invalid(violations.size() + " validation error" + (violations.size() == 1 ? "" : "s")
                    + " detected: "
                    + violations.stream().map(Violation::toString).collect(Collectors.joining("; ")));
        }
    }

    private ObjectNode body(ServiceError error) {
        String message = services.stream()
                .map(service -> service.model().messageMember(error.code()))
                .filter("Message"::equals)
                .findFirst()
                .orElse("message");
        return Json.records().createObjectNode().put("__type", error.code()).put(message, error.getMessage());
    }

    private static void send(HttpExchange exchange, int status, ObjectNode answer) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
        byte[] bytes = answer.isEmpty() ? new byte[0] : answer.toString().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? NO_BODY : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private void note(Call call) {
        synchronized (calls) {
            calls.add(call);
        }
    }

    /** Ends all connections. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
