package dev.finetune4j.worker.local;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Severity;
import dev.finetune4j.job.EvaluationSpec;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.spi.Footprint;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.spi.Proposal.AnswerLengths;
import dev.finetune4j.spi.Proposal.RowLengths;
import dev.finetune4j.training.loop.BatchBound;
import dev.finetune4j.training.loop.TrainingPlan;
import dev.finetune4j.training.model.BatchPrefix;
import dev.finetune4j.training.model.Foreseen;
import dev.finetune4j.training.model.LanguageModelLoader.Purpose;
import dev.finetune4j.training.model.LanguageModelLoader.Settings;
import dev.finetune4j.training.model.ModelProblems;
import dev.finetune4j.training.model.NumberFormats;
import dev.finetune4j.training.model.decoder.DecoderLoader;
import dev.finetune4j.training.model.encoder.EncoderLoader;
import dev.finetune4j.worker.machine.Machine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Tells before a launch what the worker would refuse of a job once it knows the rows: it asks the same loaders. Reads the model once. */
final class LocalRefusals {
    /**
     * Share of the peak that is foreseen, which none may pass, that stands as the least that a worker takes. Runs that were measured took
     * 0.83 to 0.98 of it on Intel Xeons, by how many products are compiled and how well what was freed fits what comes, and 0.76 to 0.92 on
     * an AMD EPYC, where fewer are: least where answers are written, by one and the same run from 0.76 to 0.85. Prefix tuning took
     * 0.79 in an earlier measurement, of which the machine is not known.
     */
    static final double LEAST_TAKEN = 0.75;

    private static final String NEW_TOKENS = "evaluation.max-new-tokens";

    private final Proposal proposal;
    private final Machine machine;
    private final NumberFormats formats = NumberFormats.here();
    private final DecoderLoader decoders = new DecoderLoader(formats);
    private final EncoderLoader encoders = new EncoderLoader(formats);
    private @Nullable ModelFolder folder;

    LocalRefusals(Proposal proposal, Machine machine) {
        this.proposal = proposal;
        this.machine = machine;
    }

    /** Errors where the worker will refuse for certain, warnings where it may. */
    List<Problem> all() {
        if (proposal.rows().equals(RowLengths.NONE)) {
            return refusals(answering());
        }
        BatchBound bound = bound();
        List<Problem> certain = refusals(bound.atLeast());
        List<Problem> refusals = certain.isEmpty()
                ? refusals(bound.atMost()).stream()
                        .map(problem -> problem.with(Severity.WARNING))
                        .toList()
                : certain;
        if (certain.isEmpty()) {
            Optional<Problem> weight = decoders.weightRefusal(folder());
            if (weight.isPresent()) {
                return List.of(weight.get());
            }
        }
        return Stream.concat(
                        formats.slowness(proposal.job().training().precision()).stream(),
                        refusals.stream()
                                .map(problem -> problem.kind().equals(ModelProblems.TOO_LARGE)
                                        ? withWhatFits(problem, bound.atMost())
                                        : problem))
                .toList();
    }

    private BatchBound bound() {
        RowLengths rows = computed();
        return BatchBound.of(
                proposal.job().training(),
                rows.trainingRows(),
                rows.longest(),
                rows.largestBatch(),
                rows.limit(),
                prefix());
    }

    private Problem withWhatFits(Problem tooLarge, int refusedTokens) {
        if (isAt(NEW_TOKENS, tooLarge)) {
            return continuationsFitting(tooLarge, refusedTokens);
        }
        // Texts that are answered are as long as a row may be, not as a batch is.
        return isAt("training.max-tokens", tooLarge) ? answersFitting(tooLarge) : fitting(tooLarge, refusedTokens);
    }

    private static boolean isAt(String key, Problem tooLarge) {
        return tooLarge.place()
                .map(Object::toString)
                .filter(place -> place.contains(key))
                .isPresent();
    }

