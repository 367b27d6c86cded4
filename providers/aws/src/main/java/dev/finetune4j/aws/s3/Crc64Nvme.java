package dev.finetune4j.aws.s3;

import java.util.zip.Checksum;

/** CRC-64/NVME, which S3 keeps with every object that came without a checksum, and of which Amazon's client has native code only. */
final class Crc64Nvme implements Checksum {
    private static final long REFLECTED_POLYNOMIAL = 0x9A6C9329AC4BC9B5L;
    private static final long[] OF_BYTE = new long[1 << Byte.SIZE];

    static {
        for (int i = 0; i < OF_BYTE.length; i++) {
            long rest = i;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                rest = (rest >>> 1) ^ (-(rest & 1) & REFLECTED_POLYNOMIAL);
            }
            OF_BYTE[i] = rest;
        }
    }

    private long rest;

    Crc64Nvme() {
        reset();
    }

    @Override
    public void update(int value) {
        rest = (rest >>> Byte.SIZE) ^ OF_BYTE[(int) (rest ^ value) & 0xFF];
    }

    @Override
    public void update(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            update(bytes[i]);
        }
    }

    @Override
    public long getValue() {
        return ~rest;
    }

    @Override
    public void reset() {
        rest = -1;
    }
}
