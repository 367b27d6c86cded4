package dev.finetune4j.worker;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.ChatQuestion;
import dev.finetune4j.run.ChatReply;
import dev.finetune4j.run.GeneratedText;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.training.durable.DurableFiles;
import dev.finetune4j.training.loop.TrainingLoop.Surroundings;
import dev.finetune4j.training.model.Classifier;
import dev.finetune4j.training.model.ClassifierLoader;
import dev.finetune4j.training.model.LabelCounts;
import dev.finetune4j.training.predict.LabelPredictor;
import dev.finetune4j.training.predict.LabelScorer;
import dev.finetune4j.training.problem.WriteFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Lets an encoder tell labels. Before its head is trained it cannot, so that the base which the tuned model is compared with knows the
 * share of each label among the training rows and no more; where the base model came with a head over the same labels, that head is the
 * base.
 */
final class LabelSession implements AutoCloseable {
    private final WorkSite site;
    private final TextCodec codec;
    private final int batchTokens;
    private @Nullable Classifier model;
    private @Nullable TunedModel loaded;

    LabelSession(WorkSite site, TextCodec codec) {
        this.site = site;
        this.codec = codec;
        this.batchTokens = ClassifierLoader.answerTokens(codec.contextTokens());
    }

    /** Answers rows; the reason why it stopped before the end, if it did. */
    Optional<String> run(WorkStep.Predict step, Path rows, Path predictions, Surroundings surroundings) {
        LabelScorer scorer = scorer(step.variant()).inOrder(labels().names(), step.labels());
        return new LabelPredictor(scorer, codec, step, rows, predictions, surroundings, batchTokens).run();
    }

    /** Tells the label of one text. */
    void run(WorkStep.Generate step, Path file) {
        int[] text = text(step.messages().isEmpty() ? List.of(new Message(Role.USER, step.text())) : step.messages());
        List<String> names = labels().names();
        StringBuilder lines = new StringBuilder();
        for (Variant variant : step.variants()) {
            double[] scores = scorer(variant).labelScores(List.of(text)).get(0);
            lines.append(Json.line(new GeneratedText(named(variant), names.get(best(scores)), 1, true)))
                    .append('\n');
        }
        try {
            DurableFiles.write(file, lines.toString());
        } catch (IOException e) {
            throw WriteFailure.of("generated text", file, e);
        }
    }

    /** Tells how likely each label is for what was said last: an encoder keeps no conversation. */
    ChatReply reply(ChatQuestion question) {
        List<Message> messages = question.messages();
        int[] text = text(messages.subList(messages.size() - 1, messages.size()));
        List<String> names = labels().names();
        double[] scores = scorer(question.variant()).labelScores(List.of(text)).get(0);
        Map<String, Double> probabilities = new LinkedHashMap<>();
        IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer label) -> -scores[label]))
                .forEach(label -> probabilities.put(names.get(label), Math.exp(scores[label])));
        GeneratedText answer = new GeneratedText(named(question.variant()), names.get(best(scores)), 1, true);
        return new ChatReply(answer, 0, false, probabilities);
    }

    private int[] text(List<Message> prompt) {
        List<Message> messages = new ArrayList<>(prompt);
        messages.add(new Message(Role.ASSISTANT, ""));
        return codec.encode(new Example.Conversation(new RowRef("prompt", 1), messages, null), 0)
                .tokenIds();
    }

    private Variant named(Variant variant) {
        return variant.isTuned() || site.hasHead(labels().names()) ? variant : Variant.BASE_PRIOR;
    }

    private static int best(double[] scores) {
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
            best = scores[i] > scores[best] ? i : best;
        }
        return best;
    }

    private LabelScorer scorer(Variant variant) {
        LabelCounts labels = labels();
        if (variant.isTuned()) {
            return loaded(site.tunedModel(), labels);
        }
        return site.hasHead(labels.names())
                ? loaded(TunedModel.plain(site.baseModel()), labels)
                : LabelScorer.ofPrior(labels);
    }

    private LabelCounts labels() {
        return site.tunedModel().labels();
    }

    private LabelScorer loaded(TunedModel needed, LabelCounts labels) {
        Classifier present = model;
        if (present == null || !needed.equals(loaded)) {
            close();
            site.say("loading the model");
            ClassifierLoader.Loaded fresh = site.loadClassifierToAnswer(needed, labels, batchTokens);
            present = fresh.model();
            model = present;
            loaded = needed;
            site.sayAnswersIn(fresh.precision());
        }
        return present::labelScores;
    }

    @Override
    public void close() {
        if (model != null) {
            model.close();
            model = null;
        }
    }
}
