package dev.finetune4j.value;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The values that a number of the job may take, both ends included. The record's constructor enforces the same. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Range {
    /** Smallest value. */
    double min();

    /** Largest value; unbounded unless given. */
    double max() default Double.POSITIVE_INFINITY;
}
