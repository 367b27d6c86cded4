package dev.finetune4j.azure.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.azure.openai.OpenAiLimits;
import dev.finetune4j.offlinecloud.wire.Call;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.run.ChatQuestion;
import dev.finetune4j.run.ChatReply;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.Dialogue;
import dev.finetune4j.spi.HostedModel;
import dev.finetune4j.spi.Hosting;
import dev.finetune4j.spi.HostingOrder;
import dev.finetune4j.spi.HostingWay;
import dev.finetune4j.spi.PlannedCall;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Deployments of tuned models: made once, found again, told with their price, asked, and ended. */
class AzureOpenAiHostingTest {
    private static final RunId ID = new RunId("tickets-3f9c2a11-1");
    private static final String BASE = ID + "-base";
    private static final String PUT = "Deployments_CreateOrUpdate";
    private static final HostingOrder FOR_TRIAL = new HostingOrder(ID, "developer", 1, 1);
    private static final HostingOrder BY_THE_HOUR = new HostingOrder(ID, "global", 1, 1);

    @SuppressWarnings("NullAway.Init") // before all tests
    private static Azurite blobs;

    @TempDir
    private Path home;

    @SuppressWarnings("NullAway.Init") // before each test
    private OfflineResource place;

    @SuppressWarnings("NullAway.Init") // before each test
    private Provider provider;

    @SuppressWarnings("NullAway.Init") // before each test
    private Hosting hosting;

    @BeforeAll
    static void startBlobStorage() throws IOException {
        blobs = Azurite.start(Path.of("../../target/azurite"));
    }

    @AfterAll
    static void endBlobStorage() {
        blobs.close();
    }

    @BeforeEach
    void tuneAModel() throws IOException {
        place = new OfflineResource(home, blobs);
        provider = place.openWith(managed());
        hosting = provider.hosting().orElseThrow();
        var unused = provider.submit(place.job(ID.value()));
        place.clock.advance(Duration.ofHours(3));
    }

    @AfterEach
    void close() {
        provider.close();
        place.close();
    }

    /** What tells where the resource is in the resource manager. */
    private static Map<String, String> managed() {
        Workspace workspace = Workspace.sample();
        return Map.of(
                "subscription", workspace.subscription(),
                "resource-group", workspace.resourceGroup());
    }

    private static Map<String, String> with(String setting, String value) {
        Map<String, String> settings = new HashMap<>(managed());
        settings.put(setting, value);
        return settings;
    }

    @Test
    void tellsTheWaysWithTheirPricesAndHowLongTheyStay() {
        List<HostingWay> ways = hosting.ways(ID);

        assertThat(ways).extracting(HostingWay::name).containsExactly("developer", "global", "regional");
        assertThat(ways.get(0).perHour(1)).contains(Money.parse("0 USD"));
        assertThat(ways.get(0).notes()).anyMatch(note -> note.contains("24 h after it was made, asked or not"));
        assertThat(ways.get(1).perHour(1)).contains(Money.parse("1.7 USD"));
        assertThat(ways.get(1).idleLimit()).isEqualTo(Duration.ofDays(15));
        assertThat(ways.get(2).notes()).contains("what it is asked stays in swedencentral");
        assertThat(ways.get(2).input()).isNotNull();
    }

    /** Data that were to stay in a region do so unless somebody says otherwise. */
    @Test
    void meansTheScopeOfTheDataWhereNobodyNamesAWay() {
        assertThat(first(with("scope", "regional"))).isEqualTo("regional");
        assertThat(first(with("hosting-scope", "global"))).isEqualTo("global");
        Map<String, String> said = new HashMap<>(place.settings());
        said.put("region", "westus2");
        AzureOpenAiOptions elsewhere = new AzureOpenAiSettings(said, Map.of()).options(OfflineResource.MODEL);

        assertThat(DeploymentWays.of(OfflineResource.MODEL, elsewhere))
                .as("not in the table")
                .allSatisfy(way ->
                        assertThat(way.perHour(1)).as("unknown is never zero").isEmpty());
    }

    private String first(Map<String, String> settings) {
        try (Provider other = place.openWith(settings)) {
            return other.hosting().orElseThrow().ways(ID).get(0).name();
        }
    }

