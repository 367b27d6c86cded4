package dev.finetune4j.aws;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.extension.ResponseDefinitionTransformerV2;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.http.ResponseDefinition;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import java.net.URI;
import java.util.List;
import java.util.Random;

/** Stands before a cloud and answers some calls itself: resets them, closes without a word, or sends noise; others it lets drip. */
public final class BrokenWire implements AutoCloseable {
    private static final List<Fault> FAULTS = List.of(Fault.values());
    private static final int DRIPS = 5;
    private static final int DRIP_MILLIS = 50;

    private final WireMockServer server;

    /**
     * A wire to a cloud.
     *
     * @param share of the calls that are broken, 0 to 1
     * @param seed decides which, and how
     */
    public BrokenWire(URI cloud, double share, long seed) {
        Whims whims = new Whims(share, new Random(seed));
        server = new WireMockServer(
                options().dynamicPort().preserveHostHeader(true).extensions(whims));
        server.start();
        server.stubFor(any(anyUrl())
                .willReturn(aResponse().proxiedFrom(cloud.toString()).withTransformers(whims.getName())));
    }

    /** Where clients find it. */
    public String endpoint() {
        return server.baseUrl();
    }

    @Override
    public void close() {
        server.stop();
    }

    private record Whims(double share, Random random) implements ResponseDefinitionTransformerV2 {
        @Override
        public String getName() {
            return "whims";
        }

        @Override
        public boolean applyGlobally() {
            return false;
        }

        @Override
        public synchronized ResponseDefinition transform(ServeEvent call) {
            ResponseDefinition answer = call.getResponseDefinition();
            if (random.nextDouble() >= share) {
                return answer;
            }
            int whim = random.nextInt(FAULTS.size() + 1);
            return whim < FAULTS.size()
                    ? new ResponseDefinitionBuilder()
                            .withFault(FAULTS.get(whim))
                            .build()
                    : ResponseDefinitionBuilder.like(answer)
                            .withChunkedDribbleDelay(DRIPS, DRIPS * DRIP_MILLIS)
                            .build();
        }
    }
}
