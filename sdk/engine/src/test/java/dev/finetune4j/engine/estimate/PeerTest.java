package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.engine.estimate.Parallelism.Sharding;
import dev.finetune4j.engine.estimate.TrainingSetup.Arithmetic;
import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import dev.finetune4j.engine.estimate.TrainingSetup.Loss;
import dev.finetune4j.engine.estimate.TrainingSetup.Method;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Our copies of the peers' formulas answer as the packages do; {@code estimate_peers.py} made {@code peers.tsv} with them. */
class PeerTest {
    private static final Architecture LLAMA_8B = new Architecture(
            Architecture.Kind.DECODER,
            32,
            4096,
            14336,
            32,
            8,
            128,
            128_256,
            true,
            false,
            false,
            false,
            null,
            8_030_261_248L,
            false);

    @Test
    void answerAsThePackagesDo() throws IOException {
        List<String> lines = new String(
                        Objects.requireNonNull(PeerTest.class.getResourceAsStream("peers.tsv"))
                                .readAllBytes(),
                        StandardCharsets.UTF_8)
                .lines()
                .skip(1)
                .toList();

        assertThat(lines).hasSizeGreaterThan(20).allSatisfy(line -> {
            String[] cells = line.split("\t", -1);
            double ours = switch (cells[0]) {
                case "accelerate" ->
                    Peer.ACCELERATE.gib(LLAMA_8B, precision(cells[1])).orElseThrow();
                case "deepspeed" -> Peer.DEEPSPEED.gib(LLAMA_8B, zero(cells[1])).orElseThrow();
                default -> Peer.TRAINING_HUB.gib(LLAMA_8B, hub(cells[1])).orElseThrow();
            };
            assertThat(ours).isCloseTo(Double.parseDouble(cells[2]), within(1e-3));
        });
    }

    @Test
    void bytesPerParameterAreThoseOfTheTable() {
        double perBillion = LLAMA_8B.parameters() / (1L << 30);

        assertThat(Peer.BYTES_PER_PARAMETER
                        .gib(LLAMA_8B, TrainingSetup.of(Method.FULL, Framework.HUGGING_FACE, Parallelism.single()))
                        .orElseThrow())
                .isCloseTo(18 * perBillion, within(1e-6));
        assertThat(Peer.BYTES_PER_PARAMETER
                        .gib(LLAMA_8B, TrainingSetup.of(Method.QLORA, Framework.HUGGING_FACE, Parallelism.single()))
                        .orElseThrow())
                .isCloseTo(0.5 * perBillion, within(1e-6));
    }

    private static TrainingSetup precision(String dtype) {
        return TrainingSetup.of(Method.FULL, Framework.HUGGING_FACE, Parallelism.single())
                .edit()
                .arithmetic(dtype.equals("float32") ? Arithmetic.FP32 : Arithmetic.BF16)
                .build();
    }

    private static TrainingSetup zero(String words) {
        String[] parts = words.split(" ", -1);
        Sharding sharding = parts[0].equals("zero2") ? Sharding.ZERO2 : Sharding.ZERO3;
        String offload = parts.length > 2 ? parts[2] : "";
        return TrainingSetup.of(
                        Method.FULL, Framework.DEEPSPEED, Parallelism.data(Integer.parseInt(parts[1]), sharding))
                .edit()
                .offloadsOptimizer(!offload.isEmpty())
                .offloadsWeights(offload.equals("offload-all"))
                .build();
    }

    private static TrainingSetup hub(String words) {
        String[] parts = words.split(" ", -1);
        Method method = switch (parts[0]) {
            case "full" -> Method.FULL;
            case "lora" -> Method.LORA;
            default -> Method.QLORA;
        };
        return TrainingSetup.of(
                        method, Framework.HUGGING_FACE, Parallelism.data(Integer.parseInt(parts[1]), Sharding.FSDP))
                .edit()
                .rank(method == Method.FULL ? null : 16)
                .microBatch(2)
                .longestTokens(2048)
                .loss(parts.length > 2 ? Loss.FUSED : Loss.STOCK)
                .build();
    }
}
