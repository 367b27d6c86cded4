package dev.finetune4j.job;

import dev.finetune4j.value.Checks;
import dev.finetune4j.value.Describe;
import dev.finetune4j.value.Range;
import org.jspecify.annotations.Nullable;

/**
 * How rows become training, validation and test rows. The same seed and rows give the same split.
 *
 * @param validation share of rows (or groups) for validation during training; 0 where a file gives them
 * @param test share of rows (or groups) that are held out for evaluation; 0 where a file gives them
 * @param validationFile a file with the validation rows instead of a share, or null
 * @param testFile a file with the test rows instead of a share, or null
 * @param groupBy a column whose equal values never straddle the split, or null
 * @param stratify whether each part keeps the shares of the labels (as far as groups allow)
 * @param trainRows at most so many training rows, 0 for all; a seeded stratified sample
 * @param validationRows at most so many validation rows, 0 for all
 * @param testRows at most so many test rows, 0 for all
 * @param seed of shuffling and sampling
 */
@Describe("How rows become training, validation and test rows.")
public record SplitSpec(
        @Describe("Share of rows for validation during training.") @Range(min = 0, max = 0.9)
        double validation,

        @Describe("Share of rows held out for evaluation.") @Range(min = 0, max = 0.9)
        double test,

        @Describe(value = "A file with the validation rows instead of a share.", example = "validation.jsonl") @Nullable
        String validationFile,

        @Describe(value = "A file with the test rows instead of a share.", example = "test.jsonl") @Nullable
        String testFile,

        @Describe(value = "A column whose equal values never straddle the split.", example = "author") @Nullable
        String groupBy,

        @Describe("Keep the shares of the labels in every part.")
        boolean stratify,

        @Describe("At most so many training rows; 0 for all.") @Range(min = 0)
        int trainRows,

        @Describe("At most so many validation rows; 0 for all.") @Range(min = 0)
        int validationRows,

        @Describe("At most so many test rows; 0 for all.") @Range(min = 0)
        int testRows,

        @Describe("Seed of shuffling and sampling.") long seed) {
    /** Default share of validation rows: enough to see over-fitting, little enough to leave rows to learn from. */
    public static final double DEFAULT_VALIDATION = 0.1;

    /** Default share of test rows: the usual fifth. */
    public static final double DEFAULT_TEST = 0.2;

    /** Default cap of validation rows: the loss of 200 rows is steady enough to stop early on. */
    public static final int DEFAULT_VALIDATION_ROWS = 200;

    /** Default cap of test rows: keeps evaluation shorter than training; 1,000 rows give accuracy to about 3 points. */
    public static final int DEFAULT_TEST_ROWS = 1000;

    /** Default seed. */
    public static final long DEFAULT_SEED = 17;

    /** Checks shares and counts; a share beside a file means nothing and becomes 0, so that equal splits are equal. */
    public SplitSpec {
        Checks.nullOrNotBlank("data.split.validation-file", validationFile);
        Checks.nullOrNotBlank("data.split.test-file", testFile);
        Checks.nullOrNotBlank("data.split.group-by", groupBy);
        Checks.inRange("data.split.validation", validation, 0, 0.9);
        Checks.inRange("data.split.test", test, 0, 0.9);
        validation = validationFile == null ? validation : 0;
        test = testFile == null ? test : 0;
        if (validation + test >= 1) {
            throw new IllegalArgumentException("data.split.validation + data.split.test must leave training rows, were "
                    + validation + " + " + test);
        }
        Checks.inRange("data.split.train-rows", trainRows, 0, Integer.MAX_VALUE);
        Checks.inRange("data.split.validation-rows", validationRows, 0, Integer.MAX_VALUE);
        Checks.inRange("data.split.test-rows", testRows, 0, Integer.MAX_VALUE);
    }

    /** Every default. */
    public static SplitSpec defaults() {
        return new SplitSpec(
                DEFAULT_VALIDATION,
                DEFAULT_TEST,
                null,
                null,
                null,
                true,
                0,
                DEFAULT_VALIDATION_ROWS,
                DEFAULT_TEST_ROWS,
                DEFAULT_SEED);
    }

    /** The same split, grouped by a column. */
    public SplitSpec withGroupBy(String column) {
        return new SplitSpec(
                validation,
                test,
                validationFile,
                testFile,
                column,
                stratify,
                trainRows,
                validationRows,
                testRows,
                seed);
    }

    /** The same split with other caps; 0 for all rows. */
    public SplitSpec withRows(int train, int forValidation, int forTest) {
        return new SplitSpec(
                validation, test, validationFile, testFile, groupBy, stratify, train, forValidation, forTest, seed);
    }

    /** Starts from every default. */
    public static Builder builder() {
        return new Builder(defaults());
    }

    /** Starts from this. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects the parts that differ from where it started. */
    public static final class Builder {
        private double validation;
        private double test;
        private @Nullable String validationFile;
        private @Nullable String testFile;
        private @Nullable String groupBy;
        private boolean stratify;
        private int trainRows;
        private int validationRows;
        private int testRows;
        private long seed;

        Builder(SplitSpec spec) {
            validation = spec.validation;
            test = spec.test;
            validationFile = spec.validationFile;
            testFile = spec.testFile;
            groupBy = spec.groupBy;
            stratify = spec.stratify;
            trainRows = spec.trainRows;
            validationRows = spec.validationRows;
            testRows = spec.testRows;
            seed = spec.seed;
        }

        /** See {@link SplitSpec#validation}. */
        public Builder validation(double value) {
            validation = value;
            return this;
        }

        /** See {@link SplitSpec#test}. */
        public Builder test(double value) {
            test = value;
            return this;
        }

        /** See {@link SplitSpec#validationFile}. */
        public Builder validationFile(@Nullable String value) {
            validationFile = value;
            return this;
        }

        /** See {@link SplitSpec#testFile}. */
        public Builder testFile(@Nullable String value) {
            testFile = value;
            return this;
        }

        /** See {@link SplitSpec#groupBy}. */
        public Builder groupBy(@Nullable String value) {
            groupBy = value;
            return this;
        }

        /** See {@link SplitSpec#stratify}. */
        public Builder stratify(boolean value) {
            stratify = value;
            return this;
        }

        /** See {@link SplitSpec#trainRows}. */
        public Builder trainRows(int value) {
            trainRows = value;
            return this;
        }

        /** See {@link SplitSpec#validationRows}. */
        public Builder validationRows(int value) {
            validationRows = value;
            return this;
        }

        /** See {@link SplitSpec#testRows}. */
        public Builder testRows(int value) {
            testRows = value;
            return this;
        }

        /** See {@link SplitSpec#seed}. */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /** The finished split. */
        public SplitSpec build() {
            return new SplitSpec(
                    validation,
                    test,
                    validationFile,
                    testFile,
                    groupBy,
                    stratify,
                    trainRows,
                    validationRows,
                    testRows,
                    seed);
        }
    }
}
