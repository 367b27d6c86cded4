package dev.finetune4j.aws.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.aws.PolicyParts;
import dev.finetune4j.data.Part;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.AccessPolicy.Holder;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.GoldenFiles;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Jobs live from launch to removal with exactly the policies that are printed for them; no part of those can be left out. */
class JobPoliciesTest {
    private static final GoldenFiles GOLDEN = GoldenFiles.in("golden");
    private static final String RUNS = "tickets-";
    private static final RunId ID = new RunId(RUNS + "0a1b2c3d-1");
    private static final String KEY = "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f";
    private static final Map<String, String> WITH_ALL = with(Map.of(
            "machine", "ml.m5.xlarge",
            "kms-key", KEY,
            "subnets", "subnet-1,subnet-2",
            "security-groups", "sg-1",
            "keep-alive", "30m"));

    /** What S3 takes in parts. */
    private static final long LARGE = (64L << 20) + 1;

    @TempDir
    private Path folder;

    @Test
    void areAsTheyArePrinted() {
        for (AccessPolicy policy : policies(with(Map.of()))) {
            String name = "policy-" + policy.holder().name().toLowerCase(Locale.ROOT) + ".json";
            GOLDEN.assertMatches(name, policy.document() + "\n");
        }
    }

    @Test
    void allowNothingThatNobodyDoes() throws IOException {
        try (OfflinePlace place = place(WITH_ALL)) {
            place.aws.s3().encrypt("my-bucket", KEY);
            large(place.home.resolve("data"));
            restrict(place, policies(WITH_ALL));
            place.aws.faults().refuse("UploadPart", 1, ServiceError.invalid("once"));
            try (Provider provider = place.open()) {
                assertThatThrownBy(() -> provider.submit(job(place))).isInstanceOf(FineTuneException.class);
            }
            assertThat(place.aws.s3().uploads("s3://my-bucket/jobs/inputs/")).hasSize(1);
            place.beginUpload("jobs/orders/" + ID + "/left");

            assertThat(life(place)).isEmpty();

            assertThat(place.aws.iam().denied()).isEmpty();
            assertThat(place.aws.iam().used(place.aws.iam().user())).isEqualTo(actions(WITH_ALL, Holder.CALLER));
            Set<String> ofJob = actions(WITH_ALL, Holder.JOB);
            ofJob.remove("s3:AbortMultipartUpload"); // the offline machine stores each file by one call
            assertThat(place.aws.iam().used(OfflineAccount.ROLE)).isEqualTo(ofJob);
        }
    }

    @ParameterizedTest
    @MethodSource("statements")
    void cannotLackAStatement(Holder holder, String sid) throws IOException {
        try (OfflinePlace place = place(WITH_ALL)) {
            place.aws.s3().encrypt("my-bucket", KEY);
            List<AccessPolicy> all = policies(WITH_ALL);
            restrict(
                    place,
                    all.stream()
                            .map(policy -> policy.holder() == holder ? PolicyParts.without(policy, sid) : policy)
                            .toList());

            String failure = life(place);

            assertThat(place.aws.iam().denied())
                    .as(failure)
                    .isNotEmpty()
                    .extracting(Access::action)
                    .isSubsetOf(PolicyParts.actionsOf(all, holder, sid));
            if (!sid.equals("DrawCurves")) { // nobody here looks at curves
                assertThat(failure).isNotEmpty();
            }
        }
    }

    static Stream<Arguments> statements() {
        return policies(WITH_ALL).stream()
                .flatMap(policy -> policy.reasons().keySet().stream().map(sid -> Arguments.of(policy.holder(), sid)));
    }

    @Test
    void takeTheServicesWordForWhatIsDenied() throws IOException {
        try (OfflinePlace place = place(OfflinePlace.SETTINGS);
                Provider provider = place.open()) {
            List<AccessPolicy> all = policies(OfflinePlace.SETTINGS);
            restrict(
                    place,
                    all.stream()
                            .map(policy -> PolicyParts.without(policy, "HandOverRole"))
                            .toList());

            assertThatThrownBy(() -> provider.submit(job(place)))
                    .isInstanceOfSatisfying(
                            FineTuneException.class,
                            failure -> assertThat(failure.problems().get(0).toString())
                                    .contains(
                                            "FT0842",
                                            "User: arn:aws:iam::123456789012:user/offline is not authorized to perform: iam:PassRole on"
                                                    + " resource: " + OfflineAccount.ROLE
                                                    + " because no identity-based policy allows the iam:PassRole action"));
            assertThat(place.aws.calls("CreateTrainingJob")).allMatch(call -> !call.hadEffect());
        }
    }

