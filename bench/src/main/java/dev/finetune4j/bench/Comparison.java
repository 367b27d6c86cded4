package dev.finetune4j.bench;

import java.util.Arrays;
import java.util.List;

/**
 * A workload's figures on both sides.
 *
 * @param name what was trained
 * @param shape sequences a step x tokens of each
 * @param precision of weights and activations
 * @param tokensPerSecond of the core: tokens of a step's rows / median step
 * @param peerTokensPerSecond of the peer
 * @param peakRssBytes largest resident memory of the core's process, the JVM included
 * @param peerPeakRssBytes largest resident memory of the peer's process
 * @param lossDifference largest |core - peer| / peer of a step's loss
 */
record Comparison(
        String name,
        String shape,
        String precision,
        double tokensPerSecond,
        double peerTokensPerSecond,
        long peakRssBytes,
        long peerPeakRssBytes,
        double lossDifference) {

    /** One contender's run: its steps, the warm-up included, and its peak. */
    record Side(List<Contender.StepFigures> steps, long peakRssBytes) {
        double medianSeconds(int warmUp) {
            double[] seconds = steps.stream()
                    .skip(warmUp)
                    .mapToDouble(Contender.StepFigures::seconds)
                    .sorted()
                    .toArray();
            return (seconds[(seconds.length - 1) / 2] + seconds[seconds.length / 2]) / 2;
        }

        private double[] losses() {
            return steps.stream().mapToDouble(Contender.StepFigures::loss).toArray();
        }
    }

    static Comparison of(Workload workload, Side core, Side peer, int warmUp) {
        double[] losses = core.losses();
        double[] peerLosses = peer.losses();
        double[] differences = new double[losses.length];
        Arrays.setAll(differences, i -> Math.abs(losses[i] - peerLosses[i]) / peerLosses[i]);
        return new Comparison(
                workload.name(),
                workload.shape(),
                workload.precisionName(),
                workload.rowTokensOfStep() / core.medianSeconds(warmUp),
                workload.rowTokensOfStep() / peer.medianSeconds(warmUp),
                core.peakRssBytes(),
                peer.peakRssBytes(),
                Arrays.stream(differences).max().orElse(0));
    }

    double speedRatio() {
        return tokensPerSecond / peerTokensPerSecond;
    }

    double memoryRatio() {
        return (double) peakRssBytes / peerPeakRssBytes;
    }
}
