package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.journal.JournalContent;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.plan.PlanRequest;
import dev.finetune4j.engine.price.GpuSpec;
import dev.finetune4j.engine.price.OfferFilter;
import dev.finetune4j.engine.price.OfferFilter.Spot;
import dev.finetune4j.engine.report.RunStory;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.plan.Objective;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.RunState;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where one cloud has no machine, a job goes on at the other: one job at a time, and all that was spent within one budget. */
@Tag("long")
class FailoverTest {
    private static final ProviderId SAGEMAKER = new ProviderId("sagemaker");
    private static final ProviderId AZURE_ML = new ProviderId("azure-ml");
    private static final Money BUDGET = Money.parse("14 USD");
    private static final Duration WORK = Duration.ofHours(1);

    /** So long it trains before its machine is taken back. */
    private static final Duration BEFORE = Duration.ofMinutes(30);

    @TempDir
    private Path folder;

    private final VirtualClock clock = new VirtualClock();

    @SuppressWarnings("NullAway.Init") // before each test
    private FaultedAws aws;

    @SuppressWarnings("NullAway.Init") // before each test
    private FaultedAzure azure;

    @SuppressWarnings("NullAway.Init") // before each test
    private Runnable afterwards;

    @BeforeEach
    void opensBothClouds() throws IOException {
        aws = FaultedAws.Training.ofWorker(folder.resolve("aws"), clock, PlannedContainer.succeedingAfter(WORK));
        azure = new FaultedAzure.Command(folder.resolve("azure"), clock, PlannedContainer.succeedingAfter(WORK));
        afterwards = () -> {};
    }

    @AfterEach
    void closesBothClouds() {
        aws.close();
        azure.close();
    }

    @AfterAll
    static void closesStores() {
        FaultedAzure.closeStores();
    }

    @Test
    void goesOnAtAzureWhereAmazonHasNoMachine() throws Exception {
        JournalContent journal = run(List.of("A10G", "A100-80-PCIe"), "", terms -> {
            assertThat(terms.target()).isEqualTo(SAGEMAKER);
            of(terms, SAGEMAKER).forEach(machine -> aws.aws().sageMaker().sellOut(machine));
        });

        JournalEntry.Moved last = journal.last(JournalEntry.Moved.class).orElseThrow();
        assertThat(last.terms().target()).isEqualTo(AZURE_ML);
        assertThat(last.why().code()).isEqualTo("FT0851");
        assertThat(last.why().causes())
                .contains("it begins from the start at azure-ml, which reads no checkpoint of sagemaker");
        assertThat(last.after()).isNull();
        assertThat(Files.readString(only().path().resolve("events.jsonl")))
                .contains("moved to azure-ml " + last.terms().name() + ", where it begins from the start: no ml.");
        assertThat(journal.last(JournalEntry.Intent.class).orElseThrow().provider())
                .as("written down before it is asked for there")
                .isEqualTo(AZURE_ML);
        assertThat(azure.jobs()).hasSize(1);
        assertThat(view(journal).provider()).isEqualTo(AZURE_ML);
        assertThat(spent(journal).amount())
                .isGreaterThanOrEqualTo(ofAllWork(last).amount())
                .isLessThanOrEqualTo(BUDGET.amount());
        try (FineTuner tuner = tuner()) {
            tuner.clean(view(journal).id().value(), false);
        }
        assertThat(aws.calls("DeleteTrainingJob")).as("what it left there").isNotEmpty();
        assertThat(azure.calls("Jobs_Delete")).isNotEmpty();
        assertOneAtATime(journal);
    }

    /** What was trained at one cloud is lost at the other, and paid for. */
    @Test
    void countsWhatTheFirstCloudWasPaid() throws Exception {
        JournalContent journal = run(List.of("T4", "A10G"), "    spot: true\n", terms -> {
            assertThat(terms.target()).isEqualTo(AZURE_ML);
            assertThat(terms.isSpot()).isTrue();
            afterwards = () -> {
                of(terms, AZURE_ML).forEach(azure.azure()::sellOut);
                azure.reclaim(azure.jobs().get(0));
            };
        });

        JournalEntry.Moved last = journal.last(JournalEntry.Moved.class).orElseThrow();
        assertThat(last.terms().target()).isEqualTo(SAGEMAKER);
        assertThat(last.why().code()).isEqualTo("FT0951");
        assertThat(last.billed()).isGreaterThanOrEqualTo(BEFORE);
        assertThat(Objects.requireNonNull(last.spent()).amount()).isPositive();
        assertThat(aws.jobs()).hasSize(1);
        assertThat(spent(journal).amount())
                .as("from the start, besides what was spent")
                .isGreaterThanOrEqualTo(last.spent().plus(ofAllWork(last)).amount())
                .isLessThanOrEqualTo(BUDGET.amount());
        assertThat(RunStory.of(journal).chapters().toString())
                .contains("it begins from the start at sagemaker, which reads no checkpoint of azure-ml");
        assertOneAtATime(journal);
    }

