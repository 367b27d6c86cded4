package dev.finetune4j.training.model;

import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelFiles;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Loads a model for training, or for use with a finished adapter. */
public interface LanguageModelLoader {
    /** What a model is loaded for. */
    enum Purpose {
        /** Steps: speed decides what is left open. */
        TRAIN,
        /** Scores and texts of a job that trains: what is left open is as for its steps. */
        ANSWER,
        /** Scores and texts alone: they are figures that others will check, so exactness decides what is left open. */
        ANSWER_EXACTLY;

        /** Whether anything is learned. */
        public boolean trains() {
            return this == TRAIN;
        }
    }

    /**
     * How a model is loaded.
     *
     * @param purpose decides what {@link Precision#AUTO} means, and whether memory is needed for steps
     * @param method how weights are tuned; decides the trainable vector
     * @param precision {@link Precision#AUTO} is resolved by the loader: the fastest of this processor, or fp32 where that alone fits the
     *     memory; to answer exactly, fp32 where the memory holds it, so that the scores are those of every other exact implementation
     * @param recompute {@link Recompute#AUTO} is resolved from {@code memoryBytes}
     * @param threads compute threads, 1 or more
     * @param seed of the adapter's start
     * @param startTokens tokens that virtual tokens start as, in turn; empty for random ones
     * @param maxBatchTokens the largest N of a micro-batch, the tokens that are computed of it, virtual ones included, or of a passage that is read with this model; sizes the workspace
     * @param batchRows the most rows of a micro-batch, or as many as that: decides whether each thread may have a share of it; no matter where
     *     nothing is learned
     * @param rowTokens tokens of the longest row of a micro-batch, virtual ones included; 0 where nothing is learned
     * @param passageTokens tokens of the longest passage that is read, with this model or once its training is done; 0 for none
     * @param textTokens tokens of the longest text that is scored or spoken, with this model or once its training is done; 0 for none
     * @param writtenTokens tokens of the longest text that is written beside others, with this model or once its training is done; 0 for none
     * @param newTokens tokens that an answer may have which is written, whatever its row has room for; 0 where none is written, whatever was given
     * @param showsExamples whether whole rows stand in front of prompts as examples
     * @param memoryBytes memory that may be used
     */
    record Settings(
            Purpose purpose,
            TuningMethod method,
            Precision precision,
            Recompute recompute,
            int threads,
            long seed,
            List<Integer> startTokens,
            int maxBatchTokens,
            int batchRows,
            int rowTokens,
            int passageTokens,
            int textTokens,
            int writtenTokens,
            int newTokens,
            boolean showsExamples,
            long memoryBytes) {
        /** Copies the list; a job limits answers whether any are written or not. */
        public Settings {
            newTokens = writtenTokens == 0 ? 0 : newTokens;
            startTokens = List.copyOf(startTokens);
        }

        /**
         * Nothing but adapters and weights starts from tokens, no texts are written beside each other, and a micro-batch may be one row or
         * as many as it has tokens.
         */
        public Settings(
                Purpose purpose,
                TuningMethod method,
                Precision precision,
                Recompute recompute,
                int threads,
                long seed,
                int maxBatchTokens,
                int passageTokens,
                int textTokens,
                long memoryBytes) {
            this(
                    purpose,
                    method,
                    precision,
                    recompute,
                    threads,
                    seed,
                    List.of(),
                    maxBatchTokens,
                    maxBatchTokens,
                    maxBatchTokens,
                    passageTokens,
                    textTokens,
                    0,
                    0,
                    false,
                    memoryBytes);
        }

        /** Tokens of the longest text that is answered, of whatever kind; 0 for none. */
        public int answerTokens() {
            return Math.max(passageTokens, Math.max(textTokens, writtenTokens));
        }

        /** The same with so many tokens more in each text that is read or spoken. */
        public Settings withLongerTexts(int tokens) {
            int passage = passageTokens == 0 ? 0 : passageTokens + tokens;
            int text = textTokens == 0 ? 0 : textTokens + tokens;
            int written = writtenTokens == 0 ? 0 : writtenTokens + tokens;
            return new Settings(
                    purpose,
                    method,
                    precision,
                    recompute,
                    threads,
                    seed,
                    startTokens,
                    Math.max(maxBatchTokens, passage),
                    batchRows,
                    rowTokens,
                    passage,
                    text,
                    written,
                    newTokens,
                    showsExamples,
                    memoryBytes);
        }
    }

    /**
     * A loaded model and what was chosen for it.
     *
     * @param model the model, which the caller closes
     * @param precision the number format chosen
     * @param recompute the recompute level chosen
     * @param predictedPeakBytes resident memory of the process foreseen at its peak, of training or of the answers after it
     * @param largestPart what takes most of it while steps are computed, in words; empty where nothing is learned
     * @param smaller the number format in which steps would take less, or null where there is none, and where nothing is learned
     */
    record Loaded(
            LanguageModel model,
            Precision precision,
            Recompute recompute,
            long predictedPeakBytes,
            String largestPart,
            @Nullable Precision smaller) {
        /** Where nobody asks what takes most. */
        public Loaded(LanguageModel model, Precision precision, Recompute recompute, long predictedPeakBytes) {
            this(model, precision, recompute, predictedPeakBytes, "", null);
        }
    }

    /**
     * Maps the weights and prepares the trainable vector.
     *
     * @param files the base model
     * @param adapter a folder with a finished PEFT adapter to start from, or null for a fresh one
     * @param settings how
     * @throws dev.finetune4j.error.FineTuneException if the files are damaged, of an architecture that is not supported, or too
     *     large for the memory
     */
    Loaded load(ModelFiles files, @Nullable Path adapter, Settings settings);
}
