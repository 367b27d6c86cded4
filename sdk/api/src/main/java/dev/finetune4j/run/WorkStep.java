package dev.finetune4j.run;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.LabelScoring;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.value.Kind;
import dev.finetune4j.value.LaterFlag;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One step of the worker. Steps run in order; a step whose result is already complete is skipped, so that a work order can be
 * given again after an interruption.
 */
public sealed interface WorkStep {
    /**
     * Trains on {@code train.jsonl} of the data channel, watches the loss of {@code validation.jsonl}, and leaves the best state in
     * {@link WorkOrder#resultFolder}.
     *
     * @param method how weights are tuned
     * @param training settings, complete
     * @param base what other tools call the base model, for the adapter to name it by
     * @param labels the closed list of answers, which the head of an encoder tells apart; empty without labels
     */
    @Kind("train")
    record Train(TuningMethod method, TrainingSpec training, ModelName base, List<String> labels) implements WorkStep {
        /** Takes the method's learning rate where none was said, and copies the list. */
        public Train {
            training = training.with(method);
            labels = List.copyOf(labels);
        }

        /** Without labels. */
        public Train(TuningMethod method, TrainingSpec training, ModelName base) {
            this(method, training, base, List.of());
        }
    }

    /**
     * Goes over the last steps of a stopped training again, from the last checkpoint but one of the checkpoints channel, and writes to
     * {@code replay.json} whether the last came out the same, one {@link Replay}. The checkpoints stay as they are.
     *
     * @param orderDigest digest of the work order that the training belongs to
     * @param train the training
     */
    @Kind("verify")
    record Verify(String orderDigest, Train train) implements WorkStep {}

    /**
     * Does the first steps of a training and some of the answers after it, and writes to {@code rehearsal.json} what that took, one
     * {@link Rehearsal}. Rows, plan and order of the steps are those of the whole training. Leaves what it trained in
     * {@link WorkOrder#resultFolder}, for its own answers.
     *
     * @param train the training
     * @param answers the answers after it; empty where no held-out rows are answered
     * @param extent how much of it is done
     */
    @Kind("rehearse")
    record Rehearse(Train train, List<Predict> answers, Extent extent) implements WorkStep {
        /** Copies the list. */
        public Rehearse {
            answers = List.copyOf(answers);
        }

        /**
         * How much is rehearsed.
         *
         * @param steps most optimizer steps
         * @param rows most rows that each model answers
         * @param stepTime no further step begins after this, unless fewer than {@value #LEAST_STEPS} are done
         * @param answerTime no model answers a further row after this
         */
        public record Extent(int steps, int rows, Duration stepTime, Duration answerTime) {
            /** The first step also prepares what later ones use, so two more are timed. */
            public static final int LEAST_STEPS = 3;
        }
    }

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
     * @param continuesPassages whether the beginning of each passage is continued, too, as {@link #beginning} cuts it; null where passages
     *     are read only, a {@link LaterFlag}
     */
    @Kind("predict")
    record Predict(
            Variant variant,
            String rowsFile,
            List<Example.Conversation> shots,
            List<String> labels,
            LabelScoring labelScoring,
            int maxNewTokens,
            int maxTokens,
            @Nullable Boolean continuesPassages)
            implements WorkStep {
        /**
         * The longest beginning of a passage that is continued, in tokens: some hundred words say what goes on, and with as many of the answer
         * {@link #MOST_ROWS_BESIDE} rows have room side by side.
         */
        public static final int MOST_TOKENS_CONTINUED = 128;

        /** The local core answers no more conversations side by side. */
        public static final int MOST_ROWS_BESIDE = 16;

        /**
         * At most as many tokens do prompts have together, behind what all begin with, that the local core reads side by side: a few seconds at
         * most between two looks at the stop signal. One that has more is read by itself.
         */
        public static final int MOST_TOKENS_READ_BESIDE = 1500;

        /**
         * At most as many are computed in one pass where labels are scored: prompts with the labels behind them, which may see each other's
         * tokens before these are hidden. Labels that are more are read in several.
         */
        public static final int MOST_TOKENS_OF_A_PASS = 512;

        /**
         * At most as many do prompts and longest answers have together, each padded to the longest, where answers are written. It bounds the
         * memory that their keys and values take beside each other: with 4096 as many answers as {@link #MOST_ROWS_BESIDE} have 256 tokens
         * each. One that has more is answered by itself.
         */
        public static final int MOST_TOKENS_WRITTEN_BESIDE = 4096;

        /** Copies the lists. */
        public Predict {
            shots = List.copyOf(shots);
            labels = List.copyOf(labels);
            continuesPassages = LaterFlag.of(continuesPassages);
        }

        /** Where passages, if there are any, are read only. */
        public Predict(
                Variant variant,
                String rowsFile,
                List<Example.Conversation> shots,
                List<String> labels,
                LabelScoring labelScoring,
                int maxNewTokens,
                int maxTokens) {
            this(variant, rowsFile, shots, labels, labelScoring, maxNewTokens, maxTokens, null);
        }

        /**
         * Tokens of the beginning of a passage that a model goes on from: half of them, at least one and at most
         * {@link #MOST_TOKENS_CONTINUED}.
         *
         * @param tokens of the passage, as it is cut in training
         */
        public static int beginning(int tokens) {
            return Math.max(1, Math.min(MOST_TOKENS_CONTINUED, tokens / 2));
        }

        /** Whether answers are written, and not only likelihoods taken. */
        public boolean writes() {
            return labels.isEmpty() && maxNewTokens > 0;
        }

        /** Whether passages are continued; else they are read only. */
        public boolean writesOnPassages() {
            return writes() && continuesPassages != null;
        }

        /**
         * A prompt with the shots before it. A leading system message stays in front; those of the shots say the same and are left out.
         */
        public List<Message> withShots(List<Message> prompt) {
            return withShots(prompt, shots.size());
        }

        /** The same with the first of the shots alone. */
        public List<Message> withShots(List<Message> prompt, int count) {
            if (count == 0) {
                return prompt;
            }
            List<Message> messages = new ArrayList<>();
            prompt.stream().filter(Predict::isSystem).forEach(messages::add);
            for (Example.Conversation shot : shots.subList(0, count)) {
                shot.messages().stream().filter(message -> !isSystem(message)).forEach(messages::add);
            }
            prompt.stream().filter(message -> !isSystem(message)).forEach(messages::add);
            return messages;
        }

        private static boolean isSystem(Message message) {
            return message.role() == Role.SYSTEM;
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

    /** Answers questions for as long as somebody is there to ask. */
    @Kind("converse")
    record Converse() implements WorkStep {}

    /**
     * Writes the tuned model, an adapter added to the weights of its base, as a model of its own to {@code merged/}, in Hugging Face
     * layout or as {@code model.gguf}, and how it compares to {@code merged.json}, one {@link MergedModel}.
     *
     * @param format its form
     */
    @Kind("merge")
    record Merge(ModelFormat format) implements WorkStep {}
}
