package dev.finetune4j.job;

import dev.finetune4j.value.Checks;
import dev.finetune4j.value.Describe;
import dev.finetune4j.value.Range;

/**
 * From where on a finding in the data is an error rather than a warning. Shares are of all rows.
 *
 * @param maxDuplicates share of exact or near duplicates
 * @param maxOverlap share of test rows whose text also stands in training rows
 * @param maxTruncated share of rows over the model's length
 * @param maxInvalid share of rows that may be left out because they are broken; 0 stops at the first
 * @param minRowsPerLabel training rows without which a label stops the job; 0, the default, only tells of labels with fewer than two
 * @param secrets what a secret in a row means
 * @param personalData what personal data in a row means
 */
@Describe("From where on a finding in the data is an error.")
public record CheckSpec(
        @Describe("Share of exact or near duplicate rows.") @Range(min = 0, max = 1)
        double maxDuplicates,

        @Describe("Share of test rows whose text also stands in training rows.") @Range(min = 0, max = 1)
        double maxOverlap,

        @Describe("Share of rows over the model's length.") @Range(min = 0, max = 1)
        double maxTruncated,

        @Describe("Share of broken rows that may be left out; 0 stops at the first.") @Range(min = 0, max = 1)
        double maxInvalid,

        @Describe("Training rows without which a label stops the job; 0 only tells of labels with fewer than 2.")
        @Range(min = 0)
        int minRowsPerLabel,

        @Describe("What a secret in a row means: error, warning or ignore.")
        Finding secrets,

        @Describe("What personal data in a row means: error, warning or ignore.")
        Finding personalData) {
    /** What a finding means for the job. */
    public enum Finding {
        /** The job does not start. */
        ERROR,
        /** The job starts; the finding is reported. */
        WARNING,
        /** Not looked for. */
        IGNORE
    }

    /** Default share of duplicates: real sets have some, a third spoils training. */
    public static final double DEFAULT_MAX_DUPLICATES = 0.3;

    /** Default share of leaked test rows: beyond one in twenty the evaluation is not worth its name. */
    public static final double DEFAULT_MAX_OVERLAP = 0.05;

    /** Default share of truncated rows. */
    public static final double DEFAULT_MAX_TRUNCATED = 0.2;

    /** Checks shares and counts. */
    public CheckSpec {
        Checks.inRange("check.max-duplicates", maxDuplicates, 0, 1);
        Checks.inRange("check.max-overlap", maxOverlap, 0, 1);
        Checks.inRange("check.max-truncated", maxTruncated, 0, 1);
        Checks.inRange("check.max-invalid", maxInvalid, 0, 1);
        Checks.inRange("check.min-rows-per-label", minRowsPerLabel, 0, Integer.MAX_VALUE);
    }

    /** Every default: secrets stop the job, personal data and rare labels are reported. */
    public static CheckSpec defaults() {
        return new CheckSpec(
                DEFAULT_MAX_DUPLICATES,
                DEFAULT_MAX_OVERLAP,
                DEFAULT_MAX_TRUNCATED,
                0,
                0,
                Finding.ERROR,
                Finding.WARNING);
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
        private double maxDuplicates;
        private double maxOverlap;
        private double maxTruncated;
        private double maxInvalid;
        private int minRowsPerLabel;
        private Finding secrets;
        private Finding personalData;

        Builder(CheckSpec spec) {
            maxDuplicates = spec.maxDuplicates;
            maxOverlap = spec.maxOverlap;
            maxTruncated = spec.maxTruncated;
            maxInvalid = spec.maxInvalid;
            minRowsPerLabel = spec.minRowsPerLabel;
            secrets = spec.secrets;
            personalData = spec.personalData;
        }

        /** See {@link CheckSpec#maxDuplicates}. */
        public Builder maxDuplicates(double value) {
            maxDuplicates = value;
            return this;
        }

        /** See {@link CheckSpec#maxOverlap}. */
        public Builder maxOverlap(double value) {
            maxOverlap = value;
            return this;
        }

        /** See {@link CheckSpec#maxTruncated}. */
        public Builder maxTruncated(double value) {
            maxTruncated = value;
            return this;
        }

        /** See {@link CheckSpec#maxInvalid}. */
        public Builder maxInvalid(double value) {
            maxInvalid = value;
            return this;
        }

        /** See {@link CheckSpec#minRowsPerLabel}. */
        public Builder minRowsPerLabel(int value) {
            minRowsPerLabel = value;
            return this;
        }

        /** See {@link CheckSpec#secrets}. */
        public Builder secrets(Finding value) {
            secrets = value;
            return this;
        }

        /** See {@link CheckSpec#personalData}. */
        public Builder personalData(Finding value) {
            personalData = value;
            return this;
        }

        /** The finished thresholds. */
        public CheckSpec build() {
            return new CheckSpec(
                    maxDuplicates, maxOverlap, maxTruncated, maxInvalid, minRowsPerLabel, secrets, personalData);
        }
    }
}
