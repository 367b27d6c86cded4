package dev.finetune4j.training.bigram;

import dev.finetune4j.run.Sampling;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.TokenBatch;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;

/**
 * A language model that really learns, small enough for thousands of steps in a test: the logits of the next token are a row of a
 * table chosen by the present token, softmax(W[x]), trained with the analytic gradient and AdamW. The "adapter" is the whole table; without
 * it every token is equally likely.
 */
public class BigramModel implements LanguageModel {
    private static final double DROPOUT = 0.1;

    private final int vocabulary;
    private final double[] weights; // [V, V]
    private final double[] gradient; // [V, V]
    private final double[] first; // [V, V]
    private final double[] second; // [V, V]
    private boolean adapterOn = true;

    /** Tokens whose loss or gradient was computed, in order; each micro-batch is one entry. */
    public final List<int[]> seen = new ArrayList<>();

    /** Runs before each gradient; lets a test stop or break the training there. */
    public Runnable beforeGradient = () -> {};

    /** Runs after the first bytes of a state were written; lets a test break a checkpoint there. */
    public Runnable whileWritingState = () -> {};

    /** A model that knows nothing. */
    public BigramModel(int vocabulary) {
        this.vocabulary = vocabulary;
        int size = vocabulary * vocabulary;
        weights = new double[size];
        gradient = new double[size];
        first = new double[size];
        second = new double[size];
    }

    @Override
    public long parameters() {
        return 0;
    }

    @Override
    public long trainableParameters() {
        return weights.length;
    }

    @Override
    public void useAdapter(boolean on) {
        adapterOn = on;
    }

    @Override
    public double accumulateGradient(TokenBatch batch, double scale, long dropoutSeed) {
        beforeGradient.run();
        seen.add(batch.tokenIds());
        SplittableRandom masks = new SplittableRandom(dropoutSeed);
        double loss = 0;
        for (int t = 0; t < batch.tokens(); t++) {
            double keep = masks.nextDouble() < DROPOUT ? 0 : 1 / (1 - DROPOUT);
            int target = batch.targets()[t];
            if (target == TokenBatch.IGNORED) {
                continue;
            }
            double[] p = probabilities(batch.tokenIds()[t], keep);
            loss -= Math.log(p[target]);
            for (int v = 0; v < vocabulary; v++) {
                gradient[batch.tokenIds()[t] * vocabulary + v] += scale * keep * (p[v] - (v == target ? 1 : 0));
            }
        }
        return loss;
    }

    @Override
    public double loss(TokenBatch batch) {
        double loss = 0;
        for (int t = 0; t < batch.tokens(); t++) {
            if (batch.targets()[t] != TokenBatch.IGNORED) {
                loss -= Math.log(probabilities(batch.tokenIds()[t], 1)[batch.targets()[t]]);
            }
        }
        return loss;
    }

    @Override
    public double gradientNorm() {
        double sum = 0;
        for (double g : gradient) {
            sum += g * g;
        }
        return Math.sqrt(sum);
    }

    @Override
    public void step(int step, double learningRate, double weightDecay, double gradientScale) {
        for (int i = 0; i < weights.length; i++) {
            double g = gradient[i] * gradientScale;
            first[i] = 0.9 * first[i] + 0.1 * g;
            second[i] = 0.999 * second[i] + 0.001 * g * g;
            double m = first[i] / (1 - Math.pow(0.9, step));
            double v = second[i] / (1 - Math.pow(0.999, step));
            weights[i] -= learningRate * (weightDecay * weights[i] + m / (Math.sqrt(v) + 1e-8));
            gradient[i] = 0;
        }
    }

    @Override
    public void writeState(Path file) {
        write(file, whileWritingState, weights, first, second);
    }

    @Override
    public void readState(Path file) {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            for (double[] part : List.of(weights, first, second)) {
                for (int i = 0; i < part.length; i++) {
                    part[i] = in.readDouble();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void writeAdapter(Path folder) {
        write(folder.resolve("adapter_model.safetensors"), () -> {}, weights);
        try {
            Files.writeString(
                    folder.resolve("adapter_config.json"),
                    "{\"peft_type\": \"LORA\", \"r\": 1, \"lora_alpha\": 1, \"target_modules\": [\"table\"]}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads what {@link #writeAdapter} wrote. */
    public void readAdapter(Path folder) {
        try (DataInputStream in =
                new DataInputStream(Files.newInputStream(folder.resolve("adapter_model.safetensors")))) {
            for (int i = 0; i < weights.length; i++) {
                weights[i] = in.readDouble();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<double[]> scoreContinuations(int[] prefix, List<Alternatives> prompts) {
        return prompts.stream().map(this::scores).toList();
    }

    private double[] scores(Alternatives alternatives) {
        int[] prompt = alternatives.prompt();
        return alternatives.continuations().stream()
                .mapToDouble(continuation -> {
                    int present = prompt[prompt.length - 1];
                    double sum = 0;
                    for (int token : continuation) {
                        sum += Math.log(probabilities(present, 1)[token]);
                        present = token;
                    }
                    return sum;
                })
                .toArray();
    }

    @Override
    public Generated generate(
            int[] prefix, int[] prompt, List<Integer> stopTokens, Sampling sampling, IntPredicate goesOn) {
        List<Integer> tokens = new ArrayList<>();
        int present = prompt[prompt.length - 1];
        while (tokens.size() < sampling.maxNewTokens()) {
            double[] p = probabilities(present, 1);
            int likeliest = 0;
            for (int v = 1; v < vocabulary; v++) {
                likeliest = p[v] > p[likeliest] ? v : likeliest;
            }
            if (stopTokens.contains(likeliest)) {
                return new Generated(tokens.stream().mapToInt(Integer::intValue).toArray(), true);
            }
            tokens.add(likeliest);
            present = likeliest;
            if (!goesOn.test(likeliest)) {
                break;
            }
        }
        return new Generated(tokens.stream().mapToInt(Integer::intValue).toArray(), false);
    }

    @Override
    public void close() {}

    private double[] probabilities(int token, double keep) {
        double[] p = new double[vocabulary];
        double sum = 0;
        for (int v = 0; v < vocabulary; v++) {
            p[v] = Math.exp(adapterOn ? keep * weights[token * vocabulary + v] : 0);
            sum += p[v];
        }
        for (int v = 0; v < vocabulary; v++) {
            p[v] /= sum;
        }
        return p;
    }

    private static void write(Path file, Runnable afterFirstBytes, double[]... parts) {
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
            out.writeDouble(parts[0][0]);
            afterFirstBytes.run();
            for (double[] part : parts) {
                for (int i = part == parts[0] ? 1 : 0; i < part.length; i++) {
                    out.writeDouble(part[i]);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
