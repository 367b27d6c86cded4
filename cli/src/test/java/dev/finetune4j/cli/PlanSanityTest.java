package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.cli.view.PlanView;
import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.data.Part;
import dev.finetune4j.data.Quantiles;
import dev.finetune4j.engine.launch.Endurance;
import dev.finetune4j.engine.launch.EngineRefusals;
import dev.finetune4j.engine.launch.JobFigures;
import dev.finetune4j.engine.launch.LabelTokens;
import dev.finetune4j.engine.launch.ModelFacts;
import dev.finetune4j.engine.launch.OwnMachine;
import dev.finetune4j.engine.launch.RowFigures;
import dev.finetune4j.engine.launch.Terms;
import dev.finetune4j.engine.models.CatalogueModel;
import dev.finetune4j.engine.models.ModelCatalogue;
import dev.finetune4j.engine.plan.PlanContext;
import dev.finetune4j.engine.plan.PlanRequest;
import dev.finetune4j.engine.plan.Planner;
import dev.finetune4j.engine.price.Market;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.job.Budget;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.QloraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.plan.BreakEven;
import dev.finetune4j.plan.Fit;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.MoneyRange;
import dev.finetune4j.plan.Objective;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.plan.PlanPhase;
import dev.finetune4j.plan.Rejection;
import dev.finetune4j.plan.ServiceLimits;
import dev.finetune4j.plan.TokenOffer;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.Footprint;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.testkit.GoldenFiles;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs from 135 million to 405 billion parameters and from 100 rows to 10 million, at whose plans no practitioner should laugh. */
@Tag("long")
class PlanSanityTest {
    private static final GoldenFiles GOLDEN = GoldenFiles.in("golden/commands");
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 24);
    private static final Market MARKET =
            Market.open(new ProviderContext(Path.of("target/no-home"), Map.of(), Clock.systemUTC()));

    private static final List<Offer> OFFERS = MARKET.offers(new ArrayList<>());

    /** A machine of four cores with 14 GiB left. */
    private static final OwnMachine LAPTOP = new OwnMachine(
            ProviderId.LOCAL, new Footprint(1L << 30, 2L << 30, 14L << 30, Precision.FP32, 4, 1), List.of());

    @Test
    void noPractitionerLaughs() {
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "%-22s %-5s %9s %6s  %-44s %-12s %-10s %s%n",
                "MODEL",
                "HOW",
                "ROWS",
                "TOKENS",
                "CHOSEN",
                "TIME",
                "USD",
                "FITTING"));
        for (String model : List.of(
                "bert-base-uncased",
                "smollm2-135m-instruct",
                "qwen2.5-1.5b-instruct",
                "llama-3.1-8b-instruct",
                "qwen2.5-32b-instruct",
                "mixtral-8x7b-instruct-v0.1",
                "llama-3.3-70b-instruct",
                "llama-3.1-405b-instruct")) {
            List<TuningMethod> methods = model.startsWith("bert")
                    ? List.of(FullTuning.defaults())
                    : List.of(FullTuning.defaults(), LoraTuning.defaults(), QloraTuning.defaults());
            for (TuningMethod method : methods) {
                for (long rows : new long[] {100, 10_000, 1_000_000, 10_000_000}) {
                    table.append(line(model, method, rows, rows > 1000 ? 300 : 150));
                }
            }
        }
        GOLDEN.assertMatches("plan-sanity.txt", table.toString());
    }

    @Test
    void whatAllPromptsBeginWithCostsTheOwnCoreLess() {
        JobFigures job = figures("smollm2-135m-instruct", LoraTuning.defaults(), 1000, 150, Budget.unlimited());
        OwnMachine sharing = new OwnMachine(
                ProviderId.LOCAL, new Footprint(1L << 30, 2L << 30, 14L << 30, Precision.FP32, 4, 0.6), List.of());

        PlanOption apart = planner(List.of(LAPTOP), Map.of(), Map.of()).onThisMachine(job);
        PlanOption shared = planner(List.of(sharing), Map.of(), Map.of()).onThisMachine(job);

        assertThat(trainingSeconds(shared) / trainingSeconds(apart)).isCloseTo(0.6, within(0.02));
        assertThat(shared.phases())
                .anySatisfy(phase -> assertThat(phase.basis())
                        .containsPattern("\\(of \\S+ [kM] tokens \\S+ [kM] are computed: what all rows begin with is"
                                + " computed once\\)"));
    }

    @Test
    void tellsAsManyParametersAsTheModelHas() {
        assertThat(plan("smollm2-135m-instruct", LoraTuning.defaults(), 1000, 150)
                        .workload()
                        .parameters())
                .isEqualTo(134_515_008);
    }

    @Test
    void theLegendSaysWhatTightMeans() {
        JobFigures job = figures("smollm2-135m-instruct", LoraTuning.defaults(), 1000, 150, Budget.unlimited());
        OwnMachine small = new OwnMachine(
                ProviderId.LOCAL, new Footprint(12L << 30, 23L << 30, 20L << 30, Precision.FP32, 4, 1), List.of());

        Plan tight = planner(List.of(small), Map.of(), Map.of()).plan(job, PlanRequest.at("local"));
        Plan fitting = planner(List.of(LAPTOP), Map.of(), Map.of()).plan(job, PlanRequest.at("local"));

        assertThat(printed(tight)).contains("tight: more than 1 in 10 such runs need more than it has.");
        assertThat(printed(fitting)).doesNotContain("tight");
    }

    private static String printed(Plan plan) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        new PlanView(new Screen(stream, stream, false, false, false, 80), Path.of("job.yaml")).print(plan, false);
        return CommandRun.oneLine(bytes.toString(StandardCharsets.UTF_8));
    }

    private static double trainingSeconds(PlanOption option) {
        return option.phases().stream()
                .filter(phase -> phase.name() == PlanPhase.Name.TRAINING)
                .mapToDouble(phase -> phase.time().likely().toMillis() / 1000.0)
                .sum();
    }

    @Test
    void aMachineThatWasMissedComesAfterThoseThatWereNot() {
        String model = "qwen2.5-1.5b-instruct";
        PlanOption first =
                plan(model, LoraTuning.defaults(), 10_000, 150).choice().orElseThrow();

        Plan later = plan(model, LoraTuning.defaults(), 10_000, 150, Map.of(first.id(), Instant.EPOCH));

        assertThat(later.choice().orElseThrow().id()).isNotEqualTo(first.id());
        PlanOption missed = later.option(first.id()).orElseThrow();
        assertThat(missed.missedAt()).isEqualTo(Instant.EPOCH);
        assertThat(missed.isEligible()).as("where there is no other").isTrue();
    }

    @Test
    void aMachineThatTheQuotaDoesNotLeaveComesAfterThoseThatItLeaves() {
        String model = "qwen2.5-1.5b-instruct";
        PlanOption first =
                plan(model, LoraTuning.defaults(), 10_000, 150).choice().orElseThrow();
        Diagnosis lack = Diagnosis.fail("quota", "it needs 24 cores, you have 0", "ask for 24 cores");

        Plan later = plan(model, LoraTuning.defaults(), 10_000, 150, Map.of(), machines -> {
            assertThat(machines).extracting(MachineOffer::id).contains(first.id());
            return Map.of(first.id(), lack);
        });

        assertThat(later.choice().orElseThrow().id()).isNotEqualTo(first.id());
        assertThat(later.option(first.id()).orElseThrow().missingQuota()).isEqualTo(lack.found());
        assertThat(later.warnings()).singleElement().satisfies(warning -> {
            assertThat(warning.code()).isEqualTo("FT0771");
            assertThat(warning.summary()).isEqualTo("it needs 24 cores, you have 0 at " + first.target());
            assertThat(warning.remedies()).containsExactly("ask for 24 cores");
        });
        assertThat(plan(
                                model,
                                LoraTuning.defaults(),
                                10_000,
                                150,
                                Map.of(),
                                machines -> Map.of(first.id(), Diagnosis.warn("quota", "it is in use", "wait")))
                        .choice()
                        .orElseThrow()
                        .id())
                .as("what is only in use comes free")
                .isEqualTo(first.id());
    }

    /** A launch keeps the money for winding down, and where no checkpoint is kept for the longest that a job is likely to take. */
    @ParameterizedTest
    @CsvSource({"sagemaker, true", "jumpstart, false"})
    void whatABudgetChoosesIsNotRefusedAtTheLaunch(String place, boolean keepsCheckpoints) {
        Duration windDown = Duration.ofMinutes(15);
        Capabilities can = new Capabilities(true, true, true, keepsCheckpoints, true, Billing.TIME);
        Planner knowing = planner(
                List.of(), Map.of(), Map.of(ProviderId.parse(place), new Endurance(keepsCheckpoints, windDown, null)));
        int moved = 0;
        for (int cents = 50; cents <= 400; cents += 25) {
            Budget budget = new Budget(new Money(BigDecimal.valueOf(cents, 2), Currency.getInstance("USD")), null);
            JobFigures figures = figures("llama-3.1-8b-instruct", QloraTuning.defaults(), 1000, 250, budget);
            Optional<PlanOption> choice =
                    knowing.plan(figures, PlanRequest.at(place)).choice();
            PlanOption unknowing = planner(List.of(), Map.of(), Map.of())
                    .plan(figures, PlanRequest.at(place))
                    .choice()
                    .orElse(null);

            choice.ifPresent(
                    option -> assertThat(Terms.of(option, budget, can, windDown).worstCost())
                            .as("%s for %s", option.id(), budget)
                            .isNotNull());
            if (unknowing != null
                    && !unknowing.id().equals(choice.map(PlanOption::id).orElse(""))) {
                moved++;
                assertThatThrownBy(() -> Terms.of(unknowing, budget, can, windDown))
                        .as("%s for %s", unknowing.id(), budget)
                        .hasMessageContaining("FT0521");
            }
        }
        assertThat(moved).as("budgets by which it matters").isPositive();
    }

    private static String line(String model, TuningMethod method, long rows, int tokens) {
        Plan plan = plan(model, method, rows, tokens);
        long fitting = plan.options().stream()
                .filter(option -> option.offer() instanceof MachineOffer && option.fit() == Fit.FITS)
                .count();
        PlanOption chosen = plan.choice().orElse(null);
        MoneyRange cost = chosen == null ? null : chosen.cost();
        return String.format(
                Locale.ROOT,
                "%-22s %-5s %,9d %6d  %-44s %-12s %-10s %d%n",
                model.length() > 22 ? model.substring(0, 22) : model,
                name(method),
                rows,
                tokens,
                chosen == null ? "nothing" : chosen.id().replace("/on-demand", ""),
                chosen == null ? "" : hours(chosen),
                cost == null ? "" : cost.likely().amount().setScale(2, RoundingMode.HALF_UP),
                fitting);
    }

    private static String hours(PlanOption option) {
        return Figures.duration(option.time().likely()).replace(" ", "");
    }

    private static String name(TuningMethod method) {
        return method instanceof FullTuning ? "full" : method instanceof QloraTuning ? "qlora" : "lora";
    }

    @Test
    void qloraOfEightBillionOnOneSmallGpuTakesAnHourAndADollar() {
        PlanOption small = option(plan("llama-3.1-8b-instruct", QloraTuning.defaults(), 1000, 250), "ml.g5.xlarge");

        assertThat(small.fit()).isEqualTo(Fit.FITS);
        assertThat(small.time().likely().toMinutes()).isBetween(20L, 75L);
        assertThat(likely(small)).isBetween(0.3, 2.0);
    }

    @Test
    void fullTuningOf405BillionFitsNoMachine() {
        for (PlanOption option : plan("llama-3.1-405b-instruct", FullTuning.defaults(), 1000, 300)
                .options()) {
            assertThat(option.offer()).as(option.id()).isNotInstanceOf(MachineOffer.class);
        }
    }

    @Test
    void fullTuningOfEightBillionFitsNoSingleGpuOf80() {
        assertThat(plan("llama-3.1-8b-instruct", FullTuning.defaults(), 1000, 300)
                        .options())
                .filteredOn(option -> option.offer() instanceof MachineOffer machine
                        && machine.accelerators().orElseThrow().count() == 1
                        && machine.accelerators().orElseThrow().memoryGb() <= 94)
                .isEmpty();
    }

    /** The weights of 70 billion alone take 131 GiB. */
    @Test
    void noMachineIsPlannedThatIsLikelyToRunOutOfMemory() {
        for (String model : List.of("llama-3.3-70b-instruct", "qwen2.5-32b-instruct")) {
            assertThat(plan(model, LoraTuning.defaults(), 1000, 300).options())
                    .filteredOn(option -> option.offer() instanceof MachineOffer)
                    .allSatisfy(option -> assertThat(Objects.requireNonNull(option.neededMemory())
                                    .likely())
                            .as(option.id())
                            .isLessThanOrEqualTo(option.usableMemory()));
        }
    }

    @Test
    void ofMachinesAsFastTheCheapestIsChosen() {
        Plan plan = planner(List.of(), Map.of(), Map.of())
                .plan(
                        figures("llama-3.1-8b-instruct", QloraTuning.defaults(), 1000, 300, Budget.unlimited()),
                        new PlanRequest(PlanRequest.anywhere().filter(), Objective.TIME, null, null, false, null));
        PlanOption choice = plan.choice().orElseThrow();

        assertThat(plan.options())
                .filteredOn(option -> option.isEligible()
                        && option.time().likely().equals(choice.time().likely()))
                .allSatisfy(option -> assertThat(likely(option)).isGreaterThanOrEqualTo(likely(choice)));
    }

    /** Of a step of one row one GPU works, and whoever pays for two waits as long. */
    @Test
    void machinesWhoseGpusStandIdleComeAfterThoseThatDoAsWell() {
        JobFigures rows = figures("llama-3.1-8b-instruct", QloraTuning.defaults(), 1000, 300, Budget.unlimited());
        FineTuneJob single = rows.file().job().toBuilder()
                .training(rows.file().job().training().toBuilder().batchSize(1).build())
                .build();
        List<PlanOption> machines = planner(List.of(), Map.of(), Map.of())
                .plan(
                        new JobFigures(JobFile.of(single, Path.of("")), rows.rows(), rows.model()),
                        PlanRequest.anywhere())
                .options()
                .stream()
                .filter(option -> option.isEligible() && option.offer() instanceof MachineOffer)
                .toList();

        assertThat(machines.stream()
                        .takeWhile(option -> option.offer() instanceof MachineOffer machine
                                && machine.accelerators().orElseThrow().count() == 1))
                .hasSizeGreaterThan(5);
    }

    @Test
    void theBreakEvenIsWithinWhatTheServiceTakes() {
        List<Long> rows = new ArrayList<>();
        for (String model : List.of("llama-3.1-8b-instruct", "llama-3.1-405b-instruct", "smollm2-135m-instruct")) {
            Plan plan = plan(model, QloraTuning.defaults(), 100, 300);
            BreakEven even = Objects.requireNonNull(plan.breakEven(), model);
            ServiceLimits limits = ((TokenOffer) Objects.requireNonNull(
                            plan.option(even.service()).orElseThrow().offer()))
                    .limits();

            Integer most = limits.mostRows();
            rows.add(even.rows());
            if (even.rows() < 0) {
                assertThat(most).as(model).isNull();
            } else if (even.rows() > 0) {
                assertThat(even.rows())
                        .as(model)
                        .isBetween((long) limits.leastRows(), most == null ? Long.MAX_VALUE : most.longValue());
            }
        }
        assertThat(rows).as("somewhere the service is the cheaper one").anyMatch(each -> each > 0);
    }

    @ParameterizedTest
    @CsvSource({"smollm2-135m-instruct", "llama-3.1-8b-instruct", "llama-3.3-70b-instruct"})
    void tenTimesTheRowsCostUpToTenTimesAsMuch(String model) {
        PlanOption few = plan(model, QloraTuning.defaults(), 10_000, 300).options().stream()
                .filter(option -> option.fit() == Fit.FITS && option.offer() instanceof MachineOffer)
                .findFirst()
                .orElseThrow();
        PlanOption many = option(plan(model, QloraTuning.defaults(), 100_000, 300), few.name());

        assertThat(likely(many) / likely(option(plan(model, QloraTuning.defaults(), 10_000, 300), few.name())))
                .isBetween(2.0, 10.5);
    }

    @Test
    void whatIsComputedTwiceIsTheSame() {
        assertThat(plan("qwen2.5-7b-instruct", LoraTuning.defaults(), 500, 200))
                .isEqualTo(plan("qwen2.5-7b-instruct", LoraTuning.defaults(), 500, 200));
    }

    @Test
    void saysWhereAServiceTrainsOnFewerTokens() {
        Plan few = plan("llama-3.1-8b-instruct", LoraTuning.defaults(), 1_000_000, 300);
        Plan many = plan("llama-3.1-8b-instruct", LoraTuning.defaults(), 10_000_000, 300);

        assertThat(few.rejections())
                .extracting(Rejection::reason)
                .noneMatch(reason -> reason.contains("tokens at most in all epochs"));
        assertThat(many.rejections())
                .filteredOn(rejection -> rejection.target().value().equals("azure-openai"))
                .extracting(Rejection::reason)
                .anyMatch(reason -> reason.contains("trains on 2.00 B tokens at most in all epochs, the job has "));
    }

    @Test
    void rangesHoldWhatIsLikelyAndAreNoWiderThanSense() {
        for (PlanOption option : plan("llama-3.1-8b-instruct", LoraTuning.defaults(), 100_000, 300)
                .options()) {
            if (option.offer() instanceof MachineOffer) {
                double low = option.time().low().toSeconds();
                double high = option.time().high().toSeconds();
                assertThat(high / low).as(option.id()).isBetween(1.2, 4.0);
            }
        }
    }

    private static double likely(PlanOption option) {
        MoneyRange cost = option.cost();
        return cost == null ? Double.NaN : cost.likely().amount().doubleValue();
    }

    private static PlanOption option(Plan plan, String name) {
        return plan.options().stream()
                .filter(option -> option.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Plan plan(String id, TuningMethod method, long rows, int tokens) {
        return plan(id, method, rows, tokens, Map.of());
    }

    private static Plan plan(String id, TuningMethod method, long rows, int tokens, Map<String, Instant> missed) {
        return plan(id, method, rows, tokens, missed, machines -> Map.of());
    }

    private static Plan plan(
            String id,
            TuningMethod method,
            long rows,
            int tokens,
            Map<String, Instant> missed,
            Function<List<MachineOffer>, Map<String, Diagnosis>> quotas) {
        boolean isSmall = ModelCatalogue.shipped().get(id).parameters() < 500_000_000;
        return planner(isSmall ? List.of(LAPTOP) : List.of(), missed, quotas, Map.of())
                .plan(figures(id, method, rows, tokens, Budget.unlimited()), PlanRequest.anywhere());
    }

    private static Planner planner(
            List<OwnMachine> here, Map<String, Instant> missed, Map<ProviderId, Endurance> endurances) {
        return planner(here, missed, machines -> Map.of(), endurances);
    }

    private static Planner planner(
            List<OwnMachine> here,
            Map<String, Instant> missed,
            Function<List<MachineOffer>, Map<String, Diagnosis>> quotas,
            Map<ProviderId, Endurance> endurances) {
        return new Planner(new PlanContext(
                OFFERS,
                MARKET.facts(),
                here,
                16L << 30,
                List.of(),
                List.of(),
                missed,
                quotas,
                machines -> Map.of(),
                endurances,
                EngineRefusals.NONE, // also what no engine does yet is estimated
                null,
                TODAY,
                "test",
                List.of()));
    }

    private static JobFigures figures(String id, TuningMethod method, long rows, int tokens, Budget budget) {
        CatalogueModel model = ModelCatalogue.shipped().get(id);
        TaskKind kind = id.startsWith("bert") ? TaskKind.CLASSIFICATION : TaskKind.CHAT;
        TaskSpec task = TaskSpec.of(kind);
        FineTuneJob job = FineTuneJob.builder("sanity", new ModelRef(id), task, DataSpec.ofFile("rows.jsonl"))
                .method(method)
                .budget(budget)
                .build();
        int limit = Math.min(1024, model.contextTokens());
        long longest = Math.min(limit, 4L * tokens);
        RowFigures figures = new RowFigures(
                Map.of(
                        Part.TRAIN,
                        rows,
                        Part.VALIDATION,
                        Math.min(1000, rows / 20),
                        Part.TEST,
                        Math.min(500, rows / 10)),
                new Quantiles(tokens / 5, Math.round(0.85 * tokens), 2L * tokens, 3L * tokens, 4L * tokens, tokens),
                tokens / 2.0,
                rows * tokens * 5,
                new Proposal.RowLengths(rows, 0, longest, 8 * longest, limit, Math.min(tokens, limit), 0),
                Proposal.AnswerLengths.NONE,
                true,
                true,
                rows * tokens * 5,
                "sanity",
                LabelTokens.NONE);
        return new JobFigures(
                JobFile.of(job, Path.of("")),
                figures,
                new ModelFacts(model.shape().architecture(), model, null));
    }
}
