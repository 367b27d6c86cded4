package dev.finetune4j.training.predict;

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
import java.util.stream.Collectors;

/** Answers one conversation, or continues one text, with each variant asked for, side by side. */
public final class Answering {
    private static final int[] NO_PREFIX = {};

    private final LanguageModel model;
    private final TextCodec codec;

    /** With a model that has the adapter, where a tuned variant is asked for. */
    public Answering(LanguageModel model, TextCodec codec) {
        this.model = model;
        this.codec = codec;
    }

    /**
     * Answers and writes one {@link GeneratedText} a line.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0628 if the prompt fills the model's length, with FT0625 or FT0632 if the
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
            model.useAdapter(variant.isTuned());
            LanguageModel.Generated answer = model.generate(
                    NO_PREFIX, prompt, codec.stopTokens(), step.sampling().withAtMost(room));
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
