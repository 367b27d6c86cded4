package dev.finetune4j.offlinecloud.azure.ml;

import java.time.Duration;

/**
 * What a job is billed for. Azure Machine Learning adds nothing to the price of its machines, which are billed from when they are allocated, while
 * they are prepared, until they are given back; none is while the job waits for one.
 *
 * @param job its id
 * @param status as the service tells it
 * @param machine size of its machines
 * @param isSpot whether they may be taken back, and cost less
 * @param nodes how many there are
 * @param time for which each of them is billed so far
 * @param isOver whether it will not be billed for more
 */
public record JobBill(
        String job, String status, String machine, boolean isSpot, int nodes, Duration time, boolean isOver) {}
