package dev.finetune4j.worker;

import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.CodecBehindVirtualTokens;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.spi.TextCodecFactory;
import dev.finetune4j.training.loop.TrainingLoop.Surroundings;
import dev.finetune4j.training.loop.TrainingPlan;
import dev.finetune4j.training.model.ClassifierLoader;
import dev.finetune4j.training.model.LabelCounts;
import dev.finetune4j.training.model.LanguageModelLoader;
import dev.finetune4j.training.model.LanguageModelLoader.Purpose;
import dev.finetune4j.training.model.encoder.EncoderLoader;
import dev.finetune4j.training.predict.TextLengths;
import dev.finetune4j.training.problem.WriteFailure;
import dev.finetune4j.worker.folder.JobFolder;
import dev.finetune4j.worker.folder.JobTicket;
import dev.finetune4j.worker.folder.MemoryAtStart;
import dev.finetune4j.worker.folder.MemoryUse;
import dev.finetune4j.worker.folder.WorkerStatus;
import dev.finetune4j.worker.machine.Machine;
import dev.finetune4j.worker.machine.ProcessorWatch;
import dev.finetune4j.worker.problem.WorkerProblems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the steps of one worker share: the job, the ways to open its model, and the ways to report. */
final class WorkSite {
    private final JobFolder folder;
    private final JobTicket ticket;
    private final Surroundings surroundings;
    private final Engines engines;
    private final ProcessorWatch processors;
    private RunState state = RunState.STARTING;

    /** Reads its configuration once; a GGUF file has a whole vocabulary before it. */
    private @Nullable ModelFolder known;

    /**
     * How models are opened; tests give small ones.
     *
     * @param codecs opens the text side
     * @param loader opens the weights of language models
     * @param classifiers opens the weights of encoders
     * @param machine tells memory and cores
     */
    record Engines(TextCodecFactory codecs, LanguageModelLoader loader, ClassifierLoader classifiers, Machine machine) {
        /** With the core's own encoders. */
        Engines(TextCodecFactory codecs, LanguageModelLoader loader, Machine machine) {
            this(codecs, loader, new EncoderLoader(), machine);
        }
    }

    WorkSite(JobFolder folder, JobTicket ticket, Surroundings surroundings, Engines engines) {
        this.folder = folder;
        this.ticket = ticket;
        this.surroundings = surroundings;
        this.engines = engines;
        this.processors = new ProcessorWatch(engines.machine());
    }

    JobFolder folder() {
        return folder;
    }

    JobTicket ticket() {
        return ticket;
    }

    /** What people call the run that this job belongs to. */
    String runName() {
        return ticket.labels().getOrDefault(Submission.RUN_LABEL, ticket.id().value());
    }

    Surroundings surroundings() {
        return surroundings;
    }

    Path channel(String name) {
        return ticket.channel(name);
    }

    Optional<Path> channelIfAny(String name) {
        return ticket.channels().containsKey(name) ? Optional.of(channel(name)) : Optional.empty();
    }

    /** The text side of the model, with room for the virtual tokens of the method that it is tuned by. */
    TextCodec openCodec() {
        TextCodec codec = engines.codecs().open(modelFiles(channel(WorkOrder.MODEL_CHANNEL)));
        return method().map(method -> CodecBehindVirtualTokens.of(codec, method))
                .orElse(codec);
    }

    /** Tokens of the longest text that the language model supports behind its virtual tokens. */
    int supportedTokens() {
        ModelFolder model = known;
        if (model == null) {
            model = ModelFolder.open(baseModel());
            known = model;
        }
        int virtual = method().map(TuningMethod::virtualTokens).orElse(0);
        return Math.max(1, model.config().supportedTokens() - virtual);
    }

    /** How the model is or was tuned, where a training or a channel tells. */
    private Optional<TuningMethod> method() {
        return ticket.order().training().map(WorkStep.Train::method).or(() -> tuned().map(TunedModel::method));
    }

    /**
     * Loads the base model to train it.
     *
     * @param step how
     * @param startTokens tokens that virtual tokens start as; may be empty
     * @param plan its steps, as far as they decide what room they need
     * @param lengths the longest texts that are answered after the training
     */
    LanguageModelLoader.Loaded loadToTrain(
            WorkStep.Train step, List<Integer> startTokens, TrainingPlan plan, TextLengths lengths) {
        TunedModel fresh = new TunedModel(
                channel(WorkOrder.MODEL_CHANNEL), channelIfAny(WorkOrder.ADAPTER_CHANNEL), step.method());
        return load(
                fresh,
                Purpose.TRAIN,
                step.training(),
                startTokens,
                plan.maxBatchTokens(),
                plan.mostRows(),
                plan.longestRow(),
                lengths);
    }

