package dev.finetune4j.engine.check;

import dev.finetune4j.data.Example;
import java.util.stream.Stream;

/** The rows of one part. The check reads them more than once and never keeps them all. */
@FunctionalInterface
public interface ExampleRows {
    /** The rows in their order, from the first; the check closes the stream. */
    Stream<Example> open();
}
