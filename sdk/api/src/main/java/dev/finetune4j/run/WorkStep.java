package dev.finetune4j.run;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.LabelScoring;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.value.Kind;
import java.util.List;

/**
 * One step of the worker. Steps run in order; a step whose result is already complete is skipped, so that a work order can be
 * given again after an interruption.
 */
public sealed interface WorkStep {
    /**
     * Trains on {@code train.jsonl} of the data channel, watches the loss of {@code validation.jsonl}, and leaves the best
     * adapter in {@code adapter/} in PEFT format.
     *
     * @param method how weights are tuned
     * @param training settings, complete
     * @param base what other tools call the base model, for the adapter to name it by
     */
    @Kind("train")
    record Train(TuningMethod method, TrainingSpec training, ModelName base) implements WorkStep {}

    /**
     * Answers every row of a file of the data channel and writes one {@link dev.finetune4j.evaluation.Prediction} a line to
     * {@code predictions/<variant>.jsonl}.
     *
     * @param variant which model answers, and with what prompt
     * @param rowsFile name of the file in the data channel, one {@link Example} a line
     * @param shots rows put before each prompt as earlier turns; empty except for the few-shot variant
     * @param labels the closed list of answers; empty: answers are generated
     * @param labelScoring how labels are scored
     * @param maxNewTokens longest generated answer; 0: nothing is generated, only the reference's likelihood is taken
     * @param maxTokens prompts and references are cut as in training
     */
    @Kind("predict")
    record Predict(
            Variant variant,
            String rowsFile,
            List<Example.Conversation> shots,
            List<String> labels,
            LabelScoring labelScoring,
            int maxNewTokens,
            int maxTokens)
            implements WorkStep {
        /** Copies the lists. */
        public Predict {
            shots = List.copyOf(shots);
            labels = List.copyOf(labels);
        }
    }

    /**
     * Answers one conversation and writes the text of the answers to {@code generated.jsonl}, one
     * {@link GeneratedText} a variant.
     *
     * @param variants which models answer
     * @param messages the conversation so far; empty where {@code text} is to be continued
     * @param text plain text to continue, empty where {@code messages} are given
     * @param sampling how tokens are chosen
     */
    @Kind("generate")
    record Generate(List<Variant> variants, List<Message> messages, String text, Sampling sampling)
            implements WorkStep {
        /** Copies the lists. */
        public Generate {
            variants = List.copyOf(variants);
            messages = List.copyOf(messages);
        }
    }

    /**
     * Adds the adapter to the weights of the base model and writes the result as a model of its own to {@code merged/}, in Hugging Face
     * layout, and how it compares to {@code merged.json}, one {@link MergedModel}.
     *
     * @param precision how weights are stored; {@link Precision#AUTO}: bf16 where the base is stored so, else fp32
     */
    @Kind("merge")
    record Merge(Precision precision) implements WorkStep {}
}
