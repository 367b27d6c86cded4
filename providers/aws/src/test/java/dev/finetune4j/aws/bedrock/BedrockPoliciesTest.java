package dev.finetune4j.aws.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.aws.PolicyParts;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.run.ChatQuestion;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.AccessPolicy.Holder;
import dev.finetune4j.spi.Dialogue;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.Hosting;
import dev.finetune4j.spi.HostingOrder;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.testkit.GoldenFiles;
import dev.finetune4j.value.RunId;
import java.io.IOException;
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

/** Customization jobs live from launch to removal with exactly the policies that are printed for them; no part of those can be left out. */
class BedrockPoliciesTest {
    private static final GoldenFiles GOLDEN = GoldenFiles.in("golden");
    private static final String KEY = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f";
    private static final Map<String, String> WITH_ALL =
            with(Map.of("kms-key", KEY, "subnets", "subnet-1,subnet-2", "security-groups", "sg-1"));

    @TempDir
    private Path folder;

    @Test
    void areAsTheyArePrinted() {
        for (AccessPolicy policy : policies(TuningPlace.SETTINGS)) {
            String name = "policy-bedrock-" + policy.holder().name().toLowerCase(Locale.ROOT) + ".json";
            GOLDEN.assertMatches(name, policy.document() + "\n");
        }
    }

    @Test
    void allowNothingThatNobodyDoes() throws IOException {
        try (TuningPlace place = place(WITH_ALL)) {
            restrict(place.aws, policies(WITH_ALL));

            assertThat(life(place)).isEmpty();

            assertThat(place.aws.iam().denied()).isEmpty();
            Set<String> ofCaller = PolicyParts.actions(policies(WITH_ALL), Holder.CALLER);
            // Rows are too few here to be stored in parts, of which some would be left.
            ofCaller.removeAll(Set.of("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"));
            assertThat(place.aws.iam().used(place.aws.iam().user())).isEqualTo(ofCaller);
            Set<String> ofJob = PolicyParts.actions(policies(WITH_ALL), Holder.JOB);
            ofJob.removeAll(Set.of("s3:AbortMultipartUpload", "kms:DescribeKey"));
            assertThat(place.aws.iam().used(OfflineTuning.ROLE)).isEqualTo(ofJob);
        }
    }

    @ParameterizedTest
    @MethodSource("statements")
    void cannotLackAStatement(Holder holder, String sid) throws IOException {
        try (TuningPlace place = place(WITH_ALL)) {
            List<AccessPolicy> all = policies(WITH_ALL);
            restrict(
                    place.aws,
                    all.stream()
                            .map(policy -> policy.holder() == holder ? PolicyParts.without(policy, sid) : policy)
                            .toList());

            String failure = life(place);

            assertThat(failure).isNotEmpty();
            assertThat(place.aws.iam().denied())
                    .as(failure)
                    .isNotEmpty()
                    .extracting(Access::action)
                    .isSubsetOf(PolicyParts.actionsOf(all, holder, sid));
        }
    }

    static Stream<Arguments> statements() {
        return policies(WITH_ALL).stream()
                .flatMap(policy -> policy.reasons().keySet().stream().map(sid -> Arguments.of(policy.holder(), sid)));
    }

    @Test
    void leaveTheRunsOfOthersAlone() throws IOException {
        RunId theirs = new RunId("letters-1");
        try (TuningPlace place = place(TuningPlace.SETTINGS);
                Provider provider = place.open()) {
            provider.submit(place.job(theirs.value()));
            restrict(place.aws, policies(TuningPlace.SETTINGS));

            assertThatThrownBy(() -> provider.submit(place.job("letters-2"))).hasMessageContaining("FT0892");
            assertThatThrownBy(() -> provider.stop(theirs)).hasMessageContaining("FT0892");
            place.clock.advance(Duration.ofHours(1));
            assertThat(provider.find(theirs).orElseThrow().state())
                    .as("looked at by its name")
                    .isEqualTo(RunState.SUCCEEDED);
            assertThatThrownBy(() -> provider.delete(theirs)).hasMessageContaining("FT0892");
            assertThat(place.aws.iam().denied())
                    .extracting(Access::action)
                    .containsExactly(
                            "bedrock:CreateModelCustomizationJob",
                            "bedrock:StopModelCustomizationJob",
                            "bedrock:DeleteCustomModel");
        }
    }

