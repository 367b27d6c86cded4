package dev.finetune4j.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Floating point operations that a step cannot do without, whoever computes it: for N tokens in sequences of T, P parameters in the
 * linear layers, A in the adapters on them, L layers, width C and vocabulary V
 *
 * <pre>
 * LoRA, prompt tuning  4 P N + 6 A N + 4 V C N +  7 L N T C
 * full                 6 P N         + 6 V C N +  7 L N T C
 * encoder, full        6 P N                   + 14 L N T C
 * scoring              2 P N         + 2 V C of the answers' tokens + 2 L N T C
 * </pre>
 *
 * <p>A product costs 2 operations a parameter and token forward, 2 for the gradient of its input and, where it is trained, 2 for that
 * of its weights. Attention has 2 products of T x C a token forward and 5 backward, with the scores computed again; half of that where
 * it is causal.
 *
 * @param linearParameters P
 * @param adapterParametersOfRank A of rank 1
 * @param headParameters V C; 0 for an encoder, whose head is a few numbers
 * @param layers L
 * @param width C
 */
record StepCost(long linearParameters, long adapterParametersOfRank, long headParameters, long layers, long width) {
    /** Reads the sizes of a decoder of the Llama family from its folder. */
    static StepCost ofDecoder(Path model) throws IOException {
        JsonNode config = config(model);
        long width = config.path("hidden_size").asLong();
        long inner = config.path("intermediate_size").asLong();
        long layers = config.path("num_hidden_layers").asLong();
        long keys = width
                * config.path("num_key_value_heads").asLong()
                / config.path("num_attention_heads").asLong();
        long linear = layers * (2 * width * width + 2 * width * keys + 3 * width * inner);
        long sides = layers * (4 * width + 2 * (width + keys) + 3 * (width + inner));
        return new StepCost(linear, sides, width * config.path("vocab_size").asLong(), layers, width);
    }

    /** Reads the sizes of a BERT from its folder. */
    static StepCost ofEncoder(Path model) throws IOException {
        JsonNode config = config(model);
        long width = config.path("hidden_size").asLong();
        long inner = config.path("intermediate_size").asLong();
        long layers = config.path("num_hidden_layers").asLong();
        return new StepCost(layers * (4 * width * width + 2 * width * inner), 0, 0, layers, width);
    }

    double operations(Workload workload) {
        double tokens = workload.computedTokensOfStep();
        double attention = tokens * layers * workload.length() * width;
        if (workload.subject() == Subject.SCORING) {
            long answers = (long) workload.batch() * Workload.ANSWER_TOKENS;
            return 2.0 * linearParameters * tokens + 2.0 * headParameters * answers + 2 * attention;
        }
        int products = workload.subject().trainsWeights() ? 6 : 4;
        double adapters = workload.subject() == Subject.LORA ? 6.0 * workload.rank() * adapterParametersOfRank : 0;
        return tokens * (products * (linearParameters + headParameters) + adapters)
                + (workload.subject() == Subject.ENCODER ? 14 : 7) * attention;
    }

    private static JsonNode config(Path model) throws IOException {
        return Json.records().readTree(Files.readString(model.resolve("config.json")));
    }
}
