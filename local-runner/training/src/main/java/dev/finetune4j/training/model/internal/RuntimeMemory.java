package dev.finetune4j.training.model.internal;

/**
 * Memory of a process that trains beside its model, in bytes: of the JVM, libtorch and the products that oneDNN compiles. Measured on Linux
 * x86-64 with the variables of {@code TorchEnvironment}, as what is left of the peak when the other parts of a forecast are taken off.
 */
public final class RuntimeMemory {
    /** In float32. */
    public static final long WIDE_BYTES = 260L << 20;

    /** In which oneDNN lays out the matrices of a product in float32. */
    public static final long PRODUCT_BYTES = 16L << 20;

    private static final long NARROW_BYTES = 350L << 20;

    /** What is compiled for AMX, and the tiles that inputs are laid out in: measured 10 to 40 MiB. */
    private static final long TILES_BYTES = 32L << 20;

    /** What a processor without products of bf16 does without: measured 60 to 110 MiB less on one of 2017 with AVX-512. */
    private static final long NO_PRODUCTS_BYTES = 40L << 20;

    /** Where nothing is compiled: 154 to 227 MiB were needed, by method and size, on an AMD EPYC with AVX2. */
    private static final long NOT_COMPILED_BYTES = 240L << 20;

    private static final long NARROW_LENGTHS_BYTES = 40L << 20;

    private RuntimeMemory() {}

    /** In bf16, of which each processor has products compiled in its way. */
    public static long narrowBytes(CpuFeatures cpu) {
        if (!cpu.compilesBfloat16()) {
            return NOT_COMPILED_BYTES;
        }
        if (!cpu.multipliesBfloat16()) {
            return NARROW_BYTES - NO_PRODUCTS_BYTES;
        }
        return NARROW_BYTES + (cpu.hasTiles() ? TILES_BYTES : 0);
    }

    /**
     * What the allocator keeps in bf16 of the products that DoRA learns the lengths of adapted rows by: more on a busy machine, where other
     * threads of the process put what lives longer between them. 0 on a processor without products of bf16, busy or not.
     */
    public static long narrowLengthsBytes(CpuFeatures cpu) {
        return cpu.multipliesBfloat16() ? NARROW_LENGTHS_BYTES : 0;
    }
}
