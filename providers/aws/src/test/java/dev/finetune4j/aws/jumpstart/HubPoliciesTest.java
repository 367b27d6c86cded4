package dev.finetune4j.aws.jumpstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.AccessPolicy.Holder;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.testkit.GoldenFiles;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job of the hub is launched, followed, fetched and removed with exactly what is printed. */
class HubPoliciesTest {
    private static final RunId ID = new RunId("tickets-0123abcd-1");
    private static final ModelRef MODEL = new ModelRef("tiny");

    @TempDir
    private Path folder;

    private final VirtualClock clock = new VirtualClock();

    @Test
    void areReadByPeople() throws IOException {
        try (OfflineHubPlace place = place();
                Provider provider = place.open()) {
            for (AccessPolicy policy : provider.policies("tickets-", MODEL)) {
                String name = "jumpstart-policy-" + (policy.holder() == Holder.CALLER ? "caller" : "job") + ".json";
                GoldenFiles.in("golden").assertMatches(name, policy.document() + "\n");
            }
        }
    }

    @Test
    void allowAllThatAJobTakesAndNothingThatNobodyDoes() throws IOException {
        try (OfflineHubPlace place = place();
                Provider provider = place.open()) {
            List<AccessPolicy> policies = provider.policies("tickets-", MODEL);
            policies.forEach(policy -> {
                switch (policy.holder()) {
                    case CALLER -> place.aws.iam().restrictUser(policy.document());
                    case JOB -> place.aws.iam().restrictRole(policy.identity(), policy.document());
                    case HOST -> throw new IllegalArgumentException("nothing is hosted here");
                }
            });

            provider.submit(place.job(ID.value(), 1).build());
            assertThat(await(provider)).isEqualTo(RunState.SUCCEEDED);
            clock.advance(Duration.ofMinutes(2)); // no line of the log is still on its way
            String cursor = EventPage.START;
            for (EventPage page = provider.events(ID, cursor);
                    !page.events().isEmpty();
                    page = provider.events(ID, cursor)) {
                cursor = page.next();
            }
            provider.stop(ID);
            provider.fetch(ID, folder.resolve("fetched"));
            provider.delete(ID);

            assertThat(provider.find(ID)).isEmpty();
            assertThat(place.aws.iam().denied()).isEmpty();
            Set<String> ofCaller = actions(policies, Holder.CALLER);
            // Only large files go up in parts.
            ofCaller.removeAll(place.aws.iam().used(place.aws.iam().user()));
            assertThat(ofCaller).isSubsetOf("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts");
            Set<String> ofJob = actions(policies, Holder.JOB);
            ofJob.remove("s3:AbortMultipartUpload"); // the offline machine stores each file by one call
            assertThat(place.aws.iam().used(OfflineHubPlace.ROLE)).isEqualTo(ofJob);
        }
    }

    private OfflineHubPlace place() throws IOException {
        return new OfflineHubPlace(folder, clock, Pace.LIFELIKE, (store, hub) -> new ScriptedScript(store, folder));
    }

    private RunState await(Provider provider) {
        for (int i = 0; i < 100; i++) {
            RunState state = provider.find(ID).orElseThrow().state();
            if (state.isTerminal()) {
                return state;
            }
            clock.advance(Duration.ofMinutes(2));
        }
        throw new AssertionError("it never ends");
    }

    private static Set<String> actions(List<AccessPolicy> policies, Holder holder) {
        Set<String> actions = new TreeSet<>();
        for (AccessPolicy policy : policies) {
            if (policy.holder() == holder) {
                for (JsonNode statement :
                        Json.read(policy.document(), JsonNode.class).path("Statement")) {
                    statement.path("Action").forEach(action -> actions.add(action.asText()));
                }
            }
        }
        return actions;
    }
}
