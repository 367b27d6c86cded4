package dev.finetune4j.azure.openai;

import static dev.finetune4j.azure.internal.BrokenWire.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.finetune4j.azure.internal.BrokenWire;
import dev.finetune4j.azure.internal.BrokenWire.Break;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Retry;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.wire.Call;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.Hosting;
import dev.finetune4j.spi.HostingOrder;
import dev.finetune4j.spi.LogPage;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A wire to Azure OpenAI that is broken in each way: every call ends with a problem that may pass. */
@SuppressWarnings("NullAway.Init") // before all tests, and before each
class BrokenWireTest {
    private static final double SHARE = 0.2;

    private static Azurite blobs;

    @TempDir
    private Path home;

    private OfflineResource place;
    private BrokenWire wire;
    private Provider provider;

    @BeforeAll
    static void startBlobStorage() throws IOException {
        blobs = Azurite.start(Path.of("../../target/azurite"));
    }

    @AfterAll
    static void endBlobStorage() {
        blobs.close();
    }

    @BeforeEach
    void open() throws IOException {
        place = new OfflineResource(home, blobs);
        wire = new BrokenWire(place.azure, blobs.certificate(), home);
        Map<String, String> settings = new HashMap<>(place.settings());
        settings.put("endpoint", wire.at(place.azure.openAiEndpoint().toString()));
        settings.put("subscription", Workspace.sample().subscription());
        settings.put("resource-group", Workspace.sample().resourceGroup());
        provider = new AzureOpenAiProvider(
                new ProviderContext(home, wire.variables(), place.clock), settings, place.clock::advance);
    }

    @AfterEach
    void close() {
        provider.close();
        wire.close();
        place.close();
    }

    @ParameterizedTest
    @EnumSource(Break.class)
    void leavesEachCallWithAProblemThatMayPass(Break how) {
        RunId id = provider.submit(place.job("broken")).id();
        Hosting hosting = provider.hosting().orElseThrow();
        Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
        calls.put("submit", () -> provider.submit(place.job("another")));
        calls.put("find", () -> provider.find(id));
        calls.put("events", () -> provider.events(id, EventPage.START));
        calls.put("logs", () -> provider.logs(id, LogPage.START));
        calls.put("stop", () -> provider.stop(id));
        calls.put("fetch", () -> provider.fetch(id, home.resolve("fetched")));
        calls.put("delete", () -> provider.delete(id));
        calls.put("leftovers", () -> provider.leftovers());
        calls.put("ways", () -> hosting.ways(id));
        calls.put("host", () -> hosting.host(new HostingOrder(id, DeploymentWays.DEVELOPER, 1, 1)));
        calls.put("hosted", () -> hosting.find(id));
        calls.put("all hosted", () -> hosting.all());

        wire.breakBy(how);
        calls.forEach((name, call) -> assertThat(catchThrowable(call))
                .as(name)
                .isInstanceOfSatisfying(FineTuneException.class, failure -> {
                    assertThat(failure.problems().get(0).code()).as(name).isEqualTo("FT0979");
                    assertThat(failure.problems().get(0).retry()).as(name).isInstanceOf(Retry.After.class);
                }));

        wire.mend();
        assertThat(provider.find(id)).isPresent();
        assertThat(place.azure.calls().of("FineTuning_Create"))
                .as("another one was not launched")
                .hasSize(1);
    }

    /** The job is there, and nobody said so: none that Azure OpenAI makes has a name of ours. */
    @ParameterizedTest
    @EnumSource(names = {"RESET", "CUT", "ERROR_PAGE", "OTHER_PAGE"})
    void launchesOnceThoughTheAnswerIsBroken(Break how) {
        wire.breakAnswer("POST .*/fine_tuning/jobs(\\?.*)?", how);

        patiently(() -> provider.submit(place.job("created")));

        assertThat(wire.lost()).hasSize(1);
        assertThat(place.azure.calls().of("FineTuning_Create")).hasSize(1);
    }

    @Test
    void launchesOnceAndBringsAllHome() {
        wire.breakNowAndThen(SHARE, 1);

        wire.bringHome(provider, place.job("patient"), place.clock, home.resolve("fetched"));

        assertThat(place.azure.calls().of("FineTuning_Create").stream().filter(Call::hadEffect))
                .hasSize(1);
    }
}
