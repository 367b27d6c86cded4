package dev.finetune4j.engine.check.privacy;

/**
 * One kind of secret or personal data that the scanner knows.
 *
 * @param id stable name in kebab-case, such as {@code github-token}
 * @param title what it is, for people
 * @param sensitivity why it should not be trained on
 * @param rank how sure a match is; where matches overlap, the higher rank wins
 */
public record PrivacyRule(String id, String title, Sensitivity sensitivity, int rank) {
    /** Rank of a shape that only one vendor's tokens have. */
    static final int UNMISTAKABLE = 50;

    /** Rank of a shape whose checksum was right. */
    static final int CHECKED = 40;

    /** Rank of a shape with a word beside it that says what it is. */
    static final int IN_CONTEXT = 30;

    /** Rank of a shape alone. */
    static final int SHAPE = 20;

    /** Rank of a guess. */
    static final int GENERIC = 10;

    static PrivacyRule secret(String id, String title, int rank) {
        return new PrivacyRule(id, title, Sensitivity.SECRET, rank);
    }

    static PrivacyRule personal(String id, String title, int rank) {
        return new PrivacyRule(id, title, Sensitivity.PERSONAL, rank);
    }
}
