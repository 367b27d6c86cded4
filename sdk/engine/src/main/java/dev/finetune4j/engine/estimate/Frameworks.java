package dev.finetune4j.engine.estimate;

import dev.finetune4j.engine.estimate.TrainingSetup.Checkpointing;
import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whose code a framework's published name stands for, and what it does unless told otherwise. */
final class Frameworks {
    private final String name;

    Frameworks(String name) {
        this.name = name.toLowerCase(Locale.ROOT);
    }

    /** Whether the name holds one of them, "LLaMA Factory" too; short ones may stand across words, as HF in "torch fsdp". */
    private boolean has(String... parts) {
        String joined = joined(name);
        for (String part : parts) {
            if (name.contains(part) || (part.length() > 4 && joined.contains(joined(part)))) {
                return true;
            }
        }
        return false;
    }

    private static String joined(String name) {
        return name.replace(" ", "").replace("-", "").replace("_", "");
    }

    Framework framework(boolean isZero) {
        if (has("finetune4j")) {
            return has("peft") ? Framework.FINETUNE4J_GPU : Framework.FINETUNE4J;
        }
        if (has("litgpt", "lit-llama")) {
            return Framework.LITGPT;
        }
        if (has("torchtune")) {
            return Framework.TORCHTUNE;
        }
        if (has("unsloth")) {
            return Framework.UNSLOTH;
        }
        if (has("automodel", "torchtitan", "foundry", "composer", "mosaic", "maxtext")) {
            return Framework.TUNED;
        }
        if (has("megatron", "nemo", "flagscale")) {
            return Framework.MEGATRON;
        }
        if (has("deepspeed", "colossal", "neox") || isZero) {
            return Framework.DEEPSPEED;
        }
        return isHuggingFace() ? Framework.HUGGING_FACE : Framework.OTHER;
    }

    /** Whether the name is of what is built around Hugging Face's models. */
    private boolean isHuggingFace() {
        return has(
                "hf",
                "hugging",
                "transformers",
                "trl",
                "sfttrainer",
                "peft",
                "accelerate",
                "swift",
                "llamafactory",
                "axolotl",
                "qwen",
                "fastchat",
                "autotrain",
                "alpaca",
                "h2o",
                "recipes",
                "cookbook",
                "lmflow",
                "firefly",
                "xtuner",
                "xturing",
                "optimum");
    }

    /**
     * {@code gradient_checkpointing} is true in ms-swift, {@code disable_gradient_checkpointing} false in LLaMA-Factory and AutoTrain, {@code
     * use_activation_checkpointing} true in XTuner, and {@code architecture.gradient_checkpointing} in H2O LLM Studio; torchtitan's trainer has
     * {@code SelectiveAC}. Unsloth offloads them.
     */
    @Nullable
    Checkpointing checkpointing() {
        if (has("torchtitan")) {
            return Checkpointing.SELECTIVE;
        }
        return has("swift", "llamafactory", "xtuner", "autotrain", "h2o") ? Checkpointing.FULL : null;
    }

    /** Whether this one's code trains: TRL's by its own SFTTrainer, which these others patch or replace. */
    boolean isBy(Since.Trainer trainer) {
        return switch (trainer) {
            case TRANSFORMERS -> isHuggingFace() && !has("unsloth", "xtuner");
            case TRAINER_OF_TRANSFORMERS -> isBy(Since.Trainer.TRANSFORMERS) && !has("own loop", "own script");
            case TRL -> has("trl", "sfttrainer") && !has("unsloth", "axolotl", "llamafactory", "swift");
            case TORCHTUNE -> has("torchtune");
            case UNSLOTH -> has("unsloth");
            case LLAMA_FACTORY -> has("llamafactory");
        };
    }

    /**
     * ms-swift, Axolotl and LLaMA-Factory load weights in the precision that they train in: {@code torch_dtype} of their model arguments follows
     * {@code bf16} and {@code fp16} (ms-swift 1.7 to 4.6, Axolotl 0.3 to 0.19, LLaMA-Factory 0.6 to 0.9).
     */
    boolean loadsInHalf() {
        return isConfigured();
    }

    /** LLaMA-Factory then casts what it trains to single, unless {@code pure_bf16} is set ("Upcasting trainable params to float32", model/adapter.py). */
    boolean trainsInSingle() {
        return has("llamafactory");
    }

    /** They load four bits by bitsandbytes with {@code bnb_4bit_use_double_quant} or {@code double_quantization}, which is true by default. */
    boolean packsScales() {
        return isConfigured();
    }

    /**
     * Nothing that is not packed is left in single precision: LLaMA-Factory (model/model_utils/checkpointing.py) and ms-swift do without PEFT's
     * preparation for few bits, and Axolotl casts embedding, head and norms back behind it ({@code needs_fa2_dtype} in loaders/model.py).
     */
    boolean leavesEdgesInHalf() {
        return isConfigured();
    }

    /** What is configured instead of programmed, so that its own code alone says how a model is loaded. */
    private boolean isConfigured() {
        return has("swift", "axolotl", "llamafactory");
    }

    /** Lightning prints what is allocated; ms-swift ({@code memory(GiB)}) and Unsloth's notebooks what is reserved. */
    @Nullable
    MemoryFigure figure() {
        if (has("litgpt", "lit-llama", "torchtune")) {
            return MemoryFigure.ALLOCATED;
        }
        return has("swift", "unsloth") ? MemoryFigure.RESERVED : null;
    }

    /** Lightning prints 10^9 bytes. */
    boolean printsDecimalGigabytes() {
        return has("litgpt", "lit-llama");
    }

    /** Whether the name says so beside the framework's own, "pytorch 2.8 + torch.compile"; nanoGPT and nanochat compile unless told otherwise. */
    boolean isCompiled() {
        Boolean said = new RunNotes(name).isCompiled();
        return said != null ? said : has("nanogpt", "nanochat");
    }

    /** MosaicML's trainers, which have layers of their own for MPT alone, unless a fork has others: all else is Hugging Face's. */
    boolean isOfMosaic() {
        return has("foundry", "composer", "mosaic") && !has("fork");
    }

    /** Trainers written in CUDA, whose kernels are fused by hand, those that cast to eight bits among them: llm.c, llmq and what is made of it. */
    boolean isOfCuda() {
        return has("llm.c", "llmq", "surogate") && !has("llamafactory");
    }

    /** Whether AdamW steps in one kernel unless told otherwise: in finetune4j's engines, nanoGPT ({@code fused=True}) and trainers written in CUDA. */
    boolean stepsFused() {
        return has("finetune4j", "nanogpt") || isOfCuda();
    }

    /** Whether the name says that layers are of NVIDIA's Transformer Engine. */
    boolean hasTransformerEngine() {
        return new RunNotes(name).hasTransformerEngine();
    }

    /**
     * Whether recipes and examples of its makers, which most runs follow, set options of Megatron's: the distributed optimizer, and sequence
     * parallelism beside tensor parallelism.
     */
    boolean isOfRecipes() {
        return has("nemo", "bridge", "flagscale", "swift");
    }

    boolean isQwenScript() {
        return has("qwen finetune.py");
    }
}
