package dev.finetune4j.engine.estimate;

import java.time.YearMonth;

/**
 * Releases that changed what a trainer does where nobody says otherwise: read in the files of its releases, before and from this one on.
 */
enum Since {
    /** Scores of attention are not written out: {@code LLAMA_ATTENTION_CLASSES} has "sdpa", which is the default, in 4.36.0; 4.35.2 has none. */
    LLAMA_WITHOUT_SCORES(Trainer.TRANSFORMERS, 4, 36, 2023, 12),
    /** The same of Mistral, Mixtral and Qwen2: not in 4.36.2, in 4.37.0. */
    MISTRAL_WITHOUT_SCORES(Trainer.TRANSFORMERS, 4, 37, 2024, 1),
    /** The same of GPTBigCode, which StarCoder is, and of BART: not in 4.35.2, in 4.36.0. */
    BART_WITHOUT_SCORES(Trainer.TRANSFORMERS, 4, 36, 2023, 12),
    /** The same of Phi: not in 4.38.2, in 4.39.0. */
    PHI_WITHOUT_SCORES(Trainer.TRANSFORMERS, 4, 39, 2024, 3),
    /** The same of BERT: not in 4.40.2, in 4.41.0. */
    BERT_WITHOUT_SCORES(Trainer.TRANSFORMERS, 4, 41, 2024, 5),
    /** The same of GPT-2 and GPT-NeoX: not in 4.41.2, in 4.42.0. */
    GPT_WITHOUT_SCORES(Trainer.TRANSFORMERS, 4, 42, 2024, 6),
    /** The same of OPT: not in 4.45.0, in 4.46.0. */
    OPT_WITHOUT_SCORES(Trainer.TRANSFORMERS, 4, 46, 2024, 10),
    /** The same of RoBERTa, CamemBERT, XLM-RoBERTa, ALBERT, mBART and M2M100, which NLLB is: not in 4.44.2, in 4.45.0. */
    ROBERTA_WITHOUT_SCORES(Trainer.TRANSFORMERS, 4, 45, 2024, 9),
    /** The same of DistilBERT: not in 4.45.0, in 4.46.3. */
    DISTILBERT_WITHOUT_SCORES(Trainer.TRANSFORMERS, 4, 46, 2024, 10),
    /** The same of Gemma 2: in 4.46.3 its {@code _check_and_enable_sdpa} undoes what 4.42 had begun to do, which warned that it trains worse; not in 4.48.3. */
    GEMMA_2_WITHOUT_SCORES(Trainer.TRANSFORMERS, 4, 48, 2025, 1),
    /** The same of Pegasus and Marian: not in 4.51.3, in 4.52.4. */
    PEGASUS_WITHOUT_SCORES(Trainer.TRANSFORMERS, 4, 52, 2025, 5),
    /** The same of ELECTRA: not in 4.57.6, in 5.0.0. */
    ELECTRA_WITHOUT_SCORES(Trainer.TRANSFORMERS, 5, 0, 2026, 1),
    /** The same of T5 and mT5: not in 5.13.0, in 5.15.0. */
    T5_WITHOUT_SCORES(Trainer.TRANSFORMERS, 5, 15, 2026, 8),
    /** The same of GPT-J and CodeGen: not in 5.16.0, in 5.25.0. */
    GPT_J_WITHOUT_SCORES(Trainer.TRANSFORMERS, 5, 25, 2026, 11),
    /** {@code torch.optim.AdamW} takes all tensors of a device at once by default: not in PyTorch 1.13, in 2.0 of March 2023. */
    FOREACH_STEP(Trainer.TRANSFORMERS, 4, 27, 2023, 3),
    /** {@code TrainingArguments.optim} is "adamw_torch" in 4.53.3; "adamw_torch_fused" in 4.54.1 where PyTorch is 2.8 or newer. */
    FUSED_STEP(Trainer.TRAINER_OF_TRANSFORMERS, 4, 54, 2025, 8),

    /** {@code SFTConfig.gradient_checkpointing} is false in 0.21.0, true in 0.22.0. */
    CHECKPOINTING(Trainer.TRL, 0, 22, 2025, 8),
    /** {@code SFTConfig.loss_type} is "nll" in 1.6.0, "chunked_nll" in 1.7.0: the head is multiplied with some tokens that count at a time. */
    NO_LOGITS(Trainer.TRL, 1, 7, 2026, 6),

    /** Recipes have {@code torch.nn.CrossEntropyLoss} in 0.2.1, {@code CEWithChunkedOutputLoss} in 0.3.0, and in its repository from 2024-08-28 on. */
    CHUNKED_LOSS(Trainer.TORCHTUNE, 0, 3, 2024, 8),

    /** Logits are whole, in half precision, and become their gradient in place in 2024.10.7; cut cross entropy leaves none in 2024.11.2. */
    CUT_CROSS_ENTROPY(Trainer.UNSLOTH, 2024, 11, 2024, 11),
    /** The head is multiplied in chunks, and compiled, but chunks take up to half of the memory that is free: mostly one has all tokens. */
    WIDE_CHUNKS(Trainer.UNSLOTH, 2025, 9, 2025, 9),
    /** Chunks are narrow whatever is free ({@code UNSLOTH_CHUNKED_CE} of unsloth_zoo): not in 2026.9.9, in 2026.10.9. */
    NARROW_CHUNKS(Trainer.UNSLOTH, 2026, 10, 2026, 10),

    /** Has Unsloth offload checkpoints ({@code use_gradient_checkpointing="unsloth"}): not in 0.6.2, in 0.6.3. */
    UNSLOTH_OFFLOADS(Trainer.LLAMA_FACTORY, 0, 7, 2024, 5);

    /** Whose releases they are. */
    enum Trainer {
        TRANSFORMERS("transformers(?:[ ]?trainer)?"),
        /** What is built on its Trainer, not on its models alone. */
        TRAINER_OF_TRANSFORMERS("transformers(?:[ ]?trainer)?"),
        TRL("trl(?:[ ]?sft[ -]?trainer)?"),
        TORCHTUNE("torchtune"),
        UNSLOTH("unsloth"),
        LLAMA_FACTORY("llama[ -]?factory");

        private final String version;

        Trainer(String name) {
            this.version = "(?<![a-z])" + name + "(?:[ ]?==?|[ ]v?)[ ]?\\d{1,4}\\.\\d{1,2}(?!\\d)";
        }

        /** An expression that ends with major and minor version: "TRL 1.12", "trl==0.22", "TRL SFTTrainer 1.13". */
        String version() {
            return version;
        }
    }

    private final Trainer trainer;
    private final int version;
    private final YearMonth released;

    Since(Trainer trainer, int major, int minor, int year, int month) {
        this.trainer = trainer;
        this.version = number(major, minor);
        this.released = YearMonth.of(year, month);
    }

    static int number(int major, int minor) {
        return 100 * major + minor;
    }

    Trainer trainer() {
        return trainer;
    }

    /** A hundred times the major version and the minor. */
    int version() {
        return version;
    }

    YearMonth released() {
        return released;
    }
}
