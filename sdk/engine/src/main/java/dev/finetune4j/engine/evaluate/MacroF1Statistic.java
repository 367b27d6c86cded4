package dev.finetune4j.engine.evaluate;

/**
 * Macro-averaged F1, as scikit-learn's {@code f1_score(average="macro", zero_division=0)}: the mean over the labels that occur among
 * references or answers. A label of the list that occurs in neither says nothing about the model. Counted as 0 it would cap the score
 * of rows that lack it, and push the interval of a bootstrap below the value itself; so would a label that occurs in the rows, but in none
 * that a resample drew.
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
        for (int row = 0; row < references.length; row++) {
            int reference = references[row];
            int answer = answers[row];
            support[reference] += times[row];
            given[answer] += times[row];
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
                counted++;
            }
        }
        return sum / counted;
    }
}
