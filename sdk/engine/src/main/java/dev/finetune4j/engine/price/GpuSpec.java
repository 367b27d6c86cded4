package dev.finetune4j.engine.price;

import dev.finetune4j.plan.Gpus;
import dev.finetune4j.value.Checks;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which GPUs a machine is to have, in the syntax of the resources of <a href="https://dstack.ai/docs/concepts/tasks/">dstack</a>:
 * {@code A100,H100:40GB..80GB:2..} are two A100 or H100 or more, of 40 to 80 GB each. What is not said may be anything, the number of GPUs,
 * too, which is 1 in dstack.
 *
 * @param names beginnings of names, such as {@code A100}, as {@link #isNamed} takes them; empty for any
 * @param memoryGb GB of each GPU, as its maker names it
 * @param count how many the machine has, of which a run may use fewer
 */
public record GpuSpec(List<String> names, Bounds memoryGb, Bounds count) implements Predicate<Gpus> {
    /** One that says all that can be said. */
    public static final String EXAMPLE = "A100,H100:40GB..80GB:2..";

    private static final String GB = "GB";
    private static final Pattern SIZE = Pattern.compile("(\\d{1,6})\\s*(?:GB)?", Pattern.CASE_INSENSITIVE);

    /**
     * Whole numbers, both ends included.
     *
     * @param least the smallest; 0 where there is no smallest
     * @param most the largest; {@link Integer#MAX_VALUE} where there is no largest
     */
    public record Bounds(int least, int most) {
        /** Every number. */
        public static final Bounds ANY = new Bounds(0, Integer.MAX_VALUE);

        /** Refuses an end below the beginning. */
        public Bounds {
            if (least < 0 || most < Math.max(1, least)) {
                throw new IllegalArgumentException(
                        "a range must not end below its beginning, was " + least + ".." + most);
            }
        }

        /** Whether a number lies inside. */
        public boolean holds(int number) {
            return number >= least && number <= most;
        }

        private String text(String unit) {
            if (equals(ANY)) {
                return "";
            }
            String first = least == 0 ? "" : least + unit;
            String last = most == Integer.MAX_VALUE ? "" : most + unit;
            return least == most ? first : first + ".." + last;
        }
    }

    /** What may stand between colons. */
    private enum Part {
        NAMES("names", "A100 or A100,H100", 0),
        MEMORY("memory", "24GB, 24GB.. or 40GB..80GB", 4096),
        COUNT("count", "2, 2.. or 1..8", 1024);

        private final String word;
        private final String examples;
        private final int largest;

        Part(String word, String examples, int largest) {
            this.word = word;
            this.examples = examples;
            this.largest = largest;
        }

        /** A name begins with a letter, memory has a unit, and a count is without letters. */
        static Part of(String text) {
            if (text.chars().noneMatch(Character::isLetter)) {
                return COUNT;
            }
            return Character.isLetter(text.charAt(0)) ? NAMES : MEMORY;
        }

        Bounds bounds(@Nullable String text) {
            if (text == null) {
                return Bounds.ANY;
            }
            String[] ends = text.split("\\.\\.", -1);
            if (ends.length > 2 || text.equals("..")) {
                throw unlike(text);
            }
            String first = ends[0].strip();
            String last = ends[ends.length - 1].strip();
            return new Bounds(
                    first.isEmpty() ? 0 : number(first, text), last.isEmpty() ? Integer.MAX_VALUE : number(last, text));
        }

        private int number(String end, String text) {
            Matcher size = SIZE.matcher(end);
            if (!size.matches()) {
                throw unlike(text);
            }
            return Checks.inRange(word, Integer.parseInt(size.group(1)), 1, largest);
        }

        private IllegalArgumentException unlike(String text) {
            return new IllegalArgumentException(word + " must look like " + examples + ", was " + text);
        }
    }

    /** Copies the list. Refuses a blank name, and what says nothing at all. */
    public GpuSpec {
        names = List.copyOf(names);
        names.forEach(name -> Checks.notBlank("name", name));
        if (names.isEmpty() && memoryGb.equals(Bounds.ANY) && count.equals(Bounds.ANY)) {
            throw new IllegalArgumentException("names, memory or count must be said");
        }
    }

    /**
     * Reads names, memory and count, of which one is enough, in any order and separated by colons, such as {@link #EXAMPLE}.
     *
     * @throws IllegalArgumentException if a part is blank, of another form or said twice, memory is not from 1 to 4,096 GB, the count not
     *     from 1 to 1,024, or a range ends below its beginning; it says which
     */
    public static GpuSpec parse(String text) {
        Map<Part, String> parts = new EnumMap<>(Part.class);
        for (String one : text.split(":", -1)) {
            String said = one.strip();
            if (said.isEmpty()) {
                throw new IllegalArgumentException("names, memory and count must not be blank, was \"" + text + '"');
            }
            Part part = Part.of(said);
            if (parts.put(part, said) != null) {
                throw new IllegalArgumentException(
                        part.word + " must be said once, such as " + part.examples + ", was " + text);
            }
        }
        String names = parts.get(Part.NAMES);
        return new GpuSpec(
                names == null
                        ? List.of()
                        : Stream.of(names.split(",", -1)).map(String::strip).toList(),
                Part.MEMORY.bounds(parts.get(Part.MEMORY)),
                Part.COUNT.bounds(parts.get(Part.COUNT)));
    }

    /** The same of other names. */
    public GpuSpec named(List<String> others) {
        return new GpuSpec(others, memoryGb, count);
    }

    /** Whether a GPU's name begins so and no number of it goes on: L4 means no L40S, A10 neither A100 nor A10G, H100 any H100. */
    public static boolean isNamed(String name, String beginning) {
        boolean isCut = !beginning.isEmpty()
                && name.length() > beginning.length()
                && Character.isDigit(beginning.charAt(beginning.length() - 1))
                && Character.isLetterOrDigit(name.charAt(beginning.length()));
        return name.regionMatches(true, 0, beginning, 0, beginning.length()) && !isCut;
    }

    /** Whether they have one of the names. */
    public boolean hasName(Gpus gpus) {
        return names.isEmpty() || names.stream().anyMatch(name -> isNamed(gpus.name(), name));
    }

    @Override
    public boolean test(Gpus gpus) {
        return hasName(gpus) && memoryGb.holds(gpus.memoryGb()) && count.holds(gpus.count());
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return Stream.of(String.join(",", names), memoryGb.text(GB), count.text(""))
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(":"));
    }
}