    @Test
    void nameWhatTheJobNames() {
        List<AccessPolicy> policies = policies(with(Map.of(
                "role", "arn:aws-cn:iam::123456789012:role/team/training",
                "region", "cn-north-1",
                "store", "s3://my-bucket/a*b",
                "kms-key", "alias/mine",
                "image", "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/own/image:1")));

        assertThat(policies.toString())
                .contains(
                        "arn:aws-cn:sagemaker:cn-north-1:123456789012:training-job/tickets-*",
                        "arn:aws-cn:s3:::my-bucket/a${*}b/inputs/*",
                        "arn:aws-cn:ecr:cn-north-1:111122223333:repository/own/image",
                        "s3.cn-north-1.amazonaws.com.cn")
                .doesNotContain("arn:aws:");
        assertThat(policies)
                .flatMap(policy ->
                        List.copyOf(Json.read(policy.document(), JsonNode.class).findParents("Resource")))
                .filteredOn(statement -> statement.path("Resource").toString().contains(":key/*"))
                .hasSizeGreaterThan(1)
                .allSatisfy(statement -> assertThat(statement
                                .at("/Condition/ForAnyValue:StringEquals/kms:ResourceAliases")
                                .asText())
                        .isEqualTo("alias/mine"));
        assertThat(policies(with(Map.of("store", "s3://my-bucket"))).toString())
                .contains("arn:aws:s3:::my-bucket/inputs/*")
                .doesNotContain("s3:prefix");
    }

    @Test
    void leaveTheMachineToAPlan() {
        Map<String, String> open = with(Map.of("kms-key", KEY));
        open.remove("machine");

        assertThat(policies(open).toString())
                .contains("repository/pytorch-training", "repository/huggingface-pytorch-training", "EncryptDisk");
        assertThat(policies(with(Map.of("kms-key", KEY))).toString())
                .contains("repository/huggingface-pytorch-training")
                .doesNotContain("repository/pytorch-training", "EncryptDisk");
        open.remove("role");
        assertThatThrownBy(() -> policies(open)).hasMessageContaining("FT0831").hasMessageContaining("its role");
    }

    /** A job is launched, followed, stopped, resumed, fetched and removed; what went wrong, empty if nothing. */
    private String life(OfflinePlace place) {
        try (Provider provider = place.open()) {
            provider.submit(job(place));
            await(place, provider, RunState.TRAINING);
            provider.stop(ID);
            await(place, provider, RunState.STOPPED);
            provider.resume(ID);
            await(place, provider, RunState.SUCCEEDED);
            if (!hasStarted(provider)) {
                return "nothing is told of the worker";
            }
            provider.fetch(ID, place.home.resolve("fetched"));
            provider.delete(ID);
            return provider.find(ID).isEmpty() ? "" : "it is still there";
        } catch (FineTuneException e) {
            return String.valueOf(e.getMessage());
        } catch (AssertionError e) {
            return "it never came so far: " + e.getMessage();
        }
    }

    private static void await(OfflinePlace place, Provider provider, RunState wanted) {
        for (int i = 0; i < 100; i++) {
            RunState state = provider.find(ID).orElseThrow().state();
            if (state == wanted) {
                return;
            }
            assertThat(state.isTerminal()).as("%s instead of %s", state, wanted).isFalse();
            place.clock.advance(Duration.ofMinutes(2));
        }
        throw new AssertionError(wanted);
    }

    private static boolean hasStarted(Provider provider) {
        for (EventPage page = provider.events(ID, EventPage.START);
                !page.events().isEmpty();
                page = provider.events(ID, page.next())) {
            if (page.events().stream().anyMatch(RunEvent.StepCompleted.class::isInstance)) {
                return true;
            }
        }
        return false;
    }

    private static Submission job(OfflinePlace place) {
        return place.job(ID.value(), 2).build();
    }

    private OfflinePlace place(Map<String, String> settings) throws IOException {
        return new OfflinePlace(Files.createTempDirectory(folder, "place"), settings);
    }

    private static void large(Path data) throws IOException {
        try (RandomAccessFile file =
                new RandomAccessFile(data.resolve(Part.TEST.fileName()).toFile(), "rw")) {
            file.setLength(LARGE);
        }
    }

    private static void restrict(OfflinePlace place, List<AccessPolicy> policies) {
        for (AccessPolicy policy : policies) {
            switch (policy.holder()) {
                case CALLER -> place.aws.iam().restrictUser(policy.document());
                case JOB -> place.aws.iam().restrictRole(policy.identity(), policy.document());
                case HOST -> throw new IllegalArgumentException("nothing is hosted here");
            }
        }
    }

    private static Map<String, String> with(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(OfflinePlace.SETTINGS);
        settings.putAll(more);
        return settings;
    }

    private static List<AccessPolicy> policies(Map<String, String> settings) {
        try (Provider provider = OfflinePlace.nowhere(settings)) {
            return provider.policies(RUNS, new ModelRef("tiny"));
        }
    }

    private static Set<String> actions(Map<String, String> settings, Holder holder) {
        return PolicyParts.actions(policies(settings), holder);
    }
}
