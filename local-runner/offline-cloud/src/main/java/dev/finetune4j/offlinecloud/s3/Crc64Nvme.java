package dev.finetune4j.offlinecloud.s3;

/** CRC-64/NVME: the checksum that S3 computes for every object which comes without one. */
final class Crc64Nvme {
    private static final long POLYNOMIAL = 0x9A6C9329AC4BC9B5L; // reflected
    private static final int VALUES = 256;
    private static final long[] TABLE = table();

    private long state = -1;

    private static long[] table() {
        long[] table = new long[VALUES];
        for (int i = 0; i < VALUES; i++) {
            long value = i;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                value = (value & 1) == 0 ? value >>> 1 : (value >>> 1) ^ POLYNOMIAL;
            }
            table[i] = value;
        }
        return table;
    }

    void update(byte[] bytes, int offset, int length) {
        long now = state;
        for (int i = offset; i < offset + length; i++) {
            now = TABLE[(int) (now ^ bytes[i]) & 0xFF] ^ (now >>> Byte.SIZE);
        }
        state = now;
    }

    long value() {
        return ~state;
    }
}
