package dev.finetune4j.junit;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Part;
import dev.finetune4j.engine.data.RowSource;
import dev.finetune4j.engine.evaluate.PredictionFiles;
import dev.finetune4j.engine.plan.PlanRequest;
import dev.finetune4j.engine.price.OfferFilter;
import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.plan.Objective;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A job that was run to success, for a test to ask. {@link FineTuneAssertions#assertThat(FineTunedRun)} makes claims about it. */
public final class FineTunedRun {
    private final Training training;
    private final Path baseline;
    private final TestSurroundings test;

    FineTunedRun(Training training, Path baseline, TestSurroundings test) {
        this.training = training;
        this.baseline = baseline;
        this.test = test;
    }

    /** The run; {@code finetune show} takes its id. */
    public RunId id() {
        return training.run().id();
    }

    /** What was run. */
    public FineTuneJob job() {
        return training.job().file().job();
    }

    /** Whether the run is one of an earlier execution, and nothing was trained for this one. */
    public boolean isEarlierRun() {
        return training.from().isEarlierRun();
    }

    /** What the check found in the data, warnings and notes, and not in the job's settings or its model; a job with errors is not run. */
    public List<Problem> dataProblems() {
        return training.job().dataFindings();
    }

    /**
     * The comparison of base and tuned model on the held-out rows.
     *
     * @throws IllegalStateException if the job holds out no rows
     */
    public EvaluationReport evaluation() {
        EvaluationReport report = training.run().evaluation();
        if (report == null) {
            throw new IllegalStateException(
                    "run " + id() + " compared no models; give the job held-out rows: data.split.test: 0.2");
        }
        return report;
    }

    /** A metric of the tuned model on the held-out rows, with its 95 % interval. */
    public Interval metric(MetricName name) {
        return evaluation().variant(Variant.TUNED).orElseThrow().metric(name);
    }

    /** What a model answered to each held-out row; the few-shot base model only if the job compares it. */
    public List<Prediction> predictions(Variant variant) {
        return PredictionFiles.read(output(), Set.of(variant)).getOrDefault(variant, List.of());
    }

    /** Time from the run's creation to its end, waiting included; of an earlier run: what it took then. */
    public Duration took() {
        return training.took();
    }

    /**
     * What the run cost: nothing on this machine, which sends no bill (electricity is not counted). Empty where it ran elsewhere: what
     * another place will bill is not known yet.
     */
    public Optional<Money> cost() {
        return ProviderId.LOCAL.equals(training.run().provider())
                ? Optional.of(new Money(BigDecimal.ZERO, Currency.getInstance("USD")))
                : Optional.empty();
    }

    /**
     * What the job would take at a place: machines or services there, with memory, time and cost, the cheapest first. Those of a cloud
     * are known where its artifact is on the class path, such as {@code finetune4j-aws}. Asks nobody.
     *
     * @param target the place's id, such as {@code sagemaker}
     * @param maxCost most that it may cost, or null for no limit
     * @param maxTime longest that it may take, or null for no limit
     * @throws dev.finetune4j.error.FineTuneException if nothing there takes the job
     */
    public Plan plan(String target, @Nullable Money maxCost, @Nullable Duration maxTime) {
        OfferFilter there =
                new OfferFilter(List.of(new ProviderId(target)), List.of(), List.of(), OfferFilter.Spot.NEVER, null);
        return training.tuner()
                .plan(training.job().file(), new PlanRequest(there, Objective.COST, maxCost, maxTime, false, null));
    }

    /** The folder with what was trained: an adapter in PEFT format or, of full fine-tuning, the whole model. */
    public Path tunedFiles() {
        return output().resolve(WorkOrder.resultFolder(job().method()));
    }

    /** The report's files: HTML, JSON and Markdown. */
    public List<Path> reports() {
        return training.run().reports();
    }

    /** The model with the adapter. */
    public TunedModel tuned() {
        return new TunedModel(training, test.settings().output());
    }

    /** The model as it was. */
    public BaseModel base() {
        return new BaseModel(training, test.settings().output());
    }

    @Override
    public String toString() {
        return "FineTunedRun[" + id() + "]";
    }

    /** Whether a place is on the class path, or what it sells. */
    boolean isKnown(String target) {
        ProviderId place = new ProviderId(target);
        return training.tuner().places().contains(place)
                || training.tuner().offers().stream()
                        .anyMatch(offer -> offer.target().equals(place));
    }

    /** The job file, as a command takes it. */
    String jobFile() {
        return training.job().file().source();
    }

    /** The closed list of answers; empty without labels. */
    List<String> labels() {
        return training.job().data().labels();
    }

    /** The held-out rows. */
    List<Example> heldOut() {
        Path file = training.tuner().folder(id().value()).data().resolve(Part.TEST.fileName());
        try (Stream<Example> rows = RowSource.ofFile(file).open()) {
            return rows.toList();
        }
    }

    Map<MetricName, Interval> metrics() {
        return evaluation().variant(Variant.TUNED).orElseThrow().metrics();
    }

    Path baseline() {
        return baseline;
    }

    TestSurroundings test() {
        return test;
    }

    private Path output() {
        Path output = training.run().output();
        if (output == null) {
            throw new IllegalStateException("run " + id() + " has no output");
        }
        return output;
    }
}
