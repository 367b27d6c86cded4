package dev.finetune4j.engine.plan;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.estimate.Architecture;
import dev.finetune4j.engine.launch.JobFigures;
import dev.finetune4j.engine.launch.ModelFacts;
import dev.finetune4j.engine.launch.RowFigures;
import dev.finetune4j.engine.models.CatalogueModel;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.plan.Workload;

/** A job as numbers: what follows from its settings, rows and model alone. */
final class PlannedJob {
    private static final int HALF = 2;
    private static final int SINGLE = 4;

    private final FineTuneJob job;
    private final RowFigures rows;
    private final ModelFacts model;
    private final RowDistribution lengths;
    private final double trainable;
    private final HeldOutAnswers answers;

    PlannedJob(JobFigures figures) {
        this(figures.file().job(), figures.rows(), figures.model());
    }

    PlannedJob(FineTuneJob job, RowFigures rows, ModelFacts model) {
        this.job = job;
        this.rows = rows;
        this.model = model;
        int inFront = job.method().virtualTokens();
        int most = job.training().maxTokens();
        int limit = most > 0
                ? Math.min(most, rows.lengths().limit())
                : rows.lengths().limit();
        lengths = new RowDistribution(rows.tokens(), rows.lengths(), limit, inFront);
        trainable = TrainedParameters.of(job, model.architecture());
        answers = new HeldOutAnswers(job, rows, model);
    }

    /** The same rows and model under other settings: to see what would fit. */
    PlannedJob with(FineTuneJob other) {
        return new PlannedJob(other, rows, model);
    }

    FineTuneJob job() {
        return job;
    }

    TrainingSpec training() {
        return job.training();
    }

    RowFigures rows() {
        return rows;
    }

    ModelFacts model() {
        return model;
    }

    Architecture architecture() {
        return model.architecture();
    }

    RowDistribution lengths() {
        return lengths;
    }

    double trainable() {
        return trainable;
    }

    HeldOutAnswers answers() {
        return answers;
    }

    boolean trainsAll() {
        return job.method() instanceof FullTuning;
    }

    boolean trainsHeadAlone() {
        return job.method() instanceof HeadTuning;
    }

    /** How much of {@link #weightFlops} a token takes that is only read. */
    private double forwardShare() {
        return trainsAll() ? 1.0 / 3 : trainsHeadAlone() ? 1 : 0.5;
    }

    /** Rows of an optimizer step. */
    int stepRows() {
        return training().batchSize() * training().gradientAccumulation();
    }

    /** Rows that training goes through, each epoch counted. */
    double trainedRows() {
        return rows.rowsOf(Part.TRAIN) * training().epochs();
    }

    /** Tokens that training goes through, each epoch counted, padding not. */
    double trainingTokens() {
        return trainedRows() * lengths.mean();
    }

    /** Optimizer steps: a step holds rows, or where rows are packed their tokens. */
    long steps() {
        double perEpoch = training().packing()
                ? rows.rowsOf(Part.TRAIN) * lengths.mean() / (stepRows() * (double) lengths.limit())
                : rows.rowsOf(Part.TRAIN) / (double) stepRows();
        return Math.max(
                1,
                Math.round(
                        Math.ceil(Math.max(1, Math.ceil(perEpoch)) * training().epochs())));
    }

    /** Operations for a token of training: of weights and of attention. Where a head alone is trained, nothing goes back below it. */
    double flopsPerToken() {
        return weightFlops() + attentionFlops();
    }

    /** Operations of attention for a token of training, of which a decoder sees half of its row in the mean. */
    double attentionFlops() {
        return forwardAttention() * (trainsHeadAlone() ? 1 : 1 + Architecture.ATTENTION_BACK);
    }

    /** Operations for a token that is only read. */
    double readingFlops() {
        return weightFlops() * forwardShare() + forwardAttention();
    }

    /**
     * Operations for a token of a label, which is read behind the whole prompt that it answers.
     *
     * @param beside tokens of labels that it is computed beside in one matrix of scores
     */
    double labelFlops(double beside) {
        return weightFlops() * forwardShare() + architecture().attentionOperations(lengths.mean() + beside);
    }

    private double forwardAttention() {
        double row = lengths.meanByToken();
        return architecture().attentionOperations(architecture().kind() == Architecture.Kind.DECODER ? row / 2 : row);
    }

    /**
     * Two operations for each weight that a token passes going forward, as many for the gradient of its inputs, and where the weight is
     * trained as many for its own.
     */
    private double weightFlops() {
        Architecture sizes = architecture();
        double head = sizes.kind() == Architecture.Kind.ENCODER ? 0 : sizes.embeddingParameters();
        double passed = sizes.activeLinearParameters() + head;
        if (trainsAll()) {
            return 6 * passed;
        }
        return (trainsHeadAlone() ? 2 : 4) * passed + 6 * trainable;
    }

    /** Bytes of the base model as it is fetched, which may be packed in fewer bits than {@link #weightBytes}. */
    long modelBytes() {
        CatalogueModel known = model.known();
        Long stored = known == null ? model.storedBytes() : known.storedBytes();
        return stored == null ? weightBytes() : stored;
    }

    /** Bytes of the base model as a machine with GPUs gets it: of a GGUF file the numbers that its blocks stand for. */
    long sentBytes() {
        if (!job.model().isGguf()) {
            return modelBytes();
        }
        int each = training().precision() == Precision.FP32 ? SINGLE : HALF;
        return Math.round(each * architecture().parameters());
    }

    /** Bytes of the base model in the format that it is usually held in. */
    long weightBytes() {
        int each = architecture().kind() == Architecture.Kind.ENCODER ? SINGLE : HALF;
        return Math.round(each * architecture().parameters());
    }

    /** Bytes of the adapter, or of the model where the result is one of its own: in single precision. */
    long resultBytes() {
        return Math.round(SINGLE * written());
    }

    private double written() {
        return trainsAll() || trainsHeadAlone() ? architecture().parameters() : trainable;
    }

    /** Bytes that the disk of a machine must hold at most while it trains. */
    long diskBytes() {
        boolean keepsBest = rows.rowsOf(Part.VALIDATION) > 0;
        return new DiskNeed(sentBytes(), rows.bytes(), Math.round(trainable), Math.round(written()), keepsBest).bytes();
    }

    /** How often validation losses are taken. */
    double validations() {
        int every = training().evaluateEvery();
        return every > 0
                ? steps() / (double) every
                : Math.max(1, Math.ceil(training().epochs()));
    }

    /** Tokens of the rows that validation losses are taken of, each time counted. */
    double watchedTokens() {
        return rows.rowsOf(Part.VALIDATION) * validations() * lengths.mean();
    }

    Workload workload() {
        CatalogueModel known = model.known();
        // The sizes alone leave out the scales of norms, which are few.
        long parameters = known == null ? Math.round(architecture().parameters()) : known.parameters();
        return new Workload(
                parameters,
                trainsAll() ? parameters : Math.round(trainable),
                rows.rows(),
                rows.tokens(),
                rows.lengths().limit(),
                rows.areCounted(),
                steps(),
                Math.round(trainingTokens()),
                trainingTokens() * flopsPerToken(),
                rows.bytes(),
                modelBytes(),
                resultBytes(),
                diskBytes());
    }
}
