package dev.finetune4j.azure.ml;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.azure.internal.ArmResources;
import dev.finetune4j.data.Part;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.AccessPolicy.Holder;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.LogPage;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Of the roles that are printed for whoever launches jobs nothing can be left out: without any one action something is refused that a job takes from its
 * launch to its removal. Jobs themselves act as nobody whom the offline cloud asks for roles.
 */
class AzureMlLeastRolesTest {
    private static final String SPACE = "Microsoft.MachineLearningServices/";
    private static final Map<String, String> AS_BOOTSTRAPPED =
            Map.of("identity", "00000000-0000-0000-0000-000000000002");
    private static final Map<String, String> SIGNED = Map.of("store-access", "sas");
    private static final Map<String, String> ON_A_CLUSTER = Map.of("compute", "gpus");
    private static final String BY_LACK = "nothing lacks";

    /** What the offline cloud does not ask for, and why. */
    private static final Map<String, String> UNASKED = Map.of(
            SPACE + "workspaces/environments/versions/read",
            "Azure looks for the environment in the caller's name when it takes a job, which the offline cloud does in its own",
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action",
            "Azure lets it be enough for a blob that is not there yet, where the offline store asks for write alone",
            "Microsoft.Authorization/roleAssignments/read",
            "asked for once something was refused: AzureMlRolesTest#letTheirHolderSeeThatOneIsOnItsWay");

    @SuppressWarnings("NullAway.Init") // before all tests
    private static Azurite blobs;

    @TempDir
    private Path home;

    private int jobs;

    @BeforeAll
    static void startBlobStorage() throws IOException {
        blobs = OfflineWorkspace.blobs();
    }

    @AfterAll
    static void endBlobStorage() {
        blobs.close();
    }

    @Test
    void holdNoActionThatNoJobTakes() throws IOException {
        Set<String> tried = new TreeSet<>();
        Set<String> unasked = new TreeSet<>();
        try (OfflineWorkspace place = new OfflineWorkspace(home, blobs)) {
            makeCluster(place);
            for (Map<String, String> settings : List.of(AS_BOOTSTRAPPED, SIGNED, ON_A_CLUSTER)) {
                List<ObjectNode> roles = roles(place, settings);
                assertThat(isMissed(place, settings, roles, BY_LACK, this::job))
                        .as("all are enough")
                        .isFalse();
                for (String action : actions(roles)) {
                    if (tried.add(action) && !isMissed(place, settings, roles, action, this::job)) {
                        unasked.add(action);
                    }
                }
            }
        }

        assertThat(unasked).isEqualTo(UNASKED.keySet());
    }

    @Test
    void holdNoActionAtARegistryThatNoFineTuningJobTakes() throws IOException {
        try (OfflineWorkspace place = TuningWorkspace.open(home, blobs)) {
            Map<String, String> settings = atARegistry(place);
            List<ObjectNode> roles = roles(place, settings);
            List<String> ofRegistry = actions(roles).stream()
                    .filter(action -> action.startsWith(SPACE + "registries/"))
                    .toList();

            assertThat(ofRegistry).hasSize(3);
            assertThat(isMissed(place, settings, roles, BY_LACK, this::tuningJob))
                    .isFalse();
            for (String action : ofRegistry) {
                assertThat(isMissed(place, settings, roles, action, this::tuningJob))
                        .as(action)
                        .isTrue();
            }
        }
    }

    @Test
    void nameEachActionInFull() throws IOException {
        try (OfflineWorkspace place = new OfflineWorkspace(home, blobs)) {
            for (Map<String, String> settings :
                    List.of(AS_BOOTSTRAPPED, SIGNED, ON_A_CLUSTER, atARegistry(place), Map.<String, String>of())) {
                assertThat(policies(place, settings))
                        .extracting(AccessPolicy::document)
                        .isNotEmpty()
                        .noneMatch(document -> document.contains("*"));
            }
        }
    }

    private static Map<String, String> atARegistry(OfflineWorkspace place) {
        Map<String, String> settings = new HashMap<>(TuningWorkspace.SETTINGS);
        settings.put("data-registry", place.azure.registry());
        return settings;
    }

