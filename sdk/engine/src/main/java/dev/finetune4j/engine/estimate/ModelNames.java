package dev.finetune4j.engine.estimate;

import dev.finetune4j.engine.estimate.Architecture.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the architecture behind a published model name, however it is written, in {@code shapes.csv} by way of {@code
 * model-names.csv}: patterns in the order in which they apply, some for one size only. A pattern without a shape is of models that the
 * formulas do not describe, and says why not.
 */
final class ModelNames {
    private static final double BILLION = 1e9;
    /** How far a size may be from the one in the table, as a logarithm: names round. */
    private static final double SAME_SIZE = 0.25;

    /** A size that is farther away belongs to another model: published sizes may leave out embeddings or round. */
    private static final double OTHER_SIZE = 0.35;

    private static final Pattern SIZE = Pattern.compile("(?<![\\d._a-z])(\\d+(?:[._]\\d+)?)\\s?(b|m)(?![a-z])");

    private record Rule(
            Pattern pattern,
            Map<Double, String> shapeBySize,
            @Nullable String shape,
            @Nullable String why) {}

    private final Map<String, Architecture> shapes = new HashMap<>();
    private final List<Rule> rules = new ArrayList<>();

    ModelNames() {
        for (CsvTable.Row row :
                CsvTable.ofResource(ModelNames.class, "shapes.csv").rows()) {
            shapes.put(row.text("name"), shape(row));
        }
        Map<String, Map<Double, String>> bySize = new HashMap<>();
        for (CsvTable.Row row :
                CsvTable.ofResource(ModelNames.class, "model-names.csv").rows()) {
            String pattern = row.text("pattern");
            OptionalDouble size = row.number("size_b");
            if (size.isEmpty()) {
                boolean isUnlike = row.text("shape").isEmpty();
                rules.add(new Rule(
                        Pattern.compile(pattern),
                        Map.of(),
                        isUnlike ? null : row.text("shape"),
                        isUnlike ? row.text("why") : null));
                continue;
            }
            Map<Double, String> sizes = bySize.get(pattern);
            if (sizes == null) {
                sizes = new HashMap<>();
                bySize.put(pattern, sizes);
                rules.add(new Rule(Pattern.compile(pattern), sizes, null, null));
            }
            sizes.put(size.getAsDouble(), row.text("shape"));
        }
    }

    /**
     * The architecture of a name; guessed from the number of parameters where the name says nothing, and empty where {@link
     * #whyUnlike} says why.
     *
     * @param billions of parameters, empty for what the name says, which of a mixture may be a part alone (Scout-17B-16E has 109)
     */
    Optional<Architecture> find(String name, OptionalDouble billions) {
        String plain = name.toLowerCase(Locale.ROOT);
        OptionalDouble size = billions.isPresent() && billions.getAsDouble() > 0 ? billions : sizeIn(plain);
        Architecture exact =
                shapes.get(plain.substring(plain.lastIndexOf('/') + 1).replace(' ', '-'));
        if (exact != null && isOfSize(exact, size)) {
            return Optional.of(exact);
        }
        for (Rule rule : rules) {
            if (rule.pattern().matcher(plain).find()) {
                if (rule.why() != null) {
                    return Optional.empty();
                }
                String shape = rule.shape() != null ? rule.shape() : nearest(rule.shapeBySize(), size);
                if (shape != null && isOfSize(shapes.get(shape), size)) {
                    return Optional.ofNullable(shapes.get(shape));
                }
            }
        }
        if (size.isEmpty() || size.getAsDouble() * BILLION < 1e6) {
            return Optional.empty();
        }
        return Optional.of(Architecture.ofParameters(size.getAsDouble() * BILLION));
    }

    /** Why the formulas do not describe a model of this name; empty where nothing is known to be in the way. */
    Optional<String> whyUnlike(String name) {
        String plain = name.toLowerCase(Locale.ROOT);
        return rules.stream()
                .filter(rule ->
                        rule.why() != null && rule.pattern().matcher(plain).find())
                .map(rule -> Objects.requireNonNull(rule.why()))
                .findFirst();
    }

    /** A family's name alone, "Yi" or "gpt2", fits members of all sizes. */
    private static boolean isOfSize(@Nullable Architecture shape, OptionalDouble billions) {
        return shape == null
                || shape.experts() != null
                || billions.isEmpty()
                || Math.abs(Math.log(shape.parameters() / (billions.getAsDouble() * BILLION))) <= OTHER_SIZE;
    }

    private static OptionalDouble sizeIn(String name) {
        Matcher matcher = SIZE.matcher(name);
        if (!matcher.find()) {
            return OptionalDouble.empty();
        }
        double number = Double.parseDouble(matcher.group(1).replace('_', '.')); // Qwen-1_8B
        return OptionalDouble.of(matcher.group(2).equals("m") ? number / 1000 : number);
    }

    private static @Nullable String nearest(Map<Double, String> shapeBySize, OptionalDouble size) {
        String nearest = null;
        double least = SAME_SIZE;
        for (Map.Entry<Double, String> entry : shapeBySize.entrySet()) {
            double off = size.isEmpty() ? Double.MAX_VALUE : Math.abs(Math.log(entry.getKey() / size.getAsDouble()));
            if (off <= least) {
                least = off;
                nearest = entry.getValue();
            }
        }
        return nearest;
    }

    private static Architecture shape(CsvTable.Row row) {
        int inner = whole(row, "feed_forward_size");
        int count = whole(row, "experts");
        Experts experts = count < 2
                ? null
                : new Experts(
                        count,
                        whole(row, "active_experts"),
                        row.number("shared_experts").orElse(0),
                        inner,
                        whole(row, "dense_layers"));
        OptionalDouble published = row.number("published_parameters");
        return new Architecture(
                Kind.valueOf(row.text("kind").toUpperCase(Locale.ROOT)),
                whole(row, "layers"),
                whole(row, "hidden_size"),
                (int) row.number("dense_feed_forward_size").orElse(inner),
                whole(row, "heads"),
                whole(row, "key_value_heads"),
                whole(row, "head_size"),
                whole(row, "vocabulary"),
                row.text("gated").equals("yes"),
                row.text("tied").equals("yes"),
                experts,
                published.isEmpty() ? null : (long) published.getAsDouble(),
                false);
    }

    private static int whole(CsvTable.Row row, String column) {
        return (int) row.number(column).orElse(0);
    }
}