    @Test
    void hostsOnceWhateverBecomesOfTheAnswer() {
        place.azure.faults().loseAnswer(PUT, 1);

        HostedModel first = hosting.host(BY_THE_HOUR);
        HostedModel again = hosting.host(BY_THE_HOUR);

        assertThat(first.state()).isEqualTo(HostedModel.State.CREATING);
        assertThat(again).isEqualTo(first);
        assertThat(place.azure.calls().of(PUT))
                .filteredOn(Call::hadEffect)
                .as("the tuned model, and its base model")
                .hasSize(2);
        place.clock.advance(Duration.ofMinutes(6));
        assertThat(hosting.find(ID)).singleElement().satisfies(model -> {
            assertThat(model.state()).isEqualTo(HostedModel.State.ACTIVE);
            assertThat(model.reference()).endsWith("/accounts/my-openai/deployments/" + ID);
            assertThat(model.perHour()).contains(Money.parse("1.7 USD"));
            assertThat(model.since()).isEqualTo(first.since());
        });
        place.clock.advance(Duration.ofMinutes(50));
        assertThat(place.azure.openAi().hostingBill()).isEqualByComparingTo("1.7");
    }

    /** Whoever waits looks no oftener than the service asks. */
    @Test
    void followsTheOperationAsSeldomAsTheServiceAsks() {
        hosting.host(BY_THE_HOUR);
        int before = place.azure.calls().of("DeploymentOperations_Get").size();

        for (int i = 0; i < 9; i++) {
            assertThat(hosting.find(ID).get(0).state()).isEqualTo(HostedModel.State.CREATING);
            place.clock.advance(Duration.ofSeconds(1));
        }
        assertThat(place.azure.calls().of("DeploymentOperations_Get")).hasSize(before);
        assertThat(place.azure.calls().of("Deployments_Get"))
                .as("looked for before it was made")
                .hasSize(1);
        place.clock.advance(Duration.ofSeconds(2));
        assertThat(hosting.find(ID)).isNotEmpty();
        assertThat(place.azure.calls().of("DeploymentOperations_Get")).hasSizeGreaterThan(before);
    }

    /** The reason is the operation's alone. */
    @Test
    void tellsWhyADeploymentFailed() {
        hosting.host(BY_THE_HOUR);
        place.azure.openAi().failDeployment(ID.value(), "no capacity in swedencentral");
        place.clock.advance(Duration.ofMinutes(1));

        assertThat(hosting.find(ID)).singleElement().satisfies(model -> {
            assertThat(model.state()).isEqualTo(HostedModel.State.FAILED);
            assertThat(Optional.ofNullable(model.problem())).hasValueSatisfying(problem -> {
                assertThat(problem.code()).isEqualTo("FT0994");
                assertThat(problem.causes()).containsExactly("DeploymentFailed: no capacity in swedencentral");
                assertThat(problem.remedies()).containsExactly("finetune host " + ID + " --remove");
            });
        });
        hosting.end(hosting.find(ID).get(0));
        assertThat(hosting.find(ID)).isEmpty();
    }

    /** Nothing is left of it, and the tuned model answers and is paid all the same. */
    @Test
    void hostsWhereTheBaseModelComesToNothing() {
        hosting.host(BY_THE_HOUR);
        place.azure.openAi().failDeployment(BASE, "no capacity in swedencentral");
        place.remove(BASE);
        place.clock.advance(Duration.ofMinutes(6));

        assertThat(hosting.find(ID))
                .singleElement()
                .extracting(HostedModel::state)
                .isEqualTo(HostedModel.State.ACTIVE);
    }

    @Test
    void sendsExactlyWhatItPlanned() {
        List<PlannedCall> planned = hosting.plannedCalls(BY_THE_HOUR);
        assertThat(place.azure.calls().of(PUT)).isEmpty();

        hosting.host(BY_THE_HOUR);

        List<Call> made = place.azure.calls().of(PUT);
        assertThat(planned).extracting(PlannedCall::target).containsExactly(ID.value(), BASE);
        for (int i = 0; i < 2; i++) {
            assertThat(Json.read(planned.get(i).content(), JsonNode.class))
                    .isEqualTo(made.get(i).request().path("body"));
        }
        assertThat(made.get(0).request().at("/body/sku/name").asText()).isEqualTo("GlobalStandard");
        assertThat(made.get(0).request().at("/body/sku/capacity").asInt()).isEqualTo(50);
    }

