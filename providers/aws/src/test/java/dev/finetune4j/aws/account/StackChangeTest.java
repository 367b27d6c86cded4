package dev.finetune4j.aws.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.aws.internal.AwsConnection;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.offlinecloud.iam.OfflineIam;
import dev.finetune4j.offlinecloud.wire.AccessKey;
import dev.finetune4j.offlinecloud.wire.AccessKeys;
import dev.finetune4j.offlinecloud.wire.CallLog;
import dev.finetune4j.offlinecloud.wire.Faults;
import dev.finetune4j.offlinecloud.wire.OfflineServer;
import dev.finetune4j.offlinecloud.wire.QueryProtocol;
import dev.finetune4j.offlinecloud.wire.SignatureCheck;
import dev.finetune4j.spi.AccountFounder.Change;
import dev.finetune4j.spi.ProviderContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;

/** A stack is shown before it is made, made once, changed where something is wished, and left alone where nothing is. */
class StackChangeTest {
    private final ScriptedStacks stacks = new ScriptedStacks();
    private final AccessKeys keys = new AccessKeys();
    private final AccessKey key = keys.make("");
    private OfflineServer server;

    @BeforeEach
    void open() throws IOException {
        OfflineIam everybody = new OfflineIam("123456789012", Set.of(), session -> Optional.empty());
        server = OfflineServer.start(
                List.of(new QueryProtocol(stacks, new SignatureCheck(keys))),
                everybody,
                new Faults(Clock.systemUTC()),
                new CallLog());
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void makesNothingByLooking() {
        try (StackChange change = prepared(Map.of("Prefix", "jobs"))) {
            assertThat(change.place()).isEqualTo("stack finetune4j in eu-central-1");
            assertThat(change.changes()).containsExactly(new Change("add", "Bucket", "AWS::S3::Bucket"));
        }

        assertThat(stacks.calls()).endsWith("DeleteChangeSet", "DeleteStack").doesNotContain("ExecuteChangeSet");
        assertThat(stacks.status()).isEmpty();
    }

    @Test
    void makesChangesAndLeavesAlone() {
        try (StackChange change = prepared(Map.of("Prefix", "jobs"))) {
            assertThat(change.carryOut()).isEqualTo("places: {Prefix=jobs}");
        }
        assertThat(stacks.status()).isEqualTo("CREATE_COMPLETE");

        try (StackChange change = prepared(Map.of())) {
            assertThat(change.changes()).as("what is not wished stays as it is").isEmpty();
            assertThat(change.carryOut()).isEqualTo("places: {Prefix=jobs}");
        }
        assertThat(stacks.calls().stream().filter("ExecuteChangeSet"::equals)).hasSize(1);

        try (StackChange change = prepared(Map.of("LogDays", "30"))) {
            assertThat(change.changes()).extracting(Change::action).containsExactly("modify");
            assertThat(change.carryOut()).isEqualTo("places: {LogDays=30, Prefix=jobs}");
        }
        assertThat(stacks.status()).isEqualTo("UPDATE_COMPLETE");
        assertThat(stacks.calls()).doesNotContain("DeleteStack");
    }

    @Test
    void leavesAloneWhereNoChangeSetIsMadeOfNothing() {
        try (StackChange change = prepared(Map.of("Prefix", "jobs"))) {
            change.carryOut();
        }
        stacks.refuseChangesOfNothing();

        try (StackChange change = prepared(Map.of("Prefix", "jobs"))) {
            assertThat(change.changes()).isEmpty();
            assertThat(change.carryOut()).isEqualTo("places: {Prefix=jobs}");
        }
        assertThat(stacks.calls().stream().filter("ExecuteChangeSet"::equals)).hasSize(1);
        assertThat(stacks.calls()).as("there is none to delete").doesNotContain("DeleteChangeSet");
    }

    @Test
    void tellsWhatCouldNotBeMadeAndWhatIsLeftOfIt() {
        stacks.fail("mine already exists");
        try (StackChange change = prepared(Map.of())) {
            assertThatThrownBy(change::carryOut)
                    .isInstanceOfSatisfying(
                            FineTuneException.class,
                            failure -> assertThat(failure.problems().get(0).toString())
                                    .contains("FT0855", "ROLLBACK_COMPLETE", "Bucket: mine already exists"));
        }

        assertThatThrownBy(() -> prepared(Map.of()))
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        failure -> assertThat(failure.problems().get(0).remedies())
                                .containsExactly("aws cloudformation delete-stack --stack-name finetune4j"));
    }

    private StackChange prepared(Map<String, String> wishes) {
        ProviderContext context = new ProviderContext(
                Path.of("target"),
                Map.of(
                        "AWS_ENDPOINT_URL",
                        server.endpoint().toString(),
                        "AWS_ACCESS_KEY_ID",
                        key.id(),
                        "AWS_SECRET_ACCESS_KEY",
                        key.secret()),
                Clock.systemUTC());
        CloudFormationClient client =
                AwsConnection.brief("eu-central-1", "CLOUDFORMATION").open(CloudFormationClient.builder(), context);
        StackChange change = new StackChange(client, "eu-central-1", Clock.systemUTC(), Duration.ofMillis(1));
        change.prepare("Resources: {}", wishes);
        return change;
    }
}