    private static void makeCluster(OfflineWorkspace place) {
        String cluster = "{\"location\":\"westeurope\",\"properties\":{\"computeType\":\"AmlCompute\",\"properties\":{"
                + "\"vmSize\":\"Standard_NC24ads_A100_v4\",\"vmPriority\":\"Dedicated\","
                + "\"scaleSettings\":{\"minNodeCount\":0,\"maxNodeCount\":9}}}}";
        String workspace =
                new AzureMlSettings(place.settings(), Map.of()).options().workspacePath();
        var unused = new ArmResources(place.connection(), AzureMlOptions.USUAL_API_VERSION)
                .put(workspace + "/computes/gpus", Json.read(cluster, JsonNode.class));
    }

    private Submission job(OfflineWorkspace place) {
        return place.job("least-" + ++jobs, 1000).build();
    }

    /** Of rows of its own, since those of another are in the registry. */
    private Submission tuningJob(OfflineWorkspace place) {
        Path rows = place.home.resolve("data").resolve(Part.TRAIN.fileName());
        try {
            Files.writeString(rows, Files.readAllLines(rows).get(0) + "\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return TuningWorkspace.job(place, "least-" + ++jobs, 1000).build();
    }

    private static List<AccessPolicy> policies(OfflineWorkspace place, Map<String, String> settings) {
        try (Provider provider = place.openWith(settings)) {
            return provider.policies("runs", ModelRef.parse("tiny"));
        }
    }

    private static List<ObjectNode> roles(OfflineWorkspace place, Map<String, String> settings) {
        return policies(place, settings).stream()
                .filter(policy -> policy.holder() == Holder.CALLER)
                .map(policy -> (ObjectNode) Json.read(policy.document(), JsonNode.class))
                .toList();
    }

    private static List<String> actions(List<ObjectNode> roles) {
        List<String> actions = new ArrayList<>();
        for (ObjectNode role : roles) {
            role.path("Actions").forEach(action -> actions.add(action.asText()));
            role.path("DataActions").forEach(action -> actions.add(action.asText()));
        }
        return actions;
    }

    private static String[] without(List<ObjectNode> roles, String action) {
        List<String> less = new ArrayList<>();
        for (ObjectNode role : roles) {
            ObjectNode left = role.deepCopy();
            for (String kind : List.of("Actions", "DataActions")) {
                ArrayNode kept = left.putArray(kind);
                role.path(kind).forEach(one -> {
                    if (!one.asText().equals(action)) {
                        kept.add(one);
                    }
                });
            }
            less.add(left.toString());
        }
        return less.toArray(String[]::new);
    }

    /** Whether a job cannot be launched, followed, stopped and removed without an action, or something that it takes is refused on the way. */
    private static boolean isMissed(
            OfflineWorkspace place,
            Map<String, String> settings,
            List<ObjectNode> roles,
            String action,
            Function<OfflineWorkspace, Submission> next) {
        place.azure.restrictCaller(without(roles, action));
        long before = denials(place);
        try (Provider provider = place.openWith(settings)) {
            var unused = provider.isMachineAllowed();
            live(provider, place, next.apply(place));
        } catch (FineTuneException e) {
            assertThat(e.problems().get(0).code()).as("%s: %s", action, e).isIn("FT0942", "FT0962");
            assertThat(action).isNotEqualTo(BY_LACK);
            return true;
        }
        return denials(place) > before;
    }

    private static void live(Provider provider, OfflineWorkspace place, Submission job) {
        RunId id = provider.submit(job).id();
        place.clock.advance(Duration.ofHours(1));
        assertThat(provider.find(id)).isPresent();
        provider.events(id, EventPage.START);
        provider.logs(id, LogPage.START);
        assertThat(provider.unfinished()).isNotEmpty();
        provider.stop(id);
        place.clock.advance(Duration.ofHours(1));
        assertThat(provider.fetch(id, place.home.resolve("fetched-" + id))).isDirectory();
        assertThat(provider.leftovers()).isPresent();
        provider.delete(id);
    }

    private static long denials(OfflineWorkspace place) {
        return place.azure.calls().all().stream()
                .filter(call -> call.status() == 403)
                .count();
    }
}
