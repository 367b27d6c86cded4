package dev.finetune4j.azure.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.azure.account.AzureExaminer;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.AccessPolicy.Holder;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.Diagnosis.Verdict;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.LogPage;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the roles that are printed, and no others, a job is launched, followed and removed. */
class AzureMlRolesTest {
    private static final Map<String, String> AS_BOOTSTRAPPED =
            Map.of("identity", "00000000-0000-0000-0000-000000000002");
    private static final String ASSIGN = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action";

    @SuppressWarnings("NullAway.Init") // before all tests
    private static Azurite blobs;

    @TempDir
    private Path home;

    @SuppressWarnings("NullAway.Init") // before each test
    private OfflineWorkspace place;

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
    }

    @AfterEach
    void close() {
        place.close();
    }

    @Test
    void suffice() {
        try (Provider provider = place.openWith(AS_BOOTSTRAPPED)) {
            place.azure.restrictCaller(definitions(provider));
            assertThat(provider.isMachineAllowed()).contains(true);
            RunId id = provider.submit(place.job("allowed", 1000).build()).id();
            place.clock.advance(Duration.ofHours(1));

            assertThat(provider.find(id).orElseThrow().state()).isEqualTo(RunState.TRAINING);
            provider.events(id, EventPage.START);
            provider.logs(id, LogPage.START);
            assertThat(provider.unfinished()).hasSize(1);
            provider.stop(id);
            place.clock.advance(Duration.ofHours(1));
            provider.leftovers();
            provider.delete(id);
            assertThat(provider.find(id)).isEmpty();
        }
        assertThat(new AzureExaminer().examine(context(), job()))
                .filteredOn(one -> !one.name().equals("identity")) // of which this workspace has none itself
                .extracting(Diagnosis::verdict)
                .containsOnly(Verdict.OK);
    }

    @Test
    void sayThatTheJobsIdentityMustBeLentToIt() {
        try (Provider provider = place.openWith(AS_BOOTSTRAPPED)) {
            place.azure.restrictCaller(Stream.of(definitions(provider))
                    .map(role -> role.replace(ASSIGN, "nothing"))
                    .toArray(String[]::new));

            assertThatThrownBy(() -> provider.submit(place.job("lent", 1).build()))
                    .isInstanceOfSatisfying(FineTuneException.class, refusal -> {
                        assertThat(refusal.problems().get(0).code()).isEqualTo("FT0942");
                        assertThat(refusal.problems().get(0).causes().get(0)).contains(ASSIGN);
                    });
        }
        try (Provider provider = place.open()) {
            assertThat(definitions(provider)).noneMatch(role -> role.contains(ASSIGN));
            assertThat(provider.submit(place.job("lent", 1).build()).state()).isEqualTo(RunState.QUEUED);
        }
    }

    /** Minutes pass between an assignment and the time when it is known everywhere. */
    @Test
    void areWaitedForWhereTheyWereAssignedAMomentAgo() {
        try (Provider provider = place.openWith(AS_BOOTSTRAPPED)) {
            place.azure.restrictCaller("{\"Actions\":[\"Microsoft.Authorization/*/read\"],\"AssignableScopes\":"
                    + "[\"/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/my-group\"]}");
            assertThat(refusal(provider).retry()).as("no role is on its way").isEqualTo(Retry.NEVER);

            place.azure.assignCaller(Duration.ofMinutes(3), definitions(provider));
            Problem soon = refusal(provider);
            assertThat(soon.code()).isEqualTo("FT0942");
            assertThat(soon.retry()).isEqualTo(Retry.after(Duration.ofSeconds(30)));
            assertThat(soon.causes()).hasSize(2);
            assertThat(soon.causes().get(0)).startsWith("a role was assigned at ");
            assertThat(soon.remedies()).containsExactly("finetune policy JOB --for caller");

            place.clock.advance(Duration.ofMinutes(4));
            assertThat(provider.submit(place.job("soon", 1).build()).state()).isEqualTo(RunState.QUEUED);
        }
    }

    /** Also by whoever has no role but those that are printed. */
    @Test
    void letTheirHolderSeeThatOneIsOnItsWay() {
        try (Provider provider = place.openWith(AS_BOOTSTRAPPED)) {
            String[] roles = definitions(provider);
            place.azure.restrictCaller(Stream.of(roles)
                    .filter(role -> role.contains("quota reader"))
                    .toArray(String[]::new));
            assertThat(refusal(provider).retry()).isEqualTo(Retry.NEVER);

            place.azure.assignCaller(Duration.ofMinutes(3), roles);

            assertThat(refusal(provider).retry()).isEqualTo(Retry.after(Duration.ofSeconds(30)));
        }
    }

    private Problem refusal(Provider provider) {
        return ((FineTuneException) catchThrowable(
                        () -> provider.submit(place.job("soon", 1).build())))
                .problems()
                .get(0);
    }

    @Test
    void sayWhereTheyAreToBeAssigned() {
        try (Provider provider = place.openWith(AS_BOOTSTRAPPED)) {
            List<JsonNode> roles = provider.policies("runs", ModelRef.parse("tiny")).stream()
                    .map(policy -> Json.read(policy.document(), JsonNode.class))
                    .toList();
            String workspace = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/my-group"
                    + "/providers/Microsoft.MachineLearningServices/workspaces/my-workspace";

            assertThat(roles)
                    .extracting(role -> role.path("Description").asText().replaceFirst(".*; ", ""))
                    .containsExactly(
                            "assign it at " + workspace + ", at the container jobs of devstoreaccount1 and at the"
                                    + " identity 00000000-0000-0000-0000-000000000002",
                            "assign it at /subscriptions/00000000-0000-0000-0000-000000000001",
                            "assign it at the container jobs of devstoreaccount1");
        }
    }

    private static String[] definitions(Provider provider) {
        return provider.policies("runs", ModelRef.parse("tiny")).stream()
                .filter(policy -> policy.holder() == Holder.CALLER)
                .map(AccessPolicy::document)
                .toArray(String[]::new);
    }

    private FineTuneJob job() {
        Map<String, String> settings = new HashMap<>(place.settings());
        settings.putAll(AS_BOOTSTRAPPED);
        return FineTuneJob.builder(
                        "letters",
                        ModelRef.parse("tiny"),
                        TaskSpec.of(TaskKind.SENTIMENT),
                        DataSpec.ofFile("letters.jsonl"))
                .place(AzureMlProvider.ID, settings)
                .build();
    }

    private ProviderContext context() {
        return new ProviderContext(home, place.azure.variables(), place.clock);
    }
}
