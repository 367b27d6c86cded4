package dev.finetune4j.engine.spec;

import dev.finetune4j.engine.spec.Places.Place;
import dev.finetune4j.engine.spec.Shape.Field;
import dev.finetune4j.engine.spec.Shape.Fields;
import dev.finetune4j.engine.spec.Shape.Variants;
import dev.finetune4j.engine.spec.YamlNode.Entry;
import dev.finetune4j.engine.spec.YamlNode.Mapping;
import dev.finetune4j.engine.spec.YamlNode.Mark;
import dev.finetune4j.engine.spec.YamlNode.Scalar;
import dev.finetune4j.engine.spec.YamlNode.ScalarType;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.error.Spelling;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Words for what is wrong with one key or value. What came from the environment is shown as it was written, never by value. */
final class ValueProblems {
    private static final String DELETE = "delete the key, or see: finetune schema";

    private final Places places;
    private final List<Problem> problems;

    ValueProblems(Places places, List<Problem> problems) {
        this.places = places;
        this.problems = problems;
    }

    void unknownKey(String path, Mapping mapping, Fields shape, Entry entry) {
        Problem.Builder problem = noKey(path.isEmpty() ? "a job" : path, path, shape, entry.key());
        adviceFor(path, mapping, shape, entry).ifPresent(problem::remedy);
        problems.add(problem.remedy(DELETE).build());
    }

    /** The same in a mapping of one of several kinds, where the key may be one of another kind. */
    void unknownKeyOfKind(String path, Mapping mapping, Variants variants, String kind, Entry entry) {
        Fields shape = variants.byKind().getOrDefault(kind, new Fields(List.of(), null));
        Problem.Builder problem = noKey(path + " " + kind, path, shape, entry.key());
        if (Spelling.normalize(entry.key().text()).equals(Variants.KIND)) {
            KeyAdvice.of(path, entry.key().text(), List.of(Variants.KIND)).ifPresent(problem::remedy);
            problems.add(problem.remedy(DELETE).build());
            return;
        }
        Optional<String> ofOthers = KeyAdvice.keyOfOtherKind(path, entry.key().text(), variants, kind);
        if (ofOthers.isPresent()) {
            String key = ofOthers.get();
            List<String> others = variants.byKind().entrySet().stream()
                    .filter(other -> keys(other.getValue()).contains(key))
                    .map(Map.Entry::getKey)
                    .toList();
            problem.because(key + " is a key of " + String.join(" and ", others))
                    .remedy(DELETE)
                    .remedy(Variants.KIND + ": " + others.get(0) + "    # has " + key);
        } else {
            adviceFor(path, mapping, shape, entry).ifPresent(problem::remedy);
            problem.remedy(DELETE);
        }
        problems.add(problem.build());
    }

    private Problem.Builder noKey(String where, String path, Fields shape, Scalar key) {
        String shown = Echo.bare(key.text());
        Problem.Builder problem = JobProblems.UNKNOWN_KEY
                .error(where + " has no key \"" + shown + '"')
                .at(places.at(YamlText.join(path, shown), key.mark()));
        List<String> here = keys(shape);
        return here.isEmpty() ? problem : problem.because("keys here: " + String.join(", ", here));
    }

    private static Optional<String> adviceFor(String path, Mapping mapping, Fields shape, Entry entry) {
        return NestedKey.advice(mapping, shape, entry)
                .or(() -> KeyAdvice.of(path, entry.key().text(), keys(shape)));
    }

    private static List<String> keys(Fields shape) {
        return shape.fields().stream().map(Field::key).toList();
    }

    void missing(String path, Field field, Mark holder) {
        problems.add(JobProblems.MISSING_KEY
                .error(path + " is missing")
                .at(places.at(path, holder))
                .because("it has no default: " + field.description())
                .remedy(last(path) + ": " + field.example())
                .build());
    }

    void wrongType(String path, String subject, YamlNode node, Shape shape, String example) {
        problems.add(JobProblems.WRONG_TYPE
                .error(subject + " must be " + shape.wanted() + ", was " + shown(path, node))
                .at(places.at(path, node.mark()))
                .remedy(typeRemedy(path, node, shape, example))
                .build());
    }

