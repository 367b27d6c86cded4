package dev.finetune4j.engine.spec;

import org.jspecify.annotations.Nullable;

/** Where a setting of a job comes from. */
public sealed interface Origin {
    /**
     * The job file says so.
     *
     * @param source the file as the user named it
     * @param line from 1
     * @param column from 1, in characters
     */
    record InFile(String source, long line, long column) implements Origin {
        @Override
        public String toString() {
            return source + ":" + line + ":" + column;
        }
    }

    /**
     * The job file names an environment variable.
     *
     * @param variable its name, or names
     */
    record FromEnvironment(String variable) implements Origin {
        @Override
        public String toString() {
            return "environment " + variable;
        }
    }

    /** Nobody said anything. */
    record Default() implements Origin {
        @Override
        public String toString() {
            return "default";
        }
    }

    /** Java code set it: the job has no file. */
    record InCode() implements Origin {
        @Override
        public String toString() {
            return "code";
        }
    }

    /** The origin of what stands at a place; a default if it stands nowhere. */
    static Origin of(Places.@Nullable Place place, String source) {
        if (place == null) {
            return new Default();
        }
        String variable = place.variable();
        return variable == null
                ? new InFile(source, place.mark().line(), place.mark().column())
                : new FromEnvironment(variable);
    }
}
