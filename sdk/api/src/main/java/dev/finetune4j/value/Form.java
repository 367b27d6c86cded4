package dev.finetune4j.value;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The form that a text of the job must have. The record's constructor enforces the same. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Form {
    /** A regular expression for the whole text, valid in Java and in ECMAScript. */
    String pattern();

    /** The form in words, as it stands after "must be". */
    String wanted();

    /** A text that has the form; empty where none could be right for anybody. */
    String example();
}