    /** With the longest continuations of passages that fit: what they go on from is short, however long a row may be. */
    private Problem continuationsFitting(Problem tooLarge, int batchTokens) {
        int fits = 0;
        int refused = proposal.job().evaluation().maxNewTokens();
        while (refused - fits > 1) {
            int middle = fits + (refused - fits) / 2;
            if (writing(middle).refusals(batchTokens).isEmpty()) {
                fits = middle;
            } else {
                refused = middle;
            }
        }
        List<String> remedies = new ArrayList<>();
        if (fits > 0) {
            remedies.add(NEW_TOKENS + ": " + fits);
        }
        tooLarge.remedies().stream()
                .filter(remedy -> !remedy.startsWith(NEW_TOKENS))
                .forEach(remedies::add);
        remedies.add("finetune models    # a smaller one");
        return tooLarge.withRemedies(remedies);
    }

    /** The same job where answers are no longer than so many tokens. */
    private LocalRefusals writing(int newTokens) {
        EvaluationSpec evaluation = proposal.job().evaluation();
        AnswerLengths answers = proposal.answers();
        int fewer = evaluation.maxNewTokens() - newTokens;
        LocalRefusals shorter = new LocalRefusals(
                new Proposal(
                        proposal.job().toBuilder()
                                .evaluation(evaluation.toBuilder()
                                        .maxNewTokens(newTokens)
                                        .build())
                                .build(),
                        proposal.model(),
                        proposal.rows(),
                        new AnswerLengths(
                                answers.passage(), answers.conversation() - fewer, answers.written() - fewer)),
                machine);
        shorter.folder = folder();
        return shorter;
    }

    /** With the shorter prompt: without examples it is not longer than a row. */
    private Problem answersFitting(Problem tooLarge) {
        List<String> remedies = new ArrayList<>();
        if (showsExamples()) {
            remedies.add("evaluation.few-shot: 0");
        }
        remedies.addAll(tooLarge.remedies());
        remedies.add("finetune models    # a smaller one");
        return tooLarge.withRemedies(remedies);
    }

    /** Passages are read, and continued, without any. */
    private boolean showsExamples() {
        return proposal.answers().passage() == 0
                && proposal.answers().conversation() > 0
                && proposal.job().evaluation().fewShot() > 0;
    }

    /** The rows with the virtual tokens in front of each. */
    private RowLengths computed() {
        RowLengths rows = proposal.rows();
        int more = proposal.job().method().virtualTokens();
        long together = more * Math.min(proposal.job().training().batchSize(), rows.trainingRows());
        return new RowLengths(
                rows.trainingRows(),
                rows.validationRows(),
                rows.longest() + more,
                rows.largestBatch() + together,
                rows.limit() + more,
                rows.mean() + more,
                rows.prefix() + more);
    }

    private BatchPrefix prefix() {
        return encoders.reads(folder())
                ? BatchPrefix.NONE
                : DecoderLoader.prefix(
                        proposal.job().method(),
                        threads(proposal.job().training()),
                        computed().prefix());
    }

    /** Of a micro-batch of mean rows. */
    private double computedShare() {
        TrainingSpec training = proposal.job().training();
        RowLengths rows = computed();
        // The mean is of all rows, and those of the test may be shorter than what the others begin with.
        double mean = Math.max(rows.prefix() + 1.0, rows.mean());
        double ofBatch = training.packing() ? training.batchSize() * (rows.limit() / mean) : training.batchSize();
        long together = (long) Math.max(1, Math.min(ofBatch, (double) rows.trainingRows()));
        long rowTokens = Math.round(together * mean);
        return (double) prefix().computedTokens(together, rowTokens) / rowTokens;
    }

    private int threads(TrainingSpec training) {
        return training.threads() > 0 ? training.threads() : machine.physicalCores();
    }

