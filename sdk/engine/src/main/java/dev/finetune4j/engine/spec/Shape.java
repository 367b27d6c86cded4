package dev.finetune4j.engine.spec;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a value of the job file may look like, read off the API records by {@link Shapes}. */
sealed interface Shape {
    /** What is wanted here, as it stands after "must be". */
    String wanted();

    /** A value that is valid here, as it would stand in the file. */
    String example();

    /**
     * A text.
     *
     * @param wanted the form that {@code parse} wants
     * @param pattern a regular expression for the whole text, as near to {@code parse} as ECMAScript can say it
     * @param parse throws IllegalArgumentException for a text of another form
     */
    record Text(String wanted, String example, String pattern, Consumer<String> parse) implements Shape {}

    /**
     * A number from {@code min} to {@code max}; infinite where there is no bound.
     *
     * @param isWhole whether it has no fraction
     */
    record Numeric(boolean isWhole, double min, double max) implements Shape {
        @Override
        public String wanted() {
            return (isWhole ? "a whole number" : "a number") + range(" from ", " to ", " of at least ");
        }

        @Override
        public String example() {
            return Double.isInfinite(min) ? "1" : format(min);
        }

        /** The two bounds, as they stand after "must be". */
        String bounds() {
            return range("from ", " to ", "at least ");
        }

        private String range(String before, String between, String openEnded) {
            if (Double.isInfinite(min)) {
                return "";
            }
            return Double.isInfinite(max) ? openEnded + format(min) : before + format(min) + between + format(max);
        }

        private String format(double value) {
            return isWhole ? Long.toString((long) value) : YamlText.number(value);
        }
    }

    /** {@code true} or {@code false}. */
    record Flag() implements Shape {
        @Override
        public String wanted() {
            return "true or false";
        }

        @Override
        public String example() {
            return "true";
        }
    }

    /** A text, a number or a flag, each kept as it is written. */
    record Plain(String example) implements Shape {
        @Override
        public String wanted() {
            return "a text, a number, true or false";
        }
    }

    /** One of a fixed list of texts. */
    record Choice(List<String> values) implements Shape {
        @Override
        public String wanted() {
            return values.size() == 1 ? values.get(0) : "one of " + String.join(", ", values);
        }

        @Override
        public String example() {
            return values.get(0);
        }
    }

    /**
     * A list of texts or numbers; one of them stands for a list of one.
     *
     * @param allowsNone whether the list may be empty
     */
    record Listing(Shape element, boolean allowsNone) implements Shape {
        @Override
        public String wanted() {
            return element instanceof Numeric ? "a list of numbers" : "a list of texts";
        }

        @Override
        public String example() {
            return "[" + element.example() + "]";
        }
    }

    /**
     * Values under names that the user chooses.
     *
     * @param name what a name may look like
     */
    record Table(Shape element, Text name) implements Shape {
        @Override
        public String wanted() {
            return "a mapping of names to values";
        }

        @Override
        public String example() {
            return "{" + name.example() + ": " + element.example() + "}";
        }
    }

    /**
     * A mapping with known keys.
     *
     * @param shorthand the key whose value may stand in place of the mapping, or null
     */
    record Fields(List<Field> fields, @Nullable String shorthand) implements Shape {
        @Override
        public String wanted() {
            return shorthand == null ? "a mapping" : "a mapping, or just its " + shorthand;
        }

        @Override
        public String example() {
            return shorthand == null ? "{}" : field(shorthand).example();
        }

        /** The field of a key that is known to be there. */
        Field field(String key) {
            return fields.stream()
                    .filter(field -> field.key.equals(key))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no such key: " + key));
        }
    }

    /** A mapping whose keys depend on its {@code kind}; the kind alone may stand in place of the mapping. */
    record Variants(Map<String, Fields> byKind) implements Shape {
        /** The key that decides. */
        static final String KIND = "kind";

        @Override
        public String wanted() {
            return "one of " + String.join(", ", byKind.keySet()) + ", or a mapping with a kind";
        }

        @Override
        public String example() {
            return byKind.keySet().iterator().next();
        }
    }

    /**
     * A key of a mapping.
     *
     * @param key in kebab-case
     * @param description the sentence of {@code @Describe}
     * @param example a valid value, as it would stand in the file
     * @param isRequired whether it must be written
     * @param isNullable whether nothing is a setting of its own
     * @param byDefault its default, or null where there is none
     */
    record Field(
            String key,
            Shape shape,
            String description,
            String example,
            boolean isRequired,
            boolean isNullable,
            @Nullable JsonNode byDefault) {}
}
