package dev.finetune4j.modelfiles.weights;

import java.util.Arrays;
import java.util.Optional;

/**
 * Number formats of weight files. Quantized formats store blocks of several elements in fewer bytes (<a
 * href="https://github.com/ggml-org/ggml/blob/master/src/ggml-common.h">ggml-common.h</a>).
 */
public enum TensorType {
    /** IEEE 754 double. */
    F64(1, 8, 28),
    /** IEEE 754 single. */
    F32(1, 4, 0),
    /** IEEE 754 half. */
    F16(1, 2, 1),
    /** The upper half of a single. */
    BF16(1, 2, 30),
    /** Eight-bit float, 4 exponent bits. */
    F8_E4M3(1, 1, -1),
    /** Eight-bit float, 5 exponent bits. */
    F8_E5M2(1, 1, -1),
    /** Signed 64-bit integer. */
    I64(1, 8, 27),
    /** Signed 32-bit integer. */
    I32(1, 4, 26),
    /** Signed 16-bit integer. */
    I16(1, 2, 25),
    /** Signed byte. */
    I8(1, 1, 24),
    /** Unsigned 64-bit integer. */
    U64(1, 8, -1),
    /** Unsigned 32-bit integer. */
    U32(1, 4, -1),
    /** Unsigned 16-bit integer. */
    U16(1, 2, -1),
    /** Unsigned byte. */
    U8(1, 1, -1),
    /** One byte, 0 or 1. */
    BOOL(1, 1, -1),
    /** 4 bits, one scale for 32 elements. */
    Q4_0(32, 18, 2),
    /** 4 bits, scale and minimum for 32 elements. */
    Q4_1(32, 20, 3),
    /** 5 bits, one scale for 32 elements; not decoded. */
    Q5_0(32, 22, 6),
    /** 5 bits, scale and minimum for 32 elements; not decoded. */
    Q5_1(32, 24, 7),
    /** 8 bits, one scale for 32 elements. */
    Q8_0(32, 34, 8),
    /** 2 bits in super-blocks of 256; not decoded. */
    Q2_K(256, 84, 10),
    /** 3 bits in super-blocks of 256; not decoded. */
    Q3_K(256, 110, 11),
    /** 4 bits, scales and minimums of 8 sub-blocks, in super-blocks of 256. */
    Q4_K(256, 144, 12),
    /** 5 bits in super-blocks of 256; not decoded. */
    Q5_K(256, 176, 13),
    /** 6 bits, scales of 16 sub-blocks, in super-blocks of 256. */
    Q6_K(256, 210, 14),
    /** 4-bit non-linear, blocks of 32; not decoded. */
    IQ4_NL(32, 18, 20),
    /** 4-bit non-linear in super-blocks of 256; not decoded. */
    IQ4_XS(256, 136, 23);

    private final int blockElements;
    private final int blockBytes;
    private final int ggmlNumber;

    TensorType(int blockElements, int blockBytes, int ggmlNumber) {
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
        this.ggmlNumber = ggmlNumber;
    }

    /** Elements that are stored together; 1 unless quantized. */
    public int blockElements() {
        return blockElements;
    }

    /** Bytes of one block. */
    public int blockBytes() {
        return blockBytes;
    }

    /** The type's number in GGUF; -1 for types that it does not have. */
    public int ggmlNumber() {
        return ggmlNumber;
    }

    /** Whether several elements share a scale. */
    public boolean isQuantized() {
        return blockElements > 1;
    }

    /**
     * Bytes of that many elements.
     *
     * @throws ArithmeticException if the elements do not fill whole blocks, or the bytes exceed a {@code long}
     */
    public long bytesOf(long elements) {
        if (elements % blockElements != 0) {
            throw new ArithmeticException(elements + " elements do not fill blocks of " + blockElements);
        }
        return Math.multiplyExact(elements / blockElements, (long) blockBytes);
    }

    /** The type that safetensors call {@code dtype}; none for quantized ones, which safetensors do not have. */
    public static Optional<TensorType> ofSafetensors(String dtype) {
        return Arrays.stream(values())
                .filter(type -> !type.isQuantized() && type.name().equals(dtype))
                .findFirst();
    }

    /** The type with that number in GGUF. */
    public static Optional<TensorType> ofGguf(long number) {
        return Arrays.stream(values())
                .filter(type -> type.ggmlNumber >= 0 && type.ggmlNumber == number)
                .findFirst();
    }
}
