package dev.finetune4j.engine.evaluate;

/**
 * Macro-averaged F1 over a closed list of labels, as scikit-learn's {@code f1_score(labels=..., average="macro",
 * zero_division=0)} on the rows as they are.
 *
 * <p>A resample may miss every row of a rare label. Counting that label as 0 would push the interval below the value itself, so
 * a label that occurs in the rows but in no drawn row, neither as reference nor as answer, is left out of that resample's mean.
 */
final class MacroF1Statistic implements Statistic {
    private final int[] references;
    private final int[] answers;
    private final int labels;

    /**
     * The statistic over rows.
     *
     * @param references label index of the right answer, by row
     * @param answers label index of the given answer, by row
     * @param labels how many labels
     */
    MacroF1Statistic(int[] references, int[] answers, int labels) {
        this.references = references;
        this.answers = answers;
        this.labels = labels;
    }

    @Override
    public double over(int[] times) {
        int[] right = new int[labels];
        int[] given = new int[labels];
        int[] support = new int[labels];
        boolean[] occurs = new boolean[labels];
        for (int row = 0; row < references.length; row++) {
            int reference = references[row];
            int answer = answers[row];
            support[reference] += times[row];
            occurs[reference] = true;
            given[answer] += times[row];
            occurs[answer] = true;
            if (reference == answer) {
                right[reference] += times[row];
            }
        }
        double sum = 0;
        int counted = 0;
        for (int label = 0; label < labels; label++) {
            int either = given[label] + support[label];
            if (either > 0) {
                sum += 2.0 * right[label] / either;
            }
            if (either > 0 || !occurs[label]) {
                counted++;
            }
        }
        return sum / counted;
    }
}
