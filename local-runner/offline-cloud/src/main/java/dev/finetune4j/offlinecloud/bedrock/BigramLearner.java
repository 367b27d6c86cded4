package dev.finetune4j.offlinecloud.bedrock;

import java.nio.charset.StandardCharsets;

/**
 * Learns from texts which byte follows which, by counting. It stands for the model that the service tunes: its losses are of the data and
 * fall as they do where there is something to learn, in nats per byte. What answers is {@link AnswerCounter}.
 */
final class BigramLearner {
    private static final int BYTES = 256;

    /** Observations that a byte has to make up for until it is believed rather than any. */
    private static final double DOUBT = 8;

    private final int[][] followers = new int[BYTES][BYTES];
    private final int[] seen = new int[BYTES];

    /** Mean negative log-likelihood of a byte of some texts, as far as it has learned by now; 0 where they have no byte. */
    double loss(Iterable<String> texts) {
        double sum = 0;
        long count = 0;
        for (String text : texts) {
            int before = 0;
            for (byte next : text.getBytes(StandardCharsets.UTF_8)) {
                int now = next & 0xff;
                sum -= Math.log((followers[before][now] + DOUBT / BYTES) / (seen[before] + DOUBT));
                before = now;
                count++;
            }
        }
        return count == 0 ? 0 : sum / count;
    }

    /** Learns some texts. */
    void learn(Iterable<String> texts) {
        for (String text : texts) {
            int before = 0;
            for (byte next : text.getBytes(StandardCharsets.UTF_8)) {
                int now = next & 0xff;
                followers[before][now]++;
                seen[before]++;
                before = now;
            }
        }
    }
}
