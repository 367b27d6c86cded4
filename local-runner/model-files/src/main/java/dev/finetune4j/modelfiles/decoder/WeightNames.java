package dev.finetune4j.modelfiles.decoder;

import java.util.Map;

/** What a weight is called in a file: Hugging Face's names, or those of llama.cpp's GGUF. */
public enum WeightNames {
    /** {@code model.layers.0.self_attn.q_proj.weight}. */
    HUGGING_FACE {
        @Override
        public String top(String name) {
            return name.equals("lm_head") ? "lm_head.weight" : "model." + name + ".weight";
        }

        @Override
        public String inLayer(int layer, String path) {
            return "model.layers." + layer + "." + path;
        }
    },
    /** {@code blk.0.attn_q.weight}. */
    GGUF {
        @Override
        public String top(String name) {
            return GGUF_NAMES.get(name) + ".weight";
        }

        @Override
        public String inLayer(int layer, String path) {
            int kind = path.lastIndexOf('.');
            return "blk." + layer + "." + GGUF_NAMES.get(path.substring(0, kind)) + path.substring(kind);
        }
    };

    private static final Map<String, String> GGUF_NAMES = Map.ofEntries(
            Map.entry("embed_tokens", "token_embd"),
            Map.entry("norm", "output_norm"),
            Map.entry("lm_head", "output"),
            Map.entry("input_layernorm", "attn_norm"),
            Map.entry("post_attention_layernorm", "ffn_norm"),
            Map.entry("self_attn.q_proj", "attn_q"),
            Map.entry("self_attn.k_proj", "attn_k"),
            Map.entry("self_attn.v_proj", "attn_v"),
            Map.entry("self_attn.o_proj", "attn_output"),
            Map.entry("mlp.gate_proj", "ffn_gate"),
            Map.entry("mlp.up_proj", "ffn_up"),
            Map.entry("mlp.down_proj", "ffn_down"));

    /** The name of {@code embed_tokens}, {@code norm} or {@code lm_head}. */
    public abstract String top(String name);

    /** The name of a weight or bias of a layer, such as {@code self_attn.q_proj.weight}. */
    public abstract String inLayer(int layer, String path);
}
