package dev.finetune4j.modelfiles.weights;

import java.util.Arrays;
import java.util.List;

/** A value of GGUF metadata. Whole numbers of every width are {@link Whole}; an unsigned 64-bit value keeps its bits. */
public sealed interface GgufValue {
    /** A whole number. */
    record Whole(long value) implements GgufValue {}

    /** A number with a fraction. */
    record Real(double value) implements GgufValue {}

    /** True or false. */
    record Truth(boolean value) implements GgufValue {}

    /** Text. */
    record Text(String value) implements GgufValue {}

    /** A list of texts. */
    record Texts(List<String> values) implements GgufValue {
        /** Copies the list, unless nobody else has it. */
        public Texts {
            values = values instanceof PackedTexts ? values : List.copyOf(values);
        }
    }

    /** A list of whole numbers or truth values (0 and 1). */
    @SuppressWarnings("ArrayRecordComponent") // copied on the way out; boxing a vocabulary would not do
    record Wholes(long[] values) implements GgufValue {
        @Override
        public long[] values() {
            return values.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Wholes that && Arrays.equals(values, that.values);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(values);
        }

        @Override
        public String toString() {
            return "Wholes[" + values.length + "]";
        }
    }

    /** A list of numbers with a fraction. */
    @SuppressWarnings("ArrayRecordComponent") // as above
    record Reals(double[] values) implements GgufValue {
        @Override
        public double[] values() {
            return values.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Reals that && Arrays.equals(values, that.values);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(values);
        }

        @Override
        public String toString() {
            return "Reals[" + values.length + "]";
        }
    }

    /** A list of lists. */
    record Nested(List<GgufValue> values) implements GgufValue {
        /** Copies the list. */
        public Nested {
            values = List.copyOf(values);
        }
    }
}
