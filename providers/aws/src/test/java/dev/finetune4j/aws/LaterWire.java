package dev.finetune4j.aws;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.extension.ResponseTransformerV2;
import com.github.tomakehurst.wiremock.http.HttpHeader;
import com.github.tomakehurst.wiremock.http.HttpHeaders;
import com.github.tomakehurst.wiremock.http.Response;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands before a cloud and lets it speak as a later version may: every object has members that no client knows, and states have new names. */
public final class LaterWire implements AutoCloseable {
    /** What a state is called that no client knows. */
    public static final String NEW_STATE = "PausedForReview";

    private final Dialect dialect = new Dialect();
    private final WireMockServer server;

    /** A wire to a cloud, which leaves names of states as they are until {@link #rename}. */
    public LaterWire(URI cloud) {
        server = new WireMockServer(
                options().dynamicPort().preserveHostHeader(true).extensions(dialect));
        server.start();
        server.stubFor(any(anyUrl())
                .willReturn(aResponse().proxiedFrom(cloud.toString()).withTransformers(dialect.getName())));
    }

    /** From now on members of these names have {@link #NEW_STATE} as their value, where it is a text. */
    public void rename(String... members) {
        dialect.renamed = List.of(members);
    }

    /** How many answers were changed. */
    public int changed() {
        return dialect.changed.get();
    }

    /** Where clients find it. */
    public String endpoint() {
        return server.baseUrl();
    }

    @Override
    public void close() {
        server.stop();
    }

    private static final class Dialect implements ResponseTransformerV2 {
        private final ObjectMapper json = new ObjectMapper();
        private final AtomicInteger changed = new AtomicInteger();
        private volatile List<String> renamed = List.of();

        @Override
        public String getName() {
            return "later";
        }

        @Override
        public boolean applyGlobally() {
            return false;
        }

        @Override
        public Response transform(Response answer, ServeEvent call) {
            String type = String.valueOf(answer.getHeaders().getHeader("Content-Type"));
            if (!type.contains("json") || answer.getBodyAsString().isBlank()) {
                return answer;
            }
            try {
                JsonNode body = json.readTree(answer.getBodyAsString());
                change(body);
                changed.incrementAndGet();
                return Response.Builder.like(answer)
                        .but()
                        .headers(withoutSums(answer.getHeaders()))
                        .body(json.writeValueAsBytes(body))
                        .build();
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
        }

        private static HttpHeaders withoutSums(HttpHeaders headers) {
            List<HttpHeader> kept = headers.all().stream()
                    .filter(header -> !header.key().equalsIgnoreCase("content-length")
                            && !header.key().equalsIgnoreCase("x-amz-crc32"))
                    .toList();
            return new HttpHeaders(kept);
        }

        private void change(JsonNode node) {
            node.forEach(this::change);
            if (node instanceof ObjectNode object && !isMap(object)) {
                for (String name : renamed) {
                    if (object.path(name).isTextual()) {
                        object.put(name, NEW_STATE);
                    }
                }
                object.put("LaterText", "x");
                object.putPOJO("laterThing", Map.of("deep", List.of(1, Map.of("er", true))));
            }
        }

        /** Of a map, such as hyperparameters, a new member would be another thing than a member that is not known. */
        private static boolean isMap(ObjectNode object) {
            return !object.isEmpty()
                    && object.properties().stream()
                            .allMatch(member -> member.getValue().isTextual()
                                    && !Character.isUpperCase(member.getKey().charAt(0)));
        }
    }
}
