package dev.finetune4j.offlinecloud.azure.openai;

import dev.finetune4j.offlinecloud.learner.AnswerCounter;
import dev.finetune4j.offlinecloud.learner.BigramLearner;
import dev.finetune4j.offlinecloud.learner.Exchange;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;

/**
 * What a job learns: step by step which byte follows which in the answers, and at the end what is answered to what. All figures come of
 * the rows, in the order that the seed gives them; no weights ever do.
 */
final class Tuning {
    /** A validation batch is looked at in every so many steps. */
    private static final int BETWEEN_VALIDATIONS = 10;

    private final JobRequest request;
    private final BigramLearner learner = new BigramLearner();
    private final BigramLearner reference = new BigramLearner();
    private final Random order;
    private List<Example> rows = List.of();
    private int epoch = -1;
    private int nextRow;
    private int taken;

    /**
     * Figures of a step, from 1.
     *
     * @param epoch from 0
     * @param training of the rows of the step, before it learned them
     * @param validation of some rows of the validation file, where they were looked at
     * @param full of all of them, at the end of an epoch
     */
    record Step(int number, int epoch, Figures training, Optional<Figures> validation, Optional<Figures> full) {}

    /**
     * How well rows are known.
     *
     * @param loss in nats; of a byte, or where a preference is learned of a pair of answers, which are compared by their means of a byte
     * @param accuracy share of the bytes that are the likeliest ones, from 0 to 1
     */
    record Figures(double loss, double accuracy) {}

    /** Nothing is learned but what the model knows that the job goes on from. */
    Tuning(JobRequest request) {
        this.request = request;
        order = new Random(request.seed());
        request.continued().ifPresent(from -> {
            learner.learn(from.answers().answers());
            reference.learn(from.answers().answers());
        });
    }

    /** How many steps go through all rows once. */
    static int stepsOfEpoch(JobRequest request) {
        return (request.training().size() + request.batchSize() - 1) / request.batchSize();
    }

    /** Takes the next step; each when it is due, since others wait meanwhile. */
    Step next() {
        if (nextRow == rows.size()) {
            rows = new ArrayList<>(request.training());
            Collections.shuffle(rows, order);
            nextRow = 0;
            epoch++;
        }
        int from = nextRow;
        nextRow = Math.min(rows.size(), from + request.batchSize());
        taken++;
        return step(taken, rows.subList(from, nextRow), nextRow == rows.size());
    }

    private Step step(int number, List<Example> batch, boolean endsEpoch) {
        Figures training = figures(batch);
        learner.learn(answers(batch));
        List<Example> all = request.validation();
        boolean isLooked = !all.isEmpty() && (number % BETWEEN_VALIDATIONS == 0 || endsEpoch);
        int from = all.isEmpty() ? 0 : number * request.batchSize() % all.size();
        Optional<Figures> validation = isLooked
                ? Optional.of(figures(all.subList(from, Math.min(all.size(), from + request.batchSize()))))
                : Optional.empty();
        Optional<Figures> full = !all.isEmpty() && endsEpoch ? Optional.of(figures(all)) : Optional.empty();
        return new Step(number, epoch, training, validation, full);
    }

    private Figures figures(List<Example> rows) {
        List<String> answers = answers(rows);
        double loss = request.isPreference()
                ? rows.stream().mapToDouble(this::preferenceLoss).average().orElse(0)
                : learner.loss(answers);
        return new Figures(loss, learner.accuracy(answers));
    }

    /** As direct preference optimization has it: ln 2 as long as the model is what it was. */
    private double preferenceLoss(Example row) {
        double margin = gain(row.exchange().answer()) - gain(row.rejected());
        double scaled = request.beta() * margin;
        return Math.max(0, -scaled) + Math.log1p(Math.exp(-Math.abs(scaled))); // which no margin lets overflow
    }

    /** Of a byte: of sums a long rejected answer would win, since it shares more pairs of bytes with what is learned than a short one. */
    private double gain(String answer) {
        return reference.loss(List.of(answer)) - learner.loss(List.of(answer));
    }

    private static List<String> answers(List<Example> rows) {
        return rows.stream().map(row -> row.exchange().answer()).toList();
    }

    /** What answers in the end. */
    static AnswerCounter answers(JobRequest request) {
        AnswerCounter answers = new AnswerCounter();
        request.continued().ifPresent(from -> answers.goOnFrom(from.answers()));
        List<Exchange> exchanges =
                request.training().stream().map(Example::exchange).toList();
        answers.learn(exchanges);
        return answers;
    }

    /** The file of results. */
    static byte[] table(List<Step> steps) {
        StringBuilder table = new StringBuilder(
                "step,train_loss,train_mean_token_accuracy,valid_loss,valid_mean_token_accuracy,full_valid_loss,full_valid_mean_token_accuracy\n");
        for (Step step : steps) {
            table.append(step.number())
                    .append(cells(Optional.of(step.training())))
                    .append(cells(step.validation()))
                    .append(cells(step.full()))
                    .append('\n');
        }
        return table.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String cells(Optional<Figures> figures) {
        return figures.map(known -> String.format(Locale.ROOT, ",%.5f,%.5f", known.loss(), known.accuracy()))
                .orElse(",,");
    }
}
