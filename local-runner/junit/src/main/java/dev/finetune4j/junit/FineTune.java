package dev.finetune4j.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Names the job whose model is under test. Parameters of type {@link FineTunedRun}, {@link TunedModel} and {@link BaseModel} then
 * hold its result. The one nearest to a parameter counts: on the parameter, the method, the class, an enclosing class.
 *
 * <p>The job is run when the first parameter asks for it: at its first target, which for a job file without targets is this machine.
 * A job that this version of finetune4j has run to success on the same data and model is not run again, not even by another fork at
 * the same time.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.PARAMETER})
@ExtendWith(FineTuneExtension.class)
public @interface FineTune {
    /** The job file, relative to the module's folder or to its {@code src/test/resources}. */
    String value();

    /**
     * The file with the recorded baseline, relative to the job file's folder; by default {@code job.baseline.jsonl} for a job file
     * {@code job.yaml}.
     */
    String baseline() default "";
}
