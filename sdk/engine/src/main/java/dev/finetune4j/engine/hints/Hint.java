package dev.finetune4j.engine.hints;

/**
 * What others choose for a setting of a job.
 *
 * @param key the setting
 * @param present what the job has
 * @param isChosen whether somebody chose that, rather than leave it open
 * @param advised what others choose for as many rows, such a model and the same method
 * @param why for what reason
 * @param source who does: a paper, a vendor's guide, or what begins with "judgement", which may be from one of these
 * @param link where that can be read; empty for judgement that is from none
 */
public record Hint(
        String key, double present, boolean isChosen, double advised, String why, String source, String link) {
    /** Whether the job leaves open what others choose otherwise. */
    public boolean isWorthATry() {
        return !isChosen && present != advised;
    }
}