    /** Who may tune need not be allowed to deploy, and each refusal names its own permission. */
    @Test
    void tellsTheTwoPermissionsApart() {
        place.azure.faults().denyAccess(PUT, 1);
        assertThat(told(() -> hosting.host(BY_THE_HOUR))).contains("FT0993").contains("finetune policy JOB --for host");
        place.azure.faults().denyAccess("FineTuning_List", 1);
        assertThat(told(() -> hosting.host(BY_THE_HOUR)))
                .contains("FT0978")
                .contains("finetune policy JOB --for caller");
        assertThat(hosting.find(ID)).isEmpty();

        List<AccessPolicy> policies = hosting.policies("tickets", new ModelRef(OfflineResource.MODEL));
        assertThat(policies).singleElement().satisfies(policy -> {
            assertThat(policy.holder()).isEqualTo(AccessPolicy.Holder.HOST);
            assertThat(policy.reasons()).containsKey("Microsoft.CognitiveServices/accounts/deployments/write");
        });
        assertThat(provider.policies("tickets", new ModelRef(OfflineResource.MODEL))
                        .get(0)
                        .document())
                .doesNotContain("deployments/write");
    }

    /** With that to host besides the usual one to tune, and no other. */
    @Test
    void itsRoleSuffices() {
        String host = hosting.policies("tickets", new ModelRef(OfflineResource.MODEL))
                .get(0)
                .document();
        String tuner = provider.policies("tickets", new ModelRef(OfflineResource.MODEL))
                .get(0)
                .document();
        place.azure.restrictCaller(tuner);
        assertThat(told(() -> hosting.host(BY_THE_HOUR))).contains("FT0993");
        place.azure.restrictCaller(tuner, host);

        HostedModel model = hosting.host(BY_THE_HOUR);
        place.clock.advance(Duration.ofMinutes(6));
        try (Dialogue dialogue = hosting.converse(model)) {
            dialogue.ask(question(Variant.TUNED, 16), piece -> {});
        }
        hosting.end(model);

        assertThat(hosting.find(ID)).isEmpty();
    }

    /** Minutes pass between an assignment and the time when it is known everywhere. */
    @Test
    void waitsForARoleThatWasAssignedAMomentAgo() {
        String reader = "{\"Actions\":[\"*/read\"],\"DataActions\":[\"Microsoft.CognitiveServices/accounts/OpenAI/*\"],"
                + "\"AssignableScopes\":[\"/subscriptions\"]}";
        place.azure.restrictCaller(reader);
        assertThat(refusal().retry()).as("no role is on its way").isEqualTo(Retry.NEVER);

        place.azure.assignCaller(
                Duration.ofMinutes(3),
                hosting.policies("tickets", new ModelRef(OfflineResource.MODEL))
                        .get(0)
                        .document());
        Problem soon = refusal();
        assertThat(soon.code()).isEqualTo("FT0993");
        assertThat(soon.retry()).isEqualTo(Retry.after(Duration.ofSeconds(30)));
        assertThat(soon.causes().get(0)).startsWith("a role was assigned at ");
        assertThat(soon.remedies()).containsExactly("finetune policy JOB --for host");

        place.clock.advance(Duration.ofMinutes(4));
        assertThat(hosting.host(BY_THE_HOUR).state()).isEqualTo(HostedModel.State.CREATING);
    }

    private Problem refusal() {
        return catchThrowableOfType(FineTuneException.class, () -> hosting.host(BY_THE_HOUR))
                .problems()
                .get(0);
    }

