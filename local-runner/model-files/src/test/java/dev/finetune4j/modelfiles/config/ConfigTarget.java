package dev.finetune4j.modelfiles.config;

import dev.finetune4j.modelfiles.decoder.DecoderTensors;
import dev.finetune4j.modelfiles.encoder.EncoderTensors;
import dev.finetune4j.testkit.fuzz.ParserTarget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A config.json of a decoder or an encoder, and the tensors that it promises. */
public final class ConfigTarget implements ParserTarget {
    private static final Path MODELS = Path.of("src/test/resources/dev/finetune4j/modelfiles/codec");

    @Override
    public String name() {
        return "config";
    }

    @Override
    public List<byte[]> seeds() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        for (String model : List.of("model", "encoders/bert", "encoders/roberta")) {
            seeds.add(Files.readAllBytes(MODELS.resolve(model).resolve("config.json")));
        }
        for (String family : List.of("Llama", "Mistral", "Qwen2", "Qwen3", "Phi3", "Gemma2", "Gemma3")) {
            seeds.add(decoder(family).getBytes(StandardCharsets.UTF_8));
        }
        return seeds;
    }

    private static String decoder(String family) {
        return """
                {"architectures":["%sForCausalLM"],"model_type":"%s","hidden_size":64,"num_hidden_layers":2,
                "num_attention_heads":4,"num_key_value_heads":2,"head_dim":16,"intermediate_size":128,"vocab_size":256,
                "max_position_embeddings":512,"rope_theta":10000.0,"rope_scaling":{"rope_type":"yarn","factor":4.0,
                "original_max_position_embeddings":128},"rms_norm_eps":1e-05,"hidden_act":"silu","tie_word_embeddings":true,
                "sliding_window":64,"layer_types":["sliding_attention","full_attention"],"attn_logit_softcapping":50.0,
                "final_logit_softcapping":30.0,"query_pre_attn_scalar":16,"eos_token_id":[1,2],"bos_token_id":0}""".formatted(family, family.toLowerCase(Locale.ROOT) + (family.equals("Gemma3") ? "_text" : ""));
    }

    @Override
    public void read(byte[] input, Path scratch) throws IOException {
        Files.write(scratch.resolve("config.json"), input);
        ModelFolder folder = ModelFolder.open(scratch);
        Optional<EncoderConfig> encoder = folder.encoder();
        if (encoder.isPresent()) {
            EncoderTensors.of(encoder.get()).body();
            return;
        }
        ModelConfig config = folder.config();
        folder.endTokens();
        if (DecoderTensors.knows(config.architecture())) {
            DecoderTensors.of(config, false).all();
        }
    }
}
