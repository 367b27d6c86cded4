package dev.finetune4j.data;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the rows look like: all that plan and report need to know of them.
 *
 * @param rowsByPart rows of each part
 * @param rowsByLabel training rows of each label, most frequent first; empty without labels
 * @param tokens tokens of a rendered row, before truncation
 * @param trainedTokens tokens of a row that are learned, after truncation
 * @param totalTokens tokens of all rows of all parts, before truncation
 * @param tokenizedShare share of the rows that were tokenized for these figures, 1 for all; below 1 a seeded sample
 * @param truncatedRows rows over the length limit
 * @param exactDuplicates rows equal to an earlier row
 * @param nearDuplicates rows nearly equal to an earlier row, exact ones not counted
 * @param overlap test or validation rows whose text also stands, or nearly stands, in a training row
 * @param format the row format's name
 * @param digest SHA-256 over all parts' rows in order, lower-case hex
 * @param leftOutRows broken rows that the job allows to be left out, in no part; null where nobody counted them
 */
public record DatasetProfile(
        Map<Part, Long> rowsByPart,
        Map<String, Long> rowsByLabel,
        Quantiles tokens,
        Quantiles trainedTokens,
        long totalTokens,
        double tokenizedShare,
        long truncatedRows,
        long exactDuplicates,
        long nearDuplicates,
        long overlap,
        String format,
        String digest,
        @Nullable Long leftOutRows) {
    /** Of rows of which nobody counted how many were left out. */
    public DatasetProfile(
            Map<Part, Long> rowsByPart,
            Map<String, Long> rowsByLabel,
            Quantiles tokens,
            Quantiles trainedTokens,
            long totalTokens,
            double tokenizedShare,
            long truncatedRows,
            long exactDuplicates,
            long nearDuplicates,
            long overlap,
            String format,
            String digest) {
        this(
                rowsByPart,
                rowsByLabel,
                tokens,
                trainedTokens,
                totalTokens,
                tokenizedShare,
                truncatedRows,
                exactDuplicates,
                nearDuplicates,
                overlap,
                format,
                digest,
                null);
    }

    /** Copies the maps in their order. */
    public DatasetProfile {
        EnumMap<Part, Long> inOrder = new EnumMap<>(Part.class); // the copying constructor refuses an empty map
        inOrder.putAll(rowsByPart);
        rowsByPart = Collections.unmodifiableMap(inOrder);
        rowsByLabel = Collections.unmodifiableMap(new LinkedHashMap<>(rowsByLabel));
    }

    /** The figures of the whole for a part of its training rows; lengths and findings stay those of the whole. */
    public DatasetProfile withTrainingRows(long rows, Map<String, Long> byLabel, String otherDigest) {
        return dealtOut(Part.TRAIN, rows, byLabel, otherDigest);
    }

    /** The figures of the whole with other test rows; lengths and findings stay those of the whole. */
    public DatasetProfile withTestRows(long rows, String otherDigest) {
        return dealtOut(Part.TEST, rows, rowsByLabel, otherDigest);
    }

    private DatasetProfile dealtOut(Part part, long rows, Map<String, Long> byLabel, String otherDigest) {
        Map<Part, Long> otherRows = new EnumMap<>(Part.class);
        otherRows.putAll(rowsByPart);
        otherRows.put(part, rows);
        return with(otherRows, byLabel, otherDigest, leftOutRows);
    }

    /** The same figures, with how many broken rows are in no part. */
    public DatasetProfile withLeftOut(long rows) {
        return with(rowsByPart, rowsByLabel, digest, rows);
    }

    private DatasetProfile with(
            Map<Part, Long> byPart, Map<String, Long> byLabel, String otherDigest, @Nullable Long leftOut) {
        return new DatasetProfile(
                byPart,
                byLabel,
                tokens,
                trainedTokens,
                totalTokens,
                tokenizedShare,
                truncatedRows,
                exactDuplicates,
                nearDuplicates,
                overlap,
                format,
                otherDigest,
                leftOut);
    }
}
