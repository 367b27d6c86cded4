package dev.finetune4j.modelfiles.config;

/** Which projections of the attention add a bias. */
public enum AttentionBias {
    /** None, as in Llama. */
    NONE,
    /** Query, key and value, as in Qwen2. */
    QUERY_KEY_VALUE,
    /** Query, key, value and output: {@code attention_bias: true}. */
    ALL
}
