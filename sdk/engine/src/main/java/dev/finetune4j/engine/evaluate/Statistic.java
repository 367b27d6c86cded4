package dev.finetune4j.engine.evaluate;

/** A metric over a fixed list of rows that can be taken again over any resample of them, without the rows themselves. */
interface Statistic {
    /**
     * The metric over a resample.
     *
     * @param times how often each row was drawn, by row index
     */
    double over(int[] times);
}