    /** With what fits: fewer rows at a time and as many in a step, or one shorter row. */
    private Problem fitting(Problem tooLarge, int refusedTokens) {
        TrainingSpec training = proposal.job().training();
        // Packed, a micro-batch holds as many tokens as so many rows may have; otherwise as they have.
        long perRow =
                Math.max(1, training.packing() ? computed().limit() : computed().longest());
        long tokens = mostTokens(refusedTokens);
        BatchPrefix shared = training.packing() ? BatchPrefix.NONE : prefix();
        long rows = training.batchSize() - 1L;
        while (rows > 0 && shared.computedTokens(rows, rows * perRow) > tokens) {
            rows--;
        }
        List<String> remedies = new ArrayList<>();
        if (rows >= 1) {
            long inStep = (long) training.batchSize() * training.gradientAccumulation();
            remedies.add(
                    "training: {batch-size: " + rows + ", gradient-accumulation: " + (inStep + rows - 1) / rows + "}");
        } else if (tokens >= 1) {
            remedies.add("training: {batch-size: 1, max-tokens: " + tokens + "}");
        }
        tooLarge.remedies().stream().filter(LocalRefusals::isNotOfLength).forEach(remedies::add);
        remedies.add("finetune models    # a smaller one");
        return tooLarge.withRemedies(remedies);
    }

    private static boolean isNotOfLength(String remedy) {
        return !remedy.startsWith("training.batch-size") && !remedy.startsWith("training.max-tokens");
    }

    /** The largest micro-batch below a refused one that would not be refused, found by halving; 0 where not even a token fits. */
    private long mostTokens(int refusedTokens) {
        int fits = 0;
        int refused = refusedTokens;
        while (refused - fits > 1) {
            int middle = fits + (refused - fits) / 2;
            if (refusals(middle).isEmpty()) {
                fits = middle;
            } else {
                refused = middle;
            }
        }
        return fits;
    }

    /**
     * Memory, number format and threads that the worker will choose.
     *
     * @throws FineTuneException with why it would refuse for certain
     */
    Footprint footprint() {
        BatchBound bound = bound();
        Settings settings = settings(bound.atLeast());
        Foreseen least = foreseen(settings);
        boolean mayBeRefused = !refusals(bound.atMost()).isEmpty();
        Foreseen most = mayBeRefused ? least : foreseen(settings(bound.atMost()));
        return new Footprint(
                Math.round(LEAST_TAKEN * Math.min(least.peakBytes(), most.peakBytes())),
                mayBeRefused ? Math.max(least.peakBytes(), settings.memoryBytes() + 1) : most.peakBytes(),
                settings.memoryBytes(),
                most.precision(),
                settings.threads(),
                computedShare());
    }

    private List<Problem> refusals(int batchTokens) {
        return refusals(settings(batchTokens));
    }

    private List<Problem> refusals(Settings settings) {
        try {
            Foreseen unused = foreseen(settings);
            return List.of();
        } catch (FineTuneException e) {
            return e.problems();
        }
    }

    private Foreseen foreseen(Settings settings) {
        ModelFolder model = folder();
        return encoders.reads(model)
                ? encoders.footprint(model, proposal.job().task().labels(), settings)
                : decoders.footprint(model, settings);
    }

    /** The header of a GGUF file holds a whole vocabulary: it is read for one question, and not for each batch that is tried. */
    private ModelFolder folder() {
        ModelFolder known = folder;
        if (known == null) {
            known = ModelFolder.open(proposal.model().path());
            folder = known;
        }
        return known;
    }

    /** What the worker does where it trains nothing. */
    private Settings answering() {
        return settings(
                Purpose.ANSWER_EXACTLY,
                FullTuning.defaults(),
                TrainingSpec.defaults(),
                Math.max(1, proposal.answers().passage()));
    }

    private Settings settings(int batchTokens) {
        return settings(Purpose.TRAIN, proposal.job().method(), proposal.job().training(), batchTokens);
    }

    private Settings settings(Purpose purpose, TuningMethod method, TrainingSpec training, int batchTokens) {
        return new Settings(
                purpose,
                method,
                training.precision(),
                training.recompute(),
                threads(training),
                training.seed(),
                List.of(),
                batchTokens,
                TrainingPlan.mostRows(training, proposal.rows().trainingRows()),
                purpose.trains() ? (int) Math.min(computed().longest(), Integer.MAX_VALUE) : 0,
                proposal.answers().passage(),
                proposal.answers().conversation(),
                proposal.answers().written(),
                proposal.job().evaluation().maxNewTokens(),
                showsExamples(),
                machine.availableBytes());
    }
}
