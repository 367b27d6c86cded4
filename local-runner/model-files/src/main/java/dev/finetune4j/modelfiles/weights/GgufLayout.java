package dev.finetune4j.modelfiles.weights;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Checks that the tensors of a GGUF file lie one after the other, aligned, with as many bytes as they need, within the file. */
final class GgufLayout {
    /** What tensors begin at a multiple of, where no key says otherwise. */
    static final long DEFAULT_ALIGNMENT = 32;

    private static final String ALIGNMENT_KEY = "general.alignment";
    private static final long MAX_ALIGNMENT = 1 << 20;

    private GgufLayout() {}

    /**
     * The tensors in the order of their bytes.
     *
     * @param headerBytes bytes of the header, before it is padded
     * @throws FineTuneException with FT0407 if a tensor does not lie where it must, FT0409 if its type is unknown
     */
    static Map<String, TensorEntry> check(
            WeightChannel channel, GgufMetadata metadata, List<GgufHeader.Claim> claims, long headerBytes) {
        if (metadata.values().containsKey(ALIGNMENT_KEY)
                && metadata.whole(ALIGNMENT_KEY).isEmpty()) {
            throw damaged(channel, "the alignment is no whole number", ALIGNMENT_KEY + " has another type");
        }
        long alignment = metadata.whole(ALIGNMENT_KEY).orElse(DEFAULT_ALIGNMENT);
        if (alignment < 1 || alignment > MAX_ALIGNMENT || Long.bitCount(alignment) != 1) {
            throw damaged(
                    channel,
                    "the alignment is impossible",
                    ALIGNMENT_KEY + " is " + alignment + "; it must be a power of two up to " + MAX_ALIGNMENT);
        }
        long dataStart = align(headerBytes, alignment);
        Map<String, TensorEntry> tensors = new LinkedHashMap<>();
        long expected = 0;
        for (GgufHeader.Claim claim : claims) {
            TensorEntry entry = place(channel, claim, expected, dataStart);
            if (tensors.put(claim.name(), entry) != null) {
                throw damaged(
                        channel,
                        "tensor " + claim.name() + " is there twice",
                        "the second is number " + (tensors.size() + 1));
            }
            expected = align(claim.offset() + entry.bytes(), alignment);
        }
        return tensors;
    }

    private static TensorEntry place(WeightChannel channel, GgufHeader.Claim claim, long expected, long dataStart) {
        if (claim.offset() != expected) {
            throw damaged(
                    channel,
                    "tensor " + claim.name() + " does not lie where it must",
                    "offset " + Long.toUnsignedString(claim.offset()) + " claimed; the one before ends, aligned, at "
                            + expected);
        }
        TensorType type = TensorType.ofGguf(claim.type())
                .orElseThrow(() -> ModelFilesProblems.TENSOR_TYPE
                        .error("tensor " + claim.name() + " has an unknown number format")
                        .at(channel.location())
                        .because("GGUF type number " + claim.type())
                        .asException());
        long bytes = bytes(channel, claim, type);
        long available = channel.size() - dataStart - claim.offset();
        if (bytes > available) {
            throw damaged(
                    channel,
                    "tensor " + claim.name() + " ends beyond the file",
                    bytes + " bytes needed at offset " + claim.offset() + "; " + Math.max(0, available) + " are there");
        }
        List<Long> shape = new ArrayList<>(claim.axes());
        Collections.reverse(shape);
        return new TensorEntry(claim.name(), type, shape, channel.path(), dataStart + claim.offset(), bytes);
    }

    private static long bytes(WeightChannel channel, GgufHeader.Claim claim, TensorType type) {
        String shape = "axes " + claim.axes() + " of " + type;
        long inner = claim.axes().get(0);
        if (claim.axes().stream().anyMatch(axis -> axis < 1) || inner % type.blockElements() != 0) {
            throw damaged(
                    channel,
                    "tensor " + claim.name() + " has an impossible shape",
                    shape + "; each must be 1 or more, the first a multiple of " + type.blockElements());
        }
        try {
            return type.bytesOf(TensorEntry.product(claim.axes()));
        } catch (ArithmeticException e) {
            throw damaged(
                    channel, "tensor " + claim.name() + " has an impossible shape", shape + " is 2^63 bytes or more");
        }
    }

    /** The next multiple; never overflows, since offsets and sizes were checked against the file before. */
    private static long align(long position, long alignment) {
        return (position + alignment - 1) & -alignment;
    }

    private static FineTuneException damaged(WeightChannel channel, String summary, String cause) {
        return ModelFilesProblems.GGUF_LAYOUT
                .error(channel.path().getFileName() + ": " + summary)
                .at(channel.location())
                .because(cause)
                .asException();
    }
}
