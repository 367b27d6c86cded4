package dev.finetune4j.value;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a field of the job means, in a sentence for the person who writes the job file. Goes into the JSON Schema. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.TYPE, ElementType.FIELD})
public @interface Describe {
    /** The sentence. */
    String value();

    /** A valid value as it stands in a job file, for messages and editors; empty where type or default say enough. */
    String example() default "";
}
