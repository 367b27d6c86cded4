package dev.finetune4j.method;

import dev.finetune4j.value.Describe;
import dev.finetune4j.value.Inline;
import dev.finetune4j.value.Kind;
import java.util.Optional;

/**
 * LoRA on a base model whose linear layers are held in 4 bits (<a href="https://arxiv.org/abs/2305.14314">Dettmers et al. 2023</a>):
 * NF4 with double quantization as in bitsandbytes, or the blocks of a GGUF file as they are. Embedding, head and norms stay as they
 * are; adapters are trained as ever. Base and tuned model are both evaluated on the quantized weights.
 *
 * @param lora the adapters
 */
@Kind("qlora")
@Describe("LoRA on a base model in 4 bits (QLoRA): a quarter of the memory for its weights, and slower steps.")
public record QloraTuning(@Inline @Describe("The adapters.") LoraTuning lora) implements TuningMethod {
    /** The adapters of {@link LoraTuning#defaults()}. */
    public static QloraTuning defaults() {
        return new QloraTuning(LoraTuning.defaults());
    }

    @Override
    public double defaultLearningRate() {
        return lora.defaultLearningRate();
    }

    @Override
    public Optional<LoraTuning> adapters() {
        return Optional.of(lora);
    }
}
