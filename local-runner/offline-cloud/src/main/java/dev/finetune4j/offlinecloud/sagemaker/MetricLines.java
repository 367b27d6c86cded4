package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.run.RunEvent;
import java.util.Locale;
import java.util.Optional;

/**
 * What the script of a model prints of its training: lines that the patterns of the document find, where the worker tells of steps and
 * comparisons, a line for so many steps together. As of a trainer of transformers, steps left over at the end have no line.
 */
final class MetricLines {
    private final String trainLoss;
    private final String evaluationLoss;
    private int stepsTogether = 1;
    private double sum;
    private int count;

    MetricLines(JsonNode metrics) {
        trainLoss = before(metrics, "train");
        evaluationLoss = before(metrics, "eval-loss");
    }

    /** The text that a pattern has in front of its figure; empty where the document has no such pattern. */
    private static String before(JsonNode metrics, String name) {
        for (JsonNode metric : metrics) {
            String regex = metric.path("Regex").asText();
            if (metric.path("Name").asText().contains(name)) {
                int group = regex.replace("\\(", "  ").indexOf('(');
                return regex.substring(0, Math.max(0, group)).replace("\\", "");
            }
        }
        return "";
    }

    /** From now on so many steps are told together, by the mean of their losses. */
    void every(int steps) {
        stepsTogether = steps;
    }

    /** What is printed of a line of the worker. */
    Optional<String> of(String line) {
        if (!line.startsWith(ContainerOrder.EVENT_MARK)) {
            return Optional.of(line);
        }
        RunEvent event = Json.read(line.substring(ContainerOrder.EVENT_MARK.length()), RunEvent.class);
        if (event instanceof RunEvent.StepCompleted step) {
            return step(step);
        }
        if (event instanceof RunEvent.ValidationCompleted validation) {
            return told(evaluationLoss, validation.loss(), "");
        }
        return event instanceof RunEvent.Noticed noticed
                ? Optional.of(noticed.problem().summary())
                : Optional.empty();
    }

    private Optional<String> step(RunEvent.StepCompleted step) {
        sum += step.loss();
        count++;
        if (count < stepsTogether) {
            return Optional.empty();
        }
        double mean = sum / count;
        sum = 0;
        count = 0;
        return told(
                trainLoss,
                mean,
                String.format(
                        Locale.ROOT, ", 'learning_rate': %.4e, 'epoch': %.2f", step.learningRate(), step.epoch()));
    }

    /** Trainers print a dictionary, loops of their own print a name and its figure. */
    private static Optional<String> told(String before, double figure, String more) {
        if (before.isEmpty()) {
            return Optional.empty();
        }
        String text = before + String.format(Locale.ROOT, "%.4f", figure);
        return Optional.of(before.startsWith("'") ? "{" + text + more + "}" : text);
    }
}