    /** A look and a removal are no deployment that is refused, and what is being changed is so for a minute or two. */
    @Test
    void tellsWhatTheResourceManagerHasAgainstIt() {
        for (String setting : List.of("subscription", "resource-group", "resource")) {
            String typo = setting.equals("subscription") ? "00000000-0000-0000-0000-000000000009" : "my-typo";
            try (Provider mistaken = place.openWith(with(setting, typo))) {
                Hosting nowhere = mistaken.hosting().orElseThrow();
                assertThat(told(nowhere::all))
                        .contains("FT0970", "there is no resource ", typo)
                        .contains("az cognitiveservices account list --query '[].id'");
            }
        }
        HostedModel model = hosting.host(BY_THE_HOUR);
        place.azure.faults().refuse("Deployments_Delete", 1, new ServiceError(409, "RequestConflict", "in progress"));
        assertThat(catchThrowableOfType(FineTuneException.class, () -> hosting.end(model))
                        .problems()
                        .get(0)
                        .retry())
                .isEqualTo(Retry.after(Duration.ofMinutes(1)));
        place.azure
                .faults()
                .refuse(
                        "Deployments_List",
                        1,
                        new ServiceError(
                                401,
                                "InvalidAuthenticationTokenTenant",
                                "it must match the tenant 'https://sts"
                                        + ".windows.net/00000000-0000-0000-0000-00000000000a'"));
        assertThat(told(hosting::all))
                .contains("FT0977")
                .contains("export AZURE_TENANT_ID=00000000-0000-0000-0000-00000000000a");
    }

    @Test
    void refusesBeforeACallThatMakesSomething() {
        assertThat(told(() -> hosting.host(new HostingOrder(ID, "global", 2, 1))))
                .contains("FT0997");
        assertThat(told(() -> hosting.plannedCalls(new HostingOrder(ID, "provisioned", 1, 1))))
                .contains("FT0997");
        assertThat(told(() -> hosting.ways(new RunId("nobody-1")))).contains("FT0984");
        try (Provider unknown = place.open()) {
            Hosting nowhere = unknown.hosting().orElseThrow();
            assertThat(told(() -> nowhere.host(BY_THE_HOUR)))
                    .contains("FT0970")
                    .contains("export AZURE_SUBSCRIPTION_ID=");
        }
        assertThat(place.azure.calls().of(PUT)).isEmpty();
    }

    /** A run that was launched without its group is hosted all the same: its subscription knows its resources. */
    @Test
    void findsTheResourceInItsSubscription() {
        Map<String, String> settings = Map.of("subscription", Workspace.sample().subscription());
        try (Provider other = place.openWith(settings)) {
            HostedModel model = other.hosting().orElseThrow().host(FOR_TRIAL);
            assertThat(model.reference())
                    .contains("/resourceGroups/" + Workspace.sample().resourceGroup() + "/");
        }
        place.azure.faults().denyAccess("Accounts_List", 1);
        try (Provider other = place.openWith(settings)) {
            Hosting denied = other.hosting().orElseThrow();
            assertThat(told(() -> denied.find(ID))).contains("FT0993");
        }
        settings = new HashMap<>(settings);
        settings.put("resource", "your-openai");
        try (Provider other = place.openWith(settings)) {
            Hosting absent = other.hosting().orElseThrow();
            assertThat(told(() -> absent.find(ID))).contains("FT0970").contains("has no resource your-openai");
        }
    }

    @Test
    void tellsAnotherOrderAForeignNameAndALimit() {
        hosting.host(BY_THE_HOUR);
        assertThat(told(() -> hosting.host(FOR_TRIAL))).contains("FT0996").contains("by another order: GlobalStandard");
        hosting.end(hosting.find(ID).get(0));
        place.deploy(ID.value(), "gpt-4o-mini", "2024-07-18");

        assertThat(hosting.find(ID)).isEmpty();
        assertThat(told(() -> hosting.host(BY_THE_HOUR))).contains("FT0996").contains("was not made from here");
        place.azure.openAi().limits(withoutDeployments());
        RunId other = new RunId("tickets-3f9c2a11-2");
        var unused = provider.submit(place.job(other.value()));
        place.clock.advance(Duration.ofHours(3));
        assertThat(told(() -> hosting.host(new HostingOrder(other, "global", 1, 1))))
                .contains("FT0982")
                .as("what was deleted keeps its quota")
                .contains("az cognitiveservices account list-deleted");
    }

    private static OpenAiLimits withoutDeployments() {
        OpenAiLimits usual = OpenAiLimits.DOCUMENTED;
        return new OpenAiLimits(
                usual.fileBytes(),
                usual.onceBytes(),
                usual.allBytes(),
                usual.files(),
                usual.partBytes(),
                usual.jobs(),
                usual.queuedJobs(),
                usual.trainedTokens(),
                0,
                0);
    }

