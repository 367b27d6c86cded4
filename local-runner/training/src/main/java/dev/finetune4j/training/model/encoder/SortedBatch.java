package dev.finetune4j.training.model.encoder;

import dev.finetune4j.training.model.TokenBatch;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The sequences of a micro-batch, the shortest first, so that equally long ones lie side by side and are computed as one. */
final class SortedBatch {
    private final TokenBatch batch;
    private final int[] begins;
    private final int[] order;

    SortedBatch(TokenBatch batch) {
        this.batch = batch;
        int[] lengths = batch.sequenceLengths();
        begins = begins(lengths);
        order = IntStream.range(0, lengths.length)
                .boxed()
                .sorted(Comparator.comparingInt(i -> lengths[i]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static int[] begins(int[] lengths) {
        int[] begins = new int[lengths.length];
        for (int i = 1; i < begins.length; i++) {
            begins[i] = begins[i - 1] + lengths[i - 1];
        }
        return begins;
    }

    /** T of each sequence. */
    int[] lengths() {
        return Arrays.stream(order).map(i -> batch.sequenceLengths()[i]).toArray();
    }

    /** [N] */
    int[] tokenIds() {
        return Arrays.stream(order)
                .flatMap(i -> Arrays.stream(batch.tokenIds(), begins[i], begins[i] + batch.sequenceLengths()[i]))
                .toArray();
    }

    /** [N], from {@code start} on in each sequence. */
    int[] positions(int start) {
        return Arrays.stream(lengths())
                .flatMap(length -> IntStream.range(start, start + length))
                .toArray();
    }

    /** [S], where each sequence begins. */
    int[] first() {
        return begins(lengths());
    }

    /** [S], the targets of the sequences' first tokens. */
    int[] labels() {
        return Arrays.stream(order).map(i -> batch.targets()[begins[i]]).toArray();
    }

    /** [S, K] as rows, in the order in which the sequences came. */
    List<double[]> inOrder(float[] numbers) {
        int columns = numbers.length / order.length;
        double[][] rows = new double[order.length][];
        for (int i = 0; i < order.length; i++) {
            int row = i * columns;
            rows[order[i]] = IntStream.range(row, row + columns)
                    .mapToDouble(at -> numbers[at])
                    .toArray();
        }
        return List.of(rows);
    }
}