    void outOfRange(String path, Scalar scalar, double value, Shape.Numeric shape, String example) {
        boolean isRate = last(path).equals("learning-rate"); // no share: a hundredth of it is still far too much
        boolean isPercent = !isRate
                && !fromEnvironment(path)
                && !shape.isWhole()
                && shape.max() <= 1
                && value > 1
                && value / 100 <= shape.max();
        String better = isPercent
                ? YamlText.number(value / 100)
                : isRate ? "0    # that of the method, which is the usual one" : example;
        problems.add(JobProblems.OUT_OF_RANGE
                .error(path + " must be " + shape.bounds() + ", was " + written(path, scalar))
                .at(places.at(path, scalar.mark()))
                .remedy(last(path) + ": " + better)
                .build());
    }

    void tooFew(String path, Mark mark, String example) {
        problems.add(JobProblems.OUT_OF_RANGE
                .error(path + " must have at least 1 value, had 0")
                .at(places.at(path, mark))
                .remedy(last(path) + ": " + example)
                .build());
    }

    void unknownValue(String path, Scalar scalar, String value, List<String> values) {
        String best = Spelling.nearest(value, values).orElse(values.get(0));
        problems.add(JobProblems.UNKNOWN_VALUE
                .error(path + " must be " + oneOf(values) + ", was \"" + written(path, scalar) + '"')
                .at(places.at(path, scalar.mark()))
                .because("known: " + String.join(", ", values))
                .remedy(last(path) + ": " + best)
                .build());
    }

    /** The only value, or how many there are. */
    static String oneOf(List<String> values) {
        return values.size() == 1 ? values.get(0) : "one of " + values.size() + " values";
    }

    void malformed(String path, Scalar scalar, String wanted, String example) {
        String is = scalar.text().isBlank()
                ? " must not be blank"
                : " must be " + wanted + ", was \"" + written(path, scalar) + '"';
        Problem.Builder problem = JobProblems.MALFORMED.error(path + is).at(places.at(path, scalar.mark()));
        if (!example.isEmpty()) {
            problem.remedy(last(path) + ": " + example);
        }
        problems.add(problem.build());
    }

    void environment(String path, Scalar scalar, EnvironmentText text) {
        for (String fault : text.faults()) {
            ProblemKind kind = JobProblems.ENVIRONMENT;
            String name = fault.replaceAll("^the environment variable (\\w+) is not set$", "$1");
            problems.add(kind.error(path + ": " + fault)
                    .at(places.at(path, scalar.mark()))
                    .remedy(
                            name.equals(fault)
                                    ? "$${env:... writes the characters themselves"
                                    : "export " + name + "=...")
                    .build());
        }
    }

    private String typeRemedy(String path, YamlNode node, Shape shape, String example) {
        boolean isBareText = shape instanceof Shape.Text
                && node instanceof Scalar scalar
                && (scalar.type() == ScalarType.NUMBER || scalar.type() == ScalarType.BOOLEAN);
        if (isBareText) {
            String quoted = '"' + Echo.bare(((Scalar) node).text()) + '"';
            return path.endsWith("]") ? "write " + quoted + " with the quotes" : last(path) + ": " + quoted;
        } else if (shape instanceof Shape.Flag && node instanceof Scalar scalar) {
            boolean isNo = List.of("no", "off", "false", "0", "n").contains(Spelling.normalize(scalar.text()));
            return last(path) + ": " + !isNo;
        } else if (path.isEmpty()) {
            return "finetune init classification > job.yaml";
        }
        return last(path) + ": " + example;
    }

    private boolean fromEnvironment(String path) {
        Place place = places.get(path);
        return place != null && place.written() != null;
    }

    private String shown(String path, YamlNode node) {
        Place place = places.get(path);
        return place != null && place.written() != null ? "the text of " + Echo.bare(place.written()) : node.describe();
    }

    private String written(String path, Scalar scalar) {
        Place place = places.get(path);
        return Echo.bare(place != null && place.written() != null ? place.written() : scalar.text());
    }

    private static String last(String path) {
        String key = path.replaceAll("\\[\\d+]$", "");
        return key.substring(key.lastIndexOf('.') + 1);
    }
}