    /**
     * Loads a model for answers.
     *
     * @param lengths the longest texts that are answered
     */
    LanguageModelLoader.Loaded loadToAnswer(TunedModel model, TextLengths lengths) {
        return load(model, answering(), trainingSpec(), List.of(), 0, 0, 0, lengths);
    }

    /**
     * Loads a model whose scores are compared with another's, whatever the job trains in.
     *
     * @param lengths the longest texts that are scored
     */
    LanguageModelLoader.Loaded loadToCompare(TunedModel model, TextLengths lengths) {
        return load(model, Purpose.ANSWER_EXACTLY, TrainingSpec.defaults(), List.of(), 0, 0, 0, lengths);
    }

    private Purpose answering() {
        return ticket.order().training().isPresent() ? Purpose.ANSWER : Purpose.ANSWER_EXACTLY;
    }

    private LanguageModelLoader.Loaded load(
            TunedModel model,
            Purpose purpose,
            TrainingSpec spec,
            List<Integer> startTokens,
            int batchTokens,
            int batchRows,
            int rowTokens,
            TextLengths lengths) {
        int passage = purpose.trains() ? 0 : lengths.passage();
        return engines.loader()
                .load(
                        modelFiles(model.weights()),
                        model.adapter().orElse(null),
                        new LanguageModelLoader.Settings(
                                purpose,
                                model.method(),
                                spec.precision(),
                                spec.recompute(),
                                threads(spec),
                                spec.seed(),
                                startTokens,
                                Math.max(1, Math.max(batchTokens, passage)),
                                batchRows,
                                rowTokens,
                                lengths.passage(),
                                lengths.conversation(),
                                lengths.written(),
                                newTokens(),
                                showsExamples(),
                                memoryBytes()));
    }

    private int newTokens() {
        return ticket.order().answers().stream()
                .mapToInt(WorkStep.Predict::maxNewTokens)
                .max()
                .orElse(0);
    }

    private boolean showsExamples() {
        return ticket.order().answers().stream().anyMatch(step -> !step.shots().isEmpty());
    }

    /**
     * Loads the base encoder to train it.
     *
     * @param step how
     * @param labels what it learns to tell apart
     * @param batchTokens the largest micro-batch
     */
    ClassifierLoader.Loaded loadClassifierToTrain(WorkStep.Train step, LabelCounts labels, int batchTokens) {
        return engines.classifiers()
                .load(
                        modelFiles(baseModel()),
                        channelIfAny(WorkOrder.ADAPTER_CHANNEL).orElse(null),
                        labels,
                        settings(Purpose.TRAIN, step.method(), step.training(), batchTokens));
    }

    /**
     * Loads an encoder with a head for answers.
     *
     * @param labels what the head tells apart
     * @param batchTokens the most tokens that are read at once
     */
    ClassifierLoader.Loaded loadClassifierToAnswer(TunedModel model, LabelCounts labels, int batchTokens) {
        return loadClassifier(model, answering(), trainingSpec(), labels, batchTokens);
    }

    /** The same to compare its scores with another's, whatever the job trains in. */
    ClassifierLoader.Loaded loadClassifierToCompare(TunedModel model, LabelCounts labels, int batchTokens) {
        return loadClassifier(model, Purpose.ANSWER_EXACTLY, TrainingSpec.defaults(), labels, batchTokens);
    }

    private ClassifierLoader.Loaded loadClassifier(
            TunedModel model, Purpose purpose, TrainingSpec spec, LabelCounts labels, int batchTokens) {
        TuningMethod method = model.adapter().isPresent() ? model.method() : HeadTuning.defaults();
        return engines.classifiers()
                .load(
                        modelFiles(model.weights()),
                        model.adapter().orElse(null),
                        labels,
                        settings(purpose, method, spec, batchTokens));
    }

    private LanguageModelLoader.Settings settings(
            Purpose purpose, TuningMethod method, TrainingSpec spec, int batchTokens) {
        return new LanguageModelLoader.Settings(
                purpose,
                method,
                spec.precision(),
                spec.recompute(),
                threads(spec),
                spec.seed(),
                batchTokens,
                0,
                0,
                memoryBytes());
    }

    /** Whether the base model can tell labels apart without any training. */
    boolean hasHead(List<String> labels) {
        return engines.classifiers().hasHead(modelFiles(baseModel()), labels);
    }

