package dev.finetune4j.modelfiles.encoder;

import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import java.util.List;
import java.util.stream.Stream;

/**
 * One layer of an encoder, in the order of its computation.
 *
 * @param queryKeyValue C to C each, computed as one
 * @param out C to C
 * @param outNorm after attention
 * @param inner C to F
 * @param outer F to C
 * @param outerNorm after the feed-forward
 */
public record LayerTensors(
        LinearTensors queryKeyValue,
        LinearTensors out,
        NormTensors outNorm,
        LinearTensors inner,
        LinearTensors outer,
        NormTensors outerNorm) {
    /** Its linear layers. */
    public List<LinearTensors> linears() {
        return List.of(queryKeyValue, out, inner, outer);
    }

    Stream<ExpectedTensor> all() {
        return Stream.concat(
                linears().stream().flatMap(LinearTensors::all),
                Stream.of(outNorm, outerNorm).flatMap(norm -> Stream.of(norm.weight(), norm.bias())));
    }
}