    @Test
    void tellsTheOtherPlaceAmongTheTermsWhereItIsAskedTo() throws IOException {
        Path job = job("");
        Map<String, String> environment = environment();
        environment.put("PATH", System.getenv("PATH"));

        String asked = CommandRun.at(clock, home(), environment, "launch", job.toString(), "--dry-run", "--failover")
                .err();
        String unasked = CommandRun.at(clock, home(), environment, "launch", job.toString(), "--dry-run")
                .err();

        assertThat(asked)
                .containsPattern("launch +sagemaker ml[.]")
                .containsPattern("else +azure-ml, westeurope, from the start: Standard_");
        assertThat(unasked).containsPattern("launch +sagemaker ml[.]").doesNotContain("azure-ml");
    }

    private interface Beginning {
        void agreed(LaunchTerms terms);
    }

    /** What the journal of a run holds at its end. */
    private JournalContent run(List<String> gpus, String setting, Beginning beginning) throws Exception {
        try (FineTuner tuner = tuner()) {
            JobFile job = tuner.read(job(setting));
            List<GpuSpec> wanted = gpus.stream().map(GpuSpec::parse).toList();
            OfferFilter offers = new OfferFilter(job.job().targets(), List.of(), wanted, Spot.NEVER, null);
            Plan plan = tuner.plan(job, new PlanRequest(offers, Objective.COST, null, null, false, null));
            LaunchTerms terms = tuner.terms(plan, true);
            beginning.agreed(terms);
            RunOutcome outcome = tuner.launch(plan, terms, false).await();

            assertThat(outcome).isInstanceOf(RunOutcome.Succeeded.class);
            return only().read();
        }
    }

    private FineTuner tuner() {
        return FineTuner.builder()
                .home(home())
                .environment(environment())
                .clock(clock)
                .sleeper(this::pass)
                .build();
    }

    private Path home() {
        return folder.resolve("user");
    }

    private Path job(String setting) throws IOException {
        Path file = TicketsJob.writeUncompared(Files.createTempDirectory(folder, "job"), 1);
        return Files.writeString(
                file,
                Files.readString(file) + "budget: {max-cost: " + BUDGET + "}\ntargets: [sagemaker, azure-ml]\nplaces:\n"
                        + aws.settings() + azure.settings() + setting);
    }

    private Map<String, String> environment() {
        Map<String, String> both = new HashMap<>(aws.environment());
        both.putAll(azure.environment());
        return both;
    }

    private void pass(Duration pause) {
        clock.advance(pause);
        if (RunView.read(only()).state() == RunState.TRAINING) {
            Runnable due = afterwards;
            afterwards = () -> {};
            clock.advance(BEFORE);
            due.run();
        }
    }

    private RunFolder only() {
        RunStore runs = new RunStore(home());
        return runs.folder(runs.list().get(0).id());
    }

    /** Machines of a place that were agreed to. */
    private static List<String> of(LaunchTerms terms, ProviderId place) {
        return Stream.concat(Stream.of(terms), terms.alternatives().stream())
                .filter(one -> one.target().equals(place))
                .map(LaunchTerms::name)
                .distinct()
                .toList();
    }

    private static RunView view(JournalContent journal) {
        return RunView.of(journal).orElseThrow();
    }

    private static Money spent(JournalContent journal) {
        return Objects.requireNonNull(view(journal).spent()).spent();
    }

    /** What all of the work costs where the run moved to. */
    private static Money ofAllWork(JournalEntry.Moved move) {
        return Objects.requireNonNull(move.terms().perHour()).forHours(WORK);
    }

    /** No job is launched before the one before has ended, as its place says. */
    private static void assertOneAtATime(JournalContent journal) {
        boolean isAlive = false;
        for (JournalEntry entry : journal.entries().toList()) {
            if (entry instanceof JournalEntry.Submitted) {
                assertThat(isAlive).isFalse();
                isAlive = true;
            } else if (entry instanceof JournalEntry.StateSeen seen
                    && seen.state().isTerminal()) {
                isAlive = false;
            }
        }
        assertThat(isAlive).isFalse();
    }
}
