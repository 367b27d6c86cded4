package dev.finetune4j.engine.spec;

import dev.finetune4j.engine.spec.Shape.Choice;
import dev.finetune4j.engine.spec.Shape.Flag;
import dev.finetune4j.engine.spec.Shape.Listing;
import dev.finetune4j.engine.spec.Shape.Numeric;
import dev.finetune4j.engine.spec.Shape.Table;
import dev.finetune4j.engine.spec.Shape.Text;
import dev.finetune4j.engine.spec.Shape.Variants;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A valid job with one thing broken, and where that must be reported.
 *
 * @param name what was broken
 * @param yaml the broken file
 * @param code the code that must be reported
 * @param line the line that must be named
 * @param column the column that must be named
 */
record Mutation(String name, String yaml, String code, int line, int column) {
    /** A job that says everything, one key a line. */
    static final String VALID = """
            name: tickets
            model: smollm2-135m-instruct
            task:
              kind: classification
              system: Be brief.
              prompt: "{{text}}"
              answer: "{{label}}"
              labels: [a, b]
            data:
              format: columns
              sources:
                rows:
                  from: [rows.json]
                  sha256: 0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a
              query: rows.sql
              split:
                validation: 0.1
                test: 0.2
                group-by: author
                stratify: true
                train-rows: 10
                validation-rows: 10
                test-rows: 10
                seed: 17
            check:
              max-duplicates: 0.3
              max-overlap: 0.05
              max-truncated: 0.2
              max-invalid: 0.0
              min-rows-per-label: 2
              secrets: error
              personal-data: warning
            method:
              kind: lora
              rank: 16
              alpha: 32.0
              dropout: 0.0
              target-modules: [q_proj, v_proj]
            training:
              epochs: 3.0
              batch-size: 8
              gradient-accumulation: 1
              learning-rate: 2e-4
              schedule: cosine
              warmup-ratio: 0.05
              weight-decay: 0.0
              max-gradient-norm: 1.0
              max-tokens: 1024
              packing: false
              precision: auto
              recompute: auto
              evaluate-every: 0
              early-stopping-patience: 0
              checkpoint-every: 0
              threads: 0
              seed: 17
            evaluation:
              few-shot: 8
              label-scoring: likelihood
              max-new-tokens: 128
              bootstrap-samples: 2000
              seed: 17
              gate:
                metric: macro-f1
                at-least: 0.5
                better-than-base: true
            budget:
              max-cost: 12.50 USD
              max-time: 2h30m
            targets: [local]
            """;

    private static final Pattern LINE = Pattern.compile("( *)([a-z0-9-]+):(?: (.*))?");

    /** Each key misspelt, each type changed, each range broken, each choice and form spoilt. */
    static List<Mutation> all() {
        List<Mutation> mutations = new ArrayList<>();
        List<String> lines = VALID.lines().toList();
        List<String> path = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            Matcher parts = LINE.matcher(lines.get(i));
            if (!parts.matches()) {
                throw new IllegalStateException("not one key: " + lines.get(i));
            }
            int depth = parts.group(1).length() / 2;
            path.subList(depth, path.size()).clear();
            path.add(parts.group(2));
            boolean isSourceName = String.join(".", path).equals("data.sources.rows");
            if (isSourceName) {
                mutations.add(replaced("spoilt name", lines, i, parts.group(1) + "ro-ws:", "FT0110", depth * 2 + 1));
            } else {
                String misspelt = parts.group(1) + parts.group(2) + "x:" + rest(parts);
                mutations.add(replaced("misspelt key", lines, i, misspelt, "FT0105", depth * 2 + 1));
            }
            int column = depth * 2 + parts.group(2).length() + 3;
            if (parts.group(3) != null) {
                for (Map.Entry<String, String> spoilt : spoilt(shape(path)).entrySet()) {
                    String line = parts.group(1) + parts.group(2) + ": " + spoilt.getKey();
                    mutations.add(replaced("spoilt value", lines, i, line, spoilt.getValue(), column));
                }
            }
        }
        return mutations;
    }

    @Override
    public String toString() {
        return name + " in line " + line + ": "
                + yaml.lines().skip(line - 1).findFirst().orElse("");
    }

    private static Map<String, String> spoilt(Shape shape) {
        Map<String, String> values = new LinkedHashMap<>();
        if (shape instanceof Numeric number) {
            values.put("many", "FT0107");
            values.put("[1, 2]", "FT0107");
            values.put("{a: 1}", "FT0107");
            values.put("true", "FT0107");
            BigDecimal beyond = BigDecimal.valueOf(number.isWhole() ? 10_000 : 0.5);
            if (!Double.isInfinite(number.min())) {
                values.put(text(number, new BigDecimal(number.min()).subtract(beyond)), "FT0108");
            }
            if (!Double.isInfinite(number.max())) {
                values.put(text(number, new BigDecimal(number.max()).add(beyond)), "FT0108");
            }
            if (number.isWhole()) {
                values.put("2.5", number.min() > 2.5 ? "FT0108" : "FT0107");
            }
        } else if (shape instanceof Flag) {
            values.put("yes", "FT0107");
            values.put("1", "FT0107");
            values.put("[true]", "FT0107");
        } else if (shape instanceof Choice) {
            values.put("nonsense", "FT0109");
            values.put("7", "FT0107");
            values.put("{a: 1}", "FT0107");
        } else if (shape instanceof Text text) {
            values.put("7", "FT0107");
            values.put("true", "FT0107");
            values.put("{a: 1}", "FT0107");
            values.put("\" \"", "FT0110");
            if (!text.pattern().contains("\\S[")) {
                values.put("\"?!\"", "FT0110");
            }
        } else if (shape instanceof Listing listing) {
            values.put(listing.element() instanceof Numeric ? "word" : "7", "FT0107");
            values.put("{a: 1}", "FT0107");
        }
        return values;
    }

    private static String text(Numeric number, BigDecimal value) {
        return number.isWhole() ? value.toBigInteger().toString() : value.toPlainString();
    }

    private static Shape shape(List<String> path) {
        Shape shape = Shapes.job();
        for (String key : path) {
            if (shape instanceof Table table) {
                shape = table.element();
            } else if (shape instanceof Variants variants) {
                shape = key.equals(Variants.KIND)
                        ? new Choice(List.copyOf(variants.byKind().keySet()))
                        : variants.byKind()
                                .values()
                                .iterator()
                                .next()
                                .field(key)
                                .shape();
            } else {
                shape = ((Shape.Fields) shape).field(key).shape();
            }
        }
        return shape;
    }

    private static String rest(Matcher parts) {
        return parts.group(3) == null ? "" : " " + parts.group(3);
    }

    private static Mutation replaced(String name, List<String> lines, int index, String line, String code, int column) {
        List<String> changed = new ArrayList<>(lines);
        changed.set(index, line);
        return new Mutation(name, String.join("\n", changed) + "\n", code, index + 1, column);
    }
}
