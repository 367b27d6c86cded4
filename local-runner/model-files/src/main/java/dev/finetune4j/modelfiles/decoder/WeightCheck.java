package dev.finetune4j.modelfiles.decoder;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import dev.finetune4j.modelfiles.config.ModelConfig;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.weights.Dequantization;
import dev.finetune4j.modelfiles.weights.TensorEntry;
import dev.finetune4j.modelfiles.weights.WeightFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Compares the headers of a model's weights with its configuration; reads no weight but a head that should not be there. */
public final class WeightCheck {
    private static final int SHOWN = 3;

    private final WeightFile weights;
    private final List<ExpectedTensor> missing = new ArrayList<>();
    private final List<String> misshapen = new ArrayList<>();
    private final List<String> undecodable = new ArrayList<>();

    private WeightCheck(WeightFile weights) {
        this.weights = weights;
    }

    /**
     * Looks at the weights of a model. Of an architecture whose tensors are not known only the headers themselves are read.
     *
     * @throws FineTuneException with FT0410 if tensors are missing, FT0471 if some have another shape, FT0409 if some are in a number
     *     format that is not read, each once for all of them; FT0421 if there is another head than the embedding that the configuration
     *     calls the head, or layers or biases that it does not call for; or with what is wrong with configuration or headers
     */
    public static void refuseUnfit(ModelFolder folder) {
        // Headers first: an interrupted download is the most frequent damage.
        try (WeightFile weights = folder.openWeights()) {
            ModelConfig config = folder.config();
            if (!DecoderTensors.knows(config.architecture())) {
                return;
            }
            List<ExpectedTensor> expected =
                    DecoderTensors.of(config, folder.isGguf()).all();
            refuseUnfit(weights, expected);
            if (!folder.isGguf()) {
                UnusedWeights.refuseAny(folder, weights, config, expected);
                TiedHead.refuseAnother(folder, weights, config);
            }
        }
    }

    /**
     * Looks for tensors in open weights.
     *
     * @throws FineTuneException with FT0410 if tensors are missing, FT0471 if some have another shape, FT0409 if some are in a number
     *     format that is not read, each once for all of them
     */
    public static void refuseUnfit(WeightFile weights, List<ExpectedTensor> expected) {
        WeightCheck check = new WeightCheck(weights);
        expected.forEach(check::compare);
        List<Problem> problems = check.problems(expected.size());
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
    }

    /**
     * The description of a tensor as it is needed.
     *
     * @throws FineTuneException with FT0410 if it is missing, FT0471 if it has another shape, FT0409 if its format is not read
     */
    public static TensorEntry entry(WeightFile weights, ExpectedTensor expected) {
        refuseUnfit(weights, List.of(expected));
        return weights.entry(expected.name());
    }

    private void compare(ExpectedTensor expected) {
        Map<String, TensorEntry> tensors = weights.tensors();
        TensorEntry found = tensors.get(expected.name());
        if (found == null) {
            missing.add(expected);
        } else if (!found.shape().equals(expected.shape())) {
            misshapen.add(expected.name() + " is " + found.shape() + ", not " + expected.shape());
        } else if (!Dequantization.isSupported(found.type())) {
            undecodable.add(expected.name() + " is " + found.type());
        }
    }

    private List<Problem> problems(int expected) {
        List<Problem> problems = new ArrayList<>();
        if (!missing.isEmpty()) {
            List<String> names = missing.stream().map(ExpectedTensor::name).toList();
            problems.add(problem(
                    ModelFilesProblems.TENSOR_MISSING,
                    names.size() == 1 ? "no tensor " + names.get(0) : names.size() + " tensors are missing",
                    names.size() == 1 ? List.of() : names,
                    "the configuration calls for " + expected + ", the file holds "
                            + weights.tensors().size()));
        }
        if (!misshapen.isEmpty()) {
            problems.add(problem(
                    ModelFilesProblems.TENSOR_SHAPE,
                    misshapen.get(0),
                    misshapen.subList(1, misshapen.size()),
                    "the configuration calls for another shape of " + counted(misshapen.size())));
        }
        if (!undecodable.isEmpty()) {
            problems.add(problem(
                    ModelFilesProblems.TENSOR_TYPE,
                    undecodable.get(0),
                    undecodable.subList(1, undecodable.size()),
                    "this number format is not read; " + counted(undecodable.size()) + " in such formats"));
        }
        return problems;
    }

    private Problem problem(ProblemKind kind, String summary, List<String> others, String cause) {
        Problem.Builder problem =
                kind.error(summary).at(Location.of(weights.path().toString())).because(cause);
        others.stream().limit(SHOWN).forEach(problem::because);
        if (others.size() > SHOWN) {
            problem.because("and " + (others.size() - SHOWN) + " more");
        }
        return problem.build();
    }

    private static String counted(int tensors) {
        return tensors + (tensors == 1 ? " tensor" : " tensors");
    }
}
