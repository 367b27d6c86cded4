package dev.finetune4j.training.model;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.job.Precision;
import java.util.List;
import java.util.Locale;

/** What can be wrong when a model is loaded for training: FT0470, FT0472 to FT0474, FT0476, and FT0601 to FT0605. */
public final class ModelProblems implements ProblemCatalogue {
    /** The architecture has no implementation. */
    public static final ProblemKind ARCHITECTURE = new ProblemKind(
            "FT0470", "This model architecture is not supported", ExitCode.INVALID, """
            The local core composes decoders like Llama, Mistral, Qwen, Phi 3 and Gemma from config.json: RMS norms, rotary
            positions, grouped-query attention, gated feed-forward. A model that needs other blocks would be computed wrongly, so
            that it is refused. The same holds for a setting inside a known architecture that changes
            the computation, such as another activation or another scaling of positions.""", "finetune models");

    /** A target module of LoRA is unknown. */
    public static final ProblemKind TARGET_MODULE = new ProblemKind(
            "FT0472",
            "A target module of LoRA does not exist",
            ExitCode.INVALID,
            """
            method.target-modules names linear layers of the decoder: q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj,
            down_proj, or all-linear for all of them. method.ranks and method.alphas may name those that get an adapter,
            method.layers numbers that the decoder's layers have, method.trained-modules its embedding embed_tokens and its head
            lm_head.""",
            "method.target-modules: [all-linear]");

    /** A PEFT adapter cannot be used. */
    public static final ProblemKind ADAPTER = new ProblemKind(
            "FT0473",
            "The adapter does not fit",
            ExitCode.INVALID,
            """
            An adapter folder holds adapter_config.json and adapter_model.safetensors as PEFT writes them. It fits one base model,
            and one choice of ranks and target modules. Settings of PEFT that have no counterpart here, such as trained
            biases, would be computed wrongly, so that they are refused. The adapter of a classifier has one
            row for each label in its head: labels.json beside it names them in that order, and where there is none, as from PEFT,
            id2label in config.json of the base model does.""",
            "use the adapter with the base model and the method that it was trained with");

    /** A weight that no computation can go on from. */
    public static final ProblemKind WEIGHT_VALUE = new ProblemKind(
            "FT0474",
            "A weight is not a number",
            ExitCode.INVALID,
            """
            Every weight must be a finite number: one NaN or infinity spreads to every result, so that no loss can be computed. The
            usual causes are a training that diverged before the weights were saved, or a damaged download.""",
            "fetch the weights again, or use another revision of the model");

    /** A number format that the processor computes with slowly. */
    public static final ProblemKind SLOW_PRECISION = new ProblemKind(
            "FT0476", "The number format is slow on this processor", ExitCode.INVALID, """
            Without AVX-512 nothing multiplies matrices in bf16 but libtorch's own loops: a training took 14 to 24 times as long as in fp32.
            auto takes the format that is fastest on the processor. bf16 does what it is told to, with activations in half the memory.""", "training.precision: auto");

    /** Training, or the answers after it, would need more memory than there is. */
    public static final ProblemKind TOO_LARGE = new ProblemKind(
            "FT0601", "The run does not fit the memory", ExitCode.CAPACITY, """
            Peak memory is foreseen before anything is allocated: weights, adapter with its gradient and moments, the activations of
            the largest micro-batch, a slice of the logits, and what the answers after the training need. It is refused where even
            the most frugal level of recomputation is too large, since the kernel would end the process in the middle of the run.""", "training.batch-size: 1");

    /** A token id lies outside the vocabulary. */
    public static final ProblemKind TOKEN = new ProblemKind(
            "FT0602",
            "A token id lies outside the model's vocabulary",
            ExitCode.INVALID,
            """
            The tokenizer gave a token for which the model has no embedding. Tokenizer and weights come from different models, or
            tokens were added to the tokenizer without resizing the embedding.""",
            "fetch tokenizer.json and the weights again, both from the same revision of the model");

    /** A state file of a checkpoint cannot be used. */
    public static final ProblemKind STATE = new ProblemKind(
            "FT0603",
            "The saved training state does not fit",
            ExitCode.INVALID,
            """
            A checkpoint holds the trainable parameters and both moments of the optimizer, bit for bit. It fits only the model and
            method that wrote it.""",
            "remove the checkpoint and start the run again");

    /** Native memory ran out in the middle of a computation. */
    public static final ProblemKind OUT_OF_MEMORY = new ProblemKind(
            "FT0604", "Memory ran out while computing", ExitCode.TRAINING_FAILED, """
            The operating system refused memory in the middle of a step. Another process took what was free when the run began, or
            a limit (ulimit -v) is set for this process.""", "training.recompute: layer");

    /** The native libraries of torch do not load. */
    public static final ProblemKind LIBTORCH =
            new ProblemKind("FT0605", "libtorch cannot be loaded", ExitCode.INVALID, """
            The training core computes with libtorch, the native side of PyTorch. A file of it is missing or damaged, it is built for
            another system, or it needs a library that this system does not have: a torch for GPUs needs the CUDA libraries that pip
            installs beside it, even on a machine without one.""", "rm -rf ~/.djl.ai/pytorch");

    /**
     * FT0601: what needs more memory than there is.
     *
     * @param what that needs it, such as "training"
     * @param peakBytes what it needs at its peak
     * @param memoryBytes what there is
     * @param parameters of the model
     * @param precision number format of its weights
     * @param tokens what is computed at once, in words
     */
    public static Problem.Builder tooLarge(
            String what, long peakBytes, long memoryBytes, long parameters, Precision precision, String tokens) {
        return TOO_LARGE
                .error(what + " needs about " + gigabytes(peakBytes) + ", there are " + gigabytes(memoryBytes))
                .because(parameters / 1_000_000 + "M parameters in "
                        + precision.name().toLowerCase(Locale.ROOT) + ", " + tokens);
    }

    /** Bytes as they are told in a problem. */
    public static String gigabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }

    @Override
    public List<ProblemKind> kinds() {
        return List.of(
                ARCHITECTURE,
                TARGET_MODULE,
                ADAPTER,
                WEIGHT_VALUE,
                SLOW_PRECISION,
                TOO_LARGE,
                TOKEN,
                STATE,
                OUT_OF_MEMORY,
                LIBTORCH);
    }
}
