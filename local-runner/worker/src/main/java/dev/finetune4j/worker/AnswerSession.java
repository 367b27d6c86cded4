package dev.finetune4j.worker;

import dev.finetune4j.data.Example;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.run.ChatQuestion;
import dev.finetune4j.run.ChatReply;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.training.loop.TrainingLoop.Surroundings;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.LanguageModelLoader.Loaded;
import dev.finetune4j.training.predict.Answering;
import dev.finetune4j.training.predict.ChatTurn;
import dev.finetune4j.training.predict.Predictor;
import dev.finetune4j.training.predict.TextLengths;
import dev.finetune4j.training.rows.ExampleReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Does {@link WorkStep.Predict} and {@link WorkStep.Generate} with one model at a time. Base and tuned model are one where the tuned
 * model is an adapter on the base, and then it is loaded once; otherwise one makes room for the other.
 */
final class AnswerSession implements AutoCloseable {
    /** Tokens of a conversation for which there is room from the start; the cache of a longer one grows. */
    private static final int FORESEEN_CONVERSATION = 1024;

    private final WorkSite site;
    private @Nullable LanguageModel model;
    private @Nullable TunedModel loaded;
    private @Nullable TextCodec codec;
    private @Nullable LabelSession labels;

    AnswerSession(WorkSite site) {
        this.site = site;
    }

    /** Whether an earlier worker finished the step. */
    boolean isComplete(WorkStep.Predict step) {
        return Files.exists(predictions(site, step));
    }

    /** Whether an earlier worker finished the one step of this kind that an order has. */
    boolean isGenerated() {
        return Files.exists(generated());
    }

    /**
     * What a step answers by the name that people gave it, such as {@code 40 rows of tickets.jsonl}; of several files their number alone.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0630 or FT0631 if a row cannot be read
     */
    String rowsInWords(WorkStep.Predict step) {
        long count = 0;
        Set<String> sources = new HashSet<>();
        try (ExampleReader rows = ExampleReader.open(rows(site, step))) {
            for (Example row = rows.next(); row != null; row = rows.next()) {
                count++;
                sources.add(row.row().source());
            }
        }
        String number = count + (count == 1 ? " row" : " rows");
        return sources.size() == 1 ? number + " of " + sources.iterator().next() : number;
    }

    /** Answers rows; the reason why it stopped before the end, if it did. */
    Optional<String> run(WorkStep.Predict step) {
        return run(step, rows(site, step), predictions(site, step), site.surroundings());
    }

    /**
     * Answers rows of another file than the step's.
     *
     * @param predictions the file to leave
     * @return the reason why it stopped before the end, if it did
     */
    Optional<String> run(WorkStep.Predict step, Path rows, Path predictions, Surroundings surroundings) {
        return codec().speaks()
                ? new Predictor(model(step.variant()), codec(), step, rows, predictions, surroundings).run()
                : labels().run(step, rows, predictions, surroundings);
    }

    /** Answers one prompt. */
    void run(WorkStep.Generate step) {
        if (!codec().speaks()) {
            labels().run(step, generated());
            return;
        }
        new Answering(this::model, codec()).run(step, generated());
    }

    /** Loads the tuned model before it is asked. */
    void load() {
        if (codec().speaks()) {
            model(Variant.TUNED);
        }
    }

    /** Answers a question of a conversation. */
    ChatReply reply(ChatQuestion question, Consumer<String> spoken, BooleanSupplier isInterrupted) {
        return codec().speaks()
                ? new ChatTurn(model(question.variant()), codec(), site.supportedTokens())
                        .answer(question, spoken, isInterrupted)
                : labels().reply(question);
    }

    private LanguageModel model(Variant variant) {
        Optional<TunedModel> tuned = variant.isTuned() ? Optional.of(site.tunedModel()) : site.tuned();
        TunedModel needed = tuned.filter(
                        model -> variant.isTuned() || model.adapter().isPresent())
                .orElseGet(() -> TunedModel.plain(site.baseModel()));
        LanguageModel answering = loaded(needed);
        answering.useAdapter(variant.isTuned() && needed.adapter().isPresent());
        return answering;
    }

    private LanguageModel loaded(TunedModel needed) {
        LanguageModel present = model;
        if (present != null && needed.equals(loaded)) {
            return present;
        }
        if (present != null) {
            present.close();
            model = null;
        }
        site.say("loading the model");
        Loaded fresh = site.loadToAnswer(needed, lengths(site, codec()));
        model = fresh.model();
        loaded = needed;
        site.sayAnswersIn(fresh.precision());
        return fresh.model();
    }

    private LabelSession labels() {
        if (labels == null) {
            labels = new LabelSession(site, codec());
        }
        return labels;
    }

    private TextCodec codec() {
        if (codec == null) {
            codec = site.openCodec();
        }
        return codec;
    }

    /** The texts of all steps that are not complete. */
    static TextLengths lengths(WorkSite site, TextCodec codec) {
        TextLengths longest = TextLengths.NONE;
        for (WorkStep.Predict predict : site.ticket().order().answers()) {
            if (!Files.exists(predictions(site, predict))) {
                longest = longest.or(TextLengths.of(predict, rows(site, predict), codec));
            }
        }
        for (WorkStep step : site.ticket().order().steps()) {
            if (step instanceof WorkStep.Converse) {
                longest = longest.or(new TextLengths(0, Math.min(FORESEEN_CONVERSATION, site.supportedTokens()), 0));
            }
            if (step instanceof WorkStep.Generate generate) {
                int prompt = generate.messages().isEmpty()
                        ? codec.encodeText(generate.text()).length
                        : codec.encodePrompt(generate.messages()).length;
                longest = longest.or(
                        new TextLengths(0, prompt + generate.sampling().maxNewTokens(), 0));
            }
        }
        return longest;
    }

    /** The rows that a step answers. */
    static Path rows(WorkSite site, WorkStep.Predict step) {
        return site.channel(WorkOrder.DATA_CHANNEL).resolve(step.rowsFile());
    }

    private static Path predictions(WorkSite site, WorkStep.Predict step) {
        return site.folder()
                .output()
                .resolve(WorkOrder.PREDICTIONS_FOLDER)
                .resolve(step.variant().fileName());
    }

    private Path generated() {
        return site.folder().output().resolve(WorkOrder.GENERATED_FILE);
    }

    @Override
    public void close() {
        if (model != null) {
            model.close();
        }
        if (labels != null) {
            labels.close();
        }
        if (codec != null) {
            codec.close();
        }
    }
}
