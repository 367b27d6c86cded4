package dev.finetune4j.aws.jumpstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.aws.AccountTemplate;
import dev.finetune4j.aws.PolicyParts;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.s3.OfflineS3;
import dev.finetune4j.offlinecloud.sagemaker.JumpStartContainer;
import dev.finetune4j.offlinecloud.sagemaker.OfflineHub;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.AccessPolicy.Holder;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.value.RunId;
import dev.finetune4j.worker.SageMakerMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The role that the CloudFormation template of an account makes trains models of the hub, and what it has for that cannot be left out. */
class HubTemplateTest {
    private static final RunId ID = new RunId("tickets-0123abcd-1");
    private static final AccessPolicy ROLE = new AccessPolicy(
            Holder.JOB,
            AccountTemplate.TRAINING_ROLE,
            AccountTemplate.shipped()
                    .ofJobs()
                    .at("/resources/TrainingRole/Policies/0/PolicyDocument")
                    .toString(),
            Map.of());

    @TempDir
    private Path folder;

    private final VirtualClock clock = new VirtualClock();

    @Test
    void trainsWithTheRoleOfTheTemplate() throws Exception {
        try (OfflineHubPlace place = new OfflineHubPlace(folder, Clock.systemUTC(), Pace.SWIFT, this::worker);
                Provider provider = place.open()) {
            place.aws.iam().restrictRole(ROLE.identity(), ROLE.document());
            provider.submit(place.job(ID.value(), 1).build());

            JobSnapshot end = provider.find(ID).orElseThrow();
            for (int i = 0; i < 3000 && !end.state().isTerminal(); i++) {
                Thread.sleep(20);
                end = provider.find(ID).orElseThrow();
            }

            assertThat(end.state()).as("%s", end.problem()).isEqualTo(RunState.SUCCEEDED);
            assertThat(place.aws.iam().denied()).isEmpty();
        }
    }

    private Container worker(OfflineS3 store, OfflineHub hub) throws IOException {
        return new JumpStartContainer(
                PlannedContainer.succeedingAfter(Duration.ZERO),
                hub,
                Files.createDirectories(folder.resolve("machines")),
                store,
                JumpStartContainer.Worker.onThisClassPath(SageMakerMain.class.getName(), System.getenv()),
                Clock.systemUTC());
    }

    @Test
    void cannotBeginWithoutFindingModelAndScript() throws IOException {
        with("FindModelAndScript", (place, provider) -> {
            assertThatThrownBy(() -> provider.submit(place.job(ID.value(), 1).build()))
                    .hasMessageContaining("FT0847");
            assertThat(place.aws.iam().denied())
                    .isNotEmpty()
                    .extracting(Access::action)
                    .containsOnly("s3:ListBucket");
        });
    }

    @Test
    void cannotTrainWithoutReadingModelAndScript() throws IOException {
        with("ReadModelAndScript", (place, provider) -> {
            provider.submit(place.job(ID.value(), 1).build());
            clock.advance(Duration.ofHours(2));

            assertThat(provider.find(ID).orElseThrow().state()).isEqualTo(RunState.FAILED);
            assertThat(place.aws.iam().denied())
                    .isNotEmpty()
                    .extracting(Access::action)
                    .containsOnly("s3:GetObject");
        });
    }

    /** Does something where the role may not do what one statement of the template says. */
    private void with(String missing, BiConsumer<OfflineHubPlace, Provider> act) throws IOException {
        try (OfflineHubPlace place = new OfflineHubPlace(
                        folder, clock, Pace.LIFELIKE, (store, hub) -> new ScriptedScript(store, folder));
                Provider provider = place.open()) {
            place.aws
                    .iam()
                    .restrictRole(
                            ROLE.identity(), PolicyParts.without(ROLE, missing).document());
            act.accept(place, provider);
        }
    }

    @Test
    void readsAndPullsWhatThePolicyOfAJobSays() throws IOException {
        try (OfflineHubPlace place = new OfflineHubPlace(
                        folder, clock, Pace.LIFELIKE, (store, hub) -> new ScriptedScript(store, folder));
                Provider provider = place.openWith(
                        Map.of("model", OfflineHubPlace.LLAMA, "machine", "ml.g5.2xlarge", "accept-eula", "true"))) {
            AccessPolicy ofJob = provider.policies("", new ModelRef("tiny")).stream()
                    .filter(policy -> policy.holder() == Holder.JOB)
                    .findFirst()
                    .orElseThrow();

            assertThat(resources(ROLE, "FindModelAndScript")).isEqualTo(resources(ofJob, "FindModelAndScript"));
            List<String> readable = resources(ROLE, "ReadModelAndScript").stream()
                    .map(resource -> resource.replaceFirst("\\*$", ""))
                    .toList();
            assertThat(resources(ofJob, "ReadModelAndScript"))
                    .isNotEmpty()
                    .allMatch(file -> readable.stream().anyMatch(file::startsWith));
            assertThat(resources(ofJob, "PullImage"))
                    .isNotEmpty()
                    .isSubsetOf(resources(ROLE, "PullImage"))
                    .noneMatch(repository -> repository.contains("*"));
        }
    }

    /** The template makes the names of buckets up from the region. */
    @Test
    void knowsTheBucketsOfEachRegion() {
        assertThat(HubRegions.shipped().regions()).allSatisfy((region, place) -> {
            assertThat(place.buckets())
                    .containsExactly("jumpstart-cache-prod-" + region, "jumpstart-private-cache-prod-" + region);
        });
    }

    private static List<String> resources(AccessPolicy policy, String sid) {
        List<String> resources = new ArrayList<>();
        for (JsonNode statement : Json.read(policy.document(), JsonNode.class).path("Statement")) {
            if (statement.path("Sid").asText().equals(sid)) {
                statement.path("Resource").forEach(resource -> resources.add(resource.asText()));
            }
        }
        return resources;
    }
}