    /** What this process may hold in all: what it has already is used again, so it counts with what it may still take. */
    private long memoryBytes() {
        return engines.machine().availableBytes()
                + Math.max(0, engines.machine().residentBytes());
    }

    /** Compute threads: as asked, or the physical cores. */
    int threads(TrainingSpec spec) {
        return spec.threads() > 0 ? spec.threads() : engines.machine().physicalCores();
    }

    /** Writes down where the memory goes, for whoever finds this process gone. */
    void remember(MemoryUse use) {
        try {
            MemoryAtStart.read(folder)
                    .orElseGet(() -> new MemoryAtStart(
                            engines.machine().availableBytes(),
                            engines.machine().outOfMemoryKills()))
                    .with(use)
                    .write(folder);
        } catch (IOException e) {
            throw WriteFailure.of("memory", folder.memory(), e);
        }
    }

    /** Most resident memory that this process ever had, -1 if the system does not tell. */
    long peakResidentBytes() {
        return engines.machine().peakResidentBytes();
    }

    /** Share of its time so far in which its threads waited for processors that other programs had; empty if the system does not tell. */
    Optional<Double> waitingShare() {
        return processors.waitingShare();
    }

    /** Sees what threads have had of processors, before a model is closed: its threads end with it. */
    void lookAtThreads() {
        processors.look();
    }

    /** How long the whole machine has only waited for its disk so far; empty if the system does not tell. */
    Optional<Duration> diskWait() {
        return engines.machine().diskWait();
    }

    Instant now() {
        return surroundings.clock().instant();
    }

    void tell(RunEvent event) {
        surroundings.events().accept(event);
    }

    void notice(Problem problem) {
        tell(new RunEvent.Noticed(now(), problem));
    }

    /** The same state goes on with something else. */
    void say(String message) {
        tell(new RunEvent.StateChanged(now(), state, message));
    }

    /** The same state goes on with a model that answers in a number format. */
    void sayAnswersIn(Precision precision) {
        String format = precision.name().toLowerCase(Locale.ROOT);
        tell(new RunEvent.StateChanged(now(), state, "the model answers in " + format, format));
    }

    /** Goes to another state: first the event, then the status, so that whoever sees the status finds the event. */
    void enter(RunState next, String message, @Nullable Problem problem) {
        state = next;
        Instant at = now();
        if (next.isTerminal()) {
            tell(new RunEvent.WorkerEnded(
                    at, peakResidentBytes(), null, waitingShare().orElse(null)));
        }
        tell(new RunEvent.StateChanged(at, next, message));
        try {
            new WorkerStatus(next, at, problem).write(folder);
        } catch (IOException e) {
            throw WriteFailure.of("status", folder.status(), e);
        }
    }

    /** The model that tuned answers come from: this job's own, or one that it was given. */
    Optional<TunedModel> tuned() {
        return Stream.of(WorkOrder.ADAPTER_FOLDER, WorkOrder.MODEL_FOLDER)
                .map(name -> folder.output().resolve(name))
                .filter(Files::isDirectory)
                .findFirst()
                .or(() -> channelIfAny(WorkOrder.ADAPTER_CHANNEL))
                .map(result -> TunedModel.of(result, channel(WorkOrder.MODEL_CHANNEL)));
    }

    /**
     * The same where there must be one.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0651 if there is none
     */
    TunedModel tunedModel() {
        return tuned().orElseThrow(() -> WorkerProblems.CHANNEL_MISSING
                .error("the tuned model is missing")
                .because("the job neither trains one nor came with one")
                .asException());
    }

    /** The model that the job names. */
    Path baseModel() {
        return channel(WorkOrder.MODEL_CHANNEL);
    }

    /** Settings of the training of this job; defaults where it trains nothing. */
    TrainingSpec trainingSpec() {
        return ticket.order().training().map(WorkStep.Train::training).orElseGet(TrainingSpec::defaults);
    }

    /** The order's digest covers the model's files, so they are not read once more to tell theirs. */
    private ModelFiles modelFiles(Path path) {
        return new ModelFiles(ticket.model(), path, digest(), name(path));
    }

    /** Of the order to which what is trained belongs: of another one where that one's training is verified. */
    private String digest() {
        return ticket.order().steps().stream()
                .filter(WorkStep.Verify.class::isInstance)
                .map(step -> ((WorkStep.Verify) step).orderDigest())
                .findFirst()
                .orElse(ticket.order().digest());
    }

    private ModelName name(Path path) {
        return ticket.order().training().map(WorkStep.Train::base).orElseGet(() -> ModelName.ofPath(path));
    }
}
