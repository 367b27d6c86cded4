package dev.finetune4j.azure.ml;

import static dev.finetune4j.azure.internal.BrokenWire.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.finetune4j.azure.internal.BrokenWire;
import dev.finetune4j.azure.internal.BrokenWire.Break;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Retry;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.wire.Call;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.LogPage;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A wire to Azure ML that is broken in each way: every call ends with a problem that may pass, and one job is followed to its end. */
@SuppressWarnings("NullAway.Init") // before all tests, and before each
class BrokenWireTest {
    private static final double SHARE = 0.2;

    private static Azurite blobs;

    @TempDir
    private Path home;

    private OfflineWorkspace place;
    private BrokenWire wire;
    private Provider provider;

    @BeforeAll
    static void startBlobStorage() throws IOException {
        blobs = OfflineWorkspace.blobs();
    }

    @AfterAll
    static void endBlobStorage() {
        blobs.close();
    }

    @BeforeEach
    void open() throws IOException {
        place = new OfflineWorkspace(home, blobs);
        wire = new BrokenWire(place.azure, blobs.certificate(), home);
        provider = new AzureMlProviderFactory()
                .open(new ProviderContext(home, wire.variables(), place.clock), place.settings());
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
        RunId id = provider.submit(place.job("broken", 3).build()).id();
        place.clock.advance(Duration.ofHours(1));
        Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
        calls.put("submit", () -> provider.submit(place.job("another", 3).build()));
        calls.put("find", () -> provider.find(id));
        calls.put("events", () -> provider.events(id, EventPage.START));
        calls.put("logs", () -> provider.logs(id, LogPage.START));
        calls.put("stop", () -> provider.stop(id));
        calls.put("resume", () -> provider.resume(id));
        calls.put("fetch", () -> provider.fetch(id, home.resolve("fetched")));
        calls.put("delete", () -> provider.delete(id));
        calls.put("unfinished", () -> provider.unfinished());
        calls.put("leftovers", () -> provider.leftovers());
        calls.put("quota", () -> provider.isMachineAllowed());

        wire.breakBy(how);
        calls.forEach((name, call) -> {
            place.clock.advance(Duration.ofMinutes(1)); // nobody remembers what was told before
            assertThat(catchThrowable(call)).as(name).isInstanceOfSatisfying(FineTuneException.class, failure -> {
                assertThat(failure.problems().get(0).code()).as(name).isEqualTo("FT0943");
                assertThat(failure.problems().get(0).retry()).as(name).isInstanceOf(Retry.After.class);
            });
        });

        wire.mend();
        assertThat(provider.find(id).orElseThrow().state()).isEqualTo(RunState.TRAINING);
        assertThat(provider.unfinished()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void launchesOnceAndBringsAllHome(long seed) {
        wire.breakNowAndThen(SHARE, seed);

        wire.bringHome(provider, place.job("patient", 1).build(), place.clock, home.resolve("fetched"));

        assertThat(place.azure.calls().of("Jobs_CreateOrUpdate").stream().filter(Call::hadEffect))
                .hasSize(1);
    }

    /** The job is there, and nobody said so. */
    @ParameterizedTest
    @EnumSource(names = {"RESET", "CUT", "ERROR_PAGE", "OTHER_PAGE"})
    void launchesOnceThoughTheAnswerIsBroken(Break how) {
        wire.breakAnswer("PUT .*/jobs/created(\\?.*)?", how);

        patiently(() -> provider.submit(place.job("created", 3).build()));

        assertThat(wire.lost()).hasSize(1);
        assertThat(place.azure.calls().of("Jobs_CreateOrUpdate").stream().filter(Call::hadEffect))
                .hasSize(1);
        assertThat(provider.unfinished()).hasSize(1);
    }
}
