package dev.finetune4j.offlinecloud.learner;

import java.nio.charset.StandardCharsets;

/**
 * Learns from texts which byte follows which, by counting. It stands for the model that the service tunes: its losses are of the data and
 * fall as they do where there is something to learn, in nats per byte. What answers is {@link AnswerCounter}.
 */
public final class BigramLearner {
    private static final int BYTES = 256;

    /** Observations that a byte has to make up for until it is believed rather than any. */
    private static final double DOUBT = 8;

    private final int[][] followers = new int[BYTES][BYTES];
    private final int[] seen = new int[BYTES];

    /** The byte that followed each one most often, and the lowest of those where several did. */
    private final int[] likeliest = new int[BYTES];

    /** Nothing is learned at first. */
    public BigramLearner() {}

    /** Mean negative log-likelihood of a byte of some texts, as far as it has learned by now; 0 where they have no byte. */
    public double loss(Iterable<String> texts) {
        double sum = 0;
        long count = 0;
        for (String text : texts) {
            sum += surprise(text);
            count += text.getBytes(StandardCharsets.UTF_8).length;
        }
        return count == 0 ? 0 : sum / count;
    }

    /** Negative log-likelihood of a text as a whole, in nats. */
    public double surprise(String text) {
        double sum = 0;
        int before = 0;
        for (byte next : text.getBytes(StandardCharsets.UTF_8)) {
            int now = next & 0xff;
            sum -= Math.log((followers[before][now] + DOUBT / BYTES) / (seen[before] + DOUBT));
            before = now;
        }
        return sum;
    }

    /** Share of the bytes of some texts that are the likeliest ones where they stand, from 0 to 1; 0 where they have no byte. */
    public double accuracy(Iterable<String> texts) {
        long right = 0;
        long count = 0;
        for (String text : texts) {
            int before = 0;
            for (byte next : text.getBytes(StandardCharsets.UTF_8)) {
                int now = next & 0xff;
                right += seen[before] > 0 && likeliest[before] == now ? 1 : 0;
                before = now;
                count++;
            }
        }
        return count == 0 ? 0 : (double) right / count;
    }

    /** Learns some texts. */
    public void learn(Iterable<String> texts) {
        for (String text : texts) {
            int before = 0;
            for (byte next : text.getBytes(StandardCharsets.UTF_8)) {
                int now = next & 0xff;
                followers[before][now]++;
                seen[before]++;
                int most = followers[before][likeliest[before]];
                if (followers[before][now] > most || (followers[before][now] == most && now < likeliest[before])) {
                    likeliest[before] = now;
                }
                before = now;
            }
        }
    }
}