    /** The tuned model answers what its rows say; its base has never read them. */
    @ParameterizedTest
    @ValueSource(strings = {"v1", "2024-10-21"})
    void letsTunedAndBaseModelAnswer(String version) {
        try (Provider of = place.openWith(with("api-version", version))) {
            Hosting own = of.hosting().orElseThrow();
            HostedModel model = own.host(FOR_TRIAL);
            try (Dialogue dialogue = own.converse(model)) {
                assertThat(told(() -> dialogue.ask(question(Variant.TUNED, 16), piece -> {})))
                        .contains("FT0979")
                        .contains("does not answer yet");
                place.clock.advance(Duration.ofMinutes(6));
                List<String> spoken = new ArrayList<>();

                ChatReply tuned = dialogue.ask(question(Variant.TUNED, 16), spoken::add);
                ChatReply cut = dialogue.ask(question(Variant.TUNED, 1), spoken::add);
                ChatReply base = dialogue.ask(question(Variant.BASE_ZERO_SHOT, 16), spoken::add);

                assertThat(tuned.answer().text()).isEqualTo("billing");
                assertThat(tuned.answer().complete()).isTrue();
                assertThat(cut.answer().text()).isEqualTo("bill");
                assertThat(cut.answer().complete()).isFalse();
                assertThat(base.answer().text()).isNotEqualTo("billing");
                assertThat(spoken).startsWith("billing", "bill");
            }
            assertThat(own.base(model).input()).as("not in the table").isNull();
        }
    }

    /** All that a failure tells: codes, causes and remedies. */
    private static String told(ThrowingCallable call) {
        return Json.line(Objects.requireNonNull(catchThrowableOfType(FineTuneException.class, call))
                .problems());
    }

    private static ChatQuestion question(Variant variant, int most) {
        return new ChatQuestion(
                variant,
                List.of(new Message(Role.SYSTEM, "S"), new Message(Role.USER, "ticket 7: the invoice is wrong")),
                Sampling.greedy(most));
    }

    /** Where somebody deployed the base model, no other is, and it stays when ours goes. */
    @Test
    void asksTheBaseModelThatIsThere() {
        place.deploy("base-of-all", "gpt-4.1-nano", "2025-04-14");
        assertThat(hosting.plannedCalls(FOR_TRIAL)).hasSize(1);
        HostedModel model = hosting.host(FOR_TRIAL);
        place.clock.advance(Duration.ofMinutes(6));

        try (Dialogue dialogue = hosting.converse(model)) {
            assertThat(dialogue.ask(question(Variant.BASE_ZERO_SHOT, 16), piece -> {})
                            .answer()
                            .text())
                    .isNotEmpty();
        }
        hosting.end(model);
        hosting.end(model);
        assertThat(hosting.find(ID)).isEmpty();
        assertThat(hosting.all()).isEmpty();
        assertThat(place.deployed()).containsExactly("base-of-all");
    }

    /** A base model that the service does not take is told by whoever compares; the tuned one answers. */
    @Test
    void answersAloneWhereTheBaseModelIsNotDeployed() {
        place.azure.openAi().limits(roomForOne());
        HostedModel model = hosting.host(FOR_TRIAL);
        place.clock.advance(Duration.ofMinutes(6));

        assertThat(hosting.find(ID).get(0).state()).isEqualTo(HostedModel.State.ACTIVE);
        try (Dialogue dialogue = hosting.converse(model)) {
            assertThat(dialogue.ask(question(Variant.TUNED, 16), piece -> {})
                            .answer()
                            .text())
                    .isEqualTo("billing");
            assertThat(told(() -> dialogue.ask(question(Variant.BASE_ZERO_SHOT, 16), piece -> {})))
                    .contains("FT0995")
                    .contains("--model-name gpt-4.1-nano --model-version 2025-04-14");
        }
    }

    private static OpenAiLimits roomForOne() {
        OpenAiLimits none = withoutDeployments();
        return new OpenAiLimits(
                none.fileBytes(),
                none.onceBytes(),
                none.allBytes(),
                none.files(),
                none.partBytes(),
                none.jobs(),
                none.queuedJobs(),
                none.trainedTokens(),
                1,
                1);
    }

