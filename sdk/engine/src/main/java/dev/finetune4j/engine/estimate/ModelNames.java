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

    private static final Pattern SIZE = Pattern.compile("(?<![\\d.a-z])(\\d+(?:\\.\\d+)?)(b|m)(?![a-z])");

    /** A size that is what a token passes of a mixture: of Scout-17B-16E 109 billion lie in memory. */
    private static final Pattern ACTIVE =
            Pattern.compile("\\d+b-\\d+e(?![a-z\\d])|llama-?4(?!\\d|\\.\\d|[bm](?![a-z]))");

    /** In how many bits the weights of a copy are stored: no version and no size. */
    private static final Pattern BITS = Pattern.compile(
            "(?<![a-z\\d.])(?:bnb[\\s_\u2010-\u2013-]?)?\\d{1,2}[\\s_\u2010-\u2013-]?bits?(?![a-z\\d])");

    private static final Pattern APART_FROM_UNIT = Pattern.compile("(?<=\\d)\\s+(?=[bm](?![a-z]))");
    private static final Pattern POINT = Pattern.compile("(?<=-\\d)_(?=\\d(?![\\d_]))"); // Qwen-1_8B, phi-1_5
    private static final Pattern BREAKS = Pattern.compile("[\\s:_()\\[\\]\u2010-\u2013-]+");
    private static final Pattern END = Pattern.compile("^-|-(?=/|$)|(?<=/)-");
    private static final Pattern VERSION_OF_GEMMA = Pattern.compile("gemma(?=\\d)");
    private static final Pattern VERSION_OF_LLAMA = Pattern.compile("llama-?3(?=[123](?:-|$))"); // Llama32-1B
    private static final Pattern VERSION_OF_QWEN = Pattern.compile("qwen-(?=(?:1\\.5|2|2\\.5|3|3\\.[5-9])(?:-|$))");

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
            Architecture shape = shape(row);
            shapes.put(row.text("name"), shape);
            shapes.putIfAbsent(plain(row.text("name")), shape); // phi-1_5
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
        String plain = withSize(plain(name), billions);
        OptionalDouble size = billions.isPresent() && billions.getAsDouble() > 0 ? billions : sizeIn(plain);
        for (String written : List.of(plain(name), plain)) {
            String bare = written.substring(written.lastIndexOf('/') + 1);
            Architecture exact = shapes.get(bare);
            if (exact != null && isMeant(exact, bare, size)) {
                return Optional.of(exact);
            }
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
    Optional<String> whyUnlike(String name, OptionalDouble billions) {
        String plain = withSize(plain(name), billions);
        return rules.stream()
                .filter(rule ->
                        rule.why() != null && rule.pattern().matcher(plain).find())
                .map(rule -> Objects.requireNonNull(rule.why()))
                .findFirst();
    }

    /** A name as most write it: lower case, hyphens between its parts, the version where the family has it, and no bits. */
    private static String plain(String name) {
        String lower = BITS.matcher(name.strip().toLowerCase(Locale.ROOT)).replaceAll("");
        String whole =
                POINT.matcher(APART_FROM_UNIT.matcher(lower).replaceAll("")).replaceAll(".");
        String parts = END.matcher(BREAKS.matcher(whole).replaceAll("-")).replaceAll("");
        String gemma = VERSION_OF_GEMMA.matcher(parts).replaceAll("gemma-");
        String llama = VERSION_OF_LLAMA.matcher(gemma).replaceAll("llama-3.");
        return VERSION_OF_QWEN.matcher(llama).replaceAll("qwen");
    }

    /** A family's name with the size that names round: Llama 3.2 of 1.24 billion is Llama-3.2-1B. */
    private static String withSize(String plain, OptionalDouble billions) {
        if (billions.isEmpty()
                || billions.getAsDouble() <= 0
                || SIZE.matcher(plain).find()) {
            return plain;
        }
        double size = billions.getAsDouble();
        if (size < 0.95) {
            return plain + '-' + Math.round(size * 1000) + 'm';
        }
        double whole = Math.rint(size);
        boolean isWhole = size >= 10 || Math.abs(size - whole) <= 0.25;
        return plain + '-' + (isWhole ? Long.toString((long) whole) : String.format(Locale.ROOT, "%.1f", size)) + 'b';
    }

    /** Whether this is the model of that very name: "GLM-4.5" of 106 billion is another of its family. */
    private static boolean isMeant(Architecture exact, String name, OptionalDouble billions) {
        boolean saysSize = SIZE.matcher(name).find();
        return saysSize ? isOfSize(exact, billions) : isNear(exact, billions);
    }

    /** A family's name alone, "Yi" or "gpt2", fits members of all sizes; of a mixture the size may be that of its active part. */
    private static boolean isOfSize(@Nullable Architecture shape, OptionalDouble billions) {
        return shape == null || shape.experts() != null || isNear(shape, billions);
    }

    private static boolean isNear(Architecture shape, OptionalDouble billions) {
        return billions.isEmpty()
                || Math.abs(Math.log(shape.parameters() / (billions.getAsDouble() * BILLION))) <= OTHER_SIZE;
    }

    private static OptionalDouble sizeIn(String name) {
        Matcher matcher = SIZE.matcher(name);
        if (ACTIVE.matcher(name).find() || !matcher.find()) {
            return OptionalDouble.empty();
        }
        double number = Double.parseDouble(matcher.group(1));
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
                row.text("activation").equals("gelu_new"),
                row.text("attention").equals("disentangled"),
                row.text("tied").equals("yes"),
                experts,
                published.isEmpty() ? null : (long) published.getAsDouble(),
                false);
    }

    private static int whole(CsvTable.Row row, String column) {
        return (int) row.number(column).orElse(0);
    }
}
