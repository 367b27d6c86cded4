package dev.finetune4j.aws.s3;

/**
 * How a file is cut into parts: always the same for the same size, so that a later call finds its own parts.
 *
 * @param fileBytes size of the file
 * @param partBytes size of each part but the last
 */
record PartPlan(long fileBytes, long partBytes) {
    /** Files up to this size go in one piece. */
    static final long LARGEST_SINGLE_BYTES = 64L << 20;

    static final long LEAST_PART_BYTES = 16L << 20;

    /** S3 takes 10,000. */
    static final int MOST_PARTS = 9_000;

    private static final long MIB = 1L << 20;

    static PartPlan of(long fileBytes) {
        long least = (fileBytes + MOST_PARTS - 1) / MOST_PARTS;
        long wholeMib = (least + MIB - 1) / MIB * MIB;
        return new PartPlan(fileBytes, Math.max(LEAST_PART_BYTES, wholeMib));
    }

    boolean isSingle() {
        return fileBytes <= LARGEST_SINGLE_BYTES;
    }

    int count() {
        return (int) Math.max(1, (fileBytes + partBytes - 1) / partBytes);
    }

    /** Where a part begins; parts count from 1, as S3 counts them. */
    long offset(int part) {
        return (part - 1) * partBytes;
    }

    long length(int part) {
        return Math.min(partBytes, fileBytes - offset(part));
    }
}