    /** The service ends what is for trial after a day; the base model beside it is found by whoever sweeps up. */
    @Test
    void sweepsUpWhatTheServiceLeaves() {
        hosting.host(FOR_TRIAL);
        place.clock.advance(Duration.ofHours(25));

        assertThat(hosting.find(ID)).isEmpty();
        assertThat(hosting.all()).singleElement().satisfies(left -> {
            assertThat(left.run()).isEqualTo(ID);
            assertThat(left.way().name()).isEqualTo("base");
            assertThat(left.perHour()).contains(Money.parse("0 USD"));
        });
        hosting.end(hosting.all().get(0));
        assertThat(place.deployed()).isEmpty();
        assertThat(hosting.host(new HostingOrder(ID, "developer", 1, 2)).state())
                .isEqualTo(HostedModel.State.CREATING);
    }

    @Test
    void keepsTheRunWhileItsModelIsHosted() {
        hosting.host(BY_THE_HOUR);

        assertThat(told(() -> provider.delete(ID))).contains("FT0987").contains("finetune host " + ID + " --remove");
        place.clock.advance(Duration.ofMinutes(6));
        hosting.end(hosting.find(ID).get(0));
        provider.delete(ID);
        assertThat(provider.find(ID)).isEmpty();
    }

    /** A resource that is elsewhere than its job says has other models and prices. */
    @Test
    void refusesAnotherRegionThanTheResources() {
        try (Provider other = place.openWith(with("region", "eastus2"))) {
            assertThat(told(() -> other.submit(place.job("tickets-elsewhere"))))
                    .contains("FT0972")
                    .contains("my-openai is in swedencentral, and the job in eastus2")
                    .contains("places.azure-openai.region: swedencentral");
        }
        assertThat(place.azure.calls().of("Files_Upload"))
                .as("of the first job")
                .hasSize(2);
    }

    /** The launch knew no subscription, and compared nothing. */
    @Test
    void tellsNoPriceOfAnotherRegionThanTheResources() {
        Map<String, String> settings = Map.of("subscription", Workspace.sample().subscription(), "region", "eastus2");
        try (Provider other = place.openWith(settings)) {
            Hosting elsewhere = other.hosting().orElseThrow();
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> elsewhere.ways(ID),
                    () -> elsewhere.plannedCalls(BY_THE_HOUR),
                    () -> elsewhere.host(BY_THE_HOUR))) {
                assertThat(told(call)).contains("FT0972").contains("my-openai is in swedencentral");
            }
        }
        assertThat(place.deployed()).isEmpty();
    }

    /** A doctor says what is there in numbers, and that a run is possible where only its hosting is not. */
    @Test
    void aDoctorTellsThePermissionToDeployApart() {
        List<Diagnosis> free = examined(managed());
        assertThat(free).extracting(Diagnosis::name).containsExactly("model", "files", "jobs", "hosting");
        assertThat(free).extracting(Diagnosis::verdict).containsOnly(Diagnosis.Verdict.OK);
        assertThat(free.get(0).found()).endsWith(", where my-openai is");
        assertThat(free.get(2).found()).isEqualTo("my-openai has 1 job, and keeps 100 or more");
        assertThat(free.get(3).found()).startsWith("my-openai has 0 deployments, and keeps 32; to make one is another");

        place.azure.faults().denyAccess("Deployments_List", 1);
        Diagnosis denied = examined(managed()).get(3);
        assertThat(denied.verdict()).isEqualTo(Diagnosis.Verdict.WARN);
        assertThat(denied.found()).startsWith("FT0993").endsWith("tuning takes none of it");
        assertThat(denied.remedy()).isEqualTo("finetune policy JOB --for host");
        assertThat(examined(Map.of()).get(3).found()).startsWith("FT0970");
        assertThat(examined(with("region", "eastus2")).get(0).found())
                .isEqualTo("FT0972: my-openai is in swedencentral, and the job in eastus2");
    }

    /** Without the resource's name, which its address tells. */
    private List<Diagnosis> examined(Map<String, String> others) {
        Map<String, String> said = new HashMap<>(place.settings());
        said.remove("resource");
        said.putAll(others);
        ProviderContext context = new ProviderContext(home, place.azure.variables(), place.clock);
        AzureOpenAiOptions options = new AzureOpenAiSettings(said, Map.of()).options(OfflineResource.MODEL);
        return new ResourceExamination(options, AzureConnection.open(said, context), place.clock).all();
    }
}