    @Test
    void allowNothingOfHostingThatNobodyDoes() throws IOException {
        try (TuningPlace place = place(TuningPlace.SETTINGS)) {
            tune(place);
            AccessPolicy host = ofHosting();
            place.aws.iam().restrictUser(policies(TuningPlace.SETTINGS).get(0).document(), host.document());

            assertThat(hosting(place)).isEmpty();

            assertThat(place.aws.iam().denied()).isEmpty();
            assertThat(place.aws.iam().used(place.aws.iam().user()))
                    .containsAll(PolicyParts.actions(List.of(host), Holder.HOST));
            GOLDEN.assertMatches("policy-bedrock-host.json", host.document() + "\n");
        }
    }

    @ParameterizedTest
    @MethodSource("statementsOfHosting")
    void cannotHostWithoutAStatement(String sid) throws IOException {
        try (TuningPlace place = place(TuningPlace.SETTINGS)) {
            tune(place);
            AccessPolicy host = ofHosting();
            place.aws
                    .iam()
                    .restrictUser(
                            policies(TuningPlace.SETTINGS).get(0).document(),
                            PolicyParts.without(host, sid).document());

            assertThat(hosting(place)).contains("FT0892");
            assertThat(place.aws.iam().denied())
                    .isNotEmpty()
                    .extracting(Access::action)
                    .isSubsetOf(PolicyParts.actionsOf(List.of(host), Holder.HOST, sid));
        }
    }

    static Stream<String> statementsOfHosting() {
        return ofHosting().reasons().keySet().stream();
    }

    private static AccessPolicy ofHosting() {
        try (Provider provider = TuningPlace.nowhere(TuningPlace.SETTINGS)) {
            return provider.hosting()
                    .orElseThrow()
                    .policies("tickets-", new ModelRef("tiny"))
                    .get(0);
        }
    }

    private static void tune(TuningPlace place) {
        try (Provider provider = place.open()) {
            provider.submit(place.job("tickets-done"));
        }
        place.clock.advance(Duration.ofHours(1));
    }

