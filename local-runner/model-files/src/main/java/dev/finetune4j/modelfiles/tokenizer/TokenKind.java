package dev.finetune4j.modelfiles.tokenizer;

/** The numbers of {@code tokenizer.ggml.token_type} (<a href="https://github.com/ggml-org/llama.cpp/blob/master/include/llama.h">llama_token_type</a>). */
final class TokenKind {
    /** A piece of text. */
    static final long NORMAL = 1;

    /** Stands for what has no token. */
    static final long UNKNOWN = 2;

    /** Steers the model; matched in text, and left out of what is shown. */
    static final long CONTROL = 3;

    /** Added to the vocabulary; matched in text before it is split. */
    static final long USER_DEFINED = 4;

    /** A row of the embedding that no text leads to. */
    static final long UNUSED = 5;

    /** One byte of a character that has no token. */
    static final long BYTE = 6;

    private TokenKind() {}
}
