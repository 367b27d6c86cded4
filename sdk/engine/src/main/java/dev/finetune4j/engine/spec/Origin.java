package dev.finetune4j.engine.spec;

/** Where a setting of a job comes from. */
public sealed interface Origin {
    /**
     * The job file says so, or the profile of the home that it was read in.
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

    /** Nobody said anything, and the base model decided. */
    record ByModel() implements Origin {
        @Override
        public String toString() {
            return "chosen for the model";
        }
    }

    /** Java code set it: the job has no file. */
    record InCode() implements Origin {
        @Override
        public String toString() {
            return "code";
        }
    }
}