    /** A model is hosted in both ways, looked at and ended; what went wrong, empty if nothing. */
    private static String hosting(TuningPlace place) throws IOException {
        RunId id = new RunId("tickets-done");
        try (Provider provider = place.open()) {
            Hosting hosting = provider.hosting().orElseThrow();
            hosting.ways(id);
            hosting.host(new HostingOrder(id, "on-demand", 1, 1));
            hosting.host(new HostingOrder(id, "on-demand", 1, 1));
            hosting.host(new HostingOrder(id, "provisioned", 1, 1));
            place.clock.advance(Duration.ofMinutes(11));
            try (Dialogue dialogue = hosting.converse(hosting.find(id).get(0))) {
                for (Variant variant : List.of(Variant.TUNED, Variant.BASE_ZERO_SHOT)) {
                    dialogue.ask(
                            new ChatQuestion(variant, List.of(new Message(Role.USER, "U")), Sampling.greedy(8)),
                            piece -> {});
                }
            }
            hosting.find(id).forEach(hosting::end);
            Path model = BedrockImportTest.model(place.home.resolve("model"), "LlamaForCausalLM", "BF16");
            hosting.host(new HostingOrder(id, "import", 1, 1).bringing(model));
            place.clock.advance(Duration.ofMinutes(6));
            hosting.find(id).forEach(hosting::end);
            return hosting.find(id).isEmpty() ? "" : "it is still hosted";
        } catch (FineTuneException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Test
    void nameWhatTheJobNames() {
        BedrockOptions options = BedrockOptions.builder(
                        "arn:aws-us-gov:iam::123456789012:role/team/tuning",
                        "us-gov-west-1",
                        "s3://my-bucket/a*b",
                        "amazon.nova-pro-v1:0:300k")
                .kmsKey("alias/mine")
                .build();

        assertThat(new BedrockPolicies(options, "tickets-").all().toString())
                .contains(
                        "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/amazon.nova-pro-v1:0:300k",
                        "arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:model-customization-job/amazon.nova-pro-v1:0:300k/*",
                        "arn:aws-us-gov:s3:::my-bucket/a${*}b/inputs/*",
                        "\"kms:ResourceAliases\" : \"alias/mine\"",
                        "bedrock.us-gov-west-1.amazonaws.com")
                .doesNotContain("arn:aws:");
        Map<String, String> open = with(Map.of());
        open.remove("model");
        assertThatThrownBy(() -> policies(open)).hasMessageContaining("FT0882");
        open.put("model", "amazon.nova-micro-v1:0:128k");
        open.put("region", "eu-central-1");
        assertThatThrownBy(() -> policies(open)).hasMessageContaining("does not tune");
    }

    @Test
    void refuseAnotherServiceThatPlaysTheJob() throws IOException {
        try (TuningPlace place = place(TuningPlace.SETTINGS)) {
            place.aws.iam().trust(OfflineTuning.ROLE, """
                    {"Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}]}""");

            assertThat(life(place)).startsWith("FT0897");
        }
    }

    /** Two jobs are launched and followed; the one is stopped, the other one fetched and removed; what went wrong, empty if nothing. */
    private static String life(TuningPlace place) {
        try (Provider provider = place.open()) {
            RunId stopped = new RunId("tickets-stopped");
            RunId id = new RunId("tickets-done");
            provider.submit(place.job(stopped.value()));
            provider.stop(stopped);
            await(place, provider, stopped, RunState.STOPPED);
            provider.submit(place.job(id.value()));
            await(place, provider, id, RunState.SUCCEEDED);
            if (provider.events(id, EventPage.START).events().isEmpty()) {
                return "nothing is told of its steps";
            }
            provider.fetch(id, place.home.resolve("fetched"));
            provider.delete(id);
            return place.aws.s3().keys(OfflineTuning.STORE + "/outputs").isEmpty() ? "" : "its figures are still there";
        } catch (FineTuneException e) {
            return String.valueOf(e.getMessage());
        } catch (AssertionError e) {
            return "it never came so far: " + e.getMessage();
        }
    }

    private static void await(TuningPlace place, Provider provider, RunId id, RunState wanted) {
        for (int i = 0; i < 100; i++) {
            RunState state = provider.find(id).orElseThrow().state();
            if (state == wanted) {
                return;
            }
            assertThat(state.isTerminal()).as("%s instead of %s", state, wanted).isFalse();
            place.clock.advance(Duration.ofMinutes(2));
        }
        throw new AssertionError(wanted);
    }

    private TuningPlace place(Map<String, String> settings) throws IOException {
        TuningPlace place = new TuningPlace(Files.createTempDirectory(folder, "place"), settings);
        if (settings.containsKey("kms-key")) {
            place.aws.s3().encrypt("my-bucket", KEY);
        }
        return place;
    }

    private static void restrict(OfflineAws aws, List<AccessPolicy> policies) {
        for (AccessPolicy policy : policies) {
            switch (policy.holder()) {
                case CALLER -> aws.iam().restrictUser(policy.document());
                case JOB -> aws.iam().restrictRole(policy.identity(), policy.document());
                case HOST -> throw new IllegalArgumentException("goes with the caller's");
            }
        }
    }

    private static Map<String, String> with(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(TuningPlace.SETTINGS);
        settings.putAll(more);
        return settings;
    }

    private static List<AccessPolicy> policies(Map<String, String> settings) {
        try (Provider provider = TuningPlace.nowhere(settings)) {
            return provider.policies("tickets-", new ModelRef("tiny"));
        }
    }
}
