package dev.finetune4j.cli;

/** What a model is exported as. */
enum ExportFormat {
    /** A folder in Hugging Face layout. */
    HF,
    /** One file that llama.cpp loads. */
    GGUF
}
