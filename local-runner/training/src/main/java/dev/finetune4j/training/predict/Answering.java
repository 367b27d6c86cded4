package dev.finetune4j.training.predict;

import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.GeneratedText;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.training.durable.DurableFiles;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.problem.LoopProblems;
import dev.finetune4j.training.problem.WriteFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Answers one conversation, or continues one text, with each variant asked for, side by side. */
public final class Answering {
    private static final int[] NO_PREFIX = {};

    private final Function<Variant, LanguageModel> models;
    private final TextCodec codec;

    /**
     * With models.
     *
     * @param models the model of a variant, ready to answer until the next is asked for
     * @param codec its text side
     */
    public Answering(Function<Variant, LanguageModel> models, TextCodec codec) {
        this.models = models;
        this.codec = codec;
    }

    /**
     * Answers and writes one {@link GeneratedText} a line.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0628 if the prompt fills the model's length, with FT0625, FT0632 or FT0638 if the
     *     file cannot be written
     */
    public void run(WorkStep.Generate step, Path file) {
        int[] prompt = step.messages().isEmpty() ? codec.encodeText(step.text()) : codec.encodePrompt(step.messages());
        int room = codec.contextTokens() - prompt.length;
        if (room < 1 || prompt.length == 0) {
            throw LoopProblems.PROMPT_DOES_NOT_FIT
                    .error(prompt.length == 0 ? "the prompt is empty" : "the prompt leaves no room for an answer")
                    .because("the prompt has " + prompt.length + " tokens, the model's length is "
                            + codec.contextTokens())
                    .asException();
        }
        List<GeneratedText> answers = new ArrayList<>();
        step.variants().forEach(variant -> {
            LanguageModel.Generated answer = models.apply(variant)
                    .generate(
                            NO_PREFIX,
                            prompt,
                            codec.stopTokens(),
                            step.sampling().withAtMost(room));
            answers.add(new GeneratedText(
                    variant, codec.decode(answer.tokenIds()), answer.tokenIds().length, answer.complete()));
        });
        try {
            DurableFiles.write(
                    file,
                    answers.stream().map(answer -> Json.line(answer) + "\n").collect(Collectors.joining()));
        } catch (IOException e) {
            throw WriteFailure.of("generated text", file, e);
        }
    }
}
